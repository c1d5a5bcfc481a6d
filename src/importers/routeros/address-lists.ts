import { type Match, notOf, type Source, someOf } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfRanges,
  type Ip,
  NO_ADDRESS,
  parseIp,
  parsePrefix,
  prefixFirst,
  prefixLast,
} from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { isDisabled, isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import type { Family } from './pipeline.ts'

/** A firewall address list: its addresses, and the names that the router itself resolves into it. */
export interface AddressList {
  readonly name: string
  readonly addresses: AddressSet
  /** Lower case; `*.x` for names below x. */
  readonly names: readonly string[]
  /** Entries that are neither an address nor a name. */
  readonly unread: readonly string[]
  /** Its first entry. */
  readonly source: Source
}

/** The address lists of a router by name. */
export type AddressLists = ReadonlyMap<string, AddressList>

/**
 * The address lists of a family as exported. Entries with a timeout are not in an export (MikroTik: Address Lists); a list that
 * only rules fill is there and empty, with a note (NT1214).
 */
export function readAddressLists(configuration: Configuration, family: Family): AddressLists {
  const drafts = new Map<string, Draft>()
  const menu = family === 6 ? 'ipv6 firewall' : 'ip firewall'
  for (const entry of configuration.entries(`${menu} address-list`)) {
    const list = textOf(entry, 'list')
    const address = textOf(entry, 'address')
    if (list === undefined || address === undefined || isDisabled(entry)) continue
    put(
      draftOf(drafts, list, () => sourceOf(entry)),
      address,
      () => {
        const message = `Address list ${inert(list)} has an entry that is neither an address nor a name: ${inert(address)}.`
        const source = sourceOfProperty(entry, 'address')
        configuration.diagnostics.push({ severity: 'warning', code: 'NT1211', message, source })
      },
    )
  }
  addAnswers(configuration, drafts)
  if (family === 4) addClients(configuration, drafts)
  addFilled(configuration, drafts, menu)
  const lists = new Map<string, AddressList>()
  for (const [name, { ranges, names, unread, source }] of drafts) {
    lists.set(name, { name, addresses: addressesOfRanges(ranges), names, unread, source })
  }
  return lists
}

/**
 * The match of a list. A name in a list is met by the server name the client sends, since the router resolves it
 * itself; as a source it cannot be told from the packet.
 */
export function addressListMatch(list: AddressList, kind: 'source' | 'destination', negated: boolean): Match {
  const of: Match[] = [{ kind, in: list.addresses }]
  if (list.names.length > 0) {
    of.push(
      kind === 'destination'
        ? { kind: 'server-name', in: list.names, lookedUp: { addresses: NO_ADDRESS, complete: false } }
        : {
            kind: 'opaque',
            text: `whether the source is one of ${list.names.slice(0, 4).join(', ')} (address list ${list.name})`,
          },
    )
  }
  if (list.unread.length > 0)
    of.push({ kind: 'opaque', text: `address list ${list.name} holds ${list.unread.slice(0, 3).join(', ')}` })
  const match = someOf(...of)
  return negated ? notOf(match) : match
}

interface Draft {
  readonly ranges: [Ip, Ip][]
  readonly names: string[]
  readonly unread: string[]
  readonly source: Source
}

function draftOf(drafts: Map<string, Draft>, name: string, source: () => Source): Draft {
  let draft = drafts.get(name)
  if (!draft) {
    draft = { ranges: [], names: [], unread: [], source: source() }
    drafts.set(name, draft)
  }
  return draft
}

function put(draft: Draft, address: string, onUnread: () => void): void {
  const range = addressRange(address)
  if (range) draft.ranges.push(range)
  else if (isName(address)) draft.names.push(address.toLowerCase().replace(/\.$/, ''))
  else {
    draft.unread.push(address)
    onUnread()
  }
}

/** The first and last address of `a`, `a/n` or `a-b`; `undefined` for other texts. */
export function addressRange(text: string): [Ip, Ip] | undefined {
  const dash = text.indexOf('-')
  if (dash > 0) {
    const first = parseIp(text.slice(0, dash))
    const last = parseIp(text.slice(dash + 1))
    if (first !== undefined && last !== undefined && typeof first === typeof last && first <= last) return [first, last]
  }
  const prefix = parsePrefix(text)
  return prefix && [prefixFirst(prefix), prefixLast(prefix)]
}

function isName(text: string): boolean {
  return text.length < 254 && /[a-z]/i.test(text) && /^[\w-]{1,63}(\.[\w-]{1,63})*\.?$/.test(text)
}

// `/ip dns static ... address-list=x`: answers for the name are put on the list.
function addAnswers(configuration: Configuration, drafts: Map<string, Draft>): void {
  for (const entry of configuration.entries('ip dns static')) {
    const list = textOf(entry, 'address-list')
    const name = textOf(entry, 'name')?.toLowerCase()
    if (list === undefined || name === undefined || isDisabled(entry)) continue
    const draft = draftOf(drafts, list, () => sourceOf(entry))
    draft.names.push(name, ...(isYes(entry, 'match-subdomain') ? [`*.${name}`] : []))
  }
}

// The addresses of leases and of clients that dial in are put on lists while they are up; they are taken to be (MikroTik:
// DHCP, leases; PPP AAA).
function addClients(configuration: Configuration, drafts: Map<string, Draft>): void {
  const profiles = new Map(
    configuration
      .entries('ppp profile')
      .map((entry) => [textOf(entry, 'name'), textOf(entry, 'address-list')] as const),
  )
  const secrets = configuration.entries('ppp secret').map((entry) => ({
    entry,
    lists: profiles.get(textOf(entry, 'profile') ?? 'default'),
    address: textOf(entry, 'remote-address'),
  }))
  const leases = configuration.entries('ip dhcp-server lease').map((entry) => ({
    entry,
    lists: textOf(entry, 'address-lists'),
    address: textOf(entry, 'address'),
  }))
  for (const { entry, lists, address } of [...secrets, ...leases]) {
    const range = address === undefined || isDisabled(entry) ? undefined : addressRange(address)
    for (const list of range ? (lists ?? '').split(',') : [])
      if (range && list !== '') draftOf(drafts, list, () => sourceOf(entry)).ranges.push(range)
  }
}

function addFilled(configuration: Configuration, drafts: Map<string, Draft>, menu: string): void {
  const noted = new Set<string>()
  for (const table of ['filter', 'nat', 'mangle', 'raw']) {
    for (const entry of configuration.entries(`${menu} ${table}`)) {
      const list = textOf(entry, 'address-list')
      if (list === undefined || isDisabled(entry) || noted.has(list)) continue
      noted.add(list)
      draftOf(drafts, list, () => sourceOf(entry))
      const message = `Rules put addresses on the list ${inert(list)} at run time; it is taken as exported.`
      configuration.diagnostics.push({ severity: 'note', code: 'NT1214', message, source: sourceOf(entry) })
    }
  }
}
