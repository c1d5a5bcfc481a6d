import { type Member, type MemberNote, noteJsonLines } from '../../text/index.ts'
import type { Collections } from './collections.ts'
import { changesNothing } from './inert-members.ts'

/** Notes what became of every line of a controller's JSON, after it was lowered. Does nothing for files without a ledger. */
export function noteLines({ documents, overlays }: Collections): void {
  const laid = new Set(overlays.map((one) => one.document))
  for (const [{ ledger }, document] of documents) {
    // A tree laid over the gateway is not read by members of collections.
    if (ledger && !laid.has(document)) noteJsonLines(document, ledger, judge)
  }
}

function judge({ path }: Member): MemberNote {
  const names = path.filter((one): one is string => typeof one === 'string')
  const inert = changesNothing(names)
  if (inert !== undefined) return { kind: 'inert', because: inert }
  return { kind: 'unread', because: `"${names.at(-1) ?? ''}" is not read` }
}
