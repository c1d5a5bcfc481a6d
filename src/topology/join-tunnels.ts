import type { Device, Endpoint, Interface, TunnelEnd } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import { type FoundEndpoint, findDevice, findEndpoint, type Known } from './endpoint.ts'
import { joinOrReport } from './join-links.ts'
import type { LinkTable } from './link-table.ts'
import type { LinkPlan } from './plan.ts'
import { fault, type Located, quoted } from './shape.ts'
import { standsBy } from './standing-by.ts'
import type { Report } from './written.ts'

/** One near end of a tunnel, and the addresses its device could be called by from outside. */
interface TunnelInterface extends Endpoint {
  readonly tunnel: TunnelEnd
  readonly of: Device
  readonly at: Interface
  readonly outer: ReadonlySet<Ip>
}

/**
 * Joins the tunnels the topology names, then those whose ends name each other's outer addresses (one naming the other
 * is enough when the other names nobody). What stays alone, or fits several, is a warning. Gives back devices whose
 * interface became a tunnel's end because the topology says so.
 */
export function joinTunnels(plans: readonly LinkPlan[], known: Known, links: LinkTable, report: Report): Device[] {
  const changed: Device[] = []
  const wanted = plans.filter((plan) => plan.kind === 'tunnel')
  for (const plan of wanted) changed.push(...joinByHand(plan, known, links, report))
  const alone = () => tunnelInterfaces(known.devices.values()).filter((one) => !links.at(one))
  joinMatching(alone(), links)
  const named = new Set(wanted.flatMap((plan) => plan.ends.map((end) => end.value)))
  for (const one of alone().filter((end) => !standsBy(end.of, end, links))) reportAlone(one, alone(), named, report)
  return changed
}

function tunnelInterfaces(devices: Iterable<Device>): TunnelInterface[] {
  const found: TunnelInterface[] = []
  for (const device of devices) {
    const tunnels = device.interfaces.filter((one) => one.tunnel && !one.disabled)
    if (tunnels.length === 0) continue
    const own = device.interfaces.filter((one) => !one.disabled).flatMap((one) => one.addresses.map(({ ip }) => ip))
    for (const at of tunnels) {
      if (!at.tunnel) continue
      const outer = new Set(at.tunnel.local === undefined ? own : [...own, at.tunnel.local])
      found.push({ device: device.name, interface: at.name, of: device, at, tunnel: at.tunnel, outer })
    }
  }
  return found
}

/** Whether two near ends may be one tunnel: of one kind, and what either says of the other's address is so. */
function match(a: TunnelInterface, b: TunnelInterface): boolean {
  if (a.device === b.device || a.tunnel.kind !== b.tunnel.kind) return false
  const { remote: far } = a.tunnel
  const { remote: near } = b.tunnel
  if (far === undefined && near === undefined) return false
  return reaches(far, b) && reaches(near, a)
}

function reaches(remote: Ip | undefined, end: TunnelInterface): boolean {
  if (remote === undefined) return true
  const { local } = end.tunnel
  // An end that knows its own outer address is that one of the device's, unless it stands behind translation.
  if (local !== undefined && end.of.kind === 'gateway') return remote === local
  return end.outer.has(remote)
}

function joinMatching(ends: readonly TunnelInterface[], links: LinkTable): void {
  const partners = new Map(ends.map((one) => [one, ends.filter((other) => match(one, other))]))
  for (const [one, fits] of partners) {
    const other = fits[0]
    if (!other || fits.length > 1 || links.at(one) || partners.get(other)?.length !== 1) continue
    links.join('tunnel', tunnelName(one, other), [one, other], one.at.source)
  }
}

function tunnelName(one: Endpoint, other: Endpoint): string {
  return `tunnel ${one.device} - ${other.device}`
}

function reportAlone(
  one: TunnelInterface,
  all: readonly TunnelInterface[],
  named: ReadonlySet<string>,
  report: Report,
): void {
  const name = `${one.device}:${one.interface}`
  // A link that names it was refused already, with its reason.
  if (named.has(name)) return
  const fits = all.filter((other) => match(one, other)).map((other) => `${other.device}:${other.interface}`)
  const { remote } = one.tunnel
  const towards = remote === undefined ? 'does not say where it leads' : `leads to ${formatIp(remote)}`
  const why = fits.length > 1 ? `fits ${fits.join(' and ')}` : towards
  const what =
    fits.length > 1
      ? 'join one by hand'
      : 'no device here is its other end; packets into it go nowhere unless you join it'
  const message = `tunnel ${name} ${why}: ${what} with "- tunnel: [${name}, ...]" under links:`
  report({ severity: 'warning', code: 'NT1112', message, source: one.at.source })
}

function joinByHand(plan: LinkPlan, known: Known, links: LinkTable, report: Report): Device[] {
  const all = tunnelInterfaces(known.devices.values())
  const sides = plan.ends.map((text) => ({ text, candidates: candidatesOf(text, known, all, links, report) }))
  const [a, b] = sides
  if (!a?.candidates || !b?.candidates) return []
  const near = narrowed(a.candidates, b.candidates)
  const far = narrowed(b.candidates, near)
  const one = onlyOf(a.text, near, report)
  const other = one && onlyOf(b.text, far, report)
  if (!one || !other) return []
  const first = asTunnel(one, other, a.text, report)
  const second = first === 'refused' ? first : asTunnel(other, one, b.text, report)
  if (first === 'refused' || second === 'refused') return []
  joinOrReport(links, plan, tunnelName(one, other), [one, other], report)
  return [first, second].filter((device) => device !== undefined)
}

type Candidate = Omit<FoundEndpoint, 'tunnel'>

/** The interfaces a text can mean: the one it names, or every tunnel of the device it names. */
function candidatesOf(
  text: Located<string>,
  known: Known,
  all: readonly TunnelInterface[],
  links: LinkTable,
  report: Report,
): readonly Candidate[] | undefined {
  const found = findDevice(known, text, report)
  if (!found) return undefined
  if (found.rest !== undefined) {
    const end = findEndpoint(known, text, report)
    return end && [end]
  }
  const own = all.filter((one) => one.device === found.device.name)
  const free = own.filter((one) => !links.at(one))
  const tunnels = free.length > 0 ? free : own
  if (tunnels.length > 0) return tunnels
  const message = `${found.device.name} has no tunnel: name the interface it leaves by, as ${found.device.name}:<interface>`
  fault(report, 'NT1109', message, text.source)
  return undefined
}

/** Those of some candidates that name one of the others, when any do. */
function narrowed(candidates: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length === 1) return candidates
  const [all, against] = [candidates, others].map((list) => tunnelInterfaces(new Set(list.map((one) => one.of))))
  const fits = candidates.filter((one) => {
    const self = all?.find((two) => two.device === one.device && two.interface === one.interface)
    const partners = against?.filter((two) =>
      others.some((three) => three.device === two.device && three.interface === two.interface),
    )
    return self && partners?.some((two) => match(self, two))
  })
  return fits.length > 0 ? fits : candidates
}

function onlyOf(text: Located<string>, candidates: readonly Candidate[], report: Report): Candidate | undefined {
  if (candidates.length === 1) return candidates[0]
  const names = candidates.map((one) => `${one.device}:${one.interface}`).join(', ')
  fault(report, 'NT1109', `${quoted(text.value)} has several tunnels: name one of ${names}`, text.source)
  return undefined
}

/**
 * What an end has to become to be a tunnel's: nothing when it is one. The customer side of an ExpressRoute circuit is
 * a plain interface; towards any other kind of tunnel a plain interface is an error.
 */
function asTunnel(
  one: Candidate,
  other: Candidate,
  text: Located<string>,
  report: Report,
): Device | 'refused' | undefined {
  if (one.at.tunnel) return undefined
  if (other.at.tunnel?.kind === 'expressroute') {
    const interfaces = one.of.interfaces.map((each) =>
      each.name === one.interface ? { ...each, tunnel: { kind: 'expressroute' as const } } : each,
    )
    return { ...one.of, interfaces }
  }
  const tunnels = one.of.interfaces.filter((each) => each.tunnel).map((each) => each.name)
  const hint = tunnels.length > 0 ? `: its tunnels are ${tunnels.join(', ')}` : ', and its export has no tunnel'
  fault(report, 'NT1109', `${one.device}:${one.interface} is no tunnel${hint}`, text.source)
  return 'refused'
}
