import type { AliasTarget, DnsForward, DnsZone, Resolver, ResourceRecord } from '../model/index.ts'
import { formatIp, formatPrefix, isIp4, prefixContains } from '../net/index.ts'
import { considerations } from './considered.ts'
import { shownName } from './domain-name.ts'
import { askForward, askPublic, type Origin, type Upstream } from './forwarding.ts'
import { askZones, isPatternOf, type ZoneSays } from './local-zones.ts'
import type { Answer, Question } from './resolution.ts'
import { forwardFor, indexOf, type ResolverIndex } from './resolver-index.ts'
import { empty, type Served, type Server, type Walk } from './walk.ts'

/** What a server found for one name of a chain, and where. */
export interface Leg extends Served {
  readonly origin: Origin
  /** The zone that answered. */
  readonly zone?: DnsZone
}

/** What may be asked for one name of a chain; `AliasTarget` says what the words mean. */
export type Reach = Exclude<AliasTarget, 'as-given'>

/**
 * One name at one server, CNAMEs not followed: local zones, then forwards, then what it does otherwise, as far as
 * `reach` goes.
 */
export function legOf(walk: Walk, server: Server, question: Question, reach: Reach): Leg {
  const index = indexOf(server.resolver)
  const forward = forwardFor(index, question)
  const says: ZoneSays =
    reach === 'past-zones'
      ? { kind: 'none' }
      : askZones(server.resolver, index, question, forward, reach === 'own-data')
  if (says.kind === 'answer') {
    const { zone, answer } = says
    return { ...local(server, index, question, says, zone.nearest ? nearest(server, answer) : answer), zone }
  }
  if (says.kind === 'public') {
    const upstream = askPublic(walk, server, question, `${says.zone.label}: on a missing name the link retries there`)
    return remote(server, index, question, says, undefined, upstream)
  }
  const held = heldBack(server, question, says, reach === 'own-data')
  if (held) return local(server, index, question, says, held)
  if (!forward) return unforwarded(walk, server, index, question, says)
  const upstream = askForward(walk, server, forward, question)
  // An own zone that gives the name away decides where recursion goes once the forwarders fail, and an answer without a
  // record may count as one (measured: BIND 9.18).
  const unsure = upstream.origin === 'public' || upstream.answer.kind === 'nodata'
  const recurses = forward.mode !== 'only' || forward.to[0]?.kind === 'public'
  if (says.kind === 'none' && says.delegatedBy && unsure && recurses) {
    return local(server, index, question, says, elsewhere(says.delegatedBy, shownName(question.name)))
  }
  return remote(server, index, question, says, forward, upstream)
}

/** The addresses on the network of the one that was asked; all where none is, or where that network is not known. */
function nearest({ device, at }: Server, answer: Answer): Answer {
  const own = device.interfaces.flatMap((one) => one.addresses).find((one) => one.ip === at)
  if (!own || !isIp4(own.ip)) return answer
  const isNear = ({ value }: ResourceRecord) => typeof value === 'number' && prefixContains(own.prefix, value)
  if (!answer.records.some(isNear)) return answer
  const records = answer.records.filter((record) => typeof record.value !== 'number' || isNear(record))
  if (records.length === answer.records.length) return answer
  const because = `${answer.because}; only those of ${formatPrefix(own.prefix)} are given to who asks ${formatIp(own.ip)}`
  return { ...answer, records, because }
}

function heldBack(
  { resolver }: Server,
  { name, type }: Question,
  says: ZoneSays,
  ownDataOnly: boolean,
): Answer | undefined {
  if (ownDataOnly) {
    const text = `${resolver.label}: the target ${name} of its own CNAME is not in its own data, and it asks nobody for it`
    return empty('nodata', text, resolver.source, 'DnsRecordMissing')
  }
  // Nobody is asked for what would be left out of a name whose other addresses are its own (measured: dnsmasq 2.90).
  const left = resolver.edits?.withholds?.find((one) => one.type === type)
  const own = says.kind === 'none' ? says.knownIn : undefined
  if (left && own?.records.some((record) => record.name === name && typeof record.value !== 'string')) {
    const text = `${own.label}: ${name} has no ${type}, and ${resolver.label} gives none of other servers`
    return empty('nodata', text, left.source)
  }
  // dnsmasq(8), --domain-needed: it is A and AAAA questions that are kept back.
  if (resolver.domainNeeded && !name.includes('.') && (type === 'A' || type === 'AAAA')) {
    const text = `${resolver.label}: names without a dot are never passed on (${name})`
    const known = resolver.habits?.insistsOn && says.kind === 'none' && says.knownIn
    return empty(known ? 'nodata' : 'nxdomain', text, resolver.source)
  }
  return undefined
}

function unforwarded(walk: Walk, server: Server, index: ResolverIndex, question: Question, says: ZoneSays): Leg {
  const { resolver } = server
  const name = shownName(question.name)
  const nobody = `${resolver.label}: no zone and no forwarder takes ${name}`
  switch (resolver.otherwise) {
    case 'public': {
      const from = says.kind === 'none' ? says.delegatedBy : undefined
      if (from) return local(server, index, question, says, elsewhere(from, name))
      const upstream = askPublic(walk, server, question, `no zone and no forwarder takes ${name}`)
      return remote(server, index, question, says, undefined, upstream)
    }
    case 'refuse':
      return local(server, index, question, says, refusal(resolver, says, name, nobody))
    case 'nxdomain':
      return local(server, index, question, says, empty('nxdomain', `${nobody}: NXDOMAIN`, resolver.source))
    case 'unknown':
      return local(
        server,
        index,
        question,
        says,
        empty('unknown', `${nobody}: what it does then is not known`, resolver.source),
      )
  }
}

function elsewhere(from: DnsZone, name: string): Answer {
  const text = `${from.label}: gives ${name} to other servers (NS record); what they answer is not traced`
  return empty('unknown', text, from.source)
}

/** An authority names the servers a zone of its own gives the name to, which is an answer without a record. */
function refusal(resolver: Resolver, says: ZoneSays, name: string, nobody: string): Answer {
  const from = says.kind === 'none' ? says.delegatedBy : undefined
  if (!from) return empty('refused', `${nobody}: REFUSED`, resolver.source, 'DnsServerRefuses')
  const text = `${from.label}: refers ${name} to other servers (NS record), which are not asked`
  return { ...empty('nodata', text, from.source), referral: true }
}

function local(server: Server, index: ResolverIndex, question: Question, says: ZoneSays, answer: Answer): Leg {
  const considered = considerations(server.resolver, index, question.name, says, undefined)
  return { answer, considered, asked: [], origin: 'local' }
}

function remote(
  server: Server,
  index: ResolverIndex,
  question: Question,
  says: ZoneSays,
  forward: DnsForward | undefined,
  upstream: Upstream,
): Leg {
  const considered = [...considerations(server.resolver, index, question.name, says, forward), ...upstream.considered]
  const { answer } = upstream
  const { asked, origin } = upstream
  const knownIn = answer.kind === 'nxdomain' ? insistedOn(server, says, forward) : undefined
  if (!knownIn) return { answer, considered, asked, origin }
  const because = `${knownIn.label}: ${question.name} is there without ${question.type}, and nobody else has one`
  return { answer: { ...answer, kind: 'nodata', because, source: knownIn.source }, considered, asked, origin }
}

/**
 * The zone that makes a name exist although another server says that it does not: one that holds it, or a pattern over
 * it; where nobody was asked, only a pattern of the very domain that keeps the question here (measured: dnsmasq 2.90).
 */
function insistedOn({ resolver }: Server, says: ZoneSays, forward: DnsForward | undefined): DnsZone | undefined {
  // What bogus-priv keeps back is denied, whatever stands below the name (measured: dnsmasq 2.90).
  if (!resolver.habits?.insistsOn || says.kind !== 'none' || forward?.addressesOnly) return undefined
  if (says.knownIn) return says.knownIn
  const keptHere = forward?.to.length === 0 ? forward : undefined
  // A pattern for every name says nothing of names without a dot that have servers of their own.
  const patterns = says.patterns?.filter((pattern) => !forward?.plain || pattern.name !== '')
  return patterns?.find((pattern) => !keptHere || isPatternOf(pattern, keptHere))
}
