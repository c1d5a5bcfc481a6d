import type { NftRuleset, NftTable } from './nft-tree.ts'
import { type Notes, note } from './notes.ts'
import type { SavedText } from './saved-text.ts'

/**
 * The tables of nft without those that iptables-save printed too: iptables-nft keeps its tables in nft, and only its own
 * tool can print all of them (iptables-nft(8)). Told by the name of the table and its built-in chains.
 */
export function withoutTwins(ruleset: NftRuleset, saved: SavedText, notes: Notes): NftRuleset {
  const kept: NftRuleset = new Map()
  for (const [key, table] of ruleset) {
    if (isTwin(table, saved)) {
      const message = `The table ${key} is also in the output of iptables-save, which has every word of it; that is used.`
      note(notes, 'note', 'NT1546', message, table.source)
    } else kept.set(key, table)
  }
  return kept
}

const BUILT_IN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/

function isTwin(table: NftTable, saved: SavedText): boolean {
  const family = table.family === 'ip' ? 4 : table.family === 'ip6' ? 6 : undefined
  const other = family && saved.tables.get(`${family} ${table.name}`)
  if (!other) return false
  const chains = [...table.chains.values()]
  return chains.every((chain) =>
    chain.hook ? BUILT_IN.test(chain.name) && other.chains.has(chain.name) : other.chains.has(chain.name),
  )
}
