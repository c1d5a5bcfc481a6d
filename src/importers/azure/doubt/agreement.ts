import type { Link, NetworkPart, Service } from '../../../model/index.ts'
import type { Doubt } from './doubt.ts'
import { doubtfulDevice, unsureDevice } from './doubtful-device.ts'
import { unsureRuleSet } from './doubtful-rules.ts'
import { same } from './same.ts'

/**
 * A part in which whatever another reading of the same export makes otherwise is unknown, because of a doubt. What is
 * unknown in it already keeps its own reason.
 */
export function whereBothAgree(part: NetworkPart, other: NetworkPart, doubt: Doubt): NetworkPart {
  return {
    devices: byName(part.devices, other.devices, doubt, unsureDevice, doubtfulDevice),
    links: linksOfBoth(part.links, other.links),
    services: byName(part.services, other.services, doubt, unsureService, doubtfulService),
    diagnostics: part.diagnostics,
  }
}

function byName<T extends { readonly name: string }>(
  ours: readonly T[],
  theirs: readonly T[],
  doubt: Doubt,
  merge: (one: T, other: T, doubt: Doubt) => T,
  alone: (one: T, doubt: Doubt) => T,
): readonly T[] {
  const others = new Map(theirs.map((one) => [one.name, one]))
  const merged = ours.map((one) => {
    const other = others.get(one.name)
    others.delete(one.name)
    if (!other) return alone(one, doubt)
    return same(one, other) ? one : merge(one, other, doubt)
  })
  return [...merged, ...[...others.values()].map((one) => alone(one, doubt))]
}

/** Every link with every end: what travels over it passes devices that are in doubt themselves. */
function linksOfBoth(ours: readonly Link[], theirs: readonly Link[]): readonly Link[] {
  const links = new Map(ours.map((one) => [one.name, one]))
  for (const other of theirs) {
    const one = links.get(other.name)
    const known = new Set(one?.ends.map((end) => `${end.device} ${end.interface}`))
    const more = other.ends.filter((end) => !known.has(`${end.device} ${end.interface}`))
    if (!one) links.set(other.name, other)
    else if (more.length > 0) links.set(one.name, { ...one, ends: [...one.ends, ...more] })
  }
  return [...links.values()]
}

function unsureService(one: Service, other: Service, doubt: Doubt): Service {
  const { gate, ...rest } = one
  const { gate: otherGate, ...otherRest } = other
  const isSame = same(gate, otherGate)
  const merged = isSame ? one : { ...one, gate: unsureRuleSet(gate, otherGate, doubt) }
  return same(rest, otherRest) ? merged : doubtfulService(merged, doubt)
}

function doubtfulService(one: Service, doubt: Doubt): Service {
  return { ...one, gate: unsureRuleSet(one.gate, undefined, doubt) }
}
