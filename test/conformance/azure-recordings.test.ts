import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../src/importers/azure/index.ts'
import type { Device, Network, Route, Rule } from '../../src/model/index.ts'
import { addressSet, type Flow, formatAddressSet, formatPrefix, ip, parseProtocol, TCP } from '../../src/net/index.ts'
import { judge, lookupRoute, type PreparedNetwork, prepare } from '../../src/trace/index.ts'

const DATA = process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const FOLDER = join(DATA, 'azure-recordings')
const present = existsSync(FOLDER)
if (!present)
  console.warn(`skipped: ${FOLDER} is not there; set NETTRACE_DATA to the folder that holds azure-recordings`)

/** What we cannot or need not reproduce, each with its reason. Keys: case, kind, and the target's last name. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'doc-route-server-bgp-default-route effectiveRoutes spoke-vnet-vm-vmLinux-0VMNic':
    'its gateway rows are prefixes an appliance announced to the route server by BGP; no ARM body holds them',
  'doc-route-server-bgp-default-route effectiveRoutes remote-vnet-vm-vmLinux-0VMNic':
    'three of its four gateway prefixes were learned by BGP; no ARM body holds them',
}

interface Query {
  readonly kind: string
  readonly target?: string
  readonly request: Readonly<Record<string, string>> | null
  readonly response: Readonly<Record<string, unknown>>
  readonly resources: string
}

interface RecordedRoute {
  readonly source: string
  readonly state: string
  readonly addressPrefix: readonly string[]
  readonly addressPrefixTruncated?: boolean
  readonly nextHopType: string
  readonly nextHopIpAddress: readonly string[]
}

interface Snapshot {
  readonly resources: readonly { readonly id: string; readonly type: string }[]
  readonly network: Network
  readonly prepared: PreparedNetwork
}

const snapshots = new Map<string, Snapshot>()

function snapshotOf(folder: string, file: string): Snapshot {
  const path = join(FOLDER, folder, file)
  const known = snapshots.get(path)
  if (known) return known
  const text = readFileSync(path, 'utf8')
  const part = importAzure([{ path: `${folder}/${file}`, text }], { placements: [] })
  const devices = new Map(part.devices.map((device) => [device.name, device]))
  const network: Network = {
    name: folder,
    devices,
    links: part.links,
    services: part.services,
    diagnostics: part.diagnostics,
  }
  const made = { resources: JSON.parse(text), network, prepared: prepare(network) }
  snapshots.set(path, made)
  return made
}

function deviceOf(snapshot: Snapshot, id: string): Device {
  const wanted = id.toLowerCase()
  const found = [...snapshot.network.devices.values()].find((one) =>
    one.aliases.some((alias) => alias.toLowerCase() === wanted),
  )
  if (!found) throw new Error(`no device for ${id}`)
  return found
}

function fabricOf(device: Device): string {
  const next = device.tables[0]?.routes[0]?.nextHop
  return next?.kind === 'device' ? next.device : ''
}

const cases = present
  ? readdirSync(FOLDER, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => one.name)
  : []

interface Case {
  readonly name: string
  readonly folder: string
  readonly query: Query
  /** Why the answer cannot be reproduced; absent = it can. */
  readonly reason: string | undefined
}

const COMPARISONS = new Map<string, (one: Case) => void>([
  ['effectiveRoutes', compareRoutes],
  ['nextHop', compareNextHop],
  ['ipFlowVerify', compareFlow],
  ['effectiveNsg', compareGroups],
])

function queries(kind: string): Case[] {
  return cases.flatMap((folder) => {
    const path = join(FOLDER, folder, 'queries.json')
    if (!existsSync(path)) return []
    const all = JSON.parse(readFileSync(path, 'utf8')) as Query[]
    return all
      .filter((query) => query.kind === kind)
      .map((query) => {
        const name = `${folder} ${kind} ${lastName(query)}`
        return { name, folder, query, reason: EXCEPTIONS[name] }
      })
  })
}

function lastName({ target, request }: Query): string {
  if (request?.destinationIPAddress) return `to ${request.destinationIPAddress}`
  if (request?.remoteIPAddress) return `${request.direction} ${request.remoteIPAddress}`
  return target?.slice(target.lastIndexOf('/') + 1) ?? ''
}

describe.skipIf(!present)('recorded answers of Azure', () => {
  test.for(
    cases.flatMap((folder) =>
      readdirSync(join(FOLDER, folder))
        .filter((one) => /^resources.*\.json$/.test(one))
        .map((file): [string, string] => [folder, file]),
    ),
  )('%s/%s is read without an error', ([folder, file]) => {
    const { network } = snapshotOf(folder, file)
    expect(network.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    expect(network.devices.size).toBeGreaterThan(0)
  })

  for (const [kind, compare] of COMPARISONS) {
    const [usual, exceptions] = split(queries(kind))
    test.for(named(usual))('%s', ([, one]) => compare(one))
    // A comparison that holds after all is no exception any more, and fails here.
    // Each exception has its reason in the table above; it runs, so that it says so itself should it ever hold.
    if (exceptions.length > 0) test.fails.for(named(exceptions))('%s', ([, one]) => compare(one))
  }

  test('every exception is about a recorded answer', () => {
    const names = new Set([...COMPARISONS.keys()].flatMap(queries).map((one) => one.name))
    expect(Object.keys(EXCEPTIONS).filter((one) => !names.has(one))).toEqual([])
  })
})

/** `%s` prints a name whole, where `$name` cuts it. */
function named(all: readonly Case[]): [string, Case][] {
  return all.map((one) => [one.reason === undefined ? one.name : `${one.name} (does not hold: ${one.reason})`, one])
}

function split(all: readonly Case[]): [Case[], Case[]] {
  return [all.filter(({ reason }) => reason === undefined), all.filter(({ reason }) => reason !== undefined)]
}

function compareRoutes({ folder, query }: Case): void {
  const snapshot = snapshotOf(folder, query.resources)
  const fabric = snapshot.network.devices.get(fabricOf(deviceOf(snapshot, query.target ?? '')))
  const routes = fabric?.tables.find((one) => one.name === 'main')?.routes ?? []
  const recorded = query.response.value as RecordedRoute[]
  // A service endpoint's row is cut in the recording, and no list of service tags of its date is at hand.
  const whole = recorded.filter((one) => !one.addressPrefixTruncated)
  const expected = whole.flatMap((one) =>
    one.addressPrefix.map((prefix) => row(one.source, one.state, prefix, one.nextHopType, one.nextHopIpAddress.join())),
  )
  expect(new Set(routes.flatMap(listed))).toEqual(new Set(expected.filter((one) => one !== undefined)))
}

function compareNextHop({ folder, query }: Case): void {
  const snapshot = snapshotOf(folder, query.resources)
  const device = deviceOf(snapshot, query.request?.targetResourceId ?? '')
  const { best } = lookupRoute(snapshot.prepared, fabricOf(device), ip(query.request?.destinationIPAddress ?? ''))
  const route = best[0]
  const { nextHopType, nextHopIpAddress, routeTableId } = query.response
  // A user route to an address in no reachable prefix is answered with None and the address.
  const type = route?.nextHop.kind === 'broken' ? 'None' : route?.listing?.nextHopType
  expect({
    type: printed(type),
    address: route?.listing?.nextHopIpAddress ?? '',
    table: route && tableOf(snapshot, route).toLowerCase(),
  }).toEqual({
    type: printed(String(nextHopType)),
    address: nextHopIpAddress ?? '',
    table: String(routeTableId).toLowerCase(),
  })
}

function compareFlow({ folder, query }: Case): void {
  const snapshot = snapshotOf(folder, query.resources)
  const device = deviceOf(snapshot, query.request?.targetResourceId ?? '')
  const hook = query.request?.direction === 'Inbound' ? 'prerouting' : 'postrouting'
  const { steps, stop } = judge(snapshot.prepared, device.name, hook, device.interfaces[0]?.name, flowOf(query))
  const filters = steps.filter((one) => one.kind === 'filter')
  const rule = filters.at(-1)?.visits.at(-1)?.rule
  expect({ access: stop ? 'Deny' : 'Allow', ruleName: azureName(rule?.name ?? '') }).toEqual({
    access: query.response.access,
    ruleName: query.response.ruleName,
  })
}

interface RecordedGroup {
  readonly networkSecurityGroup: { readonly id: string }
  readonly effectiveSecurityRules: readonly {
    readonly name: string
    readonly direction: string
    readonly access: string
    readonly sourceAddressPrefix?: string
    readonly expandedSourceAddressPrefix?: readonly string[]
  }[]
}

/** Which rules are in force, in which order, and what `VirtualNetwork` holds; `Internet`'s 216 parts are Microsoft's own. */
function compareGroups({ folder, query }: Case): void {
  const snapshot = snapshotOf(folder, query.resources)
  const { ruleSets } = deviceOf(snapshot, query.target ?? '')
  for (const { networkSecurityGroup, effectiveSecurityRules } of query.response.value as RecordedGroup[]) {
    const name = networkSecurityGroup.id.slice(networkSecurityGroup.id.lastIndexOf('/') + 1)
    for (const direction of ['Inbound', 'Outbound']) {
      const ours = (ruleSets[`${name}/${direction.toLowerCase()}`]?.rules ?? []).filter((one) =>
        one.name.startsWith('rule '),
      )
      const theirs = effectiveSecurityRules.filter((one) => one.direction === direction)
      // Some answers hold one direction only, and the NSG twice.
      if (theirs.length === 0) continue
      const access = (one: Rule) => (one.action.kind === 'accept' ? 'Allow' : 'Deny')
      expect(ours.map((one) => `${azureName(one.name)} ${access(one)}`)).toEqual(
        theirs.map((one) => `${one.name} ${one.access}`),
      )
      for (const [index, one] of theirs.entries()) {
        if (one.sourceAddressPrefix !== 'VirtualNetwork') continue
        expect(sourceOf(ours[index])).toBe(formatAddressSet(addressSet(...(one.expandedSourceAddressPrefix ?? []))))
      }
    }
  }
}

function sourceOf(rule: Rule | undefined): string {
  const parts = rule?.match.kind === 'all' ? rule.match.of : rule ? [rule.match] : []
  for (const one of parts) if (one.kind === 'source') return formatAddressSet(one.in)
  return ''
}

/** The reserved `None` rows differ from year to year (2016 to 2023), so none of them is compared. */
function row(source: string, state: string, prefix: string, type: string, addresses: string): string | undefined {
  if (type === 'None' && source === 'Default') return undefined
  return [source, state, prefix, type, addresses].join(' ')
}

function listed(route: Route): string[] {
  const { listing } = route
  if (!listing) return []
  const { source = '', state = '', nextHopType = '', nextHopIpAddress = '' } = listing
  const text = row(source, state, formatPrefix(route.prefix), nextHopType, nextHopIpAddress)
  return text === undefined ? [] : [text]
}

/** `VnetLocal` is `VirtualNetwork` in the next hop tool since September 2017. */
function printed(type: string | undefined): string {
  return type === 'VnetLocal' ? 'VirtualNetwork' : (type ?? '')
}

function tableOf({ resources }: Snapshot, { listing, source }: Route): string {
  if (listing?.source !== 'User' || source.kind !== 'pointer') return 'System Route'
  return resources[Number(source.pointer.split('/')[1])]?.id ?? ''
}

function flowOf({ request }: Query): Flow {
  const local = { ip: ip(request?.localIPAddress ?? ''), port: portOf(request?.localPort) }
  const remote = { ip: ip(request?.remoteIPAddress ?? ''), port: portOf(request?.remotePort) }
  const [from, to] = request?.direction === 'Inbound' ? [remote, local] : [local, remote]
  return {
    protocol: parseProtocol(request?.protocol ?? '') ?? TCP,
    source: from.ip,
    sourcePort: from.port,
    destination: to.ip,
    destinationPort: to.port,
  }
}

function portOf(text: string | undefined): number {
  return text === undefined || text === '*' ? 40000 : Number(text)
}

/** `rule 130 AllowBatch` as IP flow verify prints it. */
function azureName(name: string): string {
  const [, priority = '', rule = ''] = /^rule (\d+) (.+)$/.exec(name) ?? []
  return `${Number(priority) >= 65000 ? 'defaultSecurityRules' : 'securityRules'}/${rule}`
}
