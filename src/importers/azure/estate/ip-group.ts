import { ANY, type Match, someOf } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  parseIp,
  parsePrefix,
  unionOf,
} from '../../../net/index.ts'
import { type Body, lastPart } from './body.ts'
import type { Estate } from './estate.ts'

/** Which side of a packet an address list is about, and where its texts and IP group ids stand in a rule's body. */
interface AddressMembers {
  readonly side: 'source' | 'destination'
  readonly addresses: string
  readonly groups: string
}

/**
 * The match of a firewall rule's address list: `*`, addresses, prefixes, `first-last` ranges, service tags and IP
 * groups, any of them (Learn: Azure Firewall rule processing). What the export does not explain (a tag without a
 * list, a group that is missing) is opaque and reported. `undefined`: the rule gives neither member.
 */
export function addressListMatch(estate: Estate, rule: Body, members: AddressMembers): Match | undefined {
  const texts = rule.texts(members.addresses)
  const groups = rule.references(members.groups)
  if (texts.length === 0 && groups.length === 0) return undefined
  const known: AddressSet[] = []
  const unknown: Match[] = []
  const serviceTags: string[] = []
  for (const text of texts) {
    if (text === '*') return ANY
    const own = addressesOfText(text)
    const set = own ?? estate.tag(text)
    if (set && !own) serviceTags.push(text)
    if (set) known.push(set)
    else unknown.push(unknownAddress(estate, rule, members.addresses, text))
  }
  if (isUnreadText(rule, members.addresses))
    unknown.push({ kind: 'opaque', text: `${members.addresses} of rule ${rule.name}` })
  for (const id of groups) {
    const group = estate.byId(id)
    if (!group) {
      unknown.push(unknownGroup(estate, rule, members.groups, id))
      continue
    }
    const found = ipGroupAddresses(estate, group)
    known.push(found.known)
    unknown.push(...found.unread.map((text): Match => ({ kind: 'opaque', text })))
  }
  const listed = serviceTags.length > 0 ? { serviceTags } : {}
  const match = { kind: members.side, in: unionOf(...known), ...listed } as const
  return someOf(...(known.length > 0 ? [match] : []), ...unknown)
}

/** A list that holds something else than texts: what that stands for is unknown. */
function isUnreadText(body: Body, key: string): boolean {
  const value = body.raw(key)
  return Array.isArray(value) && value.some((one) => typeof one !== 'string' && typeof one !== 'number')
}

/** The addresses of an IP group, and in words what of it is none; that is reported. */
function ipGroupAddresses(
  estate: Estate,
  body: Body,
): { readonly known: AddressSet; readonly unread: readonly string[] } {
  const sets: AddressSet[] = []
  const unread: string[] = isUnreadText(body, 'ipAddresses') ? [`ipAddresses of IP group ${body.name}`] : []
  for (const text of body.texts('ipAddresses')) {
    const set = addressesOfText(text)
    if (set) sets.push(set)
    else {
      unread.push(`"${text}" in IP group ${body.name}`)
      const message = `IP group ${body.name}: "${text}" is neither an address nor a range of them, so its addresses are unknown`
      estate.report(body.diagnostic('warning', 'NT1706', message, 'ipAddresses'))
    }
  }
  return { known: unionOf(...sets), unread }
}

/** The addresses a text names: an address, a prefix, or a range `first-last`; `undefined` for anything else. */
export function addressesOfText(text: string): AddressSet | undefined {
  const trimmed = text.trim()
  const prefix = parsePrefix(trimmed)
  if (prefix) return addressesOfPrefixes([prefix])
  const [first, last, more] = trimmed.split('-').map((part) => parseIp(part.trim()))
  if (first === undefined || last === undefined || more !== undefined) return undefined
  const range = addressesOfRanges([[first, last]])
  return range.v4.length + range.v6.length > 0 ? range : undefined
}

function unknownAddress(estate: Estate, rule: Body, key: string, text: string): Match {
  const isTag = /^[A-Za-z][\w.]*$/.test(text)
  const why = !isTag
    ? 'it is no address, range or service tag'
    : estate.tags
      ? 'the list of service tags that was read does not hold it'
      : 'no list of service tags was read'
  const code = isTag ? 'NT1705' : 'NT1706'
  estate.report(rule.diagnostic('warning', code, `rule ${rule.name}: "${text}" cannot be evaluated: ${why}`, key))
  return isTag
    ? { kind: 'opaque', text: `service tag ${text}`, ...(!estate.tags && { othersMissing: true }) }
    : { kind: 'opaque', text: `address ${text}` }
}

function unknownGroup(estate: Estate, rule: Body, key: string, id: string): Match {
  const message = `rule ${rule.name}: IP group ${lastPart(id)} is not in the export, so its addresses are unknown`
  estate.report(rule.diagnostic('warning', 'NT1704', message, key))
  return { kind: 'opaque', text: `IP group ${lastPart(id)}`, othersMissing: true }
}
