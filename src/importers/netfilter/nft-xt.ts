import { type Action, ANY, type Match } from '../../model/index.ts'
import type { NftScope } from './nft-scope.ts'
import { noteOnce } from './notes.ts'

/** A match of iptables inside nft, which only iptables-save can print; a comment is always met. */
export function xtMatch(name: string | undefined, scope: NftScope): Match {
  if (name === 'comment') return ANY
  askForSave(scope)
  return { kind: 'opaque', text: `iptables match ${name ?? ''}`.trim() }
}

/** A target of iptables inside nft, whose options only iptables-save can print. */
export function xtAction(name: string | undefined, scope: NftScope): Action {
  if (name !== undefined && PASSING.has(name)) return { kind: 'pass' }
  askForSave(scope)
  return { kind: 'opaque', text: `iptables target ${name ?? ''}`.trim() }
}

const PASSING: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'TRACE', 'AUDIT', 'CHECKSUM', 'CLASSIFY', 'DSCP', 'TOS'])

function askForSave(scope: NftScope): void {
  const { family, name } = scope.table
  const program = family === 'ip6' ? 'ip6tables-save' : 'iptables-save'
  const message = `nft cannot print what iptables wrote into the table ${family} ${name}; add the output of ${program}.`
  noteOnce(scope.notes, `${family} ${name}`, 'warning', 'NT1540', message, scope.source)
}
