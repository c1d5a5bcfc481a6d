import type { Source } from '../../../model/index.ts'
import { type AddressSet, addressSet, type Ip, NO_ADDRESS, parseIp, unionOf } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import { hubFirewallSubnet } from '../hubs/virtual-hub-network.ts'

/** What Azure Firewall does not translate unless told otherwise (Learn: Azure Firewall SNAT private IP address ranges). */
export const IANA_PRIVATE: AddressSet = addressSet('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10')

/** Where a firewall stands and how it translates and resolves. */
export interface FirewallSettings {
  readonly subnet: Subnet
  readonly privateIp: Ip
  readonly privateIpSource: Source
  /** In the order of its IP configurations; the first is used for outbound connections. */
  readonly publicIps: readonly { readonly ip: Ip; readonly source: Source }[]
  /** Destinations that network rules leave untranslated. */
  readonly untranslated: AddressSet
  readonly untranslatedSource: Source | undefined
  /** Whether the DNS proxy answers clients. */
  readonly proxy: boolean
  readonly proxySource: Source | undefined
  /** Whether it answers cannot be read; then `proxy` is true, and every answer unknown. */
  readonly proxyUnknown: boolean
  /** Whether FQDNs in network rules work: with the proxy, or where the policy does not ask for it. */
  readonly resolvesNetworkRules: boolean
  readonly dnsServers: readonly { readonly ip: Ip; readonly source: Source }[]
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
  policies: readonly Body[],
): FirewallSettings | undefined {
  const place = standing(estate, firewall)
  if (!place) return undefined
  const policy = policies[0]
  const classic = policy ? undefined : firewall.child('additionalProperties')
  const dns = policy?.child('dnsSettings')
  const proxySource = dns?.source('enableProxy') ?? classic?.source('Network.DNS.EnableProxy')
  const proxyUnknown = dns?.isDoubtful('enableProxy') === true
  const proxy =
    proxyUnknown || (dns?.flag('enableProxy') ?? lenientFlag(classic?.text('Network.DNS.EnableProxy'))) === true
  const needsProxy =
    dns?.flag('requireProxyForNetworkRules') ?? lenientFlag(classic?.text('Network.DNS.RequireProxyForNetworkRules'))
  const ranges = privateRanges(estate, firewall, policies)
  const forcedTunnel = isForcedTunnel(firewall, place.subnet)
  return {
    ...place,
    publicIps: publicAddresses(estate, firewall),
    untranslated: ranges.set,
    untranslatedSource: ranges.source,
    proxy,
    proxySource,
    proxyUnknown,
    resolvesNetworkRules: proxy || needsProxy === false,
    dnsServers: dnsServers(estate, firewall, dns, classic),
    leavesPrivate: leavesPrivate(place.subnet, forcedTunnel),
    forcedTunnel,
    label: `Azure Firewall ${firewall.name}${policy ? ` (policy ${policy.name})` : ''}`,
  }
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

function publicAddresses(estate: Estate, firewall: Body): FirewallSettings['publicIps'] {
  const found: { ip: Ip; source: Source }[] = []
  for (const one of firewall.child('hubIPAddresses')?.child('publicIPs')?.children('addresses') ?? []) {
    const ip = parseIp(one.text('address') ?? '')
    if (ip !== undefined) found.push({ ip, source: one.source('address') })
  }
  for (const one of firewall.children('ipConfigurations')) {
    const id = one.reference('publicIPAddress')
    if (id === undefined) continue
    const ip = estate.publicIp(id)
    if (ip !== undefined)
      found.push({ ip, source: estate.byId(id)?.source('ipAddress') ?? one.source('publicIPAddress') })
    else {
      const message = `${firewall.name}: the address of this public IP is not in the export`
      estate.report(one.diagnostic('warning', 'NT1714', message, 'publicIPAddress'))
    }
  }
  return found
}

function privateRanges(
  estate: Estate,
  firewall: Body,
  policies: readonly Body[],
): { set: AddressSet; source: Source | undefined } {
  const policy = policies.find((one) => (one.child('snat')?.texts('privateRanges').length ?? 0) > 0)
  const holder = policy?.child('snat') ?? (policies.length > 0 ? undefined : firewall.child('additionalProperties'))
  const key = policy ? 'privateRanges' : 'Network.SNAT.PrivateRanges'
  const texts = holder?.texts(key).flatMap((text) => text.split(/[\s,;]+/)) ?? []
  const sets: AddressSet[] = []
  for (const text of texts.filter((one) => one !== '')) {
    const set = text.toLowerCase() === 'ianaprivateranges' ? IANA_PRIVATE : addressesOfText(text)
    if (set) sets.push(set)
    else if (holder) {
      const message = `SNAT private range "${text}" is no address range; it is left out`
      estate.report(holder.diagnostic('warning', 'NT1706', message, key))
    }
  }
  if (texts.length === 0) return { set: IANA_PRIVATE, source: undefined }
  return { set: sets.length > 0 ? unionOf(...sets) : NO_ADDRESS, source: holder?.source(key) }
}

/** Internet traffic is sent on by the user's route and not to the internet (Learn: Azure Firewall forced tunneling). */
function isForcedTunnel(firewall: Body, subnet: Subnet): boolean {
  if (!firewall.has('managementIpConfiguration')) return false
  return (subnet.routeTable?.children('routes') ?? []).some(
    (route) => route.text('addressPrefix') === '0.0.0.0/0' && route.text('nextHopType')?.toLowerCase() !== 'internet',
  )
}

function leavesPrivate(subnet: Subnet, forcedTunnel: boolean): string | undefined {
  if (forcedTunnel) return 'forced tunnelling: internet traffic leaves with the private address'
  return subnet.body.has('natGateway') ? 'the NAT gateway of AzureFirewallSubnet translates it' : undefined
}

function dnsServers(
  estate: Estate,
  firewall: Body,
  dns: Body | undefined,
  classic: Body | undefined,
): FirewallSettings['dnsServers'] {
  const holder = dns ?? classic
  const key = dns ? 'servers' : 'Network.DNS.Servers'
  const servers: { ip: Ip; source: Source }[] = []
  for (const text of holder?.texts(key).flatMap((one) => one.split(/[\s,;]+/)) ?? []) {
    const ip = parseIp(text)
    if (ip !== undefined && holder) servers.push({ ip, source: holder.source(key) })
    else if (holder && text !== '') {
      const message = `${firewall.name}: DNS server "${text}" is no address; it is left out`
      estate.report(holder.diagnostic('warning', 'NT1706', message, key))
    }
  }
  return servers
}
