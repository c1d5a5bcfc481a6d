import type { Body } from './body.ts'

/**
 * The lower-case type of a body: its `type`, else what its id says (`microsoft.network/virtualnetworks/subnets`). The
 * network interfaces of a scale set's instances are network interfaces.
 */
export function typeOf(body: Body): string {
  const type = (body.type ?? typeOfParts(body.id)).toLowerCase()
  return type === INSTANCE_NIC ? 'microsoft.network/networkinterfaces' : type
}

const INSTANCE_NIC = 'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces'

/** The type that an id tells, as the id spells it; empty when it tells none. */
export function typeOfParts(id: string): string {
  const parts = id.split('/')
  const at = parts.findLastIndex((part) => part.toLowerCase() === 'providers')
  if (at === -1) return ''
  const behind = parts.slice(at + 1)
  return behind.filter((_, index) => index === 0 || index % 2 === 1).join('/')
}

/** The lower-case id of the resource that a child's id is below: a subnet's VNet, a rule's NSG. */
export function parentId(id: string): string {
  return id.split('/').slice(0, -2).join('/').toLowerCase()
}

/** The resource group in an id, as written; `undefined` when the id has none. */
export function resourceGroupOf(id: string): string | undefined {
  const parts = id.split('/')
  const at = parts.findIndex((part) => part.toLowerCase() === 'resourcegroups')
  return at === -1 ? undefined : parts[at + 1]
}
