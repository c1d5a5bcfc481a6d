import type { Diagnostic } from '../../../model/index.ts'
import { type Ip, isIp4, type Prefix, parseIp, parsePrefix, prefixCovers } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { Peering, Subnet, VirtualNetwork } from './estate.ts'
import { parentId, resourceGroupOf } from './resource-id.ts'

/** What is needed of the bodies to make VNets of them. */
export interface BodyIndex {
  ofType(type: string): readonly Body[]
  byId(id: string | undefined): Body | undefined
  report(diagnostic: Diagnostic): void
}

/** The VNets with their subnets and peerings; keys are lower-case ids. */
export interface VirtualNetworks {
  readonly vnets: readonly VirtualNetwork[]
  readonly byId: ReadonlyMap<string, VirtualNetwork>
  readonly subnets: ReadonlyMap<string, Subnet>
}

interface GrowingVnet extends VirtualNetwork {
  readonly subnets: Subnet[]
  readonly peerings: Peering[]
}

/** Makes the VNets; subnets and peerings count whether they stand inside their VNet or as bodies of their own. */
export function makeVirtualNetworks(index: BodyIndex): VirtualNetworks {
  const bodies = index.ofType('microsoft.network/virtualnetworks')
  const named = new Map<string, number>()
  for (const body of bodies) named.set(body.name.toLowerCase(), (named.get(body.name.toLowerCase()) ?? 0) + 1)
  const byId = new Map<string, GrowingVnet>()
  for (const body of bodies) {
    const shared = (named.get(body.name.toLowerCase()) ?? 0) > 1
    byId.set(body.id.toLowerCase(), makeVnet(index, body, shared))
  }
  const subnets = new Map<string, Subnet>()
  const attached = attachments(index)
  for (const [vnet, body] of withParents(index, byId, 'subnets', 'subnets')) {
    const subnet = makeSubnet(index, vnet, body, attached)
    if (subnets.has(subnet.id)) continue
    subnets.set(subnet.id, subnet)
    vnet.subnets.push(subnet)
  }
  const seen = new Set<string>()
  const peerings = [...withParents(index, byId, 'virtualNetworkPeerings', 'virtualnetworkpeerings')]
  const pairs = new Map(
    peerings.map(([vnet, body]) => [`${vnet.id} ${body.reference('remoteVirtualNetwork') ?? ''}`, body]),
  )
  for (const [vnet, body] of peerings) {
    const id = `${vnet.id}/${body.name.toLowerCase()}`
    if (!seen.has(id)) vnet.peerings.push(makePeering(vnet, body, byId, pairs))
    seen.add(id)
  }
  return { vnets: [...byId.values()], byId, subnets }
}

/** Prefixes of an array (or a single text) member; what is no prefix is reported. */
export function prefixesOf(body: Body | undefined, keys: readonly string[], report: BodyIndex['report']): Prefix[] {
  const prefixes: Prefix[] = []
  const seen = new Set<string>()
  for (const key of keys) {
    for (const text of body?.texts(key) ?? []) {
      if (seen.has(text)) continue
      seen.add(text)
      const prefix = parsePrefix(text)
      if (prefix) prefixes.push(prefix)
      else if (body) report(body.diagnostic('warning', 'NT1602', `"${text}" is not an address prefix`, key))
    }
  }
  return prefixes
}

function makeVnet(index: BodyIndex, body: Body, sharedName: boolean): GrowingVnet {
  const group = resourceGroupOf(body.id)
  const segment = sharedName && group !== undefined ? `${group}/${body.name}` : body.name
  const options = body.child('dhcpOptions')
  const dnsServers: { ip: Ip; source: ReturnType<Body['source']> }[] = []
  for (const text of options?.texts('dnsServers') ?? []) {
    const ip = parseIp(text)
    if (ip !== undefined && options) dnsServers.push({ ip, source: options.source('dnsServers') })
    else if (options)
      index.report(options.diagnostic('warning', 'NT1602', `DNS server "${text}" is no address`, 'dnsServers'))
  }
  return {
    id: body.id.toLowerCase(),
    name: body.name,
    location: normalLocation(body.text('location')),
    prefixes: prefixesOf(body.child('addressSpace'), ['addressPrefixes'], index.report),
    body,
    subnets: [],
    peerings: [],
    dnsServers,
    ...(isUnread(options) && { dnsServersUnread: true as const }),
    segment,
    resolver: `azure-dns/${segment}`,
  }
}

/** Whether the list of name servers is there and holds something that is no address. */
function isUnread(options: Body | undefined): boolean {
  const list = options?.raw('dnsServers')
  if (list === undefined || list === null) return false
  return !Array.isArray(list) || list.some((one) => typeof one !== 'string' || parseIp(one) === undefined)
}

// `West Europe` and `westeurope` are one region.
function normalLocation(text: string | undefined): string {
  return (text ?? '').toLowerCase().replaceAll(' ', '')
}

function* withParents(
  index: BodyIndex,
  vnets: ReadonlyMap<string, GrowingVnet>,
  member: string,
  type: string,
): Generator<[GrowingVnet, Body]> {
  for (const vnet of vnets.values()) for (const body of vnet.body.children(member)) yield [vnet, body]
  for (const body of index.ofType(`microsoft.network/virtualnetworks/${type}`)) {
    const vnet = vnets.get(parentId(body.id))
    if (vnet) yield [vnet, body]
    else index.report(body.diagnostic('warning', 'NT1603', `the VNet of ${body.name} is not in the export`))
  }
}

interface Attachments {
  readonly securityGroups: ReadonlyMap<string, Body>
  readonly routeTables: ReadonlyMap<string, Body>
}

/** NSGs and route tables by the subnets they name themselves: the other end of the subnet's own reference. */
function attachments(index: BodyIndex): Attachments {
  const by = (type: string) => {
    const map = new Map<string, Body>()
    for (const body of index.ofType(type)) for (const id of body.references('subnets')) map.set(id, body)
    return map
  }
  return {
    securityGroups: by('microsoft.network/networksecuritygroups'),
    routeTables: by('microsoft.network/routetables'),
  }
}

function makeSubnet(index: BodyIndex, vnet: VirtualNetwork, body: Body, attached: Attachments): Subnet {
  const id = (body.id || `${vnet.id}/subnets/${body.name}`).toLowerCase()
  const securityGroup = attachedBody(
    index,
    body,
    'networkSecurityGroup',
    attached.securityGroups.get(id),
    'securityRules',
  )
  const routeTable = attachedBody(index, body, 'routeTable', attached.routeTables.get(id), 'routes')
  const fabric = `${vnet.segment}/${body.name}`
  return {
    id,
    name: body.name,
    vnet,
    prefixes: prefixesOf(body, ['addressPrefix', 'addressPrefixes'], index.report),
    body,
    ...(securityGroup && { securityGroup }),
    ...(routeTable && { routeTable }),
    endpointPolicy: endpointPolicy(body.text('privateEndpointNetworkPolicies')),
    fabric,
    endpointFabric: `${fabric}/private-endpoints`,
  }
}

/** The body a subnet refers to, else the one embedded by `$expand`, else the one that names the subnet itself. */
function attachedBody(index: BodyIndex, subnet: Body, key: string, reverse: Body | undefined, member: string) {
  const embedded = subnet.child(key)
  if (!embedded && subnet.text(key) === undefined) return reverse
  return index.byId(subnet.reference(key)) ?? (embedded?.has(member) ? embedded : reverse)
}

function endpointPolicy(text: string | undefined): Subnet['endpointPolicy'] {
  switch (text?.toLowerCase()) {
    case 'enabled':
      return 'Enabled'
    case 'networksecuritygroupenabled':
      return 'NetworkSecurityGroupEnabled'
    case 'routetableenabled':
      return 'RouteTableEnabled'
    default:
      return 'Disabled'
  }
}

/**
 * One side of a peering. Data flows only where both are `Connected`; without a `peeringState` (a template) it counts as
 * connected when the remote VNet has a peering back or is not in the export (Learn: Create, change, or delete a peering).
 */
function makePeering(
  vnet: VirtualNetwork,
  body: Body,
  vnets: ReadonlyMap<string, VirtualNetwork>,
  pairs: ReadonlyMap<string, Body>,
): Peering {
  const remoteId = body.reference('remoteVirtualNetwork') ?? ''
  const remote = vnets.get(remoteId)
  const state = body.text('peeringState')?.toLowerCase()
  const back = remote && pairs.get(`${remote.id} ${vnet.id}`)
  const stateBack = back?.text('peeringState')?.toLowerCase() ?? 'connected'
  const open = state === undefined ? !remote || back !== undefined : state === 'connected'
  return {
    name: body.name,
    body,
    connected: open && stateBack === 'connected',
    remoteId,
    remotePrefixes: remotePrefixes(body, remote),
    allowsAccess: body.flag('allowVirtualNetworkAccess') ?? true,
    allowsForwarded: body.flag('allowForwardedTraffic') ?? false,
    allowsGatewayTransit: body.flag('allowGatewayTransit') ?? false,
    usesRemoteGateways: body.flag('useRemoteGateways') ?? false,
  }
}

/**
 * What the peering object last synced, else the remote VNet's space. A subnet peering carries the remote subnets it lists,
 * and in IPv6 alone where it says so (Learn: Configure subnet peering).
 */
function remotePrefixes(body: Body, remote: VirtualNetwork | undefined): readonly Prefix[] {
  const space = body.child('remoteAddressSpace') ?? body.child('remoteVirtualNetworkAddressSpace')
  const synced = prefixesOf(space, ['addressPrefixes'], () => {})
  if (body.flag('peerCompleteVnets') !== false) return synced.length > 0 ? synced : (remote?.prefixes ?? [])
  const names = new Set(body.texts('remoteSubnetNames').map((one) => one.toLowerCase()))
  const subnets = remote?.subnets.filter((one) => names.has(one.name.toLowerCase())) ?? []
  const listed = subnets.flatMap((one) => one.prefixes)
  const isListed = (one: Prefix) => listed.some((whole) => prefixCovers(whole, one))
  const prefixes = listed.length === 0 || (synced.length > 0 && synced.every(isListed)) ? synced : listed
  return body.flag('enableOnlyIPv6Peering') === true ? prefixes.filter((one) => !isIp4(one.ip)) : prefixes
}
