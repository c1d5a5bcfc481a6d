import { formatIp, type Ip, isIp4, type Prefix, parseIp, parsePrefix, prefixLast } from '../../net/index.ts'
import { isMembers, type Members, memberOf, textOf } from './value.ts'

/** An address that Azure will assign and that can be told before it does. */
export interface AssignedAddress {
  /** Lower-case id of the resource. */
  readonly id: string
  /** The member that lists its configurations, and which of them. */
  readonly list: 'ipConfigurations' | 'frontendIPConfigurations'
  readonly index: number
  readonly address: string
  readonly because: string
}

const FIREWALL =
  'an Azure Firewall takes the first free address of AzureFirewallSubnet, which holds nothing else (seen in deployments)'
const ONLY_ONE =
  'Azure assigns the next free address of the subnet, and nothing else in the template asks for one there (Learn: Private IP addresses in Azure)'

/**
 * The addresses that follow from the template alone: an Azure Firewall's, and those of a configuration that is the
 * only one to ask for an address in a subnet of the template. Two that ask in one subnet race: neither is told.
 */
export function assignedAddresses(bodies: readonly Members[], complete: boolean): readonly AssignedAddress[] {
  const subnets = subnetPrefixes(bodies)
  const found: AssignedAddress[] = []
  const mentions = mentionsOf(bodies, subnets)
  for (const [subnet, askers] of askersBySubnet(bodies)) {
    const range = subnets.get(subnet)
    const asking = askers.filter((one) => one.address === undefined)
    const [asker] = asking
    if (!range || !asker) continue
    const isFirewall = asker.type === 'microsoft.network/azurefirewalls'
    const fixed = askers.length - asking.length
    const isOnlyOne = complete && (mentions.get(subnet) ?? 0) - fixed === 1
    const ip = firstFree(range, new Set(askers.map((one) => one.address)))
    if (ip === undefined || !(isFirewall || isOnlyOne)) continue
    const { id, list, index } = asker
    found.push({ id, list, index, address: formatIp(ip), because: isFirewall ? FIREWALL : ONLY_ONE })
  }
  return found
}

function askersBySubnet(bodies: readonly Members[]): Map<string, Asker[]> {
  const groups = new Map<string, Asker[]>()
  for (const one of bodies.flatMap((body) => configurationsOf(body))) {
    const group = groups.get(one.subnet)
    if (group) group.push(one)
    else groups.set(one.subnet, [one])
  }
  return groups
}

interface Asker {
  readonly id: string
  readonly type: string
  readonly list: AssignedAddress['list']
  readonly index: number
  /** Lower-case id. */
  readonly subnet: string
  /** Its fixed address. */
  readonly address: Ip | undefined
}

const SINGLE_ENDPOINT = new Set(['blob', 'file', 'queue', 'table', 'web', 'dfs', 'vault', 'sqlserver', 'namespace'])

const LISTS = ['ipConfigurations', 'frontendIPConfigurations'] as const
const ASKING = new Set([
  'microsoft.network/networkinterfaces',
  'microsoft.network/azurefirewalls',
  'microsoft.network/loadbalancers',
  'microsoft.network/dnsresolvers/inboundendpoints',
])

function configurationsOf(body: Members): Asker[] {
  const type = (textOf(body, 'type') ?? '').toLowerCase()
  const id = (textOf(body, 'id') ?? '').toLowerCase()
  const properties = memberOf(body, 'properties')
  if (type === 'microsoft.network/privateendpoints') return endpointAsker(id, type, properties)
  if (!ASKING.has(type)) return []
  return LISTS.flatMap((list) => {
    const configurations = memberOf(properties, list)
    if (!Array.isArray(configurations)) return []
    return configurations.flatMap((one, index): Asker[] => {
      const inner = memberOf(one, 'properties') ?? one
      const subnet = textOf(memberOf(inner, 'subnet'), 'id')?.toLowerCase()
      if (subnet === undefined) return []
      return [{ id, type, list, index, subnet, address: parseIp(textOf(inner, 'privateIPAddress') ?? '') }]
    })
  })
}

/** An endpoint of a kind that has one address, and gives none itself. */
function endpointAsker(id: string, type: string, properties: unknown): Asker[] {
  const lists = [memberOf(properties, 'privateLinkServiceConnections')].concat(
    memberOf(properties, 'manualPrivateLinkServiceConnections'),
  )
  const connections = lists.flatMap((one) => (Array.isArray(one) ? one : []))
  const groups = connections.flatMap((one) => {
    const listed = memberOf(memberOf(one, 'properties') ?? one, 'groupIds')
    return Array.isArray(listed) ? listed : []
  })
  const [group] = groups
  const given = memberOf(properties, 'ipConfigurations')
  const isSingle = groups.length === 1 && typeof group === 'string' && SINGLE_ENDPOINT.has(group.toLowerCase())
  const subnet = textOf(memberOf(properties, 'subnet'), 'id')?.toLowerCase()
  if (!isSingle || subnet === undefined || (Array.isArray(given) && given.length > 0)) return []
  return [{ id, type, list: 'ipConfigurations', index: 0, subnet, address: undefined }]
}

function isNetwork(body: Members): boolean {
  return /^microsoft\.network\/virtualnetworks(\/|$)/i.test(textOf(body, 'type') ?? '')
}

/** How often resources other than networks speak of each subnet. */
function mentionsOf(bodies: readonly Members[], subnets: ReadonlyMap<string, Prefix>): Map<string, number> {
  const counts = new Map<string, number>()
  const open: unknown[] = []
  for (const body of bodies) {
    if (isNetwork(body)) continue
    for (const [key, value] of Object.entries(body)) if (key !== 'id') open.push(value)
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      const id = typeof one === 'string' && one.startsWith('/') ? one.toLowerCase() : ''
      if (subnets.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1)
      if (typeof one !== 'object' || one === null) continue
      // Rules of a service's firewall name a subnet and ask for no address there.
      for (const [key, value] of Object.entries(one)) if (key.toLowerCase() !== 'virtualnetworkrules') open.push(value)
    }
  }
  return counts
}

function subnetPrefixes(bodies: readonly Members[]): Map<string, Prefix> {
  const prefixes = new Map<string, Prefix>()
  const add = (id: string, subnet: unknown): void => {
    const properties = memberOf(subnet, 'properties')
    const list = memberOf(properties, 'addressPrefixes')
    const text = textOf(properties, 'addressPrefix') ?? (Array.isArray(list) ? list[0] : undefined)
    const range = typeof text === 'string' ? parsePrefix(text) : undefined
    if (range && isIp4(range.ip)) prefixes.set(id.toLowerCase(), range)
  }
  for (const body of bodies) {
    const type = textOf(body, 'type')?.toLowerCase()
    const id = textOf(body, 'id') ?? ''
    if (type === 'microsoft.network/virtualnetworks/subnets') add(id, body)
    if (type !== 'microsoft.network/virtualnetworks') continue
    const inside = memberOf(memberOf(body, 'properties'), 'subnets')
    for (const subnet of Array.isArray(inside) ? inside : []) {
      if (isMembers(subnet)) add(`${id}/subnets/${textOf(subnet, 'name') ?? ''}`, subnet)
    }
  }
  return prefixes
}

// Azure keeps the first four addresses of a subnet and the last one (Learn: Virtual network FAQ).
function firstFree(range: Prefix, taken: ReadonlySet<Ip | undefined>): Ip | undefined {
  if (!isIp4(range.ip)) return undefined
  for (let ip = range.ip + 4; ip < Number(prefixLast(range)); ip++) if (!taken.has(ip as Ip)) return ip as Ip
  return undefined
}
