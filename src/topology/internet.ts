import {
  type Device,
  implied,
  type Match,
  NO_STAGES,
  type Resolver,
  type Route,
  type Rule,
  type RuleSet,
  type Service,
  someOf,
} from '../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  complementOf,
  formatPrefix,
  isEmptyAddressSet,
  prefix,
  unionOf,
} from '../net/index.ts'
import { locallyKnownPublicAddresses, publicAddresses } from './public-dns.ts'

/** The name of the device and of the link that are everything outside the topology. */
export const INTERNET = 'internet'
/** The internet's one interface. */
export const INTERNET_INTERFACE = 'wan'

const PLATFORM =
  "Azure's platform address is reached from inside Azure alone (Learn: What is IP address 168.63.129.16?)"
const PRIVATE = 'the internet does not route addresses for private use'

/** What nobody announces on the internet, and why. Documentation prefixes (RFC 5737) are left out: examples use them. */
const UNROUTED: readonly (readonly [string, string])[] = [
  ['10.0.0.0/8', `${PRIVATE} (RFC 1918)`],
  ['172.16.0.0/12', `${PRIVATE} (RFC 1918)`],
  ['192.168.0.0/16', `${PRIVATE} (RFC 1918)`],
  ['100.64.0.0/10', `${PRIVATE} (RFC 6598)`],
  ['fc00::/7', `${PRIVATE} (RFC 4193)`],
  ['168.63.129.16/32', PLATFORM],
  ['169.254.0.0/16', 'link-local addresses stay on their link (RFC 3927)'],
  ['fe80::/10', 'link-local addresses stay on their link (RFC 4291)'],
  ['0.0.0.0/8', 'this network is no destination (RFC 6890)'],
  ['127.0.0.0/8', 'loopback addresses stay on their host (RFC 6890)'],
  ['224.0.0.0/4', 'the internet does not carry multicast (RFC 5771)'],
  ['240.0.0.0/4', 'reserved addresses are not routed (RFC 1112)'],
]

const SELF = implied('everything outside the topology is one device, the internet')

/**
 * The device that is everything outside the topology. It carries packets between public addresses, drops those with
 * private ones, asks a service's gate when a packet goes to one of its addresses under one of its names, and is
 * public DNS. It owns no address itself.
 */
export function internetDevice(devices: readonly Device[], services: readonly Service[], resolver: Resolver): Device {
  const gates = gatesOf(services, resolver, locallyKnownPublicAddresses(devices))
  return {
    name: INTERNET,
    kind: 'internet',
    label: 'the internet',
    aliases: [],
    interfaces: [{ name: INTERNET_INTERFACE, aliases: [], addresses: [], source: SELF }],
    tables: [{ name: 'main', routes: mainRoutes() }],
    tableRules: [],
    forwards: { enabled: true, source: SELF },
    ruleSets: Object.fromEntries([noPrivateSources(), ...gates].map((one) => [one.name, one])),
    pipeline: {
      ...NO_STAGES,
      forward: [
        { kind: 'filter', ruleSet: 'no private sources' },
        { kind: 'gate', ruleSet: 'public services' },
      ],
    },
    encapsulations: [],
    resolver,
    stamps: [],
    notModelled: [],
    source: SELF,
  }
}

/** What the internet carries packets for. */
export const ROUTED: AddressSet = complementOf(addressesOfPrefixes(UNROUTED.map(([text]) => prefix(text))))

function mainRoutes(): Route[] {
  const unrouted = UNROUTED.map(
    ([text, because]): Route => ({
      prefix: prefix(text),
      nextHop: { kind: 'discard', answer: 'silent' },
      distance: 1,
      metric: 0,
      origin: 'not routed on the internet',
      source: implied(because),
    }),
  )
  const everywhere = ['0.0.0.0/0', '2000::/3'].map(
    (text): Route => ({
      prefix: prefix(text),
      nextHop: { kind: 'connected', interface: INTERNET_INTERFACE },
      distance: 0,
      metric: 0,
      origin: 'the internet',
      source: SELF,
    }),
  )
  return [...unrouted, ...everywhere]
}

function noPrivateSources(): RuleSet {
  const unrouted = UNROUTED.map(([text]) => prefix(text))
  const isPrivate: Match = { kind: 'source', in: addressesOfPrefixes(unrouted) }
  const source = implied(
    `addresses for private use are not carried: ${unrouted.slice(0, 4).map(formatPrefix).join(', ')} and others (RFC 1918, RFC 6598, RFC 6890)`,
  )
  const rule: Rule = {
    name: '(it does not carry packets from private source addresses)',
    match: isPrivate,
    action: { kind: 'drop' },
    source,
  }
  return {
    name: 'no private sources',
    label: 'the internet',
    rules: [rule],
    policy: { kind: 'accept' },
    policySource: SELF,
  }
}

/**
 * The rule set that hands a packet to the gate of the service it is for, then those gates. A service is met by its
 * name and one of its addresses together: those public DNS gives it, and public ones that some name server of the
 * network gives out, which may be stale. So a packet that names nobody and goes elsewhere is no riddle.
 */
function gatesOf(services: readonly Service[], resolver: Resolver, elsewhere: AddressSet): RuleSet[] {
  const rules: Rule[] = []
  const gates: RuleSet[] = []
  for (const service of services) {
    const names = [...new Set(service.names.flatMap((name) => [name, ...privatelinkForms(service, name)]))]
    const known = addressesOfRanges(
      names.flatMap((name) => publicAddresses(resolver, name).map((one) => [one.ip, one.ip] as const)),
    )
    if (names.length === 0 || isEmptyAddressSet(unionOf(known, elsewhere))) continue
    const short = `gate/${service.name}`
    const gate = gates.some((one) => one.name === short) ? `gate/${service.label} ${service.name}` : short
    gates.push({ ...service.gate, name: gate })
    rules.push({
      name: `${service.label} ${service.name}`,
      match: {
        kind: 'all',
        of: [
          // Apart, so that one of its own addresses is sure to be one, whatever the others are.
          someOf({ kind: 'destination', in: known }, { kind: 'destination', in: elsewhere }),
          { kind: 'server-name', in: names },
        ],
      },
      action: { kind: 'jump', to: gate },
      source: service.source,
    })
  }
  const policySource = implied('a public address that no service of the input answers at')
  return [
    { name: 'public services', label: 'public services', rules, policy: { kind: 'accept' }, policySource },
    ...gates,
  ]
}

/** The `privatelink` names that stand behind one of a service's names in public DNS. */
export function privatelinkForms(service: Service, name: string): string[] {
  return service.records.flatMap((record) =>
    record.name === name && record.type === 'CNAME' && typeof record.value === 'string' ? [record.value] : [],
  )
}
