import { Body, type BodyDocument } from '../estate/body.ts'
import { parentId, typeOf } from '../estate/resource-id.ts'
import { privateLinkName } from '../names/private-dns-names.ts'
import { serviceNames } from '../names/service-names.ts'

type Members = { readonly [key: string]: unknown }

const ADDRESSES = '100.96.0.0/24'
const COMPUTE = { range: '100.96.0.0/26', address: '100.96.0.4' }
const FIREWALL = { range: '100.96.0.64/26', address: '100.96.0.68' }
const ENDPOINTS = { range: '100.96.0.128/25', first: 132 }

/**
 * The managed networks of machine learning workspaces as the resources Azure makes for them and no export lists: a VNet
 * without peerings, its outbound rules as an NSG (as a firewall once a rule names a host), private endpoints and zones.
 * What runs there is `<workspace>/managed-compute` (Learn: Workspace managed virtual network isolation). Their
 * addresses are stand-ins, alike for every workspace, as nothing else reaches them.
 */
export function managedNetworkBodies(bodies: readonly Body[]): Body[] {
  const byId = new Map(bodies.map((one) => [one.id.toLowerCase(), one]))
  const workspaces = bodies.filter((one) => typeOf(one) === 'microsoft.machinelearningservices/workspaces')
  return workspaces.flatMap((workspace, index) => {
    const network = workspace.child('managedNetwork')
    const mode = network?.text('isolationMode')?.toLowerCase()
    if (!network || (mode !== 'allowinternetoutbound' && mode !== 'allowonlyapprovedoutbound')) return []
    const rules = [...rulesIn(network), ...rulesBeside(bodies, workspace)]
    const places: Places = new Map()
    const approvedOnly = mode === 'allowonlyapprovedoutbound'
    const made = resourcesOf({ workspace, rules, byId, approvedOnly, index, places })
    const document = standsAt(workspace, places)
    return made.map((one) => new Body(document, workspace.file, one))
  })
}

/** Which parts of what is made stand for which outbound rule. */
type Places = Map<object, Body>

/** Every member stands where the outbound rule does that it is made for, else where the managed network is asked for. */
function standsAt(workspace: Body, places: Places): BodyDocument {
  const sourceOf = (container: unknown) => {
    const rule = typeof container === 'object' && container !== null ? places.get(container) : undefined
    const source = rule?.file === workspace.file ? rule.source() : workspace.source('managedNetwork')
    return source.kind === 'pointer' ? source : undefined
  }
  return {
    placeOf: (container) => {
      const source = sourceOf(container)
      return source ? { line: source.line, column: source.column } : { line: 1, column: 1 }
    },
    pointerOf: (container) => sourceOf(container)?.pointer ?? '',
    line: () => '',
    textOf: (container) => sourceOf(container)?.text,
  }
}

function placed<T extends Members>({ places }: Managed, made: T, rule: Body | undefined): T {
  const { properties } = made
  if (rule) places.set(made, rule)
  if (rule && typeof properties === 'object' && properties !== null) places.set(properties, rule)
  return made
}

interface OutboundRule {
  readonly name: string
  readonly type: string
  readonly body: Body
}

/** The rules by name, as the workspace holds them. */
function rulesIn(network: Body): OutboundRule[] {
  const rules = network.child('outboundRules')
  return (rules?.keys() ?? []).flatMap((name) => {
    const body = rules?.child(name)
    return body ? [{ name, type: body.text('type')?.toLowerCase() ?? '', body }] : []
  })
}

function rulesBeside(bodies: readonly Body[], workspace: Body): OutboundRule[] {
  const id = workspace.id.toLowerCase()
  const isOne = (one: Body) => /\/outboundrules\/[^/]+$/i.test(one.id) && parentId(one.id) === id
  return bodies.filter(isOne).map((body) => {
    // The resource's own type stands beside the rule's.
    const rule = body.child('properties') ?? body
    return { name: body.name, type: rule.text('type')?.toLowerCase() ?? '', body: rule }
  })
}

interface Managed {
  readonly workspace: Body
  readonly rules: readonly OutboundRule[]
  readonly byId: ReadonlyMap<string, Body>
  readonly approvedOnly: boolean
  readonly index: number
  readonly places: Places
}

function resourcesOf(managed: Managed): Members[] {
  const { workspace, rules, approvedOnly } = managed
  const names = approvedOnly ? rules.filter((one) => one.type === 'fqdn') : []
  const network = networkOf(managed, names.length > 0)
  const guards = !approvedOnly ? [] : names.length > 0 ? firewallOf(managed, names) : [securityGroupOf(managed)]
  const name = `${workspace.name}/managed-compute`
  const compute = resource(workspace, 'networkInterfaces', 'managed-compute', name, {
    ipConfigurations: [
      {
        name: 'one',
        properties: { privateIPAddress: COMPUTE.address, subnet: { id: subnetId(workspace, 'compute') } },
      },
    ],
  })
  return [network, compute, ...guards, ...endpointsOf(managed)]
}

/** Ids below the workspace's own, so that two workspaces of one name do not meet. */
function idOf(workspace: Body, kind: string, name: string): string {
  const [head] = workspace.id.split(/\/providers\//i)
  return `${head}/providers/Microsoft.Network/${kind}/managed-network-of-${workspace.name}-${name}`
}

function subnetId(workspace: Body, name: string): string {
  return `${idOf(workspace, 'virtualNetworks', 'vnet')}/subnets/${name}`
}

function resource(workspace: Body, kind: string, part: string, name: string, properties: Members): Members {
  const location = workspace.text('location')
  return { id: idOf(workspace, kind, part), type: `Microsoft.Network/${kind}`, name, location, properties }
}

function networkOf({ workspace, approvedOnly }: Managed, hasFirewall: boolean): Members {
  const group =
    approvedOnly && !hasFirewall
      ? { networkSecurityGroup: { id: idOf(workspace, 'networkSecurityGroups', 'nsg') } }
      : {}
  const table = hasFirewall ? { routeTable: { id: idOf(workspace, 'routeTables', 'rt') } } : {}
  const subnet = (name: string, addressPrefix: string, more: Members = {}) => ({
    id: subnetId(workspace, name),
    name,
    properties: { addressPrefix, defaultOutboundAccess: true, ...more },
  })
  return resource(workspace, 'virtualNetworks', 'vnet', `${workspace.name}/managed-network`, {
    addressSpace: { addressPrefixes: [ADDRESSES] },
    subnets: [
      subnet('compute', COMPUTE.range, { ...group, ...table }),
      ...(hasFirewall ? [subnet('AzureFirewallSubnet', FIREWALL.range)] : []),
      subnet('endpoints', ENDPOINTS.range),
    ],
  })
}

interface TagRule {
  readonly name: string
  readonly tag: string
  readonly protocol: string
  readonly ports: readonly string[]
  readonly access: string
  /** Absent = Azure's own. */
  readonly body?: Body
}

/** What Azure always allows in approved mode (Learn: Workspace managed virtual network isolation, required rules). */
function requiredTags(region: string): TagRule[] {
  const tag = (name: string, protocol: string, ...ports: string[]): TagRule => ({
    name: `required ${name} ${protocol}`,
    tag: name,
    protocol,
    ports,
    access: 'Allow',
  })
  return [
    tag('AzureActiveDirectory', 'Tcp', '80', '443'),
    tag('AzureMachineLearning', 'Tcp', '443', '8787', '18881'),
    tag('AzureMachineLearning', 'Udp', '5831'),
    tag(`BatchNodeManagement.${region}`, 'Tcp', '443'),
    tag('AzureResourceManager', 'Tcp', '443'),
    tag('AzureFrontDoor.FirstParty', 'Tcp', '443'),
    tag('MicrosoftContainerRegistry', 'Tcp', '443'),
    tag('AzureMonitor', 'Tcp', '443'),
  ]
}

function tagRules({ workspace, rules }: Managed): TagRule[] {
  const own = rules.flatMap((one): TagRule[] => {
    const destination = one.type === 'servicetag' ? one.body.child('destination') : undefined
    const tag = destination?.text('serviceTag')
    if (!destination || tag === undefined) return []
    const ports = (destination.text('portRanges') ?? '*').split(',').map((text) => text.trim())
    const access = destination.text('action') ?? 'Allow'
    return [{ name: one.name, tag, protocol: destination.text('protocol') ?? '*', ports, access, body: one.body }]
  })
  const region = (workspace.text('location') ?? '').replaceAll(' ', '').toLowerCase()
  return [...own, ...requiredTags(region)]
}

function securityGroupOf(managed: Managed): Members {
  const rule = (one: TagRule, index: number) => ({
    name: one.name,
    properties: {
      priority: 100 + index,
      direction: 'Outbound',
      access: one.access,
      protocol: one.protocol,
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: one.tag,
      destinationPortRanges: one.ports,
    },
  })
  const rest = { name: 'everything else', tag: 'Internet', protocol: '*', ports: ['*'], access: 'Deny' }
  const name = `managed network of ${managed.workspace.name}`
  const securityRules = [...tagRules(managed), rest].map((one: TagRule, index) =>
    placed(managed, rule(one, index), one.body),
  )
  return resource(managed.workspace, 'networkSecurityGroups', 'nsg', name, { securityRules })
}

function firewallOf(managed: Managed, names: readonly OutboundRule[]): Members[] {
  const { workspace, index } = managed
  const collection = (name: string, priority: number, type: string, rules: readonly Members[]) => ({
    name,
    properties: { priority, action: { type }, rules },
  })
  const network = tagRules(managed).map((one) => {
    const made = {
      name: one.name,
      allow: one.access.toLowerCase() !== 'deny',
      protocols: one.protocol === '*' ? ['Any'] : [one.protocol.toUpperCase()],
      sourceAddresses: ['*'],
      destinationAddresses: [one.tag],
      destinationPorts: one.ports,
    }
    return placed(managed, made, one.body)
  })
  const protocols = [
    { protocolType: 'Http', port: 80 },
    { protocolType: 'Https', port: 443 },
  ]
  const outside = idOf(workspace, 'publicIPAddresses', 'pip')
  return [
    resource(workspace, 'routeTables', 'rt', `routes of the managed network of ${workspace.name}`, {
      routes: [
        {
          name: 'to the firewall',
          properties: {
            addressPrefix: '0.0.0.0/0',
            nextHopType: 'VirtualAppliance',
            nextHopIpAddress: FIREWALL.address,
          },
        },
      ],
    }),
    resource(workspace, 'publicIPAddresses', 'pip', 'stand-in', { ipAddress: `198.19.255.${index + 1}` }),
    resource(workspace, 'azureFirewalls', 'fw', `${workspace.name}/managed-firewall`, {
      ipConfigurations: [
        {
          name: 'one',
          properties: {
            privateIPAddress: FIREWALL.address,
            subnet: { id: subnetId(workspace, 'AzureFirewallSubnet') },
            publicIPAddress: { id: outside },
          },
        },
      ],
      networkRuleCollections: [
        collection(
          'denied service tags',
          100,
          'Deny',
          network.filter((one) => !one.allow),
        ),
        collection(
          'service tags',
          200,
          'Allow',
          network.filter((one) => one.allow),
        ),
      ],
      applicationRuleCollections: [
        collection(
          'names',
          300,
          'Allow',
          names.map((one) => {
            const targetFqdns = one.body.texts('destination')
            return placed(managed, { name: one.name, sourceAddresses: ['*'], protocols, targetFqdns }, one.body)
          }),
        ),
      ],
    }),
  ]
}

interface Target {
  readonly id: string
  readonly group: string
  readonly status: string
  /** The outbound rule that asks for it; absent = Azure makes it of itself. */
  readonly body?: Body
}

/** Azure makes endpoints of its own for the workspace's resources: all in approved mode, else those closed to the public. */
function targetsOf({ workspace, rules, byId, approvedOnly }: Managed): Target[] {
  const named = rules.flatMap((one): Target[] => {
    const destination = one.type === 'privateendpoint' ? one.body.child('destination') : undefined
    const id = destination?.text('serviceResourceId')
    if (!destination || id === undefined) return []
    const waits = one.body.text('status')?.toLowerCase() === 'inactive'
    return [
      {
        id,
        group: destination.text('subresourceTarget') ?? '',
        status: waits ? 'Pending' : 'Approved',
        body: one.body,
      },
    ]
  })
  const wanted: readonly (readonly [string | undefined, readonly string[]])[] = [
    [workspace.text('storageAccount'), ['blob', 'file']],
    [workspace.text('keyVault'), ['vault']],
    [workspace.text('containerRegistry'), ['registry']],
    [workspace.id, ['amlworkspace']],
  ]
  const own = wanted.flatMap(([id, groups]) => {
    const closed =
      byId
        .get(id?.toLowerCase() ?? '')
        ?.text('publicNetworkAccess')
        ?.toLowerCase() === 'disabled'
    return id !== undefined && (approvedOnly || closed)
      ? groups.map((group) => ({ id, group, status: 'Approved' }))
      : []
  })
  const seen = new Set<string>()
  return [...named, ...own].filter((one) => {
    const key = `${one.id} ${one.group}`.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

function endpointsOf(managed: Managed): Members[] {
  const { workspace, byId } = managed
  const zones = new Map<string, Map<string, string>>()
  const endpoints = targetsOf(managed).map((target, index): Members => {
    const address = `100.96.0.${ENDPOINTS.first + index}`
    const body = byId.get(target.id.toLowerCase())
    for (const name of body ? serviceNames(typeOf(body), body, [], new Set([target.group.toLowerCase()])) : []) {
      const record = privateLinkName(name, new Set([target.group.toLowerCase()]))
      const at = record?.indexOf('.privatelink.') ?? -1
      if (record === undefined || at === -1) continue
      const zone = record.slice(at + 1)
      zones.set(zone, (zones.get(zone) ?? new Map<string, string>()).set(record.slice(0, at), address))
    }
    const last = target.id.slice(target.id.lastIndexOf('/') + 1)
    const part = `pe-${index}`
    const name = `${workspace.name}/managed-endpoint-${last}-${target.group}`
    const made = resource(workspace, 'privateEndpoints', part, name, {
      subnet: { id: subnetId(workspace, 'endpoints') },
      ipConfigurations: [{ name: 'one', properties: { privateIPAddress: address, groupId: target.group } }],
      privateLinkServiceConnections: [
        {
          name: 'one',
          properties: {
            privateLinkServiceId: target.id,
            groupIds: [target.group],
            privateLinkServiceConnectionState: { status: target.status },
          },
        },
      ],
    })
    return placed(managed, made, target.body)
  })
  return [...endpoints, ...[...zones].flatMap(([zone, records]) => zoneBodies(workspace, zone, records))]
}

function zoneBodies(workspace: Body, zone: string, records: ReadonlyMap<string, string>): Members[] {
  const [head] = workspace.id.split(/\/providers\//i)
  const id = `${head}/managed-network-of-${workspace.name}/providers/Microsoft.Network/privateDnsZones/${zone}`
  const type = 'Microsoft.Network/privateDnsZones'
  const link = {
    virtualNetwork: { id: idOf(workspace, 'virtualNetworks', 'vnet') },
    virtualNetworkLinkState: 'Completed',
    registrationEnabled: false,
  }
  return [
    { id, type, name: zone, location: 'global', properties: { numberOfVirtualNetworkLinks: 1 } },
    { id: `${id}/virtualNetworkLinks/managed`, type: `${type}/virtualNetworkLinks`, name: 'managed', properties: link },
    ...[...records].map(([name, ipv4Address]) => ({
      id: `${id}/A/${name}`,
      type: `${type}/A`,
      name,
      properties: { ttl: 10, aRecords: [{ ipv4Address }] },
    })),
  ]
}
