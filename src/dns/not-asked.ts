import type { DnsForward, Network, Resolver, Service, Source } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import { shownAnswer } from './agreement.ts'
import { newWalk } from './ask.ts'
import { isWithin, withoutPrivatelink } from './domain-name.ts'
import { heldPrivately, isSameZone, type PrivateRecord } from './private-record.ts'
import { azureQuery, decidingServer, forwarderFor, isInVnet, reachesAzure, relatedForward } from './query-path.ts'
import type { Answer, DnsCause, Query, Question, Resolution } from './resolution.ts'

/** Something that would have made the answer another one and was not there, or not asked. */
export interface NotAsked {
  /** One sentence: what is missing, and where. */
  readonly text: string
  readonly source: Source
  readonly code: DnsCause
}

/**
 * Why a resolution did not end as the person hoped: servers that could not be reached, loops, discarded answers,
 * missing records, and private zones of the network that hold the name and were never asked. Empty when the answer
 * is what the network's own zones say, and when nothing in the network knows better.
 */
export function missing(prepared: { readonly network: Network }, resolution: Resolution): readonly NotAsked[] {
  const { network } = prepared
  const { answer } = resolution
  const broken = answer.kind === 'answer' ? [] : failuresIn(network, decidingFirst(resolution))
  const record = recordMissing(network, resolution)
  const unused = broken.length > 0 ? undefined : privateAnswerUnused(network, resolution)
  return distinct([...broken, ...(record ? [record] : []), ...(unused ? [unused] : [])])
}

/** The queries, those first whose answer is what the person got: a dead server before them only cost time. */
function decidingFirst({ answer, queries }: Resolution): readonly Query[] {
  const decided = (one: Query): boolean => one.answer.kind === answer.kind && one.answer.because === answer.because
  return [...queries.filter(decided), ...queries.filter((one) => !decided(one))]
}

const OWN_CAUSES: ReadonlySet<DnsCause> = new Set([
  'DnsServerUnreachable',
  'DnsServerRefuses',
  'DnsLoop',
  'DnsRebindStripped',
])

/**
 * The innermost failures, told by the server that forwarded the question there, since its forwarder may be the line to
 * change: a server that only passes a failure on is not named.
 */
function failuresIn(network: Network, queries: readonly Query[]): NotAsked[] {
  return queries.flatMap((query) => {
    const inner = query.asked.flatMap((one) => {
      const told = failuresIn(network, [one])
      if (ownFailure(one)) return told.map((failure) => retold(failure, query))
      return told.map((failure) => loopRetold(network, failure, query))
    })
    const code = query.answer.cause
    if (!code || !OWN_CAUSES.has(code) || inner.some((one) => one.code === code)) return inner
    return [...inner, { text: query.answer.because, source: query.answer.source, code }]
  })
}

/** Whether a query failed by itself, not because of what it asked in turn. */
function ownFailure(query: Query): boolean {
  return query.asked.every((one) => one.answer.cause !== query.answer.cause)
}

/** What stopped the packet has a line of its own, which stays the place to look at; where it has none, the forwarder is. */
function retold(told: NotAsked, by: Query): NotAsked {
  const isOther = told.code !== 'DnsServerUnreachable' && told.code !== 'DnsServerRefuses'
  if (isOther || by.answer.cause !== told.code) return told
  return {
    ...told,
    text: `${by.label}, ${by.answer.because}`,
    source: told.source.kind === 'implied' ? by.answer.source : told.source,
  }
}

/** A circle of servers is told by the forwarder in it that somebody wrote, the innermost first; that line can be changed. */
function loopRetold(network: Network, told: NotAsked, by: Query): NotAsked {
  if (told.code !== 'DnsLoop' || !told.text.startsWith(LOOP)) return told
  const resolver = by.answeredBy === undefined ? undefined : network.devices.get(by.answeredBy)?.resolver
  const forward = resolver?.forwards.find((one) => one.source === by.answer.source)
  if (!forward || forward.source.kind === 'implied') return told
  return { ...told, text: `${forward.label}: ${told.text.slice(LOOP.length)}`, source: forward.source }
}

const LOOP = 'DnsLoop: '

/** A private zone that ends the name: our own record is missing, or somebody else's name is shadowed. */
function recordMissing(network: Network, { answer, question, queries }: Resolution): NotAsked | undefined {
  if (answer.cause !== 'DnsRecordMissing' || answer.kind === 'answer') return undefined
  const last = answer.records[answer.records.length - 1]
  const name = last?.type === 'CNAME' ? `${last.value}` : question.name
  const names = [question.name, ...answer.records.map((record) => record.name), name]
  const service = network.services.find((service) =>
    names.some((one) => service.names.some((known) => covers(known, one))),
  )
  const own = service !== undefined
  const publicly = publicAnswer(network, { name, type: question.type })
  const shadows = !own && answer.kind === 'nxdomain' && (last?.type === 'CNAME' || publicly.kind === 'answer')
  if (!shadows) {
    const standing = own ? standingEndpoint(service, question.name) : ''
    return { text: `${answer.because}${standing}`, source: answer.source, code: 'DnsRecordMissing' }
  }
  const outside = publicly.kind === 'answer' ? `public DNS says ${shownAnswer(publicly)}` : 'public DNS has the name'
  const link = linkOf(network, queries, answer)
  const remedy = link ? `; ${link} could let such names through (resolutionPolicy NxDomainRedirect)` : ''
  const text = `${answer.because}: it hides somebody else's ${question.name}, ${outside}${remedy}`
  return { text, source: answer.source, code: 'DnsNxDomainShadow' }
}

/** The endpoint that should have its record there: a zone group writes it, and so does everybody who shares the zone. */
function standingEndpoint({ allNames }: Service, name: string): string {
  const [endpoint] = allNames?.find((one) => one.name === name)?.endpoints ?? []
  return endpoint ? `, though private endpoint ${endpoint.device} stands for it at ${formatIp(endpoint.ip)}` : ''
}

/** What links a private zone that ended the name to where the question left; fallback is for `privatelink` zones alone. */
function linkOf(network: Network, queries: readonly Query[], answer: Answer): string | undefined {
  const query = azureQuery(network, queries)
  const resolver = query?.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy)?.resolver
  const zone = resolver?.zones.find((one) => one.source === answer.source)
  return zone && withoutPrivatelink(zone.name) !== zone.name ? zone.because?.label : undefined
}

function covers(known: string, name: string): boolean {
  return known.startsWith('*.') ? isWithin(name, known.slice(2)) && name !== known.slice(2) : known === name
}

/** A private zone of the network holds the name, and the answer is not what it says. */
function privateAnswerUnused(network: Network, resolution: Resolution): NotAsked | undefined {
  const held = heldPrivately(network, resolution.question, namesIn(resolution.answer, resolution))
  if (!held || held.addresses.some((address) => resolution.addresses.includes(address))) return undefined
  if (resolution.answer.kind === 'answer' && !isPublicAnswer(network, resolution)) return undefined
  return (
    misnamed(network, resolution, held) ??
    notLinked(network, resolution, held) ??
    notForwarded(network, resolution, held)
  )
}

/**
 * Azure's own name server has the zone that holds the name, and was sent on to another one: public DNS leads to one
 * fixed privatelink name for each kind of service (Learn: Azure Private Endpoint private DNS zone values).
 */
function misnamed(network: Network, { answer, queries }: Resolution, held: PrivateRecord): NotAsked | undefined {
  const query = azureQuery(network, queries)
  const resolver = query?.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy)?.resolver
  const wanted = [...answer.records].reverse().find((one) => one.type === 'CNAME')?.value
  if (typeof wanted !== 'string' || isWithin(wanted, held.zone.name)) return undefined
  if (!resolver?.zones.some((zone) => isSameZone(zone, held.zone))) return undefined
  const text = `${held.zone.label}: holds ${held.shown}, but public DNS leads to ${wanted}: the zone must be ${wanted.slice(wanted.indexOf('.') + 1)}`
  return { text, source: held.zone.source, code: 'DnsZoneMisnamed' }
}

/** Whether the addresses are those public DNS gives: an answer from a zone of one's own is nobody's mistake. */
function isPublicAnswer(network: Network, { answer, addresses, question }: Resolution): boolean {
  const name = answer.records[answer.records.length - 1]?.name ?? question.name
  const publicly = publicAnswer(network, { name, type: question.type })
  return publicly.records.some((record) => typeof record.value !== 'string' && addresses.includes(record.value))
}

function publicAnswer(network: Network, question: Question): Answer {
  return newWalk(network, () => ({ arrivals: [], traces: [] })).hand('internet', 'internet', question).answer
}

function namesIn(answer: Answer, { question, queries }: Resolution): string[] {
  const names = new Set([question.name])
  const add = (one: Answer) => {
    for (const record of one.records) if (record.type === 'CNAME') names.add(`${record.value}`)
  }
  add(answer)
  const walk = (query: Query) => {
    if (names.has(query.question.name)) add(query.answer)
    query.asked.forEach(walk)
  }
  queries.forEach(walk)
  return [...names]
}

function notLinked(network: Network, { queries }: Resolution, held: PrivateRecord): NotAsked | undefined {
  const query = azureQuery(network, queries)
  const resolver = query?.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy)?.resolver
  if (!query || !resolver) return undefined
  const namesake = resolver.zones.find((zone) => zone.name === held.zone.name)
  if (namesake && isSameZone(namesake, held.zone)) return undefined
  const broken = resolver.zonesNotLinked?.find((zone) => isSameZone(zone, held.zone))?.because
  const why = namesake
    ? 'another zone of that name is linked'
    : broken
      ? `${broken.label} does not work`
      : 'it is not linked'
  const text = `${held.zone.label}: holds ${held.shown}, but ${why} where the question left (${resolver.label})`
  return { text, source: broken?.source ?? held.zone.source, code: 'DnsZoneNotLinked' }
}

function notForwarded(network: Network, resolution: Resolution, held: PrivateRecord): NotAsked | undefined {
  const deciding = decidingServer(network, resolution.queries)
  if (!deciding) return undefined
  const { query, server } = deciding
  if (!server) {
    const https = network.devices.get(resolution.device)?.stubResolver?.https
    if (https && https.server === query.server) {
      const text = `${https.label}: goes past the name servers of the network, and ${held.zone.label} holds ${held.shown}: switch it off there (a policy of the browser), or except the name`
      return { text, source: https.source, code: 'DnsOverHttps' }
    }
    const text = `${resolution.device}: asks ${query.label}, and ${held.zone.label} holds ${held.shown}: ask a server that reaches Azure's`
    const stub = network.devices.get(resolution.device)?.stubResolver
    const source = stub?.servers.find((one) => one.ip === query.server)?.source ?? query.answer.source
    return { text, source, code: 'DnsForwarderMissing' }
  }
  const { device, resolver } = server
  const taken = resolver.role === 'platform' ? takingForward(resolver, resolution.question.name) : undefined
  if (taken) {
    const text = `${taken.label}: takes ${resolution.question.name} and its answer whole, so ${held.zone.label}, which holds ${held.shown}, is never asked: send it to a server that asks 168.63.129.16, or take the rule away`
    return { text, source: taken.source, code: 'DnsForwarderMissing' }
  }
  if (!reachesAzure(network, server) && isInVnet(network, device)) {
    const text = `${resolver.label}: sends nothing to 168.63.129.16, so it cannot know ${held.zone.label}, which holds ${held.shown}`
    return { text, source: resolver.source, code: 'DnsNoAzureForwarder' }
  }
  const wanted = forwardZone(network, resolution.question.name) ?? forwarderFor(held, resolution.question.name)
  const useless = relatedForward(resolver, resolution.question.name)
  if (useless) {
    const text = `${useless.label}: is not consulted for ${resolution.question.name}: forward ${wanted} instead (${held.zone.label} holds ${held.shown})`
    return { text, source: useless.source, code: 'DnsForwarderMissing' }
  }
  const text = `${resolver.label}: has no forwarder for ${wanted} towards Azure, where ${held.zone.label} holds ${held.shown}`
  // The line to look at is the one that sends everything else where it went.
  const rest = resolver.forwards.find((forward) => forward.suffix === '')
  return { text, source: rest?.source ?? resolver.source, code: 'DnsForwarderMissing' }
}

/** The rule of the longest suffix that a name falls under. */
function takingForward({ forwards }: Resolver, name: string): DnsForward | undefined {
  const taking = forwards.filter((one) => isWithin(name, one.suffix) && one.source.kind !== 'implied')
  return taking.toSorted((a, b) => b.suffix.length - a.suffix.length)[0]
}

/** The public zone that is forwarded for a name, where a service of the network says. */
function forwardZone(network: Network, name: string): string | undefined {
  for (const service of network.services) {
    const forward = service.allNames?.find((one) => one.name === name)?.forward
    if (forward !== undefined) return forward
  }
  return undefined
}

function distinct(all: readonly NotAsked[]): NotAsked[] {
  const seen = new Set<string>()
  return all.filter((one) => {
    const key = `${one.code} ${one.text}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
