import type { Route } from '../../../model/index.ts'
import { formatIp, formatPrefix, isIp4 } from '../../../net/index.ts'
import { type EffectiveAnswer, type EffectiveRow, effectiveAnswers } from '../estate/effective-answer.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'

/** A prefix for which Azure printed another route than follows from the export. */
export interface EffectiveDifference {
  /** `of vm-nic Azure says ..., the export says ...`. */
  readonly words: string
  /** Azure's row; absent = it printed none. */
  readonly row?: EffectiveRow
  /** The export's routes of that prefix and source; empty = it has none. */
  readonly routes: readonly Route[]
}

/**
 * Where the effective routes that Azure printed of a network interface are not those of its subnet. Learned prefixes are
 * no difference, as they count (`printedRoutes`). Nor are the reserved None rows, which differ from year to year, the
 * prefixes of a service endpoint, which are those of Microsoft's list of the day, and the IPv6 default of a VNet without
 * IPv6, which was once printed.
 */
export function effectiveDifferences(answer: EffectiveAnswer, routes: readonly Route[]): EffectiveDifference[] {
  const { nic, subnet, rows } = answer
  if (rows.length === 0) return []
  const hasIp6 = subnet.prefixes.some((one) => !isIp4(one.ip))
  const left = new Map<string, Route[]>()
  for (const route of routes) {
    const { source = '', nextHopType = '' } = route.listing ?? {}
    if (!route.listing || !counts(route.prefix, source, nextHopType)) continue
    const key = `${source.toLowerCase()} ${prefixKey(route.prefix)}`
    left.set(key, [...(left.get(key) ?? []), route])
  }
  const differences: EffectiveDifference[] = []
  for (const row of mergedRows(rows).filter((one) => counts(one.prefix, one.by, one.type, hasIp6))) {
    const key = `${row.by.toLowerCase()} ${prefixKey(row.prefix)}`
    const same = left.get(key) ?? []
    left.delete(key)
    if (agrees(row, same)) continue
    const none = row.by === 'VirtualNetworkGateway' ? UNPLACED : 'has no such route'
    const ours = same.length === 0 ? none : `says ${same.map(wordsOfRoute).join(' and ')}`
    differences.push({ words: `of ${nic.name} Azure says ${wordsOfRow(row)}, the export ${ours}`, row, routes: same })
  }
  for (const same of left.values()) {
    const ours = same.map(wordsOfRoute).join(' and ')
    differences.push({ words: `of ${nic.name} the export says ${ours}, Azure has no such route`, routes: same })
  }
  return differences
}

/**
 * The routes of a subnet, where what Azure printed of a network interface in it says otherwise leading to `unknown`: the
 * export is not whole or not of the same time, and nobody can say which of the two is right now.
 */
export function withDifferences(estate: Estate, subnet: Subnet, routes: readonly Route[]): readonly Route[] {
  const answers = effectiveAnswers(estate).filter((one) => one.subnet === subnet)
  const differences = answers.flatMap((one) => effectiveDifferences(one, routes))
  if (differences.length === 0) return routes
  const because = new Map(differences.flatMap(({ words, routes: ours }) => ours.map((one) => [one, words] as const)))
  const kept = routes.map((route): Route => {
    const words = because.get(route)
    return words === undefined ? route : { ...route, nextHop: { kind: 'unknown', because: words } }
  })
  const added = differences.flatMap(({ words, row, routes: ours }): Route[] => {
    if (!row || ours.length > 0 || row.state.toLowerCase() !== 'active') return []
    const nextHop = { kind: 'unknown', because: words } as const
    const source = row.body.source('addressPrefix')
    const origin = `route that Azure printed of ${answers[0]?.nic.name}`
    return [{ prefix: row.prefix, nextHop, distance: 0, metric: 0, origin, source }]
  })
  return [...kept, ...added]
}

const UNPLACED = 'has no such route, nor the one connection that it must have come over'

function counts(prefix: Route['prefix'], by: string, type: string, hasIp6 = true): boolean {
  if (type.toLowerCase() === 'virtualnetworkserviceendpoint') return false
  if (type.toLowerCase() === 'none' && by.toLowerCase() === 'default') return false
  return hasIp6 || isIp4(prefix.ip)
}

/** A gateway's instances have one row for all, or a row each. */
function mergedRows(rows: readonly EffectiveRow[]): readonly EffectiveRow[] {
  const merged = new Map<string, EffectiveRow>()
  for (const row of rows) {
    const key = `${row.by} ${row.state} ${row.type} ${prefixKey(row.prefix)}`
    const known = merged.get(key)
    merged.set(key, known ? { ...known, nextHops: [...new Set([...known.nextHops, ...row.nextHops])] } : row)
  }
  return [...merged.values()]
}

function agrees(row: EffectiveRow, same: readonly Route[]): boolean {
  const listings = same.flatMap(({ listing }) => (listing ? [listing] : []))
  const hops = listings.flatMap((one) => (one.nextHopIpAddress ?? '').split(',')).filter((one) => one !== '')
  const state = listings.some((one) => one.state?.toLowerCase() === row.state.toLowerCase())
  const type = listings.some((one) => typeNamed(one.nextHopType ?? '') === typeNamed(row.type))
  return state && type && hopsAgree(row, hops)
}

/**
 * Next hops are held against each other where both sides print some. Of a gateway an export need not hold the addresses,
 * and a circuit's next hop is Microsoft's edge router, which none does.
 */
function hopsAgree(row: EffectiveRow, ours: readonly string[]): boolean {
  if (ours.length === 0 || row.nextHops.length === 0 || row.by === 'VirtualNetworkGateway') return true
  const theirs = row.nextHops.map(formatIp)
  return ours.every((one) => theirs.includes(one)) && theirs.every((one) => ours.includes(one))
}

/** Of peerings the kind follows from the regions, which an export need not print. */
function typeNamed(type: string): string {
  const plain = type.replace(/\s+/g, '').toLowerCase()
  return plain === 'vnetglobalpeering' ? 'vnetpeering' : plain
}

function wordsOfRow({ prefix, by, state, type, nextHops }: EffectiveRow): string {
  return [by, state, formatPrefix(prefix), type, ...nextHops.map(formatIp)].join(' ')
}

function wordsOfRoute({ prefix, listing }: Route): string {
  const { source = '', state = '', nextHopType = '', nextHopIpAddress = '' } = listing ?? {}
  return [source, state, formatPrefix(prefix), nextHopType, nextHopIpAddress].filter((one) => one !== '').join(' ')
}
