import {
  formatIp,
  formatPrefix,
  type Ip,
  isIp4,
  type Prefix,
  parseIp,
  parsePrefix,
  prefix,
  prefixLast,
} from '../../net/index.ts'
import { type Asker, askersOf } from './address-asker.ts'
import { isMembers, type Members, memberOf, textOf } from './value.ts'

/** An address that Azure will assign, told before it does. */
export interface AssignedAddress {
  /** Lower-case id of the resource. */
  readonly id: string
  /** Which of its configurations gets it; absent = the resource is a public IP address. */
  readonly at?: Pick<Asker, 'list' | 'index' | 'member'>
  readonly address: string
  readonly because: string
  /** It cannot be told which one it will be: this one stands for it. */
  readonly standsIn?: true
}

const FIREWALL =
  'an Azure Firewall takes the first free address of AzureFirewallSubnet, which holds nothing else (seen in deployments)'
const ONLY_ONE =
  'Azure assigns the next free address of the subnet, and nothing else in the export asks for one there (Learn: Private IP addresses in Azure)'

/**
 * The addresses that follow from the bodies alone: an Azure Firewall's, and those of a configuration that is the
 * only one to ask for an address in a subnet. Where several ask in one subnet they race; each is given one that stands
 * for whatever it will get, free and spoken of by nobody. `isComplete`: everybody who may ask in a subnet, by its
 * lower-case id, is among the bodies or speaks of it in one.
 */
export function assignedAddresses(
  bodies: readonly Members[],
  isComplete: (subnet: string) => boolean,
): readonly AssignedAddress[] {
  const subnets = subnetPrefixes(bodies)
  const found: AssignedAddress[] = []
  const mentions = mentionsOf(bodies, subnets)
  const spokenOf = addressesSpokenOf(bodies)
  for (const [subnet, askers] of askersBySubnet(bodies)) {
    const range = subnets.get(subnet)
    const asking = askers.filter((one) => one.address === undefined)
    const [asker] = asking
    if (!range || !asker) continue
    const told = certainAddress(range, askers, isComplete(subnet) && (mentions.get(subnet) ?? 0) === askers.length)
    found.push(...(told ? [{ id: asker.id, at: asker, ...told }] : standInsFor(range, asking, spokenOf)))
  }
  return [...found, ...publicStandIns(bodies)]
}

/** The address that the first who asks in a subnet is sure to get. */
function certainAddress(
  range: Prefix,
  askers: readonly Asker[],
  allKnown: boolean,
): Pick<AssignedAddress, 'address' | 'because'> | undefined {
  const asking = askers.filter((one) => one.address === undefined)
  const isFirewall = asking[0]?.type === 'microsoft.network/azurefirewalls'
  const isOnlyOne = allKnown && asking.length === 1 && asking[0]?.single === true
  const ip = firstFree(range, new Set(askers.map((one) => one.address)))
  if (ip === undefined || !(isFirewall || isOnlyOne)) return undefined
  return { address: formatIp(ip), because: isFirewall ? FIREWALL : ONLY_ONE }
}

function standInsFor(range: Prefix, asking: readonly Asker[], taken: Set<Ip | undefined>): AssignedAddress[] {
  return asking.flatMap((asker): AssignedAddress[] => {
    const ip = firstFree(range, taken)
    if (ip === undefined) return []
    taken.add(ip)
    const address = formatIp(ip)
    const because = `Azure assigns it at deployment, one of ${formatPrefix(range)} that is free; ${address} stands for it`
    return [{ id: asker.id, at: asker, address, because, standsIn: true }]
  })
}

// Kept for benchmarks, so that no export holds one of them (RFC 2544).
const PUBLIC_STAND_INS = prefix('198.19.0.0/18')

function publicStandIns(bodies: readonly Members[]): AssignedAddress[] {
  const taken = addressesSpokenOf(bodies)
  return bodies.flatMap((body): AssignedAddress[] => {
    const properties = memberOf(body, 'properties')
    const isAsking =
      /^microsoft[.]network[/]publicipaddresses$/i.test(textOf(body, 'type') ?? '') &&
      textOf(properties, 'ipAddress') === undefined &&
      textOf(properties, 'publicIPAddressVersion')?.toLowerCase() !== 'ipv6'
    const ip = isAsking ? firstFree(PUBLIC_STAND_INS, taken) : undefined
    if (ip === undefined) return []
    taken.add(ip)
    const address = formatIp(ip)
    const because = `Azure assigns it at deployment; ${address} stands for it`
    return [{ id: (textOf(body, 'id') ?? '').toLowerCase(), address, because, standsIn: true }]
  })
}

/** Every IPv4 address that a text of the bodies holds: none of them may stand for another. */
function addressesSpokenOf(bodies: readonly Members[]): Set<Ip | undefined> {
  const found = new Set<Ip | undefined>()
  const open: unknown[] = [...bodies]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') for (const text of one.match(IP4) ?? []) found.add(parseIp(text))
    else if (typeof one === 'object' && one !== null) open.push(...Object.values(one))
  }
  return found
}

const IP4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g

function askersBySubnet(bodies: readonly Members[]): Map<string, Asker[]> {
  const groups = new Map<string, Asker[]>()
  for (const one of bodies.flatMap((body) => askersOf(body))) {
    const group = groups.get(one.subnet)
    if (group) group.push(one)
    else groups.set(one.subnet, [one])
  }
  return groups
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
