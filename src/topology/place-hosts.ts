import type { Device } from '../model/index.ts'
import { formatIp, isPublic } from '../net/index.ts'
import { findEndpoint, type Known } from './endpoint.ts'
import { hostOn, hostOnInternet, type PlacedHost, placedInAzure } from './host-device.ts'
import { type Import, importOwnFiles } from './import-parts.ts'
import { INTERNET } from './internet.ts'
import type { LinkTable } from './link-table.ts'
import type { HostPlan } from './plan.ts'
import { fault } from './shape.ts'

/**
 * Puts the plan's hosts among the devices and on their links. A host joins the link of the interface it is `on`, which
 * is made when there is none. What is missing is reported, and the host left out.
 */
export function placeHosts(
  plans: readonly HostPlan[],
  devices: Map<string, Device>,
  declared: ReadonlySet<string>,
  links: LinkTable,
  tools: Import,
): void {
  for (const plan of plans) {
    // Of two things with one name, reported elsewhere, the first stays.
    if (plan.place.kind !== 'subnet' && devices.has(plan.name)) continue
    const device = placed(plan, { devices, declared }, links, tools)
    if (device) devices.set(plan.name, device)
  }
}

function placed(plan: HostPlan, known: Known, links: LinkTable, tools: Import): Device | undefined {
  const files = importOwnFiles(tools, plan)
  const { place } = plan
  if (place.kind === 'subnet') {
    const device = known.devices.get(plan.name)
    return device && placedInAzure(plan, device, files, tools.report)
  }
  if (place.kind === 'internet') {
    const { value, source } = plan.address
    if (!isPublic(value)) {
      const message = `host ${plan.name} is on the internet, and ${formatIp(value)} is no public address`
      fault(tools.report, 'NT1107', message, source)
      return undefined
    }
    return joined(links, 'internet', INTERNET, [], hostOnInternet(plan, files), plan)
  }
  const router = findEndpoint(known, place.endpoint, tools.report)
  const host = router && hostOn(plan, router, files, tools.report)
  return host && joined(links, 'segment', place.endpoint.value, [router], host, plan)
}

function joined(
  links: LinkTable,
  kind: 'segment' | 'internet',
  name: string,
  others: readonly { device: string; interface: string }[],
  host: PlacedHost,
  plan: HostPlan,
): Device {
  const there = others[0] && links.at(others[0])
  const end = { device: plan.name, interface: host.interface }
  links.join(there?.kind ?? kind, name, [...others, end], plan.source)
  return host.device
}
