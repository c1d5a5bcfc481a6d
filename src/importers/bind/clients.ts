import type { Resolver, Source } from '../../model/index.ts'
import { addressSet, complementOf, EVERY_ADDRESS, intersectionOf, isEmptyAddressSet } from '../../net/index.ts'
import { type Acls, addressList } from './address-list.ts'
import { type BindStatement, statementOf } from './statement.ts'

/** Who may ask a BIND. */
export interface Clients {
  readonly allows?: Resolver['allows']
  readonly zonesFor?: Resolver['zonesFor']
  readonly recursesFor?: Resolver['recursesFor']
  readonly notModelled: readonly string[]
}

/**
 * Who is answered: names of own zones those `allow-query` takes, other names those `allow-recursion` and
 * `allow-query-cache` take, each of which stands for the other, and `allow-query` for both (BIND 9 ARM: allow-recursion;
 * measured on 9.18). The rest is REFUSED. Without any of them only the networks the server is attached to may ask for
 * other names, which is not in the file and is said.
 */
export function clientsOf(options: readonly BindStatement[], acls: Acls, recursion: boolean): Clients {
  const local = listensLocally(options, acls)
  if (local) return { allows: local, notModelled: [] }
  const notModelled: string[] = []
  const given = (keyword: string) => statementOf(options, keyword) !== undefined
  const zonesFor = clientList(options, ['allow-query'], acls, notModelled)
  const caches = ['allow-recursion', 'allow-query-cache'].filter(given)
  const keywords = caches.length > 0 ? caches : ['allow-query']
  if (recursion && !keywords.some(given)) {
    notModelled.push('allow-recursion is not given: only clients on networks the server is attached to are answered')
  }
  const recursesFor = recursion ? clientList(options, keywords, acls, caches.length > 0 ? notModelled : []) : undefined
  return { ...(zonesFor && { zonesFor }), ...(recursesFor && { recursesFor }), notModelled }
}

/** The clients all of some lists take; `undefined` when that is everybody, or cannot be told, which is said. */
function clientList(
  options: readonly BindStatement[],
  keywords: readonly string[],
  acls: Acls,
  notModelled: string[],
): Resolver['recursesFor'] {
  let clients = EVERY_ADDRESS
  let source: Source | undefined
  for (const keyword of keywords) {
    const statement = statementOf(options, keyword)
    if (!statement) continue
    const list = addressList(statement.blocks[0] ?? [], acls)
    if (list.unknown.length > 0) notModelled.push(`${keyword}: ${list.unknown.join(', ')}`)
    else clients = intersectionOf(clients, list.addresses)
    source = statement.source
  }
  return source && !isEmptyAddressSet(complementOf(clients)) ? { clients, source } : undefined
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
