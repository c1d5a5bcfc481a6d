import type { Device, Source } from '../../model/index.ts'
import { formatIp, type Ip, prefixContains } from '../../net/index.ts'
import { nearestNames } from '../../text/index.ts'
import type { Estate, Subnet } from './estate/estate.ts'
import { nicDevice, stubResolverOf } from './subnets/nic.ts'

/** A host that a person puts into a subnet, for what no ARM body holds (a compute instance, a pod, a laptop on Bastion). */
export interface Placement {
  readonly name: string
  readonly address: Ip
  /** `vnet-ml/snet-train`, or a subnet's id; any case. */
  readonly subnet: string
  readonly source: Source
  /** What it is, in words. */
  readonly label?: string
}

/** The devices of placed hosts; one whose subnet is not there is reported and left out. */
export function placedDevices(estate: Estate, placements: readonly Placement[]): readonly Device[] {
  const byName = new Map<string, Subnet>()
  for (const subnet of estate.subnets.values()) byName.set(subnet.fabric.toLowerCase(), subnet)
  return placements.flatMap((placement) => {
    const wanted = placement.subnet.toLowerCase()
    const subnet = byName.get(wanted) ?? estate.subnets.get(wanted)
    if (subnet) return [placedDevice(estate, subnet, placement)]
    const near = nearestNames(
      placement.subnet,
      [...estate.subnets.values()].map((one) => one.fabric),
    )
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
    const message = `${placement.name} is placed in "${placement.subnet}", which is no subnet of the export${hint}`
    estate.report({ severity: 'error', code: 'NT1616', message, source: placement.source })
    return []
  })
}

function placedDevice(estate: Estate, subnet: Subnet, placement: Placement): Device {
  const { name, address, source } = placement
  if (!subnet.prefixes.some((one) => prefixContains(one, address))) {
    const message = `${name} has the address ${formatIp(address)}, which is not in ${subnet.fabric}`
    estate.report({ severity: 'warning', code: 'NT1617', message, source })
  }
  return nicDevice(estate, {
    name,
    label: placement.label ?? `host in ${subnet.fabric}`,
    aliases: [],
    subnet,
    addresses: [{ ip: address, source }],
    stubResolver: stubResolverOf(estate, subnet),
    source,
  })
}
