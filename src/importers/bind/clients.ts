import type { Resolver, Source } from '../../model/index.ts'
import { addressSet, complementOf, EVERY_ADDRESS, intersectionOf, isEmptyAddressSet } from '../../net/index.ts'
import { type Acls, type AddressList, addressList } from './address-list.ts'
import { type BindStatement, statementOf } from './statement.ts'

/** Who may ask a BIND. */
export interface Clients {
  readonly allows?: Resolver['allows']
  readonly notModelled: readonly string[]
}

/**
 * Who is answered: those `allow-query` and, for names of others, `allow-recursion` take; the rest is REFUSED. One set is
 * made of both, so a client outside `allow-recursion` is refused names of own zones too, which is said. Without
 * `allow-recursion` (and `allow-query-cache`, `allow-query`) only the networks the server is attached to may ask
 * (BIND 9 ARM: allow-recursion), which is not in the file and is said as well.
 */
export function clientsOf(
  options: readonly BindStatement[],
  acls: Acls,
  recursion: boolean,
  ownZones: boolean,
): Clients {
  const local = listensLocally(options, acls)
  if (local) return { allows: local, notModelled: [] }
  const query = statementOf(options, 'allow-query')
  const keywords = ['allow-recursion', 'allow-query-cache', 'allow-query']
  const recursive = recursion ? keywords.map((keyword) => statementOf(options, keyword)).find((one) => one) : undefined
  const notModelled: string[] = []
  if (recursion && !recursive) {
    notModelled.push('allow-recursion is not given: only clients on networks the server is attached to are answered')
  }
  const lists: { statement: BindStatement; list: AddressList }[] = []
  for (const statement of new Set([query, recursive])) {
    if (!statement) continue
    const list = addressList(statement.blocks[0] ?? [], acls)
    if (list.unknown.length === 0) lists.push({ statement, list })
    else notModelled.push(`${statement.words[0]?.text}: ${list.unknown.join(', ')}`)
  }
  const clients = lists.reduce((all, { list }) => intersectionOf(all, list.addresses), EVERY_ADDRESS)
  const decisive = lists[lists.length - 1]
  if (!decisive || isEmptyAddressSet(complementOf(clients))) return { notModelled }
  const askers = lists.find(({ statement }) => statement === query)?.list.addresses ?? EVERY_ADDRESS
  if (ownZones && recursive && !isEmptyAddressSet(intersectionOf(askers, complementOf(clients)))) {
    notModelled.push('names of its own zones are answered to clients outside allow-recursion too')
  }
  return { allows: { clients, otherwise: 'refuse', source: decisive.statement.source }, notModelled }
}

const LOOPBACK = addressSet('127.0.0.0/8', '::1')

/** `listen-on { 127.0.0.1; }`: only the host itself reaches the server. */
function listensLocally(options: readonly BindStatement[], acls: Acls): Resolver['allows'] | undefined {
  const statement = statementOf(options, 'listen-on')
  const elements = statement?.blocks[0]
  if (!statement || !elements) return undefined
  const list = addressList(elements, acls)
  const beyond = intersectionOf(list.addresses, complementOf(LOOPBACK))
  if (list.unknown.length > 0 || !isEmptyAddressSet(beyond)) return undefined
  const source: Source = statement.source
  return { clients: LOOPBACK, otherwise: 'ignore', source }
}
