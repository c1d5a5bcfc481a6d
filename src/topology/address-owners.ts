import type { Device, InterfaceAddress, Link, NetworkPart } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import { fault } from './shape.ts'
import type { Report } from './written.ts'

/**
 * Reports addresses that two devices have on one link, with both places. Two devices that came out of one export are
 * left to its importer: a platform may share addresses on purpose.
 */
export function reportSharedAddresses(
  links: readonly Link[],
  devices: ReadonlyMap<string, Device>,
  exportOf: ReadonlyMap<string, NetworkPart>,
  report: Report,
): void {
  for (const link of links) {
    const owners = new Map<Ip, { device: string; address: InterfaceAddress }>()
    for (const end of link.ends) {
      const one = devices.get(end.device)?.interfaces.find((each) => each.name === end.interface)
      if (!one || one.disabled) continue
      for (const address of one.addresses) {
        const first = owners.get(address.ip)
        const together =
          first && exportOf.get(first.device) !== undefined && exportOf.get(first.device) === exportOf.get(end.device)
        if (!first) owners.set(address.ip, { device: end.device, address })
        else if (first.device !== end.device && !together) {
          const message = `${end.device} and ${first.device} both have ${formatIp(address.ip)} on the same link: give one another address`
          fault(report, 'NT1106', message, address.source, [`the address of ${first.device}`, first.address.source])
        }
      }
    }
  }
}
