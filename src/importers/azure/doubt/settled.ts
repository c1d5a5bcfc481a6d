import type { NetworkPart } from '../../../model/index.ts'
import type { Body, MisreadMember } from '../estate/body.ts'
import { whereBothAgree } from './agreement.ts'
import type { Doubt } from './doubt.ts'
import { doubtfulDevice } from './doubtful-device.ts'
import { possibleValues } from './possible-value.ts'
import { hidesAddress, hidesNetwork, hidesPublicAddress, isEndless, tainted } from './taint.ts'
import { withUnknownOwners, withUnknownPublicOwners } from './unknown-owner.ts'

/** Another reading of the same bodies. */
export interface Reading {
  /** What is read in the place of what stands there. */
  readonly instead: ReadonlyMap<object, ReadonlyMap<string, unknown>>
  /** The bodies that are left out. */
  readonly without: ReadonlySet<Body>
}

/** More members than this are varied all at once. */
const ONE_BY_ONE = 6
/** How many readings many members have; what may be more than that is taken for endless. */
const TOGETHER = 3
/** What one reading asks for that the others do not may be unreadable too. */
const ROUNDS = 2

/**
 * What a part says for sure although some members cannot be read: it is lowered again with each value that they may have,
 * and whatever comes out otherwise is unknown, because of the member. Where nothing comes out otherwise, nothing changes.
 */
export function settled<T extends NetworkPart>(
  part: T,
  misread: readonly MisreadMember[],
  bodies: readonly Body[],
  lower: (reading: Reading) => NetworkPart,
): T {
  let now: NetworkPart = part
  let done = 0
  for (let round = 0; round < ROUNDS && done < misread.length; round++) {
    const members = misread.slice(done)
    done = misread.length
    for (const one of casesOf(members, bodies)) now = settledFor(now, one, bodies, lower)
  }
  return { ...part, devices: now.devices, links: now.links, services: now.services }
}

function settledFor(
  part: NetworkPart,
  { doubt, readings, members, endless: more = [] }: Case,
  bodies: readonly Body[],
  lower: (reading: Reading) => NetworkPart,
): NetworkPart {
  let now = part
  for (const reading of readings) now = whereBothAgree(now, lower(reading), doubt)
  const endless = [...members.filter(isEndless), ...more].map((one) => one.part.value)
  const roots = endless.length === 0 ? [] : bodies.filter(({ value }) => holdsAny(value, new Set(endless)))
  if (roots.length > 0) {
    const without = lower({ instead: new Map(), without: new Set(roots) })
    now = tainted(now, without, roots, bodies, doubt)
  }
  if (members.some(hidesNetwork)) now = { ...now, devices: now.devices.map((one) => doubtfulDevice(one, doubt)) }
  if (members.some(hidesAddress)) now = withUnknownOwners(now, doubt)
  return members.some(hidesPublicAddress) ? withUnknownPublicOwners(now, bodies, doubt) : now
}

interface Case {
  readonly doubt: Doubt
  readonly members: readonly MisreadMember[]
  readonly readings: readonly Reading[]
  /** Members whose readings are not all there. */
  readonly endless?: readonly MisreadMember[]
}

function casesOf(misread: readonly MisreadMember[], bodies: readonly Body[]): readonly Case[] {
  const each = misread.map((member) => ({ member, values: possibleValues(member, bodies) }))
  if (each.length <= ONE_BY_ONE) {
    return each.map(({ member, values }) => ({
      doubt: doubtOf(member),
      members: [member],
      readings: values.map((value) => readingOf([{ member, value }])),
    }))
  }
  const [first, ...others] = misread
  if (!first) return []
  const { text, source } = doubtOf(first)
  const doubt = { text: `${text}, nor ${others.length} other members (${namesOf(others)})`, source }
  const most = Math.min(TOGETHER, Math.max(0, ...each.map(({ values }) => values.length)))
  const readings = Array.from({ length: most }, (_, at) =>
    readingOf(
      each.flatMap(({ member, values }) => (values.length > 0 ? [{ member, value: values[at % values.length] }] : [])),
    ),
  )
  const endless = each.filter(({ values }) => values.length > TOGETHER).map(({ member }) => member)
  return [{ doubt, members: misread, readings, endless }]
}

/** A few of their names, each once. */
function namesOf(members: readonly MisreadMember[]): string {
  const names = [...new Set(members.map(({ key }) => key))]
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} ...` : names.join(', ')
}

function doubtOf({ part, key }: MisreadMember): Doubt {
  const owner = part.name === '' ? '' : ` of ${part.name}`
  return { text: `${key}${owner} cannot be read`, source: part.source(key) }
}

function readingOf(values: readonly { readonly member: MisreadMember; readonly value: unknown }[]): Reading {
  const instead = new Map<object, Map<string, unknown>>()
  for (const { member, value } of values) {
    const container = member.part.value
    const keys = instead.get(container) ?? new Map<string, unknown>()
    keys.set(member.key.toLowerCase(), value)
    instead.set(container, keys)
  }
  return { instead, without: new Set() }
}

function holdsAny(value: unknown, wanted: ReadonlySet<object>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return wanted.has(value) || Object.values(value).some((one) => holdsAny(one, wanted))
}
