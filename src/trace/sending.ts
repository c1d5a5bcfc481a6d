import type { Encapsulation, Route, Source, TunnelEnd } from '../model/index.ts'
import { addressSetContains, formatIp, hasPorts, type Ip, isPrivate } from '../net/index.ts'
import { arrivingPacket } from './packet.ts'
import type { PreparedDevice } from './prepared.ts'
import { encapsulationOf } from './prepared-device.ts'
import type { Exit } from './routing.ts'
import { arrived, closeHop, type Run, type Stop, stopped } from './run.ts'
import type { Session } from './session.ts'
import { runHook } from './stages.ts'
import type { Trace } from './trace.ts'
import { clashes, confirm } from './tracking.ts'

/** What one device made of a packet: its trace is complete, or it has come in at the next device. */
export type Outcome =
  | { readonly kind: 'ended'; readonly trace: Trace }
  | { readonly kind: 'entered'; readonly run: Run }

/** A way out of a device that leads somewhere. */
export type WayOut = Extract<Exit, { kind: 'link' | 'device' }>

/** The outcome of a packet whose trace is complete. */
export function ended(trace: Trace): Outcome {
  return { kind: 'ended', trace }
}

/** The interface on a link both devices are on: a shared segment before the internet, where everybody meets. */
export function firstInterfaceTowards(self: PreparedDevice, device: string): string | undefined {
  let overInternet: string | undefined
  for (const one of self.device.interfaces) {
    const link = self.link(one.name)?.link
    if (!link?.ends.some((end) => end.device === device)) continue
    if (link.kind !== 'internet') return one.name
    overInternet ??= one.name
  }
  return overInternet ?? self.device.interfaces[0]?.name
}

/** Sends a routed packet off: postrouting, encapsulation, then the link or device its route leads to. */
export function leave(run: Run, route: Route, exit: WayOut): Outcome {
  const filtered = runHook(run, 'postrouting')
  if (filtered) return ended(stopped(run, filtered))
  confirmSession(run, 'postrouting')
  const policy = encapsulationOf(run.self.device, run.packet.flow)
  if (policy) return encapsulate(run, policy)
  if (exit.kind === 'device') return handOver(run, exit.device, exit.interface)
  return send(run, exit.interface, exit.neighbor, route)
}

/** Notes the connection of a packet that has passed the device by its last hook. */
export function confirmSession(run: Run, hook: 'input' | 'postrouting'): void {
  const name = run.self.device.name
  const sessions = run.sessions.get(name) ?? []
  keepApart(run, sessions, hook)
  run.sessions.set(name, confirm(run.packet, sessions))
}

/** A device that translates gives a new connection another source port where its answers would be taken for another's. */
function keepApart(run: Run, sessions: readonly Session[], hook: 'input' | 'postrouting'): void {
  const { packet, self } = run
  const { flow } = packet
  const translates = self.device.pipeline[hook].some((stage) => stage.kind === 'translate')
  if (!translates || !hasPorts(flow.protocol) || !clashes(packet, sessions)) return
  packet.flow = { ...flow, sourcePort: anotherPort(flow.sourcePort) }
  packet.sourceTranslated = true
  run.steps.push({ kind: 'translate', hook, before: flow, after: packet.flow })
}

/** Some port of those the kernel would choose from at random (Linux: nf_nat_l4proto_unique_tuple). */
function anotherPort(port: number): number {
  return port < 512 ? 500 : port < 1024 ? 1000 : 50_000
}

function encapsulate(run: Run, policy: Encapsulation): Outcome {
  run.steps.push({ kind: 'encapsulate', encapsulation: policy })
  if (policy.action === 'discard' || policy.interface === undefined) {
    const text = `${run.self.device.name}: ${policy.name} discards it`
    return ended(stopped(run, { disposition: 'denied', decision: { text, source: policy.source } }))
  }
  run.packet.outInterface = policy.interface
  return sendThroughTunnel(run, policy.interface, policy.source)
}

function handOver(run: Run, device: string, interfaceName: string | undefined): Outcome {
  const next = run.network.device(device)
  const out = interfaceName ?? run.packet.outInterface
  if (!next) {
    const text = `${run.self.device.name} hands it to ${device}, which is not in the topology`
    return ended(
      stopped(run, { disposition: 'neighbor-unreachable', decision: { text, source: run.self.device.source } }),
    )
  }
  const link = out === undefined ? undefined : run.self.link(out)?.link
  const into = link?.ends.find((end) => end.device === device)?.interface ?? next.device.interfaces[0]?.name
  run.steps.push({ kind: 'send', interface: out ?? '', to: device, ...(link && { link }) })
  return enter(run, next, into, false)
}

function send(run: Run, out: string, neighbor: Ip, route: Route): Outcome {
  const { self } = run
  const prepared = self.link(out)
  if (self.interface(out)?.tunnel) return sendThroughTunnel(run, out, route.source)
  if (!prepared)
    return ended(unreachable(run, `nothing is attached to ${self.device.name} ${out} in this topology`, route.source))
  const { link, owners } = prepared
  const owner = owners.get(neighbor)
  const isInternet = link.kind === 'internet'
  if (isInternet && self.device.kind === 'internet' && (!owner || owner.device === self.device.name)) {
    return ended(arrived(run, 'exits-network'))
  }
  // On the internet's link everybody's neighbour is the internet itself, which knows who owns a public address; only
  // private addresses on a provider's shared segment are reached directly.
  const isDirect = self.device.kind === 'internet' || (owner !== undefined && isPrivate(neighbor))
  const to = isInternet && !isDirect ? link.ends.find((end) => end.device === 'internet') : owner
  const next = to && run.network.device(to.device)
  if (!to || !next || to.device === self.device.name) {
    return ended(unreachable(run, `nobody on ${link.name} has the address ${formatIp(neighbor)}`, link.source))
  }
  run.steps.push({ kind: 'send', interface: out, link, to: to.device })
  const mac = self.interface(out)?.mac ?? ''
  const outcome = enter(run, next, to.interface, false)
  run.packet.senderMac = mac
  return outcome
}

function unreachable(run: Run, text: string, source: Source): Trace {
  return stopped(run, { disposition: 'neighbor-unreachable', decision: { text, source } })
}

function sendThroughTunnel(run: Run, out: string, source: Source): Outcome {
  const { self, packet } = run
  const near = self.interface(out)
  const refused = near?.tunnel && outsideSelectors(near.tunnel, packet.flow.source, packet.flow.destination)
  if (refused) return ended(stopped(run, selectorStop(run, out, near?.source ?? source)))
  const link = self.link(out)?.link
  const far = link?.ends.find((end) => end.device !== self.device.name)
  const next = far && run.network.device(far.device)
  if (!link || !far || !next) {
    const text = `the tunnel ${out} of ${self.device.name} is joined to nothing in this topology`
    if (isOwned(run, packet.flow.destination)) return ended(unreachable(run, text, source))
    // Nothing here has the address, so it may well be behind the other end.
    const decision = { text: `${text}, so what is behind it is not known: add the device at its other end`, source }
    return ended(stopped(run, { disposition: 'unknown', decision, unknowns: [decision] }))
  }
  run.steps.push({ kind: 'send', interface: out, link, to: far.device })
  const farTunnel = next.interface(far.interface)?.tunnel
  closeHop(run)
  run.self = next
  // Only what came out of IPsec counts as decrypted (Linux: xt_policy; MikroTik: ipsec-policy).
  const isIpsec = farTunnel?.kind === 'ipsec'
  run.packet = arrivingPacket(packet, farTunnel?.arrivesAs ?? far.interface, isIpsec)
  run.hopFlow = packet.flow
  run.steps.push({ kind: 'receive', interface: far.interface, fromTunnel: true, link })
  const stop = tunnelArrival(run, far.interface, farTunnel)
  return stop ? ended(stopped(run, stop)) : { kind: 'entered', run }
}

/** Whether a device of the topology has an address. */
function isOwned({ network }: Run, address: Ip): boolean {
  const devices = [...network.network.devices.values()]
  return devices.some((one) => one.interfaces.some((face) => face.addresses.some(({ ip }) => ip === address)))
}

/** What comes out of a tunnel must be inside its selectors, or the device throws it away (RFC 4301 section 5.2). */
function tunnelArrival(run: Run, interfaceName: string, tunnel: TunnelEnd | undefined): Stop | undefined {
  const { flow } = run.packet
  if (tunnel && outsideSelectors(tunnel, flow.destination, flow.source)) {
    return selectorStop(run, interfaceName, run.self.interface(interfaceName)?.source ?? run.self.device.source)
  }
  const policies = run.self.device.encapsulations.filter((one) => one.interface === interfaceName)
  const held = policies.some(
    (one) => addressSetContains(one.remote, flow.source) && addressSetContains(one.local, flow.destination),
  )
  if (policies.length === 0 || held) return undefined
  return selectorStop(run, interfaceName, policies[0]?.source ?? run.self.device.source)
}

function outsideSelectors(tunnel: TunnelEnd, local: Ip, remote: Ip): boolean {
  if (!tunnel.selectors) return false
  return !tunnel.selectors.some(
    (pair) => addressSetContains(pair.local, local) && addressSetContains(pair.remote, remote),
  )
}

function selectorStop(run: Run, interfaceName: string, source: Source): Stop {
  const { source: from, destination: to } = run.packet.flow
  const text = `${run.self.device.name} ${interfaceName}: ${formatIp(from)} to ${formatIp(to)} is outside the tunnel's traffic selectors`
  return { disposition: 'denied', decision: { text, source }, causeCode: 'traffic-selector' }
}

function enter(run: Run, next: PreparedDevice, inInterface: string | undefined, fromTunnel: boolean): Outcome {
  closeHop(run)
  const link = inInterface === undefined ? undefined : next.link(inInterface)?.link
  run.self = next
  run.packet = arrivingPacket(run.packet, inInterface, fromTunnel)
  run.hopFlow = run.packet.flow
  run.steps.push({ kind: 'receive', interface: inInterface ?? '', fromTunnel, ...(link && { link }) })
  return { kind: 'entered', run }
}
