import type { Route, Stage } from '../model/index.ts'
import { formatIp, formatPrefix, type Ip } from '../net/index.ts'
import {
  admit,
  directedBroadcastStop,
  isDirectedBroadcast,
  loopGuard,
  nothingListens,
  ownSourceStop,
  reversePathStop,
} from './admission.ts'
import { isOwn, loopbackArrival, loopbackDeparture } from './loopback.ts'
import type { Packet } from './packet.ts'
import type { PreparedDevice } from './prepared.ts'
import { lookup } from './route-index.ts'
import { chooseRoute, type Exit, exitOf, ownAddressOn, unspecified } from './routing.ts'
import { arrived, forked, type Run, type Stop, stopped } from './run.ts'
import { confirmSession, ended, firstInterfaceTowards, leave, type Outcome, type WayOut } from './sending.ts'
import { runBeforeTracking, runHook } from './stages.ts'
import type { Trace } from './trace.ts'

/** Takes a packet that a device has just made to the end of every path it can take. */
export function pass(first: Run): Trace[] {
  first.steps.push({ kind: 'originate', flow: first.packet.flow })
  const traces: Trace[] = []
  let waiting = decide(first, true)
  while (waiting.length > 0) {
    const next: Outcome[] = []
    for (const outcome of waiting) {
      if (outcome.kind === 'ended') traces.push(outcome.trace)
      else next.push(...passDevice(outcome.run))
    }
    waiting = next
  }
  return traces
}

/** What a device makes of a packet that has come in. */
function passDevice(run: Run): Outcome[] {
  const stop = loopGuard(run) ?? admit(run) ?? runHook(run, 'prerouting')
  return stop ? [ended(stopped(run, stop))] : decide(run, false)
}

/** Routing: to the device itself, or on to where the routes say. */
function decide(run: Run, originates: boolean): Outcome[] {
  const { self, packet } = run
  const destination = packet.flow.destination
  const early =
    self.device.tableBeforeLocal === true && packet.table !== undefined && hasRoute(self, packet.table, destination)
  const martian = originates ? undefined : loopbackArrival(run)
  if (martian) return [ended(stopped(run, martian))]
  if (!early && isOwn(self, destination))
    return originates ? sendToItself(run) : deliver(run, sourceStop(run) ?? runHook(run, 'input'))
  if (!originates && isDirectedBroadcast(run)) {
    const stop = sourceStop(run) ?? runHook(run, 'input') ?? directedBroadcastStop(run)
    return [ended(stopped(run, stop))]
  }
  const deaf = originates ? undefined : doesNotForward(run)
  if (deaf) return [ended(stopped(run, deaf))]
  const unbound = originates ? withoutAnyRoute(run) : undefined
  if (unbound) return [ended(unbound)]
  const choice = chooseRoute(self, packet.anySource ? withoutSource(packet) : packet, destination)
  if (choice.doubt) {
    const decision = { text: `${choice.doubt.name} may or may not match`, source: choice.doubt.source }
    return [ended(stopped(run, { disposition: 'unknown', decision, unknowns: [decision] }))]
  }
  if (choice.routes.length === 0) return [ended(stopped(run, noRoute(run, choice)))]
  return choice.routes.flatMap((route, index) => {
    const branch = index < choice.routes.length - 1 ? forked(run) : run
    if (originates && packet.anySource && choice.routes.length > 1) takeSourceOf(branch, route)
    branch.steps.push({ kind: 'route', table: choice.table, destination, route, passedOver: choice.passedOver })
    return follow(branch, route, originates)
  })
}

/** Of several equal routes each gives the packet its own source. */
function takeSourceOf(run: Run, route: Route): void {
  const { flow } = run.packet
  const exit = exitOf(run.self, route.nextHop, flow.destination)
  const source = exit.kind === 'link' ? ownAddressOn(run.self, exit.interface, exit.neighbor) : undefined
  if (source === undefined) return
  run.packet.flow = { ...flow, source }
  run.hopFlow = run.packet.flow
  run.steps = run.steps.map((step) => (step.kind === 'originate' ? { ...step, flow: run.packet.flow } : step))
}

/** Forwarding counts on the interface a packet comes in by, before any route is looked up (ip-sysctl: conf/interface/forwarding). */
function doesNotForward({ self, packet }: Run): Stop | undefined {
  const { enabled, source, except } = self.device.forwards
  const by = packet.inInterface
  const exception = by !== undefined && except && Object.hasOwn(except, by) ? except[by] : undefined
  if (enabled === (exception === undefined)) return undefined
  const which = exception === undefined ? 'that are not for itself' : `that come in by ${by}`
  const text = `${self.device.name} does not forward packets ${which}`
  return {
    disposition: 'denied',
    decision: { text, source: exception ?? source },
    causeCode: 'ip-forwarding-disabled',
  }
}

/** A client asks for a route before it has a source, and gives up when policy rules give it none (Linux: ip_route_connect). */
function withoutAnyRoute(run: Run): Trace | undefined {
  const { self, packet } = run
  if (self.tableRules.length === 0 || packet.direction !== 'original' || packet.tcpFlags === 'A') return undefined
  const choice = chooseRoute(self, withoutSource(packet), packet.flow.destination)
  return choice.routes.length === 0 && !choice.doubt ? stopped(run, noRoute(run, choice)) : undefined
}

/** A packet as policy rules see it before its source is chosen: from nowhere. */
function withoutSource(packet: Packet): Packet {
  return { ...packet, flow: { ...packet.flow, source: unspecified(packet.flow.source) } }
}

function hasRoute(self: PreparedDevice, table: string, destination: Ip): boolean {
  const index = self.table(table)
  return index !== undefined && lookup(index, destination).best.length > 0
}

function noRoute(run: Run, choice: ReturnType<typeof chooseRoute>): Stop {
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
  const answer = rule?.action.kind === 'discard' ? rule.action.answer : undefined
  // A rule that says unreachable means the network, a route that says so means the host (Linux: fib_rules, fib_semantics).
  const end = answer === undefined || answer === 'unreachable' ? NO_ROUTE : discarded(answer)
  return { ...end, decision: { text, source } }
}

const NO_ROUTE = { disposition: 'no-route' } as const

/** What becomes of a packet that is discarded on purpose (ip-route(8): blackhole, unreachable, prohibit). */
function discarded(answer: 'silent' | 'unreachable' | 'prohibited'): Pick<Stop, 'disposition' | 'rejection'> {
  if (answer === 'silent') return { disposition: 'null-routed' }
  return { disposition: 'rejected', rejection: answer === 'prohibited' ? 'admin-prohibited' : 'host-unreachable' }
}

/** Whether its source may come in where it did; asked when there is a way on (Linux: fib_validate_source). */
function sourceStop(run: Run, out?: string): Stop | undefined {
  return ownSourceStop(run) ?? reversePathStop(run, out)
}

function follow(run: Run, route: Route, originates: boolean): Outcome[] {
  const exit = exitOf(run.self, route.nextHop, run.packet.flow.destination)
  if (route.stamp !== undefined) run.packet.stamps = [...run.packet.stamps, route.stamp]
  if (exit.kind !== 'link' && exit.kind !== 'device') return [ended(stopped(run, routeStop(run, route, exit)))]
  const out = exit.interface ?? (exit.kind === 'device' ? firstInterfaceTowards(run.self, exit.device) : undefined)
  const back = originates ? undefined : sourceStop(run, out)
  if (back) return [ended(stopped(run, back))]
  run.packet.outInterface = out
  const martian = originates ? loopbackDeparture(run) : undefined
  if (martian) return [ended(stopped(run, martian))]
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  if (!originates) {
    const filtered = runHook(run, 'forward')
    return [filtered ? ended(stopped(run, filtered)) : leave(run, route, exit)]
  }
  const { stop, isChanged } = runOutput(run)
  if (stop) return [ended(stopped(run, stop))]
  return isChanged ? reroute(run) : [leave(run, route, exit)]
}

/** Whether what routing looks at was changed since the last call. */
function changeOf(packet: Packet): () => boolean {
  let [destination, table, mark] = [packet.flow.destination, packet.table, packet.mark]
  return () => {
    const changed = packet.flow.destination !== destination || packet.table !== table || packet.mark !== mark
    destination = packet.flow.destination
    table = packet.table
    mark = packet.mark
    return changed
  }
}

/**
 * The output hook. Each stage that changes what routing looks at asks for a route at once, and a packet that then has
 * none ends there (Linux: ip_route_me_harder in nf_nat_ipv4_local_fn and ipt_mangle_out). A mark that a filter sets is
 * not looked at again (nft(8): chains of type route).
 */
function runOutput(run: Run): { readonly stop: Stop | undefined; readonly isChanged: boolean } {
  const changed = changeOf(run.packet)
  let isChanged = false
  const after = (stage: Stage) => {
    if (!changed() || stage.kind === 'filter') return undefined
    isChanged = true
    return isOwn(run.self, run.packet.flow.destination) ? undefined : deadEnd(run)
  }
  return { stop: runHook(run, 'output', { after }), isChanged }
}

function deadEnd(run: Run): Stop | undefined {
  const { self, packet } = run
  const choice = chooseRoute(self, packet, packet.flow.destination)
  const route = choice.routes[0]
  if (!route) return choice.doubt ? undefined : noRoute(run, choice)
  const exit = exitOf(self, route.nextHop, packet.flow.destination)
  return exit.kind === 'discard' ? routeStop(run, route, exit) : undefined
}

/** A packet of the device's own whose destination, table or mark changed at output is routed once more (Linux: ip_route_me_harder). */
function reroute(run: Run): Outcome[] {
  const { self, packet } = run
  if (isOwn(self, packet.flow.destination)) return loopBack(run)
  const choice = chooseRoute(self, packet, packet.flow.destination)
  const route = choice.routes[0]
  if (!route) return [ended(stopped(run, noRoute(run, choice)))]
  run.steps.push({
    kind: 'route',
    table: choice.table,
    destination: packet.flow.destination,
    route,
    passedOver: choice.passedOver,
  })
  const exit = exitOf(self, route.nextHop, packet.flow.destination)
  if (exit.kind !== 'link' && exit.kind !== 'device') return [ended(stopped(run, routeStop(run, route, exit)))]
  packet.outInterface = exit.interface
  const martian = loopbackDeparture(run)
  if (martian) return [ended(stopped(run, martian))]
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  return [leave(run, route, exit)]
}

function routeStop(run: Run, route: Route, exit: Exclude<Exit, WayOut>): Stop {
  const name = `${run.self.device.name}: route ${formatPrefix(route.prefix)} (${route.origin})`
  switch (exit.kind) {
    case 'discard': {
      const decision = { text: `${name} discards it`, source: route.source }
      return { ...discarded(exit.answer), decision }
    }
    case 'dead': {
      const decision = { text: `${name} cannot be followed: ${exit.text}`, source: route.source }
      if (exit.code === 'no-route') return { ...NO_ROUTE, decision }
      return { disposition: 'neighbor-unreachable', decision, ...(exit.code !== undefined && { causeCode: exit.code }) }
    }
    case 'unknown': {
      const decision = { text: `${name}: ${exit.because}`, source: route.source }
      return { disposition: 'unknown', decision, unknowns: [decision] }
    }
  }
}

function deliver(run: Run, filtered: Stop | undefined): Outcome[] {
  if (filtered) return [ended(stopped(run, filtered))]
  confirmSession(run, 'input')
  const stop = nothingListens(run)
  if (stop) return [ended(stopped(run, stop))]
  return [ended(arrived(run, 'accepted'))]
}

/** A device's packet to itself; output may still send it elsewhere. */
function sendToItself(run: Run): Outcome[] {
  run.packet.outInterface = 'lo'
  const { stop } = runOutput(run)
  if (stop) return [ended(stopped(run, stop))]
  return isOwn(run.self, run.packet.flow.destination) ? loopBack(run) : reroute(run)
}

/**
 * It leaves and comes in by `lo` (Linux: every own address is reached over the loopback). Tracking knows it already when
 * it comes in, so that nothing is translated then. A cloud's filters on the wire do not see it.
 */
function loopBack(run: Run): Outcome[] {
  run.packet.outInterface = 'lo'
  const left = runHook(run, 'postrouting', { wants: (stage) => stage.kind === 'translate' || seesLoopback(stage) })
  run.packet.outInterface = undefined
  run.packet.inInterface = 'lo'
  const stop = left ?? runBeforeTracking(run) ?? runAfterTracking(run)
  return deliver(run, stop ?? runHook(run, 'input', { wants: (stage) => stage.kind !== 'translate' }))
}

function runAfterTracking(run: Run): Stop | undefined {
  let tracked = run.self.device.pipeline.prerouting.every((stage) => stage.kind !== 'track')
  const wants = (stage: Stage) => {
    tracked ||= stage.kind === 'track'
    return tracked && seesLoopback(stage)
  }
  return runHook(run, 'prerouting', { wants })
}

function seesLoopback(stage: Stage): boolean {
  return stage.kind === 'mark' || (stage.kind === 'filter' && stage.seesLoopback === true)
}
