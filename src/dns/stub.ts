import { type Device, implied, type ResourceRecord, type StubResolver, type StubRoute } from '../model/index.ts'
import { formatIp, parseIp } from '../net/index.ts'
import { agreed } from './agreement.ts'
import { isWithin, labelCount, nameFault, normalName } from './domain-name.ts'
import type { Answer, Query, Question } from './resolution.ts'
import { empty, failed, PLAIN_ROOM, type Walk } from './walk.ts'

/** What the asking host's own resolver library made of a name. */
export interface StubOutcome {
  readonly answer: Answer
  readonly queries: readonly Query[]
  readonly askedBecause: string
}

/** glibc reads three name servers and no more (resolv.conf(5), MAXNS); other stubs read them all. */
const GLIBC_SERVERS = 3

/**
 * A name as an application on the device asks for it: an address is itself, then the hosts file, then the servers in
 * order for the name and its search suffixes (resolv.conf(5), nsswitch.conf(5); measured with glibc 2.36). The text
 * may end in a dot: then no suffix is tried.
 */
export function askStub(walk: Walk, device: Device, text: string, type: Question['type']): StubOutcome {
  const name = normalName(text)
  const literal = parseIp(name)
  if (literal !== undefined) {
    const source = implied('an address needs no name server')
    const record: ResourceRecord = { name, type: typeof literal === 'number' ? 'A' : 'AAAA', value: literal, source }
    const answer: Answer = { kind: 'answer', records: [record], because: `${name}: is an address already`, source }
    return { answer, queries: [], askedBecause: 'an address needs no name server' }
  }
  const fault = nameFault(name)
  if (fault) {
    const answer = empty('nxdomain', `${name}: no name for DNS, ${fault}`, implied('RFC 1035, section 2.3.4'))
    return { answer, queries: [], askedBecause: 'no server is asked' }
  }
  const stub = device.stubResolver
  const fromHosts = stub && hostsAnswer(stub, name, type)
  if (fromHosts) return { answer: fromHosts, queries: [], askedBecause: `hosts file of ${device.name}` }
  const browser = stub?.https && askHttps(walk, device, stub.https, { name, type })
  if (browser?.last) return { answer: browser.query.answer, queries: [browser.query], askedBecause: browser.label }
  const servers = stub && serversOf(device, stub)
  if (!stub || !servers) {
    const answer = empty('unknown', `${device.name}: no name server is known for it`, device.source)
    return { answer, queries: [], askedBecause: 'no name server is known' }
  }
  const queries: Query[] = browser ? [browser.query] : []
  const absolute = text.trim().endsWith('.')
  const answer = searched(walk, device, { ...stub, servers }, { name, type }, absolute, queries)
  return { answer, queries, askedBecause: stub.label }
}

/** A hosts entry ends it for every type: a name with an IPv4 line is not looked up for IPv6 (measured, glibc 2.36). */
function hostsAnswer(stub: StubResolver, name: string, type: Question['type']): Answer | undefined {
  if (type !== 'A' && type !== 'AAAA') return undefined
  // A hosts file holds addresses; a router's own static names may hold more, which its name server answers.
  const entries = stub.hosts.filter((record) => record.name === name && typeof record.value !== 'string')
  const [first] = entries
  if (!first) return undefined
  const records = entries.filter((record) => record.type === type)
  if (records.length === 0) return empty('nodata', `hosts file: ${name} has no ${type}`, first.source)
  return { kind: 'answer', records, because: `hosts file: names ${name}`, source: first.source }
}

/** Without a `nameserver` line the host asks itself (resolv.conf(5)); that only says something where a server runs. */
function serversOf(device: Device, stub: StubResolver): StubResolver['servers'] | undefined {
  if (stub.servers.length > 0 || stub.routes) return stub.servers
  const loopback = parseIp('127.0.0.1')
  if (!device.resolver || loopback === undefined) return undefined
  return [{ ip: loopback, source: implied('resolv.conf(5): without a nameserver line the local host is asked') }]
}

function searched(
  walk: Walk,
  device: Device,
  stub: StubResolver,
  question: Question,
  absolute: boolean,
  queries: Query[],
): Answer {
  const dots = question.name.split('.').length - 1
  const asIsFirst = absolute || dots >= stub.ndots || stub.search.length === 0
  const attempt = (name: string) => oneName(walk, device, stub, { name, type: question.type }, queries)
  let asIs = asIsFirst ? attempt(question.name) : undefined
  if (asIs && (absolute || settles(asIs))) return asIs
  const answers: Answer[] = []
  for (const suffix of stub.search) {
    const name = normalName(`${question.name}.${suffix}`)
    if (nameFault(name) || (suffix !== '' && isWithin(question.name, suffix) && asIs && name === question.name))
      continue
    const answer = attempt(name)
    if (settles(answer)) return answer
    answers.push(answer)
    // Silence ends the search; SERVFAIL and "no such name" do not.
    if (answer.kind === 'timeout') break
  }
  if (asIs) return asIs
  asIs = attempt(question.name)
  if (settles(asIs)) return asIs
  return (
    answers.find((answer) => answer.kind === 'nodata') ?? answers.find((answer) => answer.kind === 'servfail') ?? asIs
  )
}

/** Whether an answer ends the search for a name; an answer we cannot tell does, because what follows hangs on it. */
function settles(answer: Answer): boolean {
  return answer.kind === 'answer' || answer.kind === 'unknown'
}

/** What a program that does DNS over HTTPS hears from its own server: a packet to port 443 there (RFC 8484). */
function askHttps(walk: Walk, device: Device, https: NonNullable<StubResolver['https']>, question: Question) {
  const query = walk.ask(device.name, https.server, 443, question, { over: 'tcp', room: PLAIN_ROOM })
  const settled = query.answer.kind === 'answer' || query.answer.kind === 'unknown'
  return { query, last: settled || !https.fallsBack, label: https.label }
}

function oneName(walk: Walk, device: Device, stub: StubResolver, question: Question, queries: Query[]): Answer {
  const routes = routesFor(stub, question.name)
  const [route, second] = routes
  // A domain of a link's own overrules it, a link that takes everything does not (systemd-resolved.service(8)).
  const multicast = stub.multicastNames && !routes.some((one) => one.suffix !== '') && multicastOnly(question.name)
  if (multicast) return empty('nxdomain', `${device.name}: ${multicast}`, implied('systemd-resolved.service(8)'))
  if (route && !second) return inTurn(walk, device, stub, route.servers, question, queries)
  if (second) {
    const voices = routes.map(({ label, servers }) => ({
      label,
      answer: inTurn(walk, device, stub, servers, question, queries),
    }))
    return agreed(voices, `${device.name}: the servers of several links are asked at once`)
  }
  if (!stub.rotate || stub.servers.length < 2) return inTurn(walk, device, stub, stub.servers, question, queries)
  const turns = stub.servers.map((server, at) => ({
    label: formatIp(server.ip),
    answer: inTurn(walk, device, stub, [...stub.servers.slice(at), ...stub.servers.slice(0, at)], question, queries),
  }))
  return agreed(turns, `${device.name}: its servers take turns (options rotate), and they differ`)
}

/** The routes of the longest suffix; one for the very name goes before all (systemd-resolved.service(8); NRPT alike). */
function routesFor({ routes = [] }: StubResolver, name: string): readonly StubRoute[] {
  const fit = routes.filter((route) => (route.exact ? name === route.suffix : isWithin(name, route.suffix)))
  const rank = (route: StubRoute) => (route.exact ? Number.MAX_SAFE_INTEGER : labelCount(route.suffix))
  const best = Math.max(...fit.map(rank))
  return fit.filter((route) => rank(route) === best)
}

function multicastOnly(name: string): string | undefined {
  if (!name.includes('.')) return `systemd-resolved asks no name server for a name without a dot (${name})`
  if (!isWithin(name, 'local')) return undefined
  return `systemd-resolved asks no name server for ${name}: names below local are for multicast, unless a link has a domain there`
}

function inTurn(
  walk: Walk,
  device: Device,
  stub: StubResolver,
  servers: StubResolver['servers'],
  question: Question,
  queries: Query[],
): Answer {
  const failures: Answer[] = []
  const how = { over: stub.overTcp ? 'tcp' : 'udp', room: stub.room ?? PLAIN_ROOM } as const
  for (const [at, server] of servers.entries()) {
    const query = walk.ask(device.name, server.ip, 53, question, how)
    queries.push(query)
    if (failed(query.answer)) failures.push(query.answer)
    else return at < GLIBC_SERVERS ? query.answer : beyondThird(query.answer)
  }
  return failures.find((answer) => answer.kind !== 'timeout') ?? failures[0] ?? silence(device)
}

function beyondThird(answer: Answer): Answer {
  const text = `name server ${GLIBC_SERVERS + 1}: only some programs ask more than ${GLIBC_SERVERS} servers (glibc does not), and the first ones fail`
  return { kind: 'unknown', records: answer.records, because: text, source: answer.source }
}

function silence(device: Device): Answer {
  return empty('timeout', `${device.name}: nobody is asked`, device.source, 'DnsServerUnreachable')
}
