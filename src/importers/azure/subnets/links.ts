import { type Device, type Endpoint, implied, type Link } from '../../../model/index.ts'
import { FABRIC_VNET, INTERNET, linkOf } from '../estate/attachment.ts'
import type { Estate } from '../estate/estate.ts'

/**
 * The links of some devices, as their interfaces' names say: one segment for each VNet, and the internet. An interface
 * on a VNet that the estate lacks is on no link.
 */
export function linksOf(estate: Estate, devices: readonly Device[]): readonly Link[] {
  const ends = new Map<string, Endpoint[]>([[INTERNET, []]])
  for (const vnet of estate.vnets) ends.set(vnet.segment, [])
  const homes = new Map<string, string>()
  for (const { fabric, endpointFabric, vnet } of estate.subnets.values()) {
    homes.set(fabric, vnet.segment)
    homes.set(endpointFabric, vnet.segment)
  }
  for (const device of devices) {
    for (const { name } of device.interfaces) {
      const link = name === FABRIC_VNET ? homes.get(device.name) : linkOf(name)
      if (link !== undefined) ends.get(link)?.push({ device: device.name, interface: name })
    }
  }
  const segments = estate.vnets.map(
    (vnet): Link => ({
      name: vnet.segment,
      kind: 'segment',
      ends: ends.get(vnet.segment) ?? [],
      source: vnet.body.source('name'),
    }),
  )
  const source = implied('whatever has a public address is on the internet')
  return [...segments, { name: INTERNET, kind: 'internet', ends: ends.get(INTERNET) ?? [], source }]
}
