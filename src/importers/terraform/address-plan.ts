import { type AssignedAddress, assignedAddresses } from '../arm-template/index.ts'
import type { ArmDocument } from './arm-document.ts'
import { isObject, memberOf } from './block.ts'
import type { ConfiguredModule } from './configuration.ts'
import type { Instance } from './instance.ts'
import { PlannedAddresses } from './planned-addresses.ts'
import type { References } from './references.ts'
import { knownSubnets } from './subnet-askers.ts'

/** A plan that was read once. */
export interface FirstReading {
  /** What `terraform show -json` printed. */
  readonly plan: unknown
  readonly root: ConfiguredModule
  readonly instances: readonly Instance[]
  readonly references: References
  readonly document: ArmDocument
  readonly bodies: readonly object[]
}

/** The addresses that Azure will assign to the resources of a plan, and what refers to them. */
export interface AddressPlan {
  told(instance: Instance): Instance
  /** Whether an object of the plan gets its address so. */
  has(object: object): boolean
  /** The addresses of a body, by its id. */
  assignedTo(id: string): readonly AssignedAddress[]
}

/**
 * Gives each resource whose address is known only after apply the one that Azure is sure to assign, or one that stands
 * for it; and tells what the plan's expressions make of them. An address that the plan knows already is nobody's to
 * replace.
 */
export function planAddresses({ plan, root, instances, references, document, bodies }: FirstReading): AddressPlan {
  const members = bodies.filter((one): one is Readonly<Record<string, unknown>> => isObject(one))
  const byId = new Map(members.map((one) => [String(one.id).toLowerCase(), one]))
  const { objects, ids } = later(instances, references)
  const own = new Map<object, string[]>()
  const assigned = new Map<string, AssignedAddress[]>()
  for (const one of assignedAddresses(members, knownSubnets(plan, instances, references, root))) {
    const holder = holderOf(document, byId.get(one.id), one.at)
    if (!(holder && objects.has(holder)) && !ids.has(one.id)) continue
    if (holder) own.set(holder, [...(own.get(holder) ?? []), one.address])
    assigned.set(one.id, [...(assigned.get(one.id) ?? []), one])
  }
  const planned = new PlannedAddresses(instances, references, own)
  return {
    told: (instance) => planned.told(instance),
    has: (object) => own.has(object),
    assignedTo: (id) => assigned.get(id.toLowerCase()) ?? [],
  }
}

/** The object of the plan that a configuration of a body was made of, or the body itself. */
function holderOf(document: ArmDocument, body: unknown, at: AssignedAddress['at']): object | undefined {
  const list = at && memberOf(memberOf(body, 'properties'), at.list)
  const configuration: unknown = Array.isArray(list) ? list[at?.index ?? 0] : undefined
  const { container, key } = document.originOf(configuration ?? body, undefined)
  const whole: unknown =
    key === undefined || !(typeof container === 'object' && container !== null)
      ? container
      : (container as Readonly<Record<string | number, unknown>>)[key]
  return isObject(whole) ? whole : undefined
}

const CONFIGURATIONS = ['ip_configuration', 'ip_configurations', 'frontend_ip_configuration']

/** What of a plan has an address that is known only after apply: objects, and ids of bodies that are no Terraform's. */
function later(instances: readonly Instance[], references: References) {
  const objects = new Set<object>()
  const ids = new Set<string>()
  for (const instance of instances) {
    const { block, type, isNew, isGone } = instance
    if (isGone) continue
    if (type === 'azapi_resource' && isNew) ids.add(references.idOf(instance).toLowerCase())
    const connections = block.blocks('private_service_connection')
    const isLater = connections.some((one) => one.block.isUnknown('private_ip_address'))
    if (isLater || block.isUnknown('ip_address')) objects.add(block.value)
    for (const one of CONFIGURATIONS.flatMap((name) => block.blocks(name))) {
      if (one.block.isUnknown('private_ip_address')) objects.add(one.block.value)
    }
  }
  return { objects, ids }
}
