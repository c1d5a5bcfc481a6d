import type { AliasTarget, Resolver, ResourceRecord } from '../model/index.ts'
import { addressSetContains, formatIp, type Ip, ip } from '../net/index.ts'
import { doubtOver } from './doubtful-name.ts'
import { edited } from './edits.ts'
import { type Leg, legOf, type Reach } from './leg.ts'
import type { Answer, Consideration, Query, Question } from './resolution.ts'
import { empty, failed, type Served, type Server, STACK_LIMIT, type Walk } from './walk.ts'

/** CNAMEs in one answer before a server gives up (RFC 1034 asks for some limit; resolvers stop at 8 to 16). */
const CHAIN_LIMIT = 12
/** Who asks without a packet is the server's own device. */
const LOOPBACK = ip('127.0.0.1')

/**
 * What a name server does with a question: who may ask, then one step for the name and one for every CNAME target
 * it follows itself, then its protection against rebinding. `client` absent = who asks is not checked.
 */
export function serve(walk: Walk, met: Server, question: Question, client: Ip | undefined): Served {
  const view = viewFor(met.resolver, client)
  if ('kind' in view) return { answer: view, considered: [], asked: [] }
  const server = { ...met, resolver: view }
  const refusal = refusalOf(server, client) ?? loopOf(walk, server, question)
  if (refusal) return { answer: refusal, considered: [], asked: [] }
  walk.stack.push({ device: server.device.name, name: question.name })
  try {
    const limitedServer = servedTo(server, client)
    const served = chase(walk, limitedServer, question)
    if (limitedServer === server || served.answer.kind !== 'refused') return served
    const { zonesFor, recursesFor } = server.resolver
    const source = (recursesFor ?? zonesFor)?.source ?? served.answer.source
    const because = `${mayNotAsk(server, client)}: REFUSED`
    return { ...served, answer: { ...served.answer, because, source, cause: 'DnsServerRefuses' } }
  } finally {
    walk.stack.pop()
  }
}

/** The view a client meets (BIND 9 ARM: view statement), or why it meets none. */
function viewFor(resolver: Resolver, client: Ip | undefined): Resolver | Answer {
  for (const view of resolver.views ?? []) {
    if (addressSetContains(view.clients, client ?? LOOPBACK)) return view.resolver
    if (view.perhaps === undefined) continue
    const text = `${resolver.label}: whether ${view.resolver.label} answers cannot be told: ${view.perhaps}`
    return empty('unknown', text, view.resolver.source)
  }
  if (!resolver.views) return resolver
  const text = `${mayNotAsk({ resolver }, client)} of any view: REFUSED`
  return empty('refused', text, resolver.source, 'DnsServerRefuses')
}

function refusalOf({ resolver }: Server, client: Ip | undefined): Answer | undefined {
  const { allows } = resolver
  if (!allows || client === undefined || addressSetContains(allows.clients, client)) return undefined
  const text = mayNotAsk({ resolver }, client)
  const ignored = allows.ignored && addressSetContains(allows.ignored, client)
  if (ignored || allows.otherwise === 'ignore')
    return empty('timeout', `${text}, so it hears nothing`, allows.source, 'DnsServerRefuses')
  const refused = empty('refused', `${text}: REFUSED`, allows.source, 'DnsServerRefuses')
  return allows.withoutQuestion ? { ...refused, withoutQuestion: true } : refused
}

function mayNotAsk({ resolver }: Pick<Server, 'resolver'>, client: Ip | undefined): string {
  return `${resolver.label}: ${client === undefined ? 'the client' : formatIp(client)} is not among those who may ask`
}

/** Resolvers as those see them who may not ask for everything: [names of zones, other names]. */
const limited = new WeakMap<Resolver, Map<string, Resolver>>()

/** The server as a client meets it: its zones refuse those who may not ask for them, and so do all other names. */
function servedTo(server: Server, client: Ip | undefined): Server {
  const { resolver } = server
  const { zonesFor, recursesFor } = resolver
  const zones = !zonesFor || client === undefined || addressSetContains(zonesFor.clients, client)
  const others = !recursesFor || client === undefined || addressSetContains(recursesFor.clients, client)
  if (zones && others) return server
  const variants = limited.get(resolver) ?? new Map<string, Resolver>()
  limited.set(resolver, variants)
  const key = `${zones} ${others}`
  const known = variants.get(key)
  const closed = (): Resolver['zones'] =>
    resolver.zones.map((zone) => ({
      ...zone,
      records: [],
      onMissing: 'refuse',
      source: zonesFor?.source ?? zone.source,
    }))
  const made: Resolver = known ?? {
    ...resolver,
    ...(!zones && { zones: closed() }),
    ...(!others && {
      forwards: [],
      otherwise: 'refuse',
      habits: { ...resolver.habits, aliasTarget: { own: 'same-zone' } },
      source: recursesFor?.source ?? resolver.source,
    }),
  }
  variants.set(key, made)
  return { ...server, resolver: made }
}

function loopOf(walk: Walk, { device, resolver }: Server, { name }: Question): Answer | undefined {
  const at = walk.stack.findIndex((pending) => pending.device === device.name && pending.name === name)
  if (at === -1 && walk.stack.length < STACK_LIMIT) return undefined
  const ring = [...walk.stack.slice(Math.max(0, at)).map((pending) => pending.device), device.name]
  const why = at === -1 ? 'too many servers wait for each other' : 'the servers ask each other in a circle'
  return empty('servfail', `DnsLoop: ${name}: ${why}: ${ring.join(' -> ')}`, resolver.source, 'DnsLoop')
}

/** What has come together for one question at one server. */
interface Gathered {
  readonly records: ResourceRecord[]
  /** Those another server gave. */
  readonly foreign: Set<ResourceRecord>
  readonly considered: Consideration[]
  readonly asked: Query[]
}

function chase(walk: Walk, server: Server, question: Question): Served {
  const { resolver } = server
  const notModelled = resolver.notModelled.map((text) => ({
    text: `${resolver.label}: not modelled: ${text}`,
    taken: false,
    source: resolver.source,
  }))
  const gathered: Gathered = { records: [], foreign: new Set(), considered: notModelled, asked: [] }
  const answer = followed(walk, server, question, gathered)
  return {
    answer: edited(resolver, question, answer, gathered.foreign),
    considered: gathered.considered,
    asked: gathered.asked,
  }
}

function followed(walk: Walk, server: Server, question: Question, gathered: Gathered): Answer {
  const { records, foreign, considered, asked } = gathered
  const seen = new Set([question.name])
  let name = question.name
  let reach: Reach = 'everything'
  let holder: Leg['zone']
  for (;;) {
    const doubt = doubtOver(server.resolver, name)
    if (doubt) return { ...empty('unknown', `${server.resolver.label}: ${doubt.because}`, doubt.source), records }
    const leg = legOf(walk, server, { name, type: question.type }, reach)
    considered.push(...leg.considered)
    asked.push(...leg.asked)
    const outside = reach === 'same-zone' && leg.zone !== holder
    const turnedAway = leg.answer.kind === 'refused' && leg.origin === 'local'
    if (records.length > 0 && (outside || turnedAway)) return atItsEdge(leg.answer, records)
    const alias = question.type === 'CNAME' ? undefined : aliasIn(leg.answer, name)
    const follow = alias ? aliasTargetOf(server.resolver, leg) : 'as-given'
    const kept = follow === 'as-given' || !alias ? leg.answer.records : [alias]
    records.push(...kept)
    if (leg.origin !== 'local') for (const record of kept) foreign.add(record)
    if (follow === 'as-given' || !alias) {
      const bare = leg.answer.kind === 'answer' && !records.some((record) => record.type === question.type)
      return { ...leg.answer, ...(bare && { kind: 'nodata' }), records }
    }
    const target = `${alias.value}`
    if (seen.has(target) || seen.size > CHAIN_LIMIT) return circular(records, alias)
    seen.add(target)
    name = target
    reach = follow
    holder = leg.zone
  }
}

/** Where the target of an alias is looked for, by where the alias came from. */
function aliasTargetOf({ habits, rechasesCname }: Resolver, { origin, zone }: Leg): AliasTarget {
  if (origin === 'local') return zone?.aliasTarget ?? habits?.aliasTarget?.own ?? 'everything'
  return habits?.aliasTarget?.[origin] ?? (rechasesCname ? 'everything' : 'as-given')
}

function aliasIn(answer: Answer, name: string): ResourceRecord | undefined {
  // What stands beside a failure nobody uses (measured: BIND 9.18, unbound 1.17.1, for a ring of aliases).
  if (failed(answer)) return undefined
  const first = answer.records[0]
  return first?.type === 'CNAME' && first.name === name ? first : undefined
}

/** An authority follows a CNAME as far as its own zones go, and gives what it has (RFC 1034 section 4.3.2). */
function atItsEdge(answer: Answer, records: readonly ResourceRecord[]): Answer {
  const target = records[records.length - 1]?.value
  const because = `the alias leads to ${target}, which is not here: ${answer.because}`
  return { kind: 'nodata', records, because, source: answer.source, cause: 'DnsRecordMissing' }
}

function circular(records: readonly ResourceRecord[], last: ResourceRecord): Answer {
  const chain = [...records.map((record) => record.name), `${last.value}`].join(' -> ')
  return { ...empty('servfail', `DnsLoop: the CNAME chain does not end: ${chain}`, last.source, 'DnsLoop'), records }
}
