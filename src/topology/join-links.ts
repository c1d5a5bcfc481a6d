import type { Device, Endpoint } from '../model/index.ts'
import { formatIp, isPublic } from '../net/index.ts'
import { findEndpoint, type Known } from './endpoint.ts'
import { INTERNET } from './internet.ts'
import type { LinkTable } from './link-table.ts'
import type { LinkPlan } from './plan.ts'
import { fault, quoted } from './shape.ts'
import type { Report } from './written.ts'

/** Puts the ends of the topology's segments and internet links together. Tunnels are joined elsewhere. */
export function joinSegments(plans: readonly LinkPlan[], known: Known, links: LinkTable, report: Report): void {
  for (const plan of plans) {
    if (plan.kind === 'tunnel') continue
    const found = plan.ends.map((end) => findEndpoint(known, end, report))
    const ends = found.filter((end) => end !== undefined)
    const name = plan.ends.map((end) => end.value).join(' - ')
    if (ends.length === 0) continue
    joinOrReport(links, plan, name, ends, report)
  }
}

/** Joins the ends of one entry; an end that is on another kind of link already is an error with both places. */
export function joinOrReport(
  links: LinkTable,
  plan: LinkPlan,
  name: string,
  ends: readonly Endpoint[],
  report: Report,
): void {
  const joined = links.join(plan.kind, name, ends, plan.source, plan)
  if (joined.kind === 'joined') return
  const end = `${joined.end.device}:${joined.end.interface}`
  const at = plan.ends[ends.indexOf(joined.end)]?.source ?? plan.source
  const kind = joined.with.kind === 'internet' ? 'the internet' : `the ${joined.with.kind} ${quoted(joined.with.name)}`
  const message = `${end} is on ${kind} already: an interface is on one link`
  fault(report, 'NT1111', message, at, ['the other link', joined.with.source])
}

/** Puts interfaces with a public address that are on no link on the internet, with a note for each. */
export function joinPublicInterfaces(devices: readonly Device[], links: LinkTable, report: Report): void {
  for (const device of devices) {
    for (const one of device.interfaces) {
      const end = { device: device.name, interface: one.name }
      if (one.disabled || one.tunnel || links.at(end)) continue
      const address = one.addresses.find(({ ip }) => isPublic(ip))
      if (!address) continue
      const message = `${device.name}:${one.name} has the public address ${formatIp(address.ip)} and no link: taken to be on the internet`
      report({ severity: 'note', code: 'NT1113', message, source: address.source })
      links.join('internet', INTERNET, [end], address.source)
    }
  }
}
