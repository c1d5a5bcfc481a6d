import type { Query, Resolution } from '../../../src/dns/index.ts'
import { resolve } from '../../../src/dns/index.ts'
import { importBind } from '../../../src/importers/bind/index.ts'
import { importDnsmasq } from '../../../src/importers/dnsmasq/index.ts'
import { importUnbound } from '../../../src/importers/unbound/index.ts'
import {
  type Device,
  type Diagnostic,
  implied,
  type Network,
  type Resolver,
  type ResourceRecord,
  type StubResolver,
} from '../../../src/model/index.ts'
import { formatIp, ip, parseIp } from '../../../src/net/index.ts'
import { type PreparedNetwork, prepare } from '../../../src/trace/index.ts'
import { host, segment } from '../../trace/small-network.ts'
import {
  clientAddress,
  folderOf,
  type LabQuestion,
  type Place,
  type RecordRow,
  type Scenario,
  type ServerSpec,
  serverAddress,
  textOf,
  type UpstreamSpec,
  upstreamAddress,
} from './scenario.ts'

/** What the engine says of a scenario. */
export interface Engine {
  /** By server, then by client, each counted from 0: one stub resolver of one client. */
  readonly prepared: readonly (readonly PreparedNetwork[])[]
  readonly diagnostics: readonly Diagnostic[]
}

const IMPORTERS = { dnsmasq: importDnsmasq, unbound: importUnbound, bind: importBind } as const
const SOURCE = implied('the world of the lab')

/** Reads the very files the real servers get, and puts them on a network like the lab's. */
export function engineOf(scenario: Scenario, place: Place): Engine {
  const diagnostics: Diagnostic[] = []
  const devices: Device[] = []
  scenario.servers.forEach((server, index) => {
    const { resolver, diagnostics: said } = read(server, index, place)
    diagnostics.push(...said)
    devices.push(at(`r${index + 1}`, serverAddress(place.bench, index), resolver && { resolver }))
  })
  const publicZone = zoneOf('', scenario.publicRecords)
  for (const upstream of scenario.upstreams) {
    const resolver = upstreamResolver(upstream, publicZone, place)
    devices.push(at(`u${upstream.at}`, upstreamAddress(place.bench, upstream.at), resolver))
  }
  const internet = upstreamResolver({ ...PUBLIC, at: 0 }, publicZone, place)
  devices.push({ ...at('internet', '198.18.255.254', internet), kind: 'internet' })
  const prepared = scenario.servers.map((_, index) =>
    [1, 2].map((client) => prepare(networkFor(devices, client, serverAddress(place.bench, index)))),
  )
  return { prepared, diagnostics }
}

function networkFor(devices: readonly Device[], client: number, server: string): Network {
  const all = [...devices, at('client', clientAddress(client), { stubResolver: asking(server) })]
  return {
    name: 'lab',
    devices: new Map(all.map((one) => [one.name, one])),
    links: [segment('lab', ...all.map((one) => `${one.name}:eth0`))],
    services: [],
    diagnostics: [],
  }
}

const PUBLIC: UpstreamSpec = {
  at: 0,
  behaviour: 'answers',
  software: 'public',
  zones: [],
  otherwise: 'public',
  follows: true,
}

function read(server: ServerSpec, index: number, place: Place) {
  const files = server.files.map((file) => ({
    path: `${folderOf(place, index)}/${file.path}`,
    text: textOf(file, index, place),
  }))
  return IMPORTERS[server.software](files)
}

function at(name: string, address: string, more: Partial<Device> = {}): Device {
  return {
    ...host(name, `${address}/16`, '198.18.255.254', { ...(more.resolver ? {} : { listeners: [] }), ...more }),
    label: name,
  }
}

function asking(server: string): StubResolver {
  return { servers: [{ ip: ip(server), source: SOURCE }], hosts: [], search: [], ndots: 0, label: 'resolv.conf' }
}

function zoneOf(name: string, rows: readonly RecordRow[]): Resolver['zones'][number] {
  const records = rows.map(
    ([owner, type, value]): ResourceRecord => ({
      name: owner,
      type,
      value: (type === 'A' || type === 'AAAA' ? parseIp(value) : undefined) ?? value,
      source: SOURCE,
    }),
  )
  const top: ResourceRecord = { name, type: 'SOA', value: 'ns.lab', source: SOURCE }
  const whole = name === '' ? records : [top, ...records]
  return { name, label: `zone ${name}`, records: whole, onMissing: 'nxdomain', source: SOURCE }
}

function upstreamResolver(
  upstream: UpstreamSpec,
  publicZone: Resolver['zones'][number],
  place: Place,
): Partial<Device> {
  if (upstream.behaviour === 'silent') return {}
  if (upstream.behaviour === 'fails') return { resolver: failing(place) }
  const own = upstream.zones.map((zone) => zoneOf(zone.name, zone.records))
  const answers = upstream.behaviour === 'answers'
  const resolver: Resolver = {
    label: `u${upstream.at}`,
    ...(upstream.software === 'public' && { role: 'public' as const }),
    zones: upstream.otherwise === 'public' && answers ? [...own, publicZone] : answers ? own : [],
    forwards: [],
    rechasesCname: upstream.follows,
    otherwise: upstream.otherwise === 'nxdomain' ? 'nxdomain' : 'refuse',
    notModelled: [],
    source: SOURCE,
  }
  return { resolver }
}

/** A server that answers SERVFAIL: a forwarder whose own forwarder is silent. */
function failing(place: Place): Resolver {
  const to = [{ kind: 'server', ip: ip(upstreamAddress(place.bench, 6)), port: 53 }] as const
  return {
    label: 'u8',
    zones: [],
    forwards: [{ suffix: '', to, mode: 'only', order: 'in-order', label: 'nobody', source: SOURCE }],
    rechasesCname: false,
    otherwise: 'refuse',
    notModelled: [],
    source: SOURCE,
  }
}

/** Where a question ended and whom the servers asked for it, in words that the real run can be compared with. */
export interface Outcome {
  readonly kind: string
  /** `name TYPE value`, sorted. */
  readonly records: readonly string[]
  /** `r1>u3 name`, each with the alternatives of the same server and name together. */
  readonly asked: readonly (readonly string[])[]
  readonly because?: string
}

/** What the engine says to one question. */
export function expected(engine: Engine, place: Place, question: LabQuestion): Outcome {
  const prepared = engine.prepared[question.server]?.[question.client - 1]
  if (!prepared) throw new TypeError(`no server r${question.server + 1} and client c${question.client}`)
  const resolution = resolve(prepared, { device: 'client', name: `${question.name}.`, type: question.type })
  const { answer } = resolution
  return {
    kind: answer.kind,
    records: [...new Set(answer.records.map(shown))].sort(),
    asked: askedBy(resolution, place),
    because: answer.because,
  }
}

function shown(record: ResourceRecord): string {
  const value = typeof record.value === 'string' ? record.value : formatIp(record.value)
  return `${record.name} ${record.type} ${value}`
}

function askedBy(resolution: Resolution, place: Place): string[][] {
  const groups = new Map<string, string[]>()
  const walk = (query: Query) => {
    const by = /^r(\d)$/.exec(query.by)?.[1]
    if (by !== undefined) {
      const to = query.server === undefined ? upstreamAddress(place.bench, 1) : formatIp(query.server)
      const key = `${by} ${query.question.name}`
      const group = groups.get(key) ?? []
      groups.set(key, group)
      group.push(`${serverAddress(place.bench, Number(by) - 1)}>${to} ${query.question.name}`)
    }
    query.asked.forEach(walk)
  }
  resolution.queries.forEach(walk)
  return [...groups.values()]
}
