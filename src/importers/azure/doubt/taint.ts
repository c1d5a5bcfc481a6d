import type { Device, NetworkPart } from '../../../model/index.ts'
import type { Body, MisreadMember } from '../estate/body.ts'
import { typeOf } from '../estate/resource-id.ts'
import type { Doubt } from './doubt.ts'
import { doubtfulDevice, doubtfulRouting } from './doubtful-device.ts'
import { same } from './same.ts'

/**
 * A part in which whatever some bodies have to do with is in doubt: the devices that are otherwise without them, those made of
 * what names them, and those of what they name themselves, networks aside.
 */
export function tainted(
  part: NetworkPart,
  without: NetworkPart,
  roots: readonly Body[],
  bodies: readonly Body[],
  doubt: Doubt,
): NetworkPart {
  const others = new Map(without.devices.map((one) => [one.name, one]))
  const ids = new Set(roots.flatMap((root) => [...relatedIds(root, bodies)]))
  const isTainted = (device: Device) =>
    !same(device, others.get(device.name)) || device.aliases.some((alias) => isAmong(ids, alias.toLowerCase()))
  const types = roots.map(typeOf)
  const isHub = types.some((type) =>
    /^microsoft\.network\/(virtualhubs|vpngateways|expressroutegateways|vpnsites|p2svpngateways)/.test(type),
  )
  const isBalancer = types.some((type) => type.startsWith('microsoft.network/loadbalancers'))
  const isMember = types.some((type) => type.endsWith('/networkinterfaces'))
  const devices = part.devices.map((one) => {
    // What a network interface is a member of, it says itself.
    if (isMember && one.kind === 'load-balancer') return doubtfulDevice(one, doubt)
    if (isTainted(one)) return one.kind === 'subnet' && isHub ? doubtfulRouting(one, doubt) : doubtfulDevice(one, doubt)
    if (one.kind !== 'subnet') return one
    // Any subnet may be behind the hub, and have a member of the balancer's pools.
    if (isHub) return doubtfulRouting(one, doubt)
    return isBalancer ? doubtfulDevice(one, doubt, ['postrouting'], ['internet']) : one
  })
  return { ...part, devices }
}

function isAmong(ids: ReadonlySet<string>, alias: string): boolean {
  if (!alias.startsWith('/')) return false
  return [...ids].some((id) => id === alias || alias.startsWith(`${id}/`) || id.startsWith(`${alias}/`))
}

function relatedIds(root: Body, bodies: readonly Body[]): ReadonlySet<string> {
  const own = root.id.toLowerCase()
  const ids = new Set(own === '' ? [] : [own, ...parentsOf(own, bodies)])
  const isNetwork = typeOf(root).startsWith('microsoft.network/virtualnetworks')
  textsOf(root.value, (text) => {
    if (text.startsWith('/') && !isNetwork && !/\/virtualnetworks\//.test(text)) ids.add(resourceOf(text))
  })
  if (own === '') return ids
  for (const { value } of bodies) if (value !== root.value) addMentioners(value, own, '', ids)
  return ids
}

/** The bodies it is a child of. */
function parentsOf(id: string, bodies: readonly Body[]): readonly string[] {
  return bodies.map((one) => one.id.toLowerCase()).filter((one) => one !== '' && id.startsWith(`${one}/`))
}

/** The resource that an id of a part of it is in; a subnet is as good as one. */
function resourceOf(id: string): string {
  return /\/virtualnetworks\//.test(id) ? id : id.split('/').slice(0, 9).join('/')
}

function textsOf(value: unknown, tell: (text: string) => void): void {
  if (typeof value === 'string') tell(value.toLowerCase())
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) textsOf(one, tell)
}

/** Adds the id of the innermost object that names an id or something below it. */
function addMentioners(value: unknown, wanted: string, within: string, ids: Set<string>): void {
  if (typeof value === 'string') {
    const text = value.toLowerCase()
    if ((text === wanted || text.startsWith(`${wanted}/`)) && within !== '') ids.add(resourceOf(within))
    return
  }
  if (typeof value !== 'object' || value === null) return
  const own = (value as { id?: unknown }).id
  const isReference = Object.keys(value).length === 1
  const at = typeof own === 'string' && !isReference ? own.toLowerCase() : within
  for (const one of Object.values(value)) addMentioners(one, wanted, at, ids)
}

/** Whether what a member may be cannot be listed: an object, a route's prefix, a member of a pool that is an address alone. */
export function isEndless({ part, key, as }: MisreadMember): boolean {
  if (as === 'object' || as === 'objects' || /^privateIPAddress$/i.test(key)) return true
  if (/^(addressPrefix|destinations)$/i.test(key)) return part.has('nextHopType') || part.has('nextHop')
  // Several tables at once, of the hub's own names.
  if (/^ids$/i.test(key)) return true
  return /^ipAddress$/i.test(key) && part.has('virtualNetwork')
}

/** Whether it cannot be told which subnets there are, on which everything else stands. */
export function hidesNetwork({ key }: MisreadMember): boolean {
  return /^subnets$/i.test(key)
}

/** Whether something with an address of its own cannot be placed because of a member. */
export function hidesAddress({ part, key }: MisreadMember): boolean {
  if (/^(ipConfigurations|frontendIPConfigurations|privateIPAddress|subnets|customDnsConfigs|ipAddresses)$/i.test(key))
    return true
  return /^subnet$/i.test(key) && part.has('privateIPAddress')
}

/** Whether it cannot be told who has a public address because of a member. */
export function hidesPublicAddress({ part, key }: MisreadMember): boolean {
  if (
    /^(ipConfigurations|frontendIPConfigurations|publicIPAddress|publicIPAddresses|hubIPAddresses|publicIPs|subnets)$/i.test(
      key,
    )
  )
    return true
  return /^(subnet|privateIPAddress)$/i.test(key) && part.has('publicIPAddress')
}
