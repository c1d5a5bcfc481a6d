import type { Device, Network, Route } from '../model/index.ts'
import { formatIp, formatPrefix, hostPrefix, type Ip, samePrefix } from '../net/index.ts'
import type { Hop, Step, Trace } from '../trace/index.ts'
import { causeCodeOf } from './cause-code.ts'
import type { Cause } from './connection.ts'

/** Why a packet has no way on, told by the route to change or to make; `undefined` when what stopped it says it all. */
export function routeCause(network: Network, lost: Trace): Cause | undefined {
  const last = lost.hops.at(-1)
  if (!last) return undefined
  if (lost.disposition === 'neighbor-unreachable') {
    return overlapCause(network, lost) ?? deadNextHopCause(lost, last) ?? inactiveCause(lost, last)
  }
  const inactive = inactiveCause(lost, last)
  if (inactive || lost.disposition === 'no-route') return inactive ?? strandedCause(network, lost, last)
  return internetCause(network, lost) ?? hiddenCause(lost, last) ?? strandedCause(network, lost, last)
}

/** Nobody answers on a network that is attached here, while the address lives elsewhere: two networks overlap. */
function overlapCause(network: Network, lost: Trace): Cause | undefined {
  const hop = lost.hops[lost.hops.length - 1]
  const route = routeOf(hop?.steps ?? [])
  if (!hop || route?.nextHop.kind !== 'connected') return undefined
  const address = lost.flow.destination
  const owner = ownerElsewhere(network, address, hop.device)
  if (!owner) return undefined
  const here = `${hop.device} has ${formatPrefix(route.prefix)} on its own ${route.nextHop.interface}`
  const message = `${formatIp(address)} belongs to ${owner.name}, but ${here}: the two networks overlap, and the attached one wins`
  return { code: 'overlapping-network', message, source: route.source }
}

/** The route's next hop is nobody, or cannot be followed: the route is the one to look at, and what it hides is told. */
function deadNextHopCause(lost: Trace, hop: Hop): Cause | undefined {
  const route = routeOf(hop.steps)
  if (!lost.decision || (route?.nextHop.kind !== 'via' && route?.nextHop.kind !== 'broken')) return undefined
  const isNobody = route.nextHop.kind === 'via' && lost.causeCode === undefined
  const where = isNobody ? `, where ${route.origin} ${formatPrefix(route.prefix)} on ${hop.device} leads` : ''
  const off = inactiveOn(hop)
  const hides = off ? `; ${off.origin} ${formatPrefix(off.prefix)} is not in force: ${off.inactive}` : ''
  const code = lost.causeCode === undefined ? 'next-hop-not-found' : causeCodeOf(lost.causeCode)
  return { code, message: `${lost.decision.text}${where}${hides}`, source: route.source }
}

/** An address that the internet does not route was sent there: the device that had nothing better is the one to look at. */
function internetCause(network: Network, lost: Trace): Cause | undefined {
  const last = lost.hops.at(-1)
  if (!last || !lost.decision || network.devices.get(last.device)?.kind !== 'internet') return undefined
  const { destination } = last.flow
  const address = formatIp(destination)
  const before = lost.hops.findLast((hop) => routeOf(hop.steps) !== undefined && hop !== last)
  const route = before && routeOf(before.steps)
  const why = lost.decision.source.kind === 'implied' ? lost.decision.source.because : lost.decision.text
  if (!before || !route) {
    const message = `${address} cannot be reached from the internet: ${why}; ask for a public address that leads to it`
    return { code: 'not-routed-on-internet', message, source: lost.decision.source }
  }
  const look = { kind: 'routes', device: before.device, to: destination } as const
  const inactive = inactiveCause(lost, before)
  if (inactive) return { ...inactive, look }
  const message = `${before.device} sends ${address} to the internet by ${route.origin} route ${formatPrefix(route.prefix)}, for it has none that leads nearer; ${why}`
  return { code: 'not-routed-on-internet', message, source: route.source, look }
}

/** A route that would have carried the packet and is not in force. */
function inactiveCause(lost: Trace, hop: Hop): Cause | undefined {
  const off = inactiveOn(hop)
  if (!off) return undefined
  const message = `${off.origin} ${formatPrefix(off.prefix)} on ${hop.device} is not in force: ${off.inactive}; ${lost.decision?.text ?? ''}`
  const code = off.nextHop.kind === 'broken' ? causeCodeOf(off.nextHop.code) : 'route-inactive'
  return { code, message, source: off.source }
}

function inactiveOn({ steps }: Hop): Route | undefined {
  const passedOver = steps.flatMap((step) => (step.kind === 'route' ? step.passedOver : []))
  return passedOver.find(wouldCarry)
}

function wouldCarry({ inactive, nextHop }: Route): boolean {
  return inactive !== undefined && nextHop.kind !== 'discard'
}

/** A route somebody wrote drops what a shorter one would carry. */
function hiddenCause(lost: Trace, hop: Hop): Cause | undefined {
  const step = hop.steps.findLast((one) => one.kind === 'route' && one.route !== undefined)
  if (step?.kind !== 'route' || !step.route || step.route.source.kind === 'implied' || !lost.decision) return undefined
  const shorter = step.passedOver.find(
    ({ prefix, nextHop, inactive }) => inactive === undefined && prefix.length > 0 && LIVE.has(nextHop.kind),
  )
  if (!shorter) return undefined
  const would = `without it ${shorter.origin} ${formatPrefix(shorter.prefix)} would carry it`
  const message = `${lost.decision.text}, as its prefix is the longest; ${would}`
  return { code: 'hidden-route', message, source: step.route.source }
}

const LIVE: ReadonlySet<Route['nextHop']['kind']> = new Set(['connected', 'via', 'device'])

/** The address is somebody's, and nothing that anybody wrote leads there. */
function strandedCause(network: Network, lost: Trace, hop: Hop): Cause | undefined {
  const owner = ownerElsewhere(network, lost.flow.destination, hop.device)
  if (!owner || !lost.decision || lost.decision.source.kind !== 'implied') return undefined
  // A route for this very address is no lack of one: it says itself why.
  const route = routeOf(hop.steps)
  if (route && samePrefix(route.prefix, hostPrefix(lost.flow.destination))) return undefined
  const message = `${lost.decision.text}; ${formatIp(lost.flow.destination)} belongs to ${owner.name}, and no route of ${hop.device} leads there`
  return { code: lost.disposition, message, source: owner.source }
}

function routeOf(steps: readonly Step[]): Route | undefined {
  for (const step of [...steps].reverse()) if (step.kind === 'route' && step.route) return step.route
  return undefined
}

/** The device that has an address, another than the one that looks for it. */
export function ownerElsewhere(network: Network, address: Ip, here: string): Device | undefined {
  for (const device of network.devices.values()) {
    const owns = device.interfaces.some((one) => one.addresses.some((own) => own.ip === address))
    if (owns && device.name !== here) return device
  }
  return undefined
}
