import type { Link, Match, Network, Route, Rule } from '../model/index.ts'
import {
  type AddressSet,
  addressSetContains,
  type Flow,
  formatIp,
  formatProtocol,
  hasPorts,
  type Ip,
  isPublic,
} from '../net/index.ts'
import { lookupRoute, type PreparedNetwork, type Step, type Trace } from '../trace/index.ts'
import type { Cause } from './connection.ts'
import { translationCause } from './nat-cause.ts'
import { nearestByName } from './near-name.ts'
import { type NearRule, nearRules } from './near-rule.ts'
import { ownerElsewhere, routeCause } from './route-cause.ts'

/** Why a packet does not arrive, told by the object to change; `undefined` when what stopped it is all there is to say. */
export function lostCause(prepared: PreparedNetwork, lost: Trace): Cause | undefined {
  return translationCause(prepared, lost) ?? causeOfTheEnd(prepared, lost)
}

function causeOfTheEnd(prepared: PreparedNetwork, lost: Trace): Cause | undefined {
  switch (lost.disposition) {
    case 'denied':
    case 'rejected':
      // No rule could have helped: the filters let it in.
      if (lost.causeCode === 'no-listener') return undefined
      return lost.causeCode === 'traffic-selector' ? transitCause(prepared, lost) : denialCause(prepared.network, lost)
    case 'neighbor-unreachable':
    case 'no-route':
    case 'null-routed':
      return routeCause(prepared.network, lost)
    default:
      return undefined
  }
}

/** A rule said no: the rules that nearly said yes, or that none speaks of such a packet. */
function denialCause(network: Network, lost: Trace): Cause | undefined {
  const hop = lost.hops[lost.hops.length - 1]
  const step = hop?.steps[hop.steps.length - 1]
  const visit = step?.kind === 'filter' && step.stage === 'filter' ? step.visits[step.visits.length - 1] : undefined
  if (!hop || !visit || !lost.decision) return undefined
  const flow = flowAt(hop.flow, hop.steps)
  const rules = nearRules(visit.ruleSet, visit.rule, flow).filter(isForgotten)
  const near = nearestByName(rules, flow.serverName)
  const lacks = LACKS.find((word) => near.some((one) => one.lacks === word))
  const told = near.filter((one) => one.lacks === lacks).map((one) => one.rule)
  const [first, ...more] = told
  if (lacks === undefined || !first || told.length > 2) {
    const rest = `no rule before it accepts ${wanted(network, flow)}`
    return { code: lost.disposition, message: `${lost.decision.text}; ${rest}`, source: lost.decision.source }
  }
  const names = [first, ...more].map(ruleWords).join(' and ')
  const message = `${lost.decision.text}; ${names} would accept it but for the ${lacks} (${shown(network, lacks, flow)})`
  // A default that no line states is nothing a person can look at.
  const source = lost.decision.source.kind === 'implied' ? first.source : lost.decision.source
  return { code: lost.disposition, message, source }
}

/**
 * Whether a person may have forgotten something in a rule: not in one that nobody wrote (a platform's own), nor a protocol
 * in one that names no port (pings are let in).
 */
function isForgotten({ rule, lacks }: NearRule): boolean {
  return rule.source.kind !== 'implied' && (lacks !== 'protocol' || namesPorts(rule.match))
}

function namesPorts(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(namesPorts)
  return match.kind === 'destination-port'
}

function ruleWords({ name, comment }: Rule): string {
  return comment === undefined || name.includes(comment) ? name : `${name} "${comment}"`
}

/** The likeliest thing to be forgotten in a rule that is nearly right, first. */
const LACKS: readonly NearRule['lacks'][] = ['port', 'server name', 'protocol', 'source', 'destination']

function flowAt(flow: Flow, steps: readonly Step[]): Flow {
  return steps.reduce((now, step) => (step.kind === 'translate' ? step.after : now), flow)
}

function wanted(network: Network, flow: Flow): string {
  const port = hasPorts(flow.protocol) ? ` ${flow.destinationPort}` : ''
  const tag = isPublic(flow.destination) ? tagOf(network, flow.destination) : undefined
  const known = [flow.serverName ?? '', tag === undefined ? '' : `service tag ${tag}`].filter((text) => text !== '')
  const more = known.length > 0 ? ` (${known.join(', ')})` : ''
  return `${formatProtocol(flow.protocol)}${port} from ${formatIp(flow.source)} to ${formatIp(flow.destination)}${more}`
}

/** The service tag that says most of an address: the smallest that holds it. */
function tagOf(network: Network, address: Ip): string | undefined {
  let best: { readonly name: string; readonly size: number } | undefined
  for (const [name, set] of network.serviceTags?.tags ?? []) {
    if (!addressSetContains(set, address)) continue
    const size = sizeOf(set)
    if (!best || size < best.size) best = { name, size }
  }
  return best?.name
}

function sizeOf({ v4 }: AddressSet): number {
  let size = 0
  for (let at = 0; at + 1 < v4.length; at += 2) size += (v4[at + 1] ?? 0) - (v4[at] ?? 0) + 1
  return size
}

function shown(network: Network, lacks: NearRule['lacks'], flow: Flow): string {
  switch (lacks) {
    case 'protocol':
      return formatProtocol(flow.protocol)
    case 'source':
      return formatIp(flow.source)
    case 'destination': {
      const tag = isPublic(flow.destination) ? tagOf(network, flow.destination) : undefined
      return `${formatIp(flow.destination)}${tag === undefined ? '' : `, service tag ${tag}`}`
    }
    case 'port':
      return `${flow.destinationPort}`
    case 'server name':
      return flow.serverName ?? 'none'
  }
}

/**
 * The far gateway does not take the packet out of the tunnel: where nothing on the destination's segment has a way back
 * through it, what joins that segment to the gateway's passes on no routes.
 */
function transitCause(prepared: PreparedNetwork, lost: Trace): Cause | undefined {
  const gateway = lost.hops[lost.hops.length - 1]?.device ?? ''
  const { source, destination } = lost.flow
  const owner = ownerElsewhere(prepared.network, destination, gateway)
  const borders = owner ? bordersOf(prepared, owner.name, source) : []
  const backs = borders.map((one) => lookupRoute(prepared, one, source))
  if (backs.some(({ best }) => best.some((one) => leadsTo(one, gateway)))) return undefined
  const off = backs.flatMap((one) => one.passedOver).find((one) => one.inactive !== undefined && leadsTo(one, gateway))
  const told = off ?? joining(prepared, borders[0] ?? '', gateway)
  if (!told) return undefined
  const why = off?.inactive ?? `it brings no route to ${formatIp(source)} through ${gateway} (no gateway transit)`
  const message = `${told.origin}: ${why}; ${lost.decision?.text ?? ''}`
  return { code: 'no-gateway-transit', message, source: told.source }
}

/** The devices that those on a device's segments hand their packets to, for an address. */
function bordersOf(prepared: PreparedNetwork, name: string, towards: Ip): string[] {
  const ends = segmentsOf(prepared.network, name).flatMap((link) => link.ends.map((end) => end.device))
  const borders = [...new Set(ends)].flatMap((device) => {
    const next = lookupRoute(prepared, device, towards).best[0]?.nextHop
    return next?.kind === 'device' && prepared.network.devices.get(next.device)?.kind === 'subnet' ? [next.device] : []
  })
  return [...new Set(borders)]
}

function segmentsOf(network: Network, name: string): Link[] {
  return network.links.filter((link) => link.kind === 'segment' && link.ends.some((end) => end.device === name))
}

/** The widest route by which a device reaches a segment another one stands on. */
function joining(prepared: PreparedNetwork, device: string, other: string): Route | undefined {
  const segments = new Set(segmentsOf(prepared.network, other).map((link) => link.name))
  const routes = prepared.network.devices.get(device)?.tables.find((one) => one.name === 'main')?.routes ?? []
  const found = routes.filter(({ nextHop, inactive }) => {
    if (nextHop.kind !== 'connected' || inactive !== undefined) return false
    return segments.has(prepared.linkOf(device, nextHop.interface)?.link.name ?? '')
  })
  return found.sort((a, b) => a.prefix.length - b.prefix.length)[0]
}

function leadsTo(route: Route, device: string): boolean {
  return route.nextHop.kind === 'device' && route.nextHop.device === device
}
