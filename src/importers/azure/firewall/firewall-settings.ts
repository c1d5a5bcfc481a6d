import type { Source } from '../../../model/index.ts'
import { type AddressSet, addressSet, type Ip, NO_ADDRESS, parseIp, unionOf } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import { natGatewayIdOf } from '../estate/subnet-nat-gateway.ts'
import { hubFirewallSubnet } from '../hubs/virtual-hub-network.ts'
import { routeBodies } from '../routes/user-route.ts'
import type { RuleCollections } from './firewall-collection.ts'

/** What Azure Firewall does not translate unless told otherwise (Learn: Azure Firewall SNAT private IP address ranges). */
export const IANA_PRIVATE: AddressSet = addressSet('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10')

/** Where a firewall stands and how it translates and resolves. */
export interface FirewallSettings {
  readonly subnet: Subnet
  readonly privateIp: Ip
  readonly privateIpSource: Source
  /** In the order of its IP configurations; any of them is used for outbound connections. */
  readonly publicIps: readonly { readonly ip: Ip; readonly source: Source }[]
  /** Why it has a public address besides those; absent = it has none. */
  readonly publicUnknown: string | undefined
  /** Destinations that network rules leave untranslated. */
  readonly untranslated: AddressSet
  readonly untranslatedSource: Source | undefined
  /** Why there may be other destinations like that; absent = there are none. */
  readonly untranslatedUnknown: string | undefined
  /** Whether the DNS proxy answers clients. */
  readonly proxy: boolean
  readonly proxySource: Source | undefined
  /** Why it is not known whether it answers, or whom it asks; then `proxy` is true, and every answer unknown. */
  readonly proxyUnknown: string | undefined
  /** Whether FQDNs in network rules work: with the proxy, or where the policy does not ask for it. */
  readonly resolvesNetworkRules: boolean
  readonly dnsServers: readonly { readonly ip: Ip; readonly source: Source }[]
  /** Why it may ask others; absent = it does not. */
  readonly dnsUnknown: string | undefined
  /** Why internet traffic leaves with the private address: another device translates it; absent = it does not. */
  readonly leavesPrivate: string | undefined
  readonly forcedTunnel: boolean
  /** The words a person knows its rules by: `Azure Firewall afw-hub (policy afwp-hub)`. */
  readonly label: string
}

/** Reads a firewall's settings; `undefined`, with a report, when it stands on no subnet of the export. */
export function firewallSettings(
  estate: Estate,
  firewall: Body,
  { policies, unknownPolicy }: Pick<RuleCollections, 'policies' | 'unknownPolicy'>,
): FirewallSettings | undefined {
  const place = standing(estate, firewall)
  if (!place) return undefined
  const policy = policies[0]
  const classic = firewall.has('firewallPolicy') ? undefined : firewall.child('additionalProperties')
  const dns = policy?.child('dnsSettings')
  const servers = dnsServers(estate, firewall, dns, classic)
  const own = policy ? undefined : unknownPolicy
  const proxySource = dns?.source('enableProxy') ?? classic?.source('Network.DNS.EnableProxy')
  const proxyUnknown = own ?? unreadProxy(firewall, policy, dns) ?? servers.unknown
  const flag = dns?.flag('enableProxy') ?? lenientFlag(classic?.text('Network.DNS.EnableProxy'))
  const isOff = flag !== true && (own ?? unreadProxy(firewall, policy, dns)) === undefined
  const needsProxy =
    dns?.flag('requireProxyForNetworkRules') ?? lenientFlag(classic?.text('Network.DNS.RequireProxyForNetworkRules'))
  const ranges = privateRanges(estate, firewall, policies)
  const forcedTunnel = isForcedTunnel(estate, firewall, place.subnet)
  const outside = publicAddresses(estate, firewall)
  return {
    ...place,
    publicIps: outside.known,
    publicUnknown: outside.unknown,
    untranslated: ranges.set,
    untranslatedSource: ranges.source,
    untranslatedUnknown: own ?? ranges.unknown,
    proxy: !isOff,
    proxySource,
    proxyUnknown: isOff ? undefined : proxyUnknown,
    resolvesNetworkRules: !isOff || needsProxy === false,
    dnsServers: servers.known,
    dnsUnknown: own ?? servers.unknown,
    leavesPrivate: leavesPrivate(estate, place.subnet, forcedTunnel),
    forcedTunnel,
    label: `Azure Firewall ${firewall.name}${policy ? ` (policy ${policy.name})` : ''}`,
  }
}

/** Why `enableProxy` says neither true nor false, though it is there. */
function unreadProxy(firewall: Body, policy: Body | undefined, dns: Body | undefined): string | undefined {
  if (policy?.has('dnsSettings') && !dns) return `dnsSettings of firewall policy ${policy.name} cannot be read`
  return dns?.isDoubtful('enableProxy') ? `enableProxy of ${firewall.name} is neither true nor false` : undefined
}

/** Raw bodies hold the classic settings as texts, in either case. */
function lenientFlag(text: string | undefined): boolean | undefined {
  const lower = text?.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

function standing(
  estate: Estate,
  firewall: Body,
): Pick<FirewallSettings, 'subnet' | 'privateIp' | 'privateIpSource'> | undefined {
  if (firewall.reference('virtualHub') !== undefined) {
    return inHub(estate, firewall)
  }
  const configurations = firewall.children('ipConfigurations')
  const first = configurations.find((one) => one.has('subnet')) ?? configurations[0]
  const text = first?.text('privateIPAddress')
  const privateIp = text === undefined ? undefined : parseIp(text)
  const subnet = estate.subnet(first?.reference('subnet'))
  if (first && privateIp !== undefined && subnet) {
    return { subnet, privateIp, privateIpSource: first.source('privateIPAddress') }
  }
  const why = !first
    ? 'has no IP configuration (it is stopped)'
    : privateIp === undefined
      ? 'has no private address in the export'
      : 'stands in a subnet that is not in the export'
  estate.report((first ?? firewall).diagnostic('warning', 'NT1701', `${firewall.name} ${why}: it is left out`))
  return undefined
}

/** A secured hub's firewall has its addresses in `hubIPAddresses` and no subnet of the customer's. */
function inHub(estate: Estate, firewall: Body): ReturnType<typeof standing> {
  const network = estate.vnet(firewall.reference('virtualHub'))
  const addresses = firewall.child('hubIPAddresses')
  const privateIp = parseIp(addresses?.text('privateIPAddress') ?? '')
  if (network && addresses && privateIp !== undefined) {
    const privateIpSource = addresses.source('privateIPAddress')
    return { subnet: hubFirewallSubnet(network), privateIp, privateIpSource }
  }
  const why = network ? 'has no private address in the export' : 'stands in a virtual hub that is not in the export'
  estate.report(firewall.diagnostic('warning', 'NT1711', `${firewall.name} ${why}: it is left out`, 'virtualHub'))
  return undefined
}

interface PublicAddresses {
  readonly known: FirewallSettings['publicIps']
  readonly unknown: string | undefined
}

function publicAddresses(estate: Estate, firewall: Body): PublicAddresses {
  const known: { ip: Ip; source: Source }[] = []
  let unknown: string | undefined
  const ofHub = firewall.child('hubIPAddresses')?.child('publicIPs')
  for (const one of ofHub?.children('addresses') ?? []) {
    const ip = parseIp(one.text('address') ?? '')
    if (ip !== undefined) known.push({ ip, source: one.source('address') })
  }
  if ((ofHub?.number('count') ?? 0) > known.length)
    unknown = `a public address of ${firewall.name} is not in the export`
  for (const one of firewall.children('ipConfigurations')) {
    if (!one.has('publicIPAddress')) continue
    const id = one.reference('publicIPAddress')
    const ip = estate.publicIp(id)
    if (ip !== undefined)
      known.push({ ip, source: estate.byId(id)?.source('ipAddress') ?? one.source('publicIPAddress') })
    else {
      const message = `${firewall.name}: the address of this public IP is not in the export`
      unknown = `the address of public IP ${lastPart(id ?? '')} of ${firewall.name} is not in the export`
      estate.report(one.diagnostic('warning', 'NT1714', message, 'publicIPAddress'))
    }
  }
  return { known, unknown }
}

interface PrivateRanges {
  readonly set: AddressSet
  readonly source: Source | undefined
  readonly unknown: string | undefined
}

function privateRanges(estate: Estate, firewall: Body, policies: readonly Body[]): PrivateRanges {
  const policy = policies.find((one) => (one.child('snat')?.texts('privateRanges').length ?? 0) > 0)
  const classic = firewall.has('firewallPolicy') ? undefined : firewall.child('additionalProperties')
  const holder = policy?.child('snat') ?? classic
  const key = policy ? 'privateRanges' : 'Network.SNAT.PrivateRanges'
  const texts = holder?.texts(key).flatMap((text) => text.split(/[\s,;]+/)) ?? []
  const sets: AddressSet[] = []
  let unknown: string | undefined
  for (const text of texts.filter((one) => one !== '')) {
    const set = text.toLowerCase() === 'ianaprivateranges' ? IANA_PRIVATE : addressesOfText(text)
    if (set) sets.push(set)
    else if (holder) {
      unknown = `SNAT private range "${text}" of ${firewall.name} is no address range`
      const message = `SNAT private range "${text}" is no address range: what is translated is unknown`
      estate.report(holder.diagnostic('warning', 'NT1706', message, key))
    }
  }
  if (texts.length === 0) return { set: IANA_PRIVATE, source: undefined, unknown }
  return { set: sets.length > 0 ? unionOf(...sets) : NO_ADDRESS, source: holder?.source(key), unknown }
}

/** Internet traffic is sent on by the user's route and not to the internet (Learn: Azure Firewall forced tunneling). */
function isForcedTunnel(estate: Estate, firewall: Body, subnet: Subnet): boolean {
  if (!firewall.has('managementIpConfiguration') || !subnet.routeTable) return false
  return routeBodies(estate, subnet.routeTable).some(
    (route) => route.text('addressPrefix') === '0.0.0.0/0' && route.text('nextHopType')?.toLowerCase() !== 'internet',
  )
}

function leavesPrivate(estate: Estate, subnet: Subnet, forcedTunnel: boolean): string | undefined {
  if (forcedTunnel) return 'forced tunnelling: internet traffic leaves with the private address'
  return natGatewayIdOf(estate, subnet) !== undefined
    ? 'the NAT gateway of AzureFirewallSubnet translates it'
    : undefined
}

function dnsServers(
  estate: Estate,
  firewall: Body,
  dns: Body | undefined,
  classic: Body | undefined,
): { readonly known: FirewallSettings['dnsServers']; readonly unknown: string | undefined } {
  const holder = dns ?? classic
  const key = dns ? 'servers' : 'Network.DNS.Servers'
  const known: { ip: Ip; source: Source }[] = []
  let unknown: string | undefined
  for (const text of holder?.texts(key).flatMap((one) => one.split(/[\s,;]+/)) ?? []) {
    const ip = parseIp(text)
    if (ip !== undefined && holder) known.push({ ip, source: holder.source(key) })
    else if (holder && text !== '') {
      unknown = `DNS server "${text}" of ${firewall.name} is no address`
      const message = `${firewall.name}: DNS server "${text}" is no address: whom it asks is unknown`
      estate.report(holder.diagnostic('warning', 'NT1706', message, key))
    }
  }
  return { known, unknown }
}
