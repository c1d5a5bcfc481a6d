import {
  type Device,
  type Interface,
  implied,
  type NextHop,
  type Pipeline,
  type RouteTable,
  type RuleSet,
  type Source,
  type Stage,
  type TableRule,
} from '../../model/index.ts'
import { isIp4, prefix } from '../../net/index.ts'
import { connectedRoutes, lowerInterfaces } from './interfaces.ts'
import { lowerTables } from './lower-tables.ts'
import { lowerNft } from './nft-lower.ts'
import { noteTies } from './nft-order.ts'
import type { NftRuleset } from './nft-tree.ts'
import { type Notes, note } from './notes.ts'
import { linuxPipeline, placedStages } from './pipeline.ts'
import { lowerRoutes } from './routes.ts'
import { type Row, textOf } from './row.ts'
import type { SavedText } from './saved-text.ts'
import { forwarding, loopbackOver, reversePath } from './settings.ts'
import { lowerTableRules } from './table-rules.ts'

/** All that was read of one host. Absent = the export has no such output. */
export interface HostText {
  readonly saved: SavedText
  readonly addresses?: readonly Row[]
  readonly routes?: readonly Row[]
  readonly rules?: readonly Row[]
  /** What nft printed; tables that iptables-save printed too are not in it. */
  readonly nft?: NftRuleset
}

/** The host as a device. `source` is where the export as a whole stands. */
export function lowerHost(name: string, text: HostText, source: Source, notes: Notes): Device {
  const interfaces = lowerInterfaces(text.addresses ?? [])
  const tableRules = lowerTableRules(text.rules ?? [], slavesOf(text.addresses ?? [], interfaces), notes)
  const { ruleSets, pipeline } = lowerFilters(text, interfaces, notes)
  const forwards = forwarding(text.saved.settings) ?? assumeForwarding(ruleSets, pipeline, interfaces, source, notes)
  const loopback = loopbackOver(text.saved.settings)
  const checks = reversePath(text.saved.settings)
  const isRouter = forwards.enabled || forwards.except !== undefined
  return {
    name,
    kind: isRouter ? 'router' : 'host',
    label: isRouter ? 'Linux router' : 'Linux host',
    aliases: [],
    interfaces,
    tables: tablesOf(text, interfaces, tableRules, source, notes),
    tableRules,
    forwards,
    ...(loopback && { loopbackOver: loopback }),
    ...(checks ? { reversePath: checks } : {}),
    ruleSets,
    pipeline,
    sparesTunnel: 'iptables: -m policy --dir out --pol none',
    encapsulations: [],
    stamps: [],
    notModelled: missingParts(text, interfaces),
    source,
  }
}

/** Interfaces with addresses that belong to another, as those of a VRF do. */
function slavesOf(rows: readonly Row[], interfaces: readonly Interface[]): string[] {
  const kept = new Set(interfaces.map((one) => one.name))
  return rows.flatMap((row) => {
    const name = textOf(row, 'ifname')
    return textOf(row, 'master') !== undefined && name !== undefined && kept.has(name) ? [name] : []
  })
}

function lowerFilters(
  { saved, nft }: HostText,
  interfaces: readonly Interface[],
  notes: Notes,
): { ruleSets: Record<string, RuleSet>; pipeline: Pipeline } {
  const families = familiesOf(saved, nft)
  const bothFamilies = families.size === 2 || (families.has(4) && hasIp6(interfaces))
  const ruleSets = lowerTables(saved, bothFamilies, notes)
  const own = placedStages(ruleSets)
  const lowered = lowerNft(nft ?? new Map(), bothFamilies, notes)
  Object.assign(ruleSets, lowered.ruleSets)
  const pipeline = linuxPipeline(ruleSets, lowered.stages)
  if (lowered.stages.length > 0) noteTies([...[...lowered.stages].reverse(), ...own], ruleSets, notes)
  return { ruleSets, pipeline }
}

function familiesOf(saved: SavedText, nft: NftRuleset | undefined): Set<4 | 6> {
  const families = new Set([...saved.tables.values()].map((table) => table.family))
  for (const { family } of nft?.values() ?? []) {
    if (family === 'ip' || family === 'inet') families.add(4)
    if (family === 'ip6' || family === 'inet') families.add(6)
  }
  return families
}

function hasIp6(interfaces: readonly Interface[]): boolean {
  return interfaces.some((one) => one.addresses.some((address) => !isIp4(address.ip)))
}

function assumeForwarding(
  ruleSets: Readonly<Record<string, RuleSet>>,
  pipeline: Pipeline,
  interfaces: readonly Interface[],
  source: Source,
  notes: Notes,
): Device['forwards'] {
  const decides = (stage: Stage) => stage.kind === 'filter' && (ruleSets[stage.ruleSet]?.rules.length ?? 0) > 0
  const filters = pipeline.forward.some(decides)
  const attached = interfaces.filter((one) => one.name !== 'lo' && one.addresses.length > 0).length
  const enabled = filters || attached > 1
  const reason = filters ? 'the chain FORWARD has rules' : `${attached} interfaces have addresses`
  const because = `net.ipv4.ip_forward is not in the export; taken as ${enabled ? 'on' : 'off'}, because ${reason}`
  note(notes, 'note', 'NT1522', `${because}. Add the output of "sysctl -a" to be sure.`, source)
  return { enabled, source: implied(because) }
}

function tablesOf(
  text: HostText,
  interfaces: readonly Interface[],
  tableRules: readonly TableRule[],
  source: Source,
  notes: Notes,
): RouteTable[] {
  const asked = tableRules.flatMap((rule) => (rule.action.kind === 'lookup' ? [rule.action.table] : []))
  if (!text.routes) {
    const message = 'The routes are not in the export; add the output of "ip -j route show table all".'
    note(notes, 'warning', 'NT1523', message, source, true)
    const main = { name: 'main', routes: [...connectedRoutes(interfaces), ...unknownRoutes('main', source)] }
    return [main, ...missingTables(asked, ['main'], source)]
  }
  const tables = lowerRoutes(text.routes, { afterThrow: (table) => afterThrow(table, tableRules), notes })
  // With `table all` a table that is not printed is empty; without, we have not seen it.
  const complete = text.routes.some((row) => textOf(row, 'table') !== undefined)
  return complete
    ? tables
    : [
        ...tables,
        ...missingTables(
          asked,
          tables.map((table) => table.name),
          source,
        ),
      ]
}

/** `throw` ends the lookup in its table; the next rule is tried (ip-route(8)), main after the last. */
function afterThrow(table: string, tableRules: readonly TableRule[]): NextHop {
  // A rule of one's own may look into main earlier than the last one does.
  const at = tableRules.findIndex((rule) => rule.action.kind === 'lookup' && rule.action.table === table)
  const next = at === -1 ? undefined : tableRules[at + 1]
  if (table === 'main' && !next) {
    return { kind: 'broken', because: 'a route of type throw ends the lookup in table main', code: 'no-route' }
  }
  if (!next) return { kind: 'table', table: 'main' }
  if (next.match.kind === 'any' && next.action.kind === 'lookup') return { kind: 'table', table: next.action.table }
  return { kind: 'unknown', because: `the lookup goes on with ${next.name} after the route of type throw` }
}

function missingTables(asked: readonly string[], known: readonly string[], source: Source): RouteTable[] {
  const missing = [...new Set(asked)].filter((name) => !known.includes(name))
  // Nobody fills table default; it is there for rules that name it.
  return missing.map((name) => ({ name, routes: name === 'default' ? [] : unknownRoutes(name, source) }))
}

function unknownRoutes(table: string, source: Source): RouteTable['routes'] {
  const because = `the routes of table ${table} are not in the export`
  return ['0.0.0.0/0', '::/0'].map((text) => ({
    prefix: prefix(text),
    nextHop: { kind: 'unknown', because } as const,
    distance: 0,
    metric: 0,
    origin: 'not in the export',
    source,
  }))
}

function missingParts({ saved, nft }: HostText, interfaces: readonly Interface[]): string[] {
  // nft prints all tables of the kernel, those of iptables-nft too.
  if (nft) return []
  const families = new Set([...saved.tables.values()].map((table) => table.family))
  if (families.size === 0) return ['firewall rules of this host: its iptables-save is not in the export']
  if (!families.has(4)) return ['IPv4 firewall rules of this host: its iptables-save is not in the export']
  return hasIp6(interfaces) && !families.has(6)
    ? ['IPv6 firewall rules of this host: its ip6tables-save is not in the export']
    : []
}
