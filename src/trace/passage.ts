import type { Route } from '../model/index.ts'
import { formatIp, formatPrefix, type Ip } from '../net/index.ts'
import { admit, loopGuard, nothingListens, reversePathStop } from './admission.ts'
import type { PreparedDevice } from './prepared.ts'
import { lookup } from './route-index.ts'
import { chooseRoute, type Exit, exitOf } from './routing.ts'
import { arrived, forked, type Run, type Stop, stopped } from './run.ts'
import { confirmSession, ended, firstInterfaceTowards, leave, type Outcome, type WayOut } from './sending.ts'
import { runHook } from './stages.ts'
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
  if (!early && (self.owns.has(destination) || isLoopback(destination))) return deliver(run, originates)
  if (!originates && !self.device.forwards.enabled) {
    const text = `${self.device.name} does not forward packets that are not for itself`
    const stop: Stop = {
      disposition: 'denied',
      decision: { text, source: self.device.forwards.source },
      causeCode: 'ip-forwarding-disabled',
    }
    return [ended(stopped(run, stop))]
  }
  const choice = chooseRoute(self, packet, destination)
  const back = originates ? undefined : reversePathStop(run)
  if (back) return [ended(stopped(run, back))]
  if (choice.doubt) {
    const decision = { text: `${choice.doubt.name} may or may not match`, source: choice.doubt.source }
    return [ended(stopped(run, { disposition: 'unknown', decision, unknowns: [decision] }))]
  }
  if (choice.routes.length === 0) return [ended(noRoute(run, choice))]
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

function follow(run: Run, route: Route, originates: boolean): Outcome[] {
  const exit = exitOf(run.self, route.nextHop, run.packet.flow.destination)
  if (route.stamp !== undefined) run.packet.stamps = [...run.packet.stamps, route.stamp]
  if (exit.kind !== 'link' && exit.kind !== 'device') return [ended(stopped(run, routeStop(run, route, exit)))]
  run.packet.outInterface = exit.interface
  if (exit.kind === 'device') run.packet.outInterface ??= firstInterfaceTowards(run.self, exit.device)
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  const before = run.packet.flow.destination
  const table = run.packet.table
  const filtered = runHook(run, originates ? 'output' : 'forward')
  if (filtered) return [ended(stopped(run, filtered))]
  if (originates && (run.packet.flow.destination !== before || run.packet.table !== table)) return reroute(run)
  return [leave(run, route, exit)]
}

/** A packet of the device's own whose destination or table changed at output is routed once more (Linux: ip_route_me_harder). */
function reroute(run: Run): Outcome[] {
  const { self, packet } = run
  if (self.owns.has(packet.flow.destination)) return deliver(run, true)
  const choice = chooseRoute(self, packet, packet.flow.destination)
  const route = choice.routes[0]
  if (!route) return [ended(noRoute(run, choice))]
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
  run.neighbor = exit.kind === 'link' ? exit.neighbor : undefined
  return [leave(run, route, exit)]
}

function routeStop(run: Run, route: Route, exit: Exclude<Exit, WayOut>): Stop {
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
  }
}

function deliver(run: Run, originates: boolean): Outcome[] {
  const filtered = originates ? overLoopback(run) : runHook(run, 'input')
  const stop = filtered ?? nothingListens(run)
  if (stop) return [ended(stopped(run, stop))]
  confirmSession(run)
  return [ended(arrived(run, 'accepted'))]
}

/** A device's packet to itself leaves and comes in by `lo` (Linux: every own address is reached over the loopback). */
function overLoopback(run: Run): Stop | undefined {
  run.packet.outInterface = 'lo'
  const left = runHook(run, 'output')
  run.packet.outInterface = undefined
  run.packet.inInterface = 'lo'
  return left ?? runHook(run, 'input')
}
