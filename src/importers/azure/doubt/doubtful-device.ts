import type { Device, Hook, Resolver, Route, RouteTable, RuleSet, Stage } from '../../../model/index.ts'
import { formatPrefix } from '../../../net/index.ts'
import type { Doubt } from './doubt.ts'
import { unsureRuleSet } from './doubtful-rules.ts'
import { same } from './same.ts'

const NAME = 'what cannot be read'

/** A device of which what another has otherwise is unknown: single rules and routes where it is only those. */
export function unsureDevice(one: Device, other: Device, doubt: Doubt): Device {
  const { tables, ruleSets, resolver, forwards, listeners, pipeline, ...rest } = one
  const { tables: _t, ruleSets: _r, resolver: _n, forwards: _f, listeners: _l, pipeline: _p, ...otherRest } = other
  const merged: Device = {
    ...one,
    tables: unsureTables(tables, other.tables, doubt).map((table) =>
      mayBeAsked(one, other, table.name) ? withUnsureRoutes(table, doubt) : table,
    ),
    ruleSets: unsureRuleSets(ruleSets, other.ruleSets, doubt),
    ...(resolver && { resolver: unsureResolver(resolver, other.resolver, doubt) }),
  }
  if (!same(plain(rest), plain(otherRest)) || (!resolver && other.resolver)) return doubtfulDevice(merged, doubt)
  let made = merged
  if (forwards.enabled !== other.forwards.enabled) made = stopping(made, ['forward'], doubt)
  if (!same(listeners, other.listeners)) made = stopping(made, ['input'], doubt)
  for (const hook of HOOKS) {
    const differing = inOneOnly(pipeline[hook], other.pipeline[hook])
    if (same(pipeline[hook], other.pipeline[hook])) continue
    const interfaces = differing.map((stage) => ('interfaces' in stage ? stage.interfaces : undefined))
    const everywhere = interfaces.length === 0 || interfaces.some((one) => one === undefined)
    made = stopping(made, [hook], doubt, everywhere ? undefined : [...new Set(interfaces.flatMap((one) => one ?? []))])
  }
  return made
}

/** Whether only one of them sends some packets to a table. */
function mayBeAsked(one: Device, other: Device, table: string): boolean {
  const rules = ({ ruleSets }: Device) =>
    Object.values(ruleSets).flatMap((set) =>
      set.rules.filter(({ action }) => action.kind === 'use-table' && action.table === table),
    )
  return inOneOnly(rules(one), rules(other)).length > 0
}

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']

function inOneOnly<T>(ours: readonly T[], theirs: readonly T[]): readonly T[] {
  return [
    ...ours.filter((each) => !theirs.some((its) => same(each, its))),
    ...theirs.filter((each) => !ours.some((its) => same(each, its))),
  ]
}

/** What decides nothing is left out of the comparison. */
function plain({
  label: _label,
  aliases: _aliases,
  notModelled: _words,
  source: _source,
  ...rest
}: Omit<Device, 'tables' | 'ruleSets' | 'resolver' | 'forwards' | 'listeners' | 'pipeline'>) {
  return rest
}

/** A device of which it is not known whether it is there, or that is another one altogether: no packet passes it for sure. */
export function doubtfulDevice(
  device: Device,
  doubt: Doubt,
  hooks: readonly Hook[] = ['prerouting', 'output'],
  interfaces?: readonly string[],
): Device {
  return stopping(device, hooks, doubt, interfaces)
}

/** A device that may send anywhere else what is not on a network of its own. */
export function doubtfulRouting(device: Device, doubt: Doubt): Device {
  return { ...device, tables: device.tables.map((table) => withUnsureRoutes(table, doubt)) }
}

function withUnsureRoutes(table: RouteTable, doubt: Doubt): RouteTable {
  const isSure = ({ inactive, nextHop }: Route) =>
    inactive !== undefined ||
    nextHop.kind === 'unknown' ||
    (nextHop.kind === 'connected' && nextHop.interface !== 'internet')
  const unsure = (route: Route): Route =>
    isSure(route) ? route : { ...route, nextHop: { kind: 'unknown', because: doubt.text }, source: doubt.source }
  return { ...table, routes: table.routes.map(unsure) }
}

function stopping(device: Device, hooks: readonly Hook[], doubt: Doubt, interfaces?: readonly string[]): Device {
  const where = interfaces ? ` on ${interfaces.join(', ')}` : ''
  const name = `${NAME} ${hooks.join(' ')}${where}: ${doubt.text}`
  if (device.ruleSets[name]) return device
  // A rule that may choose another table ends the trace at once, whatever would come after it.
  const ruleSet: RuleSet = {
    name,
    label: device.name,
    rules: [
      {
        name: doubt.text,
        match: { kind: 'opaque', text: doubt.text },
        action: { kind: 'use-table', table: 'main' },
        source: doubt.source,
      },
    ],
    policy: { kind: 'accept' },
    policySource: doubt.source,
  }
  const stage: Stage = { kind: 'mark', ruleSet: name, ...(interfaces && { interfaces }) }
  const pipeline = { ...device.pipeline }
  for (const hook of hooks) pipeline[hook] = [stage, ...pipeline[hook]]
  return { ...device, ruleSets: { ...device.ruleSets, [name]: ruleSet }, pipeline }
}

function unsureRuleSets(ours: Device['ruleSets'], theirs: Device['ruleSets'], doubt: Doubt): Device['ruleSets'] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
  return Object.fromEntries(
    names.flatMap((name) => {
      const [one, other] = [ours[name], theirs[name]]
      if (one && other) return [[name, same(one, other) ? one : unsureRuleSet(one, other, doubt)] as const]
      const only = one ?? other
      return only ? [[name, only] as const] : []
    }),
  )
}

function unsureTables(ours: readonly RouteTable[], theirs: readonly RouteTable[], doubt: Doubt): readonly RouteTable[] {
  const names = [...new Set([...ours, ...theirs].map(({ name }) => name))]
  const routes = (tables: readonly RouteTable[], name: string) => tables.find((one) => one.name === name)?.routes ?? []
  const isIn = (tables: readonly RouteTable[], name: string) => tables.some((one) => one.name === name)
  return names.map((name) => {
    const [one, other] = [routes(ours, name), routes(theirs, name)]
    if (isIn(ours, name) && isIn(theirs, name)) return { name, routes: unsureRoutes(one, other, doubt) }
    return withUnsureRoutes({ name, routes: [...one, ...other] }, doubt)
  })
}

function unsureRoutes(ours: readonly Route[], theirs: readonly Route[], doubt: Doubt): readonly Route[] {
  if (same(ours, theirs)) return ours
  const [one, other] = [byPrefix(ours), byPrefix(theirs)]
  const differing = [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => !same(one.get(key)?.map(decisive), other.get(key)?.map(decisive)),
  )
  const changed = new Set(differing)
  const kept = ours.filter((route) => route.inactive !== undefined || !changed.has(formatPrefix(route.prefix)))
  const unknown = differing.flatMap((key): Route[] => {
    const already = one.get(key)?.find(({ nextHop }) => nextHop.kind === 'unknown')
    const route = already ?? one.get(key)?.[0] ?? other.get(key)?.[0]
    if (!route) return []
    return [already ?? { ...route, nextHop: { kind: 'unknown', because: doubt.text }, source: doubt.source }]
  })
  return [...kept, ...unknown]
}

/** The routes in force, by prefix. */
function byPrefix(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const map = new Map<string, Route[]>()
  for (const route of routes) {
    if (route.inactive !== undefined) continue
    const key = formatPrefix(route.prefix)
    map.set(key, [...(map.get(key) ?? []), route])
  }
  return map
}

function decisive({ nextHop, distance, metric, preferredSource, stamp }: Route) {
  return { nextHop, distance, metric, preferredSource, stamp }
}

/** Names that the other server answers otherwise are in doubt: those of zones and forwards that differ, else all. */
function unsureResolver(one: Resolver, other: Resolver | undefined, doubt: Doubt): Resolver {
  if (same(one, other)) return one
  const suffixes = other ? differingSuffixes(one, other) : ['']
  const doubtful = suffixes.map((suffix) => ({
    pattern: patternBelow(suffix),
    because: doubt.text,
    source: doubt.source,
  }))
  const merged = { ...one, doubtfulNames: [...(one.doubtfulNames ?? []), ...doubtful] }
  if (!one.views) return merged
  return {
    ...merged,
    views: one.views.map((view) => ({ ...view, resolver: { ...view.resolver, doubtfulNames: merged.doubtfulNames } })),
  }
}

function differingSuffixes(one: Resolver, other: Resolver): readonly string[] {
  const { zones, forwards, zonesNotLinked: _not, ...rest } = one
  const { zones: otherZones, forwards: otherForwards, zonesNotLinked: _other, ...otherRest } = other
  if (!same(rest, otherRest)) return ['']
  const names = inOneOnly(zones, otherZones).flatMap((zone) => {
    const twin = [...zones, ...otherZones].filter((each) => each.name === zone.name && each !== zone)
    const [match] = twin.filter((each) => same({ ...each, records: [] }, { ...zone, records: [] }))
    return match
      ? inOneOnly(zone.records, match.records).map((record) => record.name.replace(/^\*\./, ''))
      : [zone.name]
  })
  return [
    ...new Set([...names, ...inOneOnly(forwards, otherForwards).map(({ suffix }) => suffix.replace(/^\*\./, ''))]),
  ]
}

function patternBelow(suffix: string): string {
  if (suffix === '') return '.*'
  return `(^|\\.)${suffix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
}
