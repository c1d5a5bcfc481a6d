import { type Encapsulation, implied, type Route, type Source, type TunnelEnd } from '../model/index.ts'
import {
  addressSetContains,
  formatFlow,
  formatIp,
  formatPrefix,
  hasPorts,
  type Ip,
  portsContain,
  TCP,
  UDP,
} from '../net/index.ts'
import { arrivingPacket } from './packet.ts'
import { encapsulationOf, type PreparedDevice, reversePathHolds } from './prepared-device.ts'
import { lookup } from './route-index.ts'
import { chooseRoute, type Exit, exitOf } from './routing.ts'
import { arrived, closeHop, forked, type Run, type Stop, stopped } from './run.ts'
import { runHook } from './stages.ts'
import type { Trace } from './trace.ts'
import { confirm } from './tracking.ts'

const HOP_LIMIT = 64

/** Takes a packet that has just been made or come in through the device it is on and everything behind it. */
export function pass(run: Run, originates: boolean): Trace[] {
  if (originates) {
    run.steps.push({ kind: 'originate', flow: run.packet.flow })
  } else {
    const stop = loopGuard(run) ?? admit(run) ?? runHook(run, 'prerouting')
    if (stop) return [stopped(run, stop)]
  }
  return decide(run, originates)
}

function loopGuard(run: Run): Stop | undefined {
  const key = `${run.self.device.name}|${run.packet.inInterface ?? ''}|${run.packet.fromTunnel}|${formatFlow(run.packet.flow)}`
  if (!run.visited.has(key) && run.hops.length < HOP_LIMIT) {
    run.visited.add(key)
    return undefined
  }
  const text = `the packet comes to ${run.self.device.name} a second time: a routing loop`
  return { disposition: 'loop', decision: { text, source: lastRouteSource(run) } }
}

function lastRouteSource(run: Run): Source {
  for (let at = run.hops.length - 1; at >= 0; at--) {
    const step = run.hops[at]?.steps.find((one) => one.kind === 'route')
    if (step?.kind === 'route' && step.route) return step.route.source
  }
  return run.self.device.source
}

/** What a device checks before any rule: tunnels' selectors, clear text that should be encrypted, its own source. */
function admit(run: Run): Stop | undefined {
  const { self, packet } = run
  const { flow } = packet
  if (packet.fromTunnel) return undefined
  const policy = self.device.encapsulations.find(
    (one) =>
      one.action === 'encrypt' &&
      addressSetContains(one.remote, flow.source) &&
      addressSetContains(one.local, flow.destination),
  )
  if (policy) {
    const text = `${self.device.name} drops it: ${policy.name} wants packets from ${formatIp(flow.source)} encrypted, this one came in the clear`
    return { disposition: 'denied', decision: { text, source: policy.source }, causeCode: 'clear-text-of-ipsec-policy' }
  }
  // A cloud's fabric and gateways own public addresses for others, so only real boxes check this.
  const isBox = self.device.kind === 'router' || self.device.kind === 'host'
  if (isBox && self.owns.has(flow.source)) {
    const text = `${self.device.name} drops it: the source ${formatIp(flow.source)} is its own address`
    const source = implied(
      'A Linux box drops packets that come in with one of its own source addresses (accept_local = 0)',
    )
    return { disposition: 'denied', decision: { text, source }, causeCode: 'own-source' }
  }
  return undefined
}

/** Routing: to the device itself, or on to where the routes say. */
function decide(run: Run, originates: boolean): Trace[] {
  const { self, packet } = run
  const destination = packet.flow.destination
  const early =
    self.device.tableBeforeLocal === true && packet.table !== undefined && hasRoute(self, packet.table, destination)
  if (!early && (self.owns.has(destination) || isLoopback(destination))) return deliver(run, originates)
  if (!originates && !self.device.forwards.enabled) {
    const text = `${self.device.name} does not forward packets that are not for itself`
    const stop: Stop = {
      disposition: 'denied',
      decision: { text, source: self.device.forwards.source },
      causeCode: 'ip-forwarding-disabled',
    }
    return [stopped(run, stop)]
  }
  const choice = chooseRoute(self, packet, destination)
  const back = originates ? undefined : reversePathStop(run)
  if (back) return [stopped(run, back)]
  if (choice.doubt) {
    const decision = { text: `${choice.doubt.name} may or may not match`, source: choice.doubt.source }
    return [stopped(run, { disposition: 'unknown', decision, unknowns: [decision] })]
  }
  if (choice.routes.length === 0) return [noRoute(run, choice)]
  return choice.routes.flatMap((route, index) => {
    const branch = index < choice.routes.length - 1 ? forked(run) : run
    branch.steps.push({ kind: 'route', table: choice.table, destination, route, passedOver: choice.passedOver })
    return follow(branch, route, originates)
  })
}

function hasRoute(self: PreparedDevice, table: string, destination: Ip): boolean {
  const index = self.table(table)
  return index !== undefined && lookup(index, destination).best.length > 0
}

function isLoopback(address: Ip): boolean {
  return typeof address === 'number' ? address >>> 24 === 127 : address === 1n
}

function reversePathStop(run: Run): Stop | undefined {
  const { self, packet } = run
  const check = self.device.reversePath
  if (!check || packet.inInterface === undefined) return undefined
  const mode = check.interfaces[packet.inInterface] ?? check.default
  if (mode === 'off' || reversePathHolds(self, packet, mode)) return undefined
  const text = `${self.device.name} drops it: the way back to ${formatIp(packet.flow.source)} does not leave by ${packet.inInterface} (rp_filter ${mode})`
  return { disposition: 'denied', decision: { text, source: self.device.source }, causeCode: 'reverse-path' }
}

function noRoute(run: Run, choice: ReturnType<typeof chooseRoute>): Trace {
  const { self, packet } = run
  const destination = formatIp(packet.flow.destination)
  const passedOver = choice.passedOver
  run.steps.push({ kind: 'route', table: choice.table, destination: packet.flow.destination, passedOver })
  const lost = passedOver[0]?.inactive
  const why = lost ? `: the only one is not in use (${lost})` : ''
  const rule = choice.refusedBy
  const text = rule
    ? `${self.device.name} ${rule.name} refuses ${destination}`
    : `${self.device.name} has no route to ${destination}${why}`
  const source = rule?.source ?? passedOver[0]?.source ?? self.device.source
  return stopped(run, { disposition: 'no-route', decision: { text, source } })
}

function follow(run: Run, route: Route, originates: boolean): Trace[] {
  const exit = exitOf(run.self, route.nextHop, run.packet.flow.destination)
  if (route.stamp !== undefined) run.packet.stamps = [...run.packet.stamps, route.stamp]
  const stop = routeStop(run, route, exit)
  if (stop) return [stopped(run, stop)]
  run.packet.outInterface = exit.kind === 'link' ? exit.interface : exit.kind === 'device' ? exit.interface : undefined
  run.packet.outInterface ??= exit.kind === 'device' ? firstInterfaceTowards(run.self, exit.device) : undefined
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  const before = run.packet.flow.destination
  const table = run.packet.table
  const filtered = runHook(run, originates ? 'output' : 'forward')
  if (filtered) return [stopped(run, filtered)]
  if (originates && (run.packet.flow.destination !== before || run.packet.table !== table)) return reroute(run)
  return leave(run, route, exit)
}

/** A packet of the device's own whose destination or table changed at output is routed once more (Linux: ip_route_me_harder). */
function reroute(run: Run): Trace[] {
  const { self, packet } = run
  if (self.owns.has(packet.flow.destination)) return deliver(run, true)
  const choice = chooseRoute(self, packet, packet.flow.destination)
  const route = choice.routes[0]
  if (!route) return [noRoute(run, choice)]
  run.steps.push({
    kind: 'route',
    table: choice.table,
    destination: packet.flow.destination,
    route,
    passedOver: choice.passedOver,
  })
  const exit = exitOf(self, route.nextHop, packet.flow.destination)
  const stop = routeStop(run, route, exit)
  if (stop) return [stopped(run, stop)]
  packet.outInterface = exit.kind === 'link' || exit.kind === 'device' ? exit.interface : undefined
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  return leave(run, route, exit)
}

function routeStop(run: Run, route: Route, exit: Exit): Stop | undefined {
  const name = `${run.self.device.name}: route ${formatPrefix(route.prefix)} (${route.origin})`
  switch (exit.kind) {
    case 'discard': {
      const decision = { text: `${name} discards it`, source: route.source }
      if (exit.answer === 'silent') return { disposition: 'null-routed', decision }
      return {
        disposition: 'rejected',
        decision,
        rejection: exit.answer === 'prohibited' ? 'admin-prohibited' : 'host-unreachable',
      }
    }
    case 'dead': {
      const decision = { text: `${name} cannot be followed: ${exit.text}`, source: route.source }
      return { disposition: 'neighbor-unreachable', decision, ...(exit.code !== undefined && { causeCode: exit.code }) }
    }
    case 'unknown': {
      const decision = { text: `${name}: ${exit.because}`, source: route.source }
      return { disposition: 'unknown', decision, unknowns: [decision] }
    }
    default:
      return undefined
  }
}

function firstInterfaceTowards(self: PreparedDevice, device: string): string | undefined {
  for (const one of self.device.interfaces) {
    if (self.link(one.name)?.link.ends.some((end) => end.device === device)) return one.name
  }
  return self.device.interfaces[0]?.name
}

function leave(run: Run, route: Route, exit: Exit): Trace[] {
  const filtered = runHook(run, 'postrouting')
  if (filtered) return [stopped(run, filtered)]
  confirmSession(run)
  const policy = encapsulationOf(run.self.device, run.packet.flow)
  if (policy) return encapsulate(run, policy)
  if (exit.kind === 'device') return handOver(run, exit.device, exit.interface)
  if (exit.kind === 'link') return send(run, exit.interface, exit.neighbor, route)
  return []
}

function confirmSession(run: Run): void {
  const name = run.self.device.name
  run.sessions.set(name, confirm(run.packet, run.sessions.get(name) ?? []))
}

function encapsulate(run: Run, policy: Encapsulation): Trace[] {
  run.steps.push({ kind: 'encapsulate', encapsulation: policy })
  if (policy.action === 'discard' || policy.interface === undefined) {
    const text = `${run.self.device.name}: ${policy.name} discards it`
    return [stopped(run, { disposition: 'denied', decision: { text, source: policy.source } })]
  }
  run.packet.outInterface = policy.interface
  return sendThroughTunnel(run, policy.interface, policy.source)
}

function handOver(run: Run, device: string, interfaceName: string | undefined): Trace[] {
  const next = run.network.device(device)
  const out = interfaceName ?? run.packet.outInterface
  if (!next) {
    const text = `${run.self.device.name} hands it to ${device}, which is not in the topology`
    return [stopped(run, { disposition: 'neighbor-unreachable', decision: { text, source: run.self.device.source } })]
  }
  const link = out === undefined ? undefined : run.self.link(out)?.link
  const into = link?.ends.find((end) => end.device === device)?.interface ?? next.device.interfaces[0]?.name
  run.steps.push({ kind: 'send', interface: out ?? '', to: device, ...(link && { link }) })
  return enter(run, next, into, false)
}

function send(run: Run, out: string, neighbor: Ip, route: Route): Trace[] {
  const { self } = run
  const prepared = self.link(out)
  if (self.interface(out)?.tunnel) return sendThroughTunnel(run, out, route.source)
  if (!prepared)
    return [unreachable(run, `nothing is attached to ${self.device.name} ${out} in this topology`, route.source)]
  const { link, owners } = prepared
  const owner = owners.get(neighbor)
  const isInternet = link.kind === 'internet'
  if (isInternet && self.device.kind === 'internet' && (!owner || owner.device === self.device.name)) {
    return [arrived(run, 'exits-network')]
  }
  // On the internet's link everybody's neighbour is the internet itself; it knows who owns a public address.
  const to = isInternet && self.device.kind !== 'internet' ? link.ends.find((end) => end.device === 'internet') : owner
  const next = to && run.network.device(to.device)
  if (!to || !next || to.device === self.device.name) {
    return [unreachable(run, `nobody on ${link.name} has the address ${formatIp(neighbor)}`, link.source)]
  }
  run.steps.push({ kind: 'send', interface: out, link, to: to.device })
  return enter(run, next, to.interface, false)
}

function unreachable(run: Run, text: string, source: Source): Trace {
  return stopped(run, { disposition: 'neighbor-unreachable', decision: { text, source } })
}

function sendThroughTunnel(run: Run, out: string, source: Source): Trace[] {
  const { self, packet } = run
  const near = self.interface(out)
  const refused = near?.tunnel && outsideSelectors(near.tunnel, packet.flow.source, packet.flow.destination)
  if (refused) return [stopped(run, selectorStop(run, out, near?.source ?? source))]
  const link = self.link(out)?.link
  const far = link?.ends.find((end) => end.device !== self.device.name)
  const next = far && run.network.device(far.device)
  if (!link || !far || !next) {
    return [unreachable(run, `the tunnel ${out} of ${self.device.name} is joined to nothing in this topology`, source)]
  }
  run.steps.push({ kind: 'send', interface: out, link, to: far.device })
  const farTunnel = next.interface(far.interface)?.tunnel
  closeHop(run)
  run.self = next
  run.packet = arrivingPacket(packet, farTunnel?.arrivesAs ?? far.interface, true)
  run.hopFlow = packet.flow
  run.steps.push({ kind: 'receive', interface: far.interface, fromTunnel: true, link })
  const stop = tunnelArrival(run, far.interface, farTunnel)
  return stop ? [stopped(run, stop)] : pass(run, false)
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

function enter(run: Run, next: PreparedDevice, inInterface: string | undefined, fromTunnel: boolean): Trace[] {
  closeHop(run)
  const link = inInterface === undefined ? undefined : next.link(inInterface)?.link
  run.self = next
  run.packet = arrivingPacket(run.packet, inInterface, fromTunnel)
  run.hopFlow = run.packet.flow
  run.steps.push({ kind: 'receive', interface: inInterface ?? '', fromTunnel, ...(link && { link }) })
  return pass(run, false)
}

function deliver(run: Run, originates: boolean): Trace[] {
  const stop = (originates ? runHook(run, 'output') : undefined) ?? runHook(run, 'input') ?? nothingListens(run)
  if (stop) return [stopped(run, stop)]
  confirmSession(run)
  return [arrived(run, 'accepted')]
}

/** A device that says what it answers on refuses everything else; one that does not is assumed to answer. */
function nothingListens(run: Run): Stop | undefined {
  const { self, packet } = run
  const { flow } = packet
  const listeners = self.device.listeners
  if (!listeners || packet.direction === 'reply' || packet.session || !hasPorts(flow.protocol)) return undefined
  if (flow.protocol !== TCP && flow.protocol !== UDP) return undefined
  const on = listeners.filter(
    (one) => one.protocol === flow.protocol && portsContain([one.ports], flow.destinationPort),
  )
  if (on.some((one) => !one.from || addressSetContains(one.from, flow.source))) return undefined
  const rejection = flow.protocol === TCP ? 'tcp-reset' : 'port-unreachable'
  const closed = on[0]
  const text = closed
    ? `${self.device.name} ${closed.label} does not serve clients at ${formatIp(flow.source)}`
    : `nothing on ${self.device.name} answers on port ${flow.destinationPort}`
  return {
    disposition: 'rejected',
    decision: { text, source: closed?.source ?? self.device.source },
    rejection,
    causeCode: 'no-listener',
  }
}
