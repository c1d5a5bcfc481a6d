import { type Action, ANY, allOf, type Match, type Rule, someOf } from '../../../model/index.ts'
import {
  addressesOfPrefixes,
  EVERY_PORT,
  hostPrefix,
  ICMP,
  type PortRange,
  type Protocol,
  parseIp,
  parsePortRange,
  singlePort,
  TCP,
  UDP,
} from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { addressListMatch } from '../estate/ip-group.ts'
import { inheritance, type RuleCollection } from './firewall-collection.ts'
import { fqdnMatch, lookedUpMatch } from './firewall-fqdn.ts'
import type { FirewallSettings } from './firewall-settings.ts'

/** The mark an application rule leaves on what it allows: such connections are always translated. */
export const APPLICATION_MARK = { value: 1, mask: 1 } as const

/** What the rules of one firewall are read with. */
export interface RuleContext {
  readonly estate: Estate
  readonly settings: FirewallSettings
}

/**
 * The rules of a collection, in order; one Azure rule may be two (an application rule marks, then accepts). What of it
 * cannot be read comes first and decides nothing for certain; a collection without a place matches only perhaps.
 */
export function rulesOf(context: RuleContext, collection: RuleCollection): Rule[] {
  const { unread, unplaced } = collection
  const rules = collection.rules.flatMap((rule) => knownRules(context, collection, rule))
  const doubt: Match[] = unplaced === undefined ? [] : [{ kind: 'opaque', text: unplaced }]
  const placed = unplaced === undefined ? rules : rules.map((one) => ({ ...one, match: allOf(one.match, ...doubt) }))
  return unread === undefined ? placed : [unreadRule(context, collection, unread), ...placed]
}

function knownRules(context: RuleContext, collection: RuleCollection, rule: Body): Rule[] {
  switch (collection.kind) {
    case 'dnat':
      return [dnatRule(context, collection, rule)]
    case 'network':
      return [networkRule(context, collection, rule)]
    case 'application':
      return applicationRules(context, collection, rule)
  }
}

/** Stands for rules that are unknown; DNAT is for the firewall's own addresses, and application rules for TCP alone. */
function unreadRule({ settings }: RuleContext, { kind, name, body }: RuleCollection, text: string): Rule {
  const own = addressesOfPrefixes([...settings.publicIps.map(({ ip }) => ip), settings.privateIp].map(hostPrefix))
  const match: Match =
    kind === 'dnat' ? { kind: 'destination', in: own } : kind === 'application' ? { kind: 'protocol', in: [TCP] } : ANY
  return { name, match, action: { kind: 'opaque', text }, source: body.source() }
}

function named(kind: string, collection: RuleCollection, rule: Body): Pick<Rule, 'name' | 'comment' | 'source'> {
  const comment = rule.text('description')
  const at = collection.priority === undefined ? '' : ` ${collection.priority}`
  const name = `${kind} ${rule.name} (collection ${collection.name}${at})`
  return { name, ...(comment !== undefined && { comment }), source: rule.source() }
}

function verdict(collection: RuleCollection): Action {
  if (collection.action === 'allow') return { kind: 'accept' }
  if (collection.action === 'deny') return { kind: 'drop' }
  return { kind: 'opaque', text: `the action of collection ${collection.name} is neither Allow nor Deny` }
}

function networkRule(context: RuleContext, collection: RuleCollection, rule: Body): Rule {
  const match = allOf(protocolsAndPorts(context, rule), sourceMatch(context, rule), networkDestination(context, rule))
  return { ...named('network rule', collection, rule), match, action: verdict(collection) }
}

function sourceMatch({ estate }: RuleContext, rule: Body): Match {
  const members = { side: 'source', addresses: 'sourceAddresses', groups: 'sourceIpGroups' } as const
  return addressListMatch(estate, rule, members) ?? { kind: 'opaque', text: 'the rule names no source' }
}

/** Names of a network rule are compared by the addresses that the firewall's own DNS gives for them, which its proxy needs to be on for. */
function networkDestination(context: RuleContext, rule: Body): Match {
  const members = { side: 'destination', addresses: 'destinationAddresses', groups: 'destinationIpGroups' } as const
  const addresses = addressListMatch(context.estate, rule, members)
  if (!rule.has('destinationFqdns') || rule.texts('destinationFqdns').length === 0)
    return addresses ?? { kind: 'opaque', text: 'the rule names no destination' }
  if (context.settings.resolvesNetworkRules) {
    const named = lookedUpMatch(context.estate, rule)
    const { proxyUnknown } = context.settings
    const doubt: Match[] = proxyUnknown === undefined ? [] : [{ kind: 'opaque', text: proxyUnknown }]
    return someOf(...(addresses ? [addresses] : []), ...named.map((one) => allOf(one, ...doubt)))
  }
  const message = `FqdnNetworkRuleNeedsDnsProxy: network rule ${rule.name} names FQDNs but the DNS proxy is off, so it never matches them; set enableProxy`
  context.estate.report(rule.diagnostic('warning', 'NT1707', message, 'destinationFqdns'))
  return addresses ?? someOf()
}

/** `Any` with explicit ports means TCP and UDP; ICMP has no ports (Learn: Azure Firewall rule processing logic). */
function protocolsAndPorts(context: RuleContext, rule: Body): Match {
  const names = [...rule.texts('ipProtocols'), ...rule.texts('protocols')].map((one) => one.toLowerCase())
  const { ports, unread } = portsOf(context, rule)
  const everyPort = ports.some((range) => range.first <= 1 && range.last === EVERY_PORT.last)
  const withPorts = new Set<Protocol>()
  const matches: Match[] = []
  for (const name of names) {
    if (name === 'any' && everyPort) return ANY
    if (name === 'any') for (const protocol of [TCP, UDP]) withPorts.add(protocol)
    else if (name === 'tcp') withPorts.add(TCP)
    else if (name === 'udp') withPorts.add(UDP)
    else if (name === 'icmp') matches.push({ kind: 'protocol', in: [ICMP] })
    else matches.push(unknownProtocol(context, rule, name))
  }
  if (withPorts.size > 0) {
    const protocols: Match = { kind: 'protocol', in: [...withPorts] }
    matches.unshift(everyPort ? protocols : allOf(protocols, anyPortOf(ports, unread)))
  }
  return matches.length > 0 ? someOf(...matches) : { kind: 'opaque', text: 'the rule names no protocol' }
}

function unknownProtocol({ estate }: RuleContext, rule: Body, name: string): Match {
  estate.report(rule.diagnostic('warning', 'NT1708', `rule ${rule.name}: protocol "${name}" is not understood`))
  return { kind: 'opaque', text: `protocol ${name}` }
}

interface Ports {
  readonly ports: readonly PortRange[]
  /** What stands among them and is no port. */
  readonly unread: readonly string[]
}

function portsOf({ estate }: RuleContext, rule: Body): Ports {
  const ports: PortRange[] = []
  const unread: string[] = []
  for (const text of rule.texts('destinationPorts')) {
    const range = text.trim() === '*' ? EVERY_PORT : parsePortRange(text)
    if (range) ports.push(range)
    else {
      unread.push(`port "${text}"`)
      const message = `rule ${rule.name}: "${text}" is no port, so what it matches is unknown`
      estate.report(rule.diagnostic('warning', 'NT1708', message, 'destinationPorts'))
    }
  }
  return { ports, unread }
}

function anyPortOf(ports: readonly PortRange[], unread: readonly string[]): Match {
  const known: Match[] = ports.length > 0 ? [{ kind: 'destination-port', in: [...ports] }] : []
  const others = unread.map((text): Match => ({ kind: 'opaque', text }))
  return known.length + others.length > 0
    ? someOf(...known, ...others)
    : { kind: 'opaque', text: 'the rule names no port' }
}

const USUAL_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['mssql', 1433],
])

/**
 * Application rules see TCP to their ports and match the Host header or the TLS server name (Learn: Azure Firewall
 * rule processing logic). What one allows is marked: it leaves with the firewall's address whatever the destination.
 */
function applicationRules(context: RuleContext, collection: RuleCollection, rule: Body): Rule[] {
  const { ports, unread } = protocolPorts(context, rule)
  const members = { side: 'destination', addresses: 'destinationAddresses', groups: 'destinationIpGroups' } as const
  const match = allOf(
    { kind: 'protocol', in: [TCP] },
    anyPortOf(ports, unread),
    sourceMatch(context, rule),
    addressListMatch(context.estate, rule, members) ?? ANY,
    fqdnMatch(context.estate, rule),
  )
  const words = named('application rule', collection, rule)
  const decision: Rule = { ...words, match, action: verdict(collection) }
  return collection.action === 'allow'
    ? [{ ...words, match, action: { kind: 'mark', ...APPLICATION_MARK } }, decision]
    : [decision]
}

/** The ports of an application rule's protocols; one that names none has its usual one. */
function protocolPorts({ estate }: RuleContext, rule: Body): Ports {
  const ports: PortRange[] = []
  const unread: string[] = []
  for (const one of rule.children('protocols')) {
    const usual = one.has('port') ? undefined : USUAL_PORTS.get(one.text('protocolType')?.toLowerCase() ?? '')
    const port = one.number('port') ?? usual
    if (port !== undefined && port >= 0 && port <= 65535) {
      ports.push(singlePort(port))
      continue
    }
    unread.push('a protocol without a port')
    const message = `rule ${rule.name}: a protocol without a port, so what it matches is unknown`
    estate.report(one.diagnostic('warning', 'NT1708', message))
  }
  return { ports, unread: rule.has('protocols') && !Array.isArray(rule.raw('protocols')) ? ['its protocols'] : unread }
}

function dnatRule(context: RuleContext, collection: RuleCollection, rule: Body): Rule {
  const members = { side: 'destination', addresses: 'destinationAddresses', groups: 'destinationIpGroups' } as const
  const destination = addressListMatch(context.estate, rule, members) ?? {
    kind: 'opaque',
    text: 'the rule names no destination',
  }
  const match = allOf(protocolsAndPorts(context, rule), sourceMatch(context, rule), destination)
  const leansOn = collection.inherited ? inheritance(context.estate.settings, collection) : undefined
  const words = named('DNAT rule', collection, rule)
  return { ...words, match, action: dnatAction(context, rule), ...(leansOn !== undefined && { leansOn }) }
}

function dnatAction({ estate }: RuleContext, rule: Body): Action {
  const address = rule.text('translatedAddress')
  const ip = address === undefined ? undefined : parseIp(address)
  const port = rule.number('translatedPort')
  const badPort = rule.has('translatedPort') && (port === undefined || port < 0 || port > 65535)
  if (ip !== undefined && !badPort) {
    const to = { kind: 'address', first: ip, last: ip } as const
    return { kind: 'rewrite-destination', to, ...(port !== undefined && { ports: singlePort(port) }) }
  }
  const target = rule.text('translatedFqdn') ?? address ?? 'nothing'
  const message = `DNAT rule ${rule.name}: translates to ${target}, whose address is not in the export`
  estate.report(rule.diagnostic('warning', 'NT1713', message))
  return { kind: 'opaque', text: `translation to ${target}` }
}
