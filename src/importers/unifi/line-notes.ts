import type { Diagnostic } from '../../model/index.ts'
import { type Member, type MemberNote, noteJsonLines } from '../../text/index.ts'
import type { Collection, Collections } from './collections.ts'
import { KEPT_APART } from './gateway.ts'
import { changesNothing } from './inert-members.ts'

/** Notes what became of every line of a controller's JSON, after it was lowered. Does nothing for files without a ledger. */
export function noteLines({ documents, overlays, entries }: Collections, diagnostics: readonly Diagnostic[]): void {
  const laid = new Set(overlays.map((one) => one.document))
  const homes = new Map<object, Collection>()
  for (const [collection, list] of entries) for (const { value } of list) homes.set(value, collection)
  for (const [{ ledger }, document] of documents) {
    // A tree laid over the gateway is not read by members of collections.
    if (ledger && !laid.has(document)) noteJsonLines(document, ledger, (member) => judge(member, homes))
  }
  const ledgers = new Map([...documents.keys()].map(({ path, ledger }) => [path, ledger]))
  for (const { code, message, source } of diagnostics) {
    if (code === KEPT_APART && source.kind === 'pointer') ledgers.get(source.file)?.known(source.line, message)
  }
}

function judge({ path, around, value }: Member, homes: ReadonlyMap<object, Collection>): MemberNote {
  const at = around.findIndex((one) => homes.has(one))
  const home = around[at]
  const collection = home && homes.get(home)
  const names = path.slice(Math.max(at, 0)).filter((one): one is string => typeof one === 'string')
  const key = names.at(-1) ?? ''
  // What an answer says of itself stands beside the list of what it holds.
  if (!home && path[0] === 'meta') return { kind: 'inert', because: 'meta changes neither reachability nor names' }
  if (home && 'enabled' in home && home.enabled === false) return { kind: 'inert', because: 'it is switched off' }
  const inert = changesNothing({ collection, names, value, around: around.slice(Math.max(at, 0)) })
  return inert === undefined ? { kind: 'unread', because: `"${key}" is not read` } : { kind: 'inert', because: inert }
}
