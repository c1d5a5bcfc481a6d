import { expect } from 'vitest'
import { type Connection, connect } from '../../../src/diagnose/index.ts'
import { resolve } from '../../../src/dns/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { NotReplayable } from './not-replayable.ts'
import {
  type Case,
  deviceOf,
  fileOf,
  type Json,
  listOf,
  publicText,
  type Query,
  queriesOf,
  type Snapshot,
  snapshotOf,
} from './recorded-case.ts'
import { byRole } from './rule-name.ts'

/** Problems of the machines at the ends, which no configuration of the network holds. */
const OF_THE_GUEST = new Set(
  [
    'GuestFirewall',
    'NoListenerOnDestination',
    'CPU',
    'Memory',
    'AgentStopped',
    'SocketBind',
    'PortThrottled',
    'Platform',
  ].map((one) => one.toLowerCase()),
)

/** A connection check: whether it is reachable, and the rule where a rule is what stops it. */
export function compareConnection(one: Case): void {
  const { request, response } = one.query
  const source = (request?.source ?? {}) as Json
  const destination = (request?.destination ?? {}) as Json
  const hops = listOf(response.hops)
  const issues = hops.flatMap((hop) => listOf(hop.issues))
  const status = String(response.connectionStatus)
  if (!/^(Reachable|Unreachable|Degraded)$/.test(status)) throw new NotReplayable(`the check ended "${status}"`)
  const address = hostOf(destination.address)
  const isName = /[a-z]/i.test(address) && !address.includes(':')
  // What a public name leads to is in no body: the check itself says it, or any public address stands for it.
  const names = isName ? { [address]: publicText(hops.at(-1)?.address) ?? ANY_PUBLIC } : {}
  const snapshot = snapshotOf(one, { learned: true, names })
  const to = destination.resourceId === undefined ? address : hostAt(snapshot, destination.resourceId)
  const port = destination.port ?? source.port
  const protocol = String(request?.protocol ?? 'tcp').toLowerCase()
  const answer = connect(snapshot.prepared, hostAt(snapshot, source.resourceId), withPort(to, port, protocol))
  const rules = issues.flatMap(ruleNames)
  const guest = issues.some((issue) => OF_THE_GUEST.has(String(issue.type).toLowerCase()))
  // A rule that denies is named with an error on its hop even where the probes, sent before it counted, came through.
  const reachable = rules.length === 0 && (status !== 'Unreachable' || guest)
  if (!reachable && issues.length === 0 && answer.works === 'yes' && worksTheOtherWay(one))
    throw new NotReplayable(
      'the check the other way round, of the same bodies, is Reachable: the machine did not answer yet',
    )
  expect(answer.works, answer.decidedBy.text).toBe(reachable ? 'yes' : 'no')
  for (const rule of rules) expect(answer.decidedBy.text).toContain(rule)
}

const ANY_PUBLIC = '13.107.21.200'

/** The host of an address, which may be written as a URL. */
function hostOf(text: unknown): string {
  const written = String(text ?? '')
  return /^\w+:\/\/([^/:]+)/.exec(written)?.[1] ?? written
}

/** The name of the device an id or an address means. */
function hostAt(snapshot: Snapshot, id: unknown): string {
  const written = String(id ?? '')
  return written.startsWith('/') ? deviceOf(snapshot, written).name : written
}

/** Whether another check of the same bodies went from this one's destination to its source, to the same port, and came through. */
function worksTheOtherWay(one: Case): boolean {
  const ends = endsOf(one.query)
  return queriesOf(one.folder).some((other) => {
    if (other.kind !== one.query.kind || fileOf(other) !== fileOf(one.query)) return false
    const theirs = endsOf(other)
    const isReverse =
      ends.from.some((end) => theirs.to.includes(end)) && ends.to.some((end) => theirs.from.includes(end))
    return isReverse && theirs.port === ends.port && other.response.connectionStatus === 'Reachable'
  })
}

/** What the ends of a check are called: their ids and addresses. */
function endsOf({ request, response }: Query): { from: string[]; to: string[]; port: unknown } {
  const [source, destination] = [(request?.source ?? {}) as Json, (request?.destination ?? {}) as Json]
  const hops = listOf(response.hops)
  const called = (...all: unknown[]) =>
    all.filter((each) => each !== undefined).map((each) => String(each).toLowerCase())
  return {
    from: called(source.resourceId, hops[0]?.address),
    to: called(destination.resourceId, destination.address, hops.at(-1)?.address),
    port: destination.port,
  }
}

/** The name of the rule an issue blames, without the prefix the tool puts before it. */
function ruleNames(issue: Json): string[] {
  if (String(issue.type).toLowerCase() !== 'networksecurityrule') return []
  if (String(issue.severity ?? 'Error').toLowerCase() !== 'error') return []
  const contexts = Array.isArray(issue.context) ? listOf(issue.context) : [(issue.context ?? {}) as Json]
  return contexts
    .map((context) => (context.key === 'RuleName' ? context.value : context.RuleName))
    .filter((name) => name !== undefined)
    .map((name) => byRole(String(name)).replace(/^default /, ''))
}

/** A request or ping somebody sent: whether it got through. */
export function compareProbe(one: Case): void {
  const { request, response } = one.query
  if (typeof response.reachable !== 'boolean') throw new NotReplayable('the answer does not say whether it got through')
  const snapshot = snapshotOf(one, { learned: true })
  const from = hostAt(snapshot, request?.source)
  const isThere = [...snapshot.network.devices.values()].some(
    (device) =>
      device.name === from ||
      device.interfaces.some(({ addresses }) => addresses.some(({ ip }) => formatIp(ip) === from)),
  )
  if (!isThere) throw new NotReplayable(`${from} is not in the estate`)
  const protocol = String(request?.protocol ?? 'tcp').toLowerCase()
  const answer = connect(
    snapshot.prepared,
    from,
    withPort(hostAt(snapshot, request?.destination), request?.port, protocol),
  )
  expect(reached(answer), answer.decidedBy.text).toBe(response.reachable)
}

function reached(answer: Connection): boolean | string {
  return answer.works === 'unknown' ? 'unknown' : answer.works === 'yes'
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ssh: 22, rdp: 3389 }

function withPort(host: string, port: unknown, protocol: string): string {
  if (protocol.startsWith('icmp') || protocol === 'ping') return `${host}/icmp`
  const written = host.includes(':') ? `[${host}]` : host
  return `${written}:${port ?? PORTS[protocol] ?? 443}/${protocol === 'udp' ? 'udp' : 'tcp'}`
}

/** A lookup on a VM: the aliases on the way, and the address. */
export function compareLookup(one: Case): void {
  const { request, response } = one.query
  const name = String(request?.name).toLowerCase()
  const aliases = Array.isArray(response.canonicalNames)
    ? response.canonicalNames.map((alias) => String(alias).toLowerCase())
    : []
  const addresses = Array.isArray(response.addresses) ? response.addresses : [response.address]
  const outside = publicText(addresses[0])
  const names = outside === undefined ? {} : publicTail(name, aliases, outside)
  const snapshot = snapshotOf(one, { learned: true, names })
  const resolution = resolve(snapshot.prepared, { device: deviceOf(snapshot, request?.vm).name, name, type: 'A' })
  const chain = resolution.answer.records
    .filter((record) => record.type === 'CNAME')
    .map((record) => String(record.value))
  expect({ aliases: chain, addresses: resolution.addresses.map(formatIp) }).toEqual({
    aliases,
    addresses: addresses.filter((address) => address !== undefined && address !== null),
  })
}

/** What public DNS holds behind the last name that a private zone could answer: the stamp of the service and its address. */
function publicTail(name: string, aliases: readonly string[], address: string): Readonly<Record<string, unknown>> {
  const at = aliases.findIndex((alias) => alias.includes('privatelink.'))
  const from = at === -1 ? name : (aliases[at] ?? name)
  const tail = [from, ...aliases.slice(at + 1)]
  const last = tail.at(-1) ?? name
  return {
    ...Object.fromEntries(tail.slice(0, -1).map((one, index) => [one, { cname: tail[index + 1] }])),
    [last]: address,
  }
}
