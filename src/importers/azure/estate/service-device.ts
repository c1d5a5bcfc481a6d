import { type Device, type InterfaceAddress, implied, NO_STAGES } from '../../../model/index.ts'
import { prefix } from '../../../net/index.ts'
import { onSegment } from './attachment.ts'
import type { Body } from './body.ts'
import type { Estate, Subnet } from './estate.ts'

/** Where a device of the platform stands. */
interface Standing {
  readonly body: Body
  readonly subnet: Subnet
  readonly addresses: readonly InterfaceAddress[]
  /** The device it hands everything to: the subnet's fabric, or the one its private endpoints answer through. */
  readonly fabric: string
}

/**
 * A device with one interface on its VNet that hands everything to the fabric, filters nothing and forwards nothing:
 * the ground that private endpoints, DNS resolver endpoints and container groups are made on.
 */
export function deviceInSubnet(
  estate: Estate,
  { body, subnet, addresses, fabric }: Standing,
): Omit<Device, 'kind' | 'label'> {
  const segment = onSegment(subnet.vnet)
  const platform = implied(
    'everything that leaves an interface is routed by its subnet (Learn: Virtual network traffic routing)',
  )
  const route = {
    prefix: prefix('0.0.0.0/0'),
    nextHop: { kind: 'device', device: fabric, interface: segment } as const,
    distance: 0,
    metric: 0,
    origin: 'Azure',
    source: platform,
  }
  return {
    name: estate.deviceName(body),
    aliases: [body.id].filter((id) => id !== ''),
    interfaces: [{ name: segment, aliases: [], addresses, source: body.source() }],
    tables: [{ name: 'main', routes: [route] }],
    tableRules: [],
    forwards: { enabled: false, source: body.source() },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source: body.source(),
  }
}
