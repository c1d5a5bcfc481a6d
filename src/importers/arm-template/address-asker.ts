import { type Ip, parseIp } from '../../net/index.ts'
import { type Members, memberOf, textOf } from './value.ts'

/** A configuration that wants an address of a subnet, and has a fixed one or asks Azure for one. */
export interface Asker {
  /** Lower-case id of the resource. */
  readonly id: string
  readonly type: string
  /** The member that lists its configurations, and which of them. */
  readonly list: 'ipConfigurations' | 'frontendIPConfigurations'
  readonly index: number
  /** What the address of a private endpoint is for; absent = not an endpoint's, or not said. */
  readonly member?: { readonly group: string; readonly name: string }
  /** The resource is known to want one address and no more. */
  readonly single: boolean
  /** Lower-case id. */
  readonly subnet: string
  /** Its fixed address. */
  readonly address: Ip | undefined
}

const SINGLE_ENDPOINT = new Set(['blob', 'file', 'queue', 'table', 'web', 'dfs', 'vault', 'sqlserver', 'namespace'])

// Each member has an address of its own (Learn: Azure Private Endpoint DNS integration; what endpoints' NICs list).
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['amlworkspace', ['default', 'notebook', 'inference']],
  ['registry', ['registry', 'registry_data']],
])

// Where an endpoint's addresses may be told; an exported template has them.
const TELLING = ['ipConfigurations', 'networkInterfaces', 'customDnsConfigs']

// How many they want depends on regions or on what is behind them.
const UNCOUNTED = new Set(['azuremonitor'])

const LISTS = ['ipConfigurations', 'frontendIPConfigurations'] as const
const ASKING = new Set([
  'microsoft.network/networkinterfaces',
  'microsoft.network/azurefirewalls',
  'microsoft.network/loadbalancers',
  'microsoft.network/dnsresolvers/inboundendpoints',
])

/** Who of a resource wants an address of which subnet. */
export function askersOf(body: Members): Asker[] {
  const type = (textOf(body, 'type') ?? '').toLowerCase()
  const id = (textOf(body, 'id') ?? '').toLowerCase()
  const properties = memberOf(body, 'properties')
  if (type === 'microsoft.network/privateendpoints') return endpointAskers(id, type, properties)
  if (!ASKING.has(type)) return []
  return LISTS.flatMap((list) => {
    const configurations = memberOf(properties, list)
    if (!Array.isArray(configurations)) return []
    return configurations.flatMap((one, index): Asker[] => {
      const inner = memberOf(one, 'properties') ?? one
      const subnet = textOf(memberOf(inner, 'subnet'), 'id')?.toLowerCase()
      if (subnet === undefined || textOf(inner, 'privateIPAddressVersion')?.toLowerCase() === 'ipv6') return []
      const address = parseIp(textOf(inner, 'privateIPAddress') ?? '')
      return [{ id, type, list, index, single: !isGiven(inner), subnet, address }]
    })
  })
}

/** Somebody else than Azure says the address, even where it cannot be read. */
function isGiven(configuration: unknown): boolean {
  const method = textOf(configuration, 'privateIPAllocationMethod')
  return method?.toLowerCase() === 'static' || (memberOf(configuration, 'privateIPAddress') ?? null) !== null
}

/** An endpoint that gives no addresses itself wants one for each member of what it stands for. */
function endpointAskers(id: string, type: string, properties: unknown): Asker[] {
  const groups = groupsOf(properties)
  const subnet = textOf(memberOf(properties, 'subnet'), 'id')?.toLowerCase()
  const isTold = TELLING.some((name) => {
    const given = memberOf(properties, name)
    return Array.isArray(given) && given.length > 0
  })
  if (groups.length > 1 || subnet === undefined || isTold) return []
  const [group] = groups
  const asker = { id, type, list: 'ipConfigurations', subnet, address: undefined } as const
  if (group === undefined) return [{ ...asker, index: 0, single: true }]
  if (UNCOUNTED.has(group)) return []
  const single = SINGLE_ENDPOINT.has(group)
  const names = MEMBERS.get(group) ?? [group]
  return names.map((name, index) => ({ ...asker, index, member: { group, name }, single }))
}

function groupsOf(properties: unknown): string[] {
  const lists = [memberOf(properties, 'privateLinkServiceConnections')].concat(
    memberOf(properties, 'manualPrivateLinkServiceConnections'),
  )
  const connections = lists.flatMap((one) => (Array.isArray(one) ? one : []))
  return connections.flatMap((one) => {
    const listed = memberOf(memberOf(one, 'properties') ?? one, 'groupIds')
    return Array.isArray(listed)
      ? listed.filter((each) => typeof each === 'string').map((each) => each.toLowerCase())
      : []
  })
}
