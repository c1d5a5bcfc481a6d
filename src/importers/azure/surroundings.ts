import { implied } from '../../model/index.ts'
import { parseIp } from '../../net/index.ts'
import { type JsonDocument, readJson } from '../../text/index.ts'
import { Body } from './estate/body.ts'
import type { Estate } from './estate/estate.ts'
import { typeOfParts } from './estate/resource-id.ts'
import type { ReadDocument } from './line-notes.ts'
import type { Placement } from './placement.ts'

/**
 * Bodies around those of an export that is a part of an estate, for an account of its lines: what they refer to and is
 * not there, and something that uses what nothing uses, so that lowering looks at all it would look at in a whole
 * estate. Nothing of it is ever answered from.
 */
export function surroundingsOf(bodies: readonly Body[]): readonly Body[] {
  const known = new Set<string>()
  const wanted = new Map<string, string>()
  for (const body of bodies) gather(body.value, known, wanted)
  const made = new Map<string, Stub>()
  for (const one of HOME) made.set(one.id.toLowerCase(), one)
  for (const [key, id] of wanted) if (!known.has(key)) standIn(id, known, made, wanted)
  const used = [
    ...bodies.map(({ id, value }) => ({ id, value })),
    ...[...made.values()].map((value) => ({ id: value.id, value })),
  ]
  used.forEach(({ id, value }, index) => {
    if (id === '' || id.startsWith(AROUND)) return
    const type = (memberOf(value, 'type') ?? typeOfParts(id)).toLowerCase()
    for (const one of USERS[type]?.(id, index) ?? []) made.set(one.id.toLowerCase(), one)
  })
  const text = JSON.stringify([...made.values()])
  const document = readJson(text)
  const list: unknown = document.value
  return Array.isArray(list) ? list.map((one: object) => new Body(document, 'around', one)) : []
}

/**
 * Firewalls without an address as they are while they run: deallocating one takes its address and leaves its rules
 * (Learn: Azure Firewall FAQ, How can I stop and start Azure Firewall?).
 */
export function runningFirewalls(documents: readonly ReadDocument[]): Body[] {
  const made: Body[] = []
  const walk = (document: JsonDocument, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const inside of Array.isArray(value) ? value : Object.values(value)) walk(document, inside)
    const { properties } = value as { readonly properties?: { readonly ipConfigurations?: unknown } }
    const isFirewall = memberOf(value, 'type')?.toLowerCase() === 'microsoft.network/azurefirewalls'
    const { ipConfigurations } = properties ?? {}
    if (!isFirewall || (Array.isArray(ipConfigurations) && ipConfigurations.length > 0)) return
    const index = made.length
    const id = `${GROUP}azureFirewalls/running-${index}`
    made.push(new Body(document, 'around', { ...value, id, properties: { ...properties, ...addressed(index) } }))
  }
  for (const { document, kind } of documents) if (kind === 'bodies') walk(document, document.value)
  return made
}

/** The address of a firewall around. */
function addressed(index: number): object {
  const subnet = { id: `${AROUND}/subnets/AzureFirewallSubnet` }
  const privateIPAddress = `10.250.${index >> 8}.${index & 255}`
  return { ipConfigurations: [{ name: 'one', properties: { privateIPAddress, subnet } }] }
}

/** A host in every subnet, so that what acts on hosts there is looked at. */
export function hostsEverywhere({ subnets }: Estate): Placement[] {
  const address = parseIp('10.255.255.4')
  if (address === undefined) return []
  const source = implied('a host that stands for any')
  return [...subnets.values()].map(({ id }, index) => ({ name: `around-${index}`, address, subnet: id, source }))
}

interface Stub {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly properties: object
}

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/around/providers/Microsoft.Network/'
const AROUND = `${GROUP}virtualNetworks/around`

function stub(id: string, properties: object): Stub {
  return { id, name: id.slice(id.lastIndexOf('/') + 1), type: typeOfParts(id), properties }
}

// Whatever addresses the parts of an estate have, they are inside.
const ANYWHERE = '0.0.0.0/0'

/** A subnet of the network around, with what is attached to it. */
function subnet(name: string, properties: object): Stub {
  return stub(`${AROUND}/subnets/${name}`, { addressPrefix: ANYWHERE, ...properties })
}

function memberOf(value: object, key: string): string | undefined {
  const member: unknown = (value as Readonly<Record<string, unknown>>)[key]
  return typeof member === 'string' ? member : undefined
}

const ID = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/microsoft\.\w+(?:\/[^/]+\/[^/]+)+$/i

/** The ids a value has, and those it speaks of with the ids of what they are part of. */
function gather(value: unknown, known: Set<string>, wanted: Map<string, string>): void {
  if (typeof value === 'string' && ID.test(value)) {
    const parts = value.split('/')
    for (let length = 9; length <= parts.length; length += 2) {
      const id = parts.slice(0, length).join('/')
      wanted.set(id.toLowerCase(), id)
    }
  }
  if (typeof value !== 'object' || value === null) return
  const id = memberOf(value, 'id')
  if (id !== undefined && Object.keys(value).length > 1) known.add(id.toLowerCase())
  for (const inside of Object.values(value)) gather(inside, known, wanted)
}

/** What stands in for something that is not in the export. */
function standIn(
  id: string,
  known: ReadonlySet<string>,
  made: Map<string, Stub>,
  wanted: ReadonlyMap<string, string>,
): void {
  const type = typeOfParts(id).toLowerCase()
  const isChild = type.split('/').length > 2
  if (isChild && !(type in CHILDREN)) return
  if (type === 'microsoft.network/virtualnetworks/subnets' && !known.has(id.toLowerCase())) {
    made.set(id.toLowerCase(), stub(id, { addressPrefix: ANYWHERE }))
    return
  }
  const properties = (isChild ? CHILDREN : STANDING_IN)[type]?.(id, made.size, wanted)
  made.set(id.toLowerCase(), stub(id, properties ?? {}))
}

type Properties = (id: string, index: number, wanted: ReadonlyMap<string, string>) => object

const HOME = [
  stub(AROUND, { addressSpace: { addressPrefixes: [ANYWHERE] } }),
  ...['here', 'GatewaySubnet', 'AzureFirewallSubnet'].map((name) => subnet(name, {})),
]
const HUB = `${GROUP}virtualHubs/around`
const HERE = { id: `${AROUND}/subnets/here` }

const STANDING_IN: Readonly<Record<string, Properties>> = {
  'microsoft.network/virtualnetworks': () => ({ addressSpace: { addressPrefixes: [ANYWHERE] }, subnets: [] }),
  'microsoft.network/publicipaddresses': (_, index) => ({ ipAddress: `198.51.${index >> 8}.${index & 255}` }),
  'microsoft.network/networkinterfaces': (_, index) => ({
    ipConfigurations: [
      { name: 'one', properties: { privateIPAddress: `10.254.${index >> 8}.${index & 255}`, subnet: HERE } },
    ],
  }),
  'microsoft.network/virtualnetworkgateways': () => gateway(),
  'microsoft.network/vpngateways': () => ({ virtualHub: { id: HUB } }),
  'microsoft.network/vpnsites': (id, _, wanted) => ({
    ...site(),
    vpnSiteLinks: partsOf(wanted, id, 'vpnSiteLinks', {}),
  }),
  'microsoft.network/loadbalancers': (id, _, wanted) => ({
    frontendIPConfigurations: [{ id: `${id}/frontendIPConfigurations/one`, name: 'one', properties: { subnet: HERE } }],
    backendAddressPools: partsOf(wanted, id, 'backendAddressPools', {}),
    inboundNatRules: partsOf(wanted, id, 'inboundNatRules', {
      frontendIPConfiguration: { id: `${id}/frontendIPConfigurations/one` },
      ...{ protocol: 'Tcp', frontendPort: 22, backendPort: 22 },
    }),
    loadBalancingRules: partsOf(wanted, id, 'backendAddressPools', {
      frontendIPConfiguration: { id: `${id}/frontendIPConfigurations/one` },
      ...{ protocol: 'All', frontendPort: 0, backendPort: 0 },
    }).map(({ id: pool, name, properties }) => ({
      name,
      properties: { ...properties, backendAddressPool: { id: pool } },
    })),
  }),
  'microsoft.network/virtualhubs': (_, index) => ({ addressPrefix: `10.253.${index & 255}.0/24` }),
  'microsoft.network/dnsresolvers': () => ({ virtualNetwork: { id: AROUND } }),
  'microsoft.network/privateendpoints': (id) => ({
    subnet: HERE,
    customDnsConfigs: [{ fqdn: 'around.blob.core.windows.net', ipAddresses: ['10.254.250.1'] }],
    privateLinkServiceConnections: [
      {
        name: 'one',
        properties: {
          privateLinkServiceId: id.replace(/\/providers\/.*/, '/providers/Microsoft.Storage/storageAccounts/around'),
          groupIds: ['blob'],
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
  }),
  'microsoft.network/networkmanagers': () => ({ networkManagerScopeAccesses: ['Connectivity', 'SecurityAdmin'] }),
}

const CHILDREN: Readonly<Record<string, Properties>> = {
  'microsoft.network/virtualnetworks/subnets': () => ({}),
  'microsoft.network/dnsresolvers/outboundendpoints': () => ({ subnet: HERE }),
  'microsoft.network/networkmanagers/networkgroups': () => ({}),
  'microsoft.network/networkmanagers/securityadminconfigurations': () => ({}),
  'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections': (id) => ({
    appliesToGroups: [{ networkGroupId: groupOf(id) }],
  }),
  'microsoft.network/networksecurityperimeters/profiles': () => ({}),
  'microsoft.network/virtualhubs/hubvirtualnetworkconnections': () => ({ remoteVirtualNetwork: { id: AROUND } }),
  'microsoft.network/virtualhubs/hubroutetables': () => ({}),
}

function groupOf(id: string): string {
  return `${id.replace(/(\/networkManagers\/[^/]+).*/i, '$1')}/networkGroups/around`
}

/** The parts of a resource that something speaks of. */
function partsOf(wanted: ReadonlyMap<string, string>, id: string, kind: string, properties: object) {
  const start = `${id}/${kind}/`.toLowerCase()
  const ids = [...wanted].filter(([key]) => key.startsWith(start) && !key.slice(start.length).includes('/'))
  return ids.map(([, part]) => ({ id: part, name: part.slice(start.length), properties }))
}

function site(): object {
  return { addressSpace: { addressPrefixes: ['10.249.0.0/16'] }, ipAddress: '198.51.100.9' }
}

function gateway(): object {
  return {
    gatewayType: 'Vpn',
    ipConfigurations: [{ name: 'one', properties: { subnet: { id: `${AROUND}/subnets/GatewaySubnet` } } }],
  }
}

/** What uses a thing of a type. */
const USERS: Readonly<Record<string, (id: string, index: number) => readonly Stub[]>> = {
  'microsoft.network/networksecuritygroups': (id, index) => [
    subnet(`filtered-${index}`, { networkSecurityGroup: { id } }),
  ],
  'microsoft.network/routetables': (id, index) => [subnet(`routed-${index}`, { routeTable: { id } })],
  'microsoft.network/natgateways': (id, index) => [subnet(`translated-${index}`, { natGateway: { id } })],
  'microsoft.network/serviceendpointpolicies': (id, index) => [
    subnet(`limited-${index}`, {
      serviceEndpoints: [{ service: 'Microsoft.Storage' }],
      serviceEndpointPolicies: [{ id }],
    }),
  ],
  'microsoft.network/publicipaddresses': (id, index) => [networkInterface(index, { publicIPAddress: { id } })],
  'microsoft.network/publicipprefixes': (id, index) => {
    const nat = stub(`${GROUP}natGateways/around-${index}`, { publicIpPrefixes: [{ id }] })
    return [nat, subnet(`translated-${index}`, { natGateway: { id: nat.id } })]
  },
  'microsoft.network/applicationsecuritygroups': (id, index) => {
    const sides = { sourceApplicationSecurityGroups: [{ id }], destinationApplicationSecurityGroups: [{ id }] }
    const rule = { priority: 100, direction: 'Inbound', access: 'Allow', protocol: '*', sourcePortRange: '*' }
    const group = stub(`${GROUP}networkSecurityGroups/around-${index}`, {
      securityRules: [{ name: 'one', properties: { ...rule, destinationPortRange: '*', ...sides } }],
    })
    const host = networkInterface(index, { applicationSecurityGroups: [{ id }] })
    return [group, subnet(`filtered-${index}`, { networkSecurityGroup: { id: group.id } }), host]
  },
  'microsoft.network/ipgroups': (id, index) => {
    const policy = `${GROUP}firewallPolicies/around-${index}`
    const rule = { ruleType: 'NetworkRule', name: 'one', ipProtocols: ['Any'], sourceIpGroups: [id] }
    const rules = [{ ...rule, destinationAddresses: ['*'], destinationPorts: ['*'] }]
    const kind = { ruleCollectionType: 'FirewallPolicyFilterRuleCollection', action: { type: 'Allow' } }
    const groups = stub(`${policy}/ruleCollectionGroups/one`, {
      priority: 100,
      ruleCollections: [{ name: 'one', priority: 100, ...kind, rules }],
    })
    return [stub(policy, {}), groups, firewall(policy, index)]
  },
  'microsoft.network/firewallpolicies': (id, index) => [firewall(id, index)],
  'microsoft.network/localnetworkgateways': (id, index) => {
    const own = stub(`${GROUP}virtualNetworkGateways/around-${index}`, gateway())
    const ends = { virtualNetworkGateway1: { id: own.id }, localNetworkGateway2: { id } }
    return [own, stub(`${GROUP}connections/around-${index}`, { connectionType: 'IPsec', ...ends })]
  },
  'microsoft.network/privatednszones': (id) => [
    stub(`${id}/virtualNetworkLinks/around`, { virtualNetwork: { id: AROUND }, registrationEnabled: true }),
  ],
  'microsoft.network/dnsforwardingrulesets': (id) => [
    stub(`${id}/virtualNetworkLinks/around`, { virtualNetwork: { id: AROUND } }),
  ],
  'microsoft.network/vpnsites': (id, index) => [
    stub(`${GROUP}vpnGateways/around-${index}`, {
      virtualHub: { id: HUB },
      connections: [{ name: 'one', properties: { remoteVpnSite: { id } } }],
    }),
    stub(HUB, { addressPrefix: '10.253.254.0/24' }),
  ],
  'microsoft.network/vpngateways/vpnconnections': () => [stub(HUB, { addressPrefix: '10.253.254.0/24' })],
  'microsoft.network/virtualhubs': (id) => [
    stub(`${id}/hubVirtualNetworkConnections/around`, { remoteVirtualNetwork: { id: AROUND } }),
  ],
  'microsoft.network/networkmanagers': (id) => [
    stub(`${id}/networkGroups/around`, {}),
    stub(`${id}/networkGroups/around/staticMembers/around`, { resourceId: AROUND }),
  ],
  'microsoft.network/networkmanagers/networkgroups': (id) => [
    stub(`${id}/staticMembers/around`, { resourceId: AROUND }),
  ],
}

function networkInterface(index: number, more: object): Stub {
  const one = { privateIPAddress: `10.252.${index >> 8}.${index & 255}`, subnet: HERE, ...more }
  return stub(`${GROUP}networkInterfaces/around-${index}`, { ipConfigurations: [{ name: 'one', properties: one }] })
}

function firewall(policy: string, index: number): Stub {
  return stub(`${GROUP}azureFirewalls/around-${index}`, { firewallPolicy: { id: policy }, ...addressed(index) })
}
