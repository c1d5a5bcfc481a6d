import { expect } from 'vitest'
import { type Connection, connect } from '../../../src/diagnose/index.ts'
import { resolve } from '../../../src/dns/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { type Case, deviceOf, type Json, listOf, publicText, snapshotOf } from './recorded-case.ts'

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
  const address = String(destination.address ?? '')
  const last = publicText(hops.at(-1)?.address)
  // What a public name leads to is in no body: the check itself says it.
  const names = /[a-z]/i.test(address) && last !== undefined ? { [address]: last } : {}
  const snapshot = snapshotOf(one, true, names)
  const to = destination.resourceId === undefined ? address : deviceOf(snapshot, destination.resourceId).name
  const port = destination.port ?? source.port
  const answer = connect(snapshot.prepared, deviceOf(snapshot, source.resourceId).name, withPort(to, port, 'tcp'))
  const guest = issues.some((issue) => OF_THE_GUEST.has(String(issue.type).toLowerCase()))
  const reachable = String(response.connectionStatus) === 'Reachable' || guest
  expect(answer.works, answer.decidedBy.text).toBe(reachable ? 'yes' : 'no')
  if (reachable) return
  for (const rule of issues.flatMap(ruleNames)) expect(answer.decidedBy.text).toContain(rule)
}

/** The name of the rule an issue blames, without the prefix the tool puts before it. */
function ruleNames(issue: Json): string[] {
  if (String(issue.type).toLowerCase() !== 'networksecurityrule') return []
  return listOf(issue.context)
    .map((context) => (context.key === 'RuleName' ? context.value : (context.RuleName ?? context.value)))
    .filter((name) => name !== undefined)
    .map((name) => String(name).replace(/^(UserRule|DefaultRule)_/, ''))
}

/** A request or ping somebody sent: whether it got through. */
export function compareProbe(one: Case): void {
  const { request, response } = one.query
  const snapshot = snapshotOf(one, true)
  const from = deviceOf(snapshot, request?.source).name
  const protocol = String(request?.protocol ?? 'tcp').toLowerCase()
  const answer = connect(snapshot.prepared, from, withPort(String(request?.destination), request?.port, protocol))
  expect(reached(answer), answer.decidedBy.text).toBe(response.reachable)
}

function reached(answer: Connection): boolean | string {
  return answer.works === 'unknown' ? 'unknown' : answer.works === 'yes'
}

function withPort(host: string, port: unknown, protocol: string): string {
  if (protocol === 'icmp') return `${host}/icmp`
  return `${host}:${port ?? (protocol === 'http' ? 80 : 443)}/${protocol === 'udp' ? 'udp' : 'tcp'}`
}

/** A lookup on a VM: the aliases on the way, and the address. */
export function compareLookup(one: Case): void {
  const { request, response } = one.query
  const name = String(request?.name).toLowerCase()
  const aliases = Array.isArray(response.canonicalNames)
    ? response.canonicalNames.map((alias) => String(alias).toLowerCase())
    : []
  const outside = publicText(response.address)
  const snapshot = snapshotOf(one, true, outside === undefined ? {} : publicTail(name, aliases, outside))
  const resolution = resolve(snapshot.prepared, { device: deviceOf(snapshot, request?.vm).name, name, type: 'A' })
  const chain = resolution.answer.records
    .filter((record) => record.type === 'CNAME')
    .map((record) => String(record.value))
  expect({ aliases: chain, addresses: resolution.addresses.map(formatIp) }).toEqual({
    aliases,
    addresses: [response.address],
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
