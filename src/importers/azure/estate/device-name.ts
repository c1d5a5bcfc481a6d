import type { Body } from './body.ts'
import { resourceGroupOf, typeOf } from './resource-id.ts'
import { type NicOwner, nicOwners } from './virtual-machine.ts'

/**
 * Names for the devices made of bodies: the body's own name, a VM's first NIC the name of the VM, further NICs
 * `vm/nic`. A name that two bodies share gets its resource group in front.
 */
export function makeDeviceNames(bodies: readonly Body[]): (body: Body) => string {
  const owners = nicOwners(bodies)
  const owned = new Set([...owners.values()].map((one) => one.id.toLowerCase()))
  const wanted = new Map<string, Set<string>>()
  for (const body of bodies) {
    if (!isDevice(body, owned)) continue
    const key = wantedName(body, owners).toLowerCase()
    const ids = wanted.get(key) ?? new Set()
    wanted.set(key, ids.add(body.id.toLowerCase()))
  }
  return (body) => {
    const name = wantedName(body, owners)
    const rivals = wanted.get(name.toLowerCase())
    if (!rivals || rivals.size <= 1) return name
    const group = resourceGroupOf(body.id)
    const sameGroup = [...rivals].filter((id) => resourceGroupOf(id) === group?.toLowerCase()).length
    const kind = typeOf(body).split('/').at(-1) ?? ''
    return sameGroup > 1 ? `${group}/${kind}/${name}` : `${group ?? kind}/${name}`
  }
}

function wantedName(body: Body, owners: ReadonlyMap<string, NicOwner>): string {
  const owner = owners.get(body.id.toLowerCase())
  if (!owner) return body.name
  return owner.first ? owner.name : `${owner.name}/${body.name}`
}

// A VM is known by its NIC; the rest are parts of something or hold settings, and nobody asks for them by name.
const NEVER_DEVICES = new Set([
  'microsoft.network/virtualnetworks',
  'microsoft.network/virtualnetworks/subnets',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/applicationsecuritygroups',
  'microsoft.network/routetables',
  'microsoft.network/publicipaddresses',
  'microsoft.network/publicipprefixes',
  'microsoft.network/connections',
  'microsoft.network/localnetworkgateways',
  'microsoft.network/firewallpolicies',
  'microsoft.network/ipgroups',
  'microsoft.network/networkwatchers',
  'microsoft.network/serviceendpointpolicies',
  'microsoft.compute/disks',
  'microsoft.compute/availabilitysets',
])

function isDevice(body: Body, owned: ReadonlySet<string>): boolean {
  const type = typeOf(body)
  if (NEVER_DEVICES.has(type) || type.startsWith('microsoft.network/privatednszones')) return false
  if (type.includes('/virtualhubs/')) return false
  if (type.startsWith('microsoft.network/networkmanagers') || type.startsWith('microsoft.network/firewallpolicies')) {
    return false
  }
  return type !== 'microsoft.compute/virtualmachines' || !owned.has(body.id.toLowerCase())
}
