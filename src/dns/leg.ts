import type { DnsForward, DnsZone, Resolver } from '../model/index.ts'
import { considerations } from './considered.ts'
import { shownName } from './domain-name.ts'
import { askForward, askPublic, type Upstream } from './forwarding.ts'
import { askZones, type ZoneSays } from './local-zones.ts'
import type { Answer, Question } from './resolution.ts'
import { forwardFor, indexOf, type ResolverIndex } from './resolver-index.ts'
import type { Origin } from './software.ts'
import { empty, type Served, type Server, type Walk } from './walk.ts'

/** What a server found for one name of a chain, and where. */
export interface Leg extends Served {
  readonly origin: Origin
  /** The zone that answered. */
  readonly zone?: DnsZone
}

/** What may be asked for one name of a chain: all there is, the server's own zones, or all but those. */
export type Reach = 'everything' | 'own-data' | 'past-zones'

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
  if (says.kind === 'answer') return { ...local(server, index, question, says, says.answer), zone: says.zone }
  if (says.kind === 'public') {
    const upstream = askPublic(walk, server, question, `${says.zone.label}: on a missing name the link retries there`)
    return remote(server, index, question, says, undefined, upstream)
  }
  const held = heldBack(server, question, reach === 'own-data')
  if (held) return local(server, index, question, says, held)
  if (!forward) return unforwarded(walk, server, index, question, says)
  const upstream = askForward(walk, server, forward, question)
  // An own zone that gives the name away decides where recursion goes once the forwarders fail, and an answer without a
  // record may count as one (measured: BIND 9.18).
  const unsure = upstream.origin === 'public' || upstream.answer.kind === 'nodata'
  const recurses = forward.mode === 'first' || forward.to[0]?.kind === 'public'
  if (says.kind === 'none' && says.delegatedBy && unsure && recurses) {
    return local(server, index, question, says, elsewhere(says.delegatedBy, shownName(question.name)))
  }
  return remote(server, index, question, says, forward, upstream)
}

function heldBack({ resolver }: Server, { name, type }: Question, ownDataOnly: boolean): Answer | undefined {
  if (ownDataOnly) {
    const text = `${resolver.label}: the target ${name} of its own CNAME is not in its own data, and it asks nobody for it`
    return empty('nodata', text, resolver.source, 'DnsRecordMissing')
  }
  // dnsmasq(8), --domain-needed: it is A and AAAA questions that are kept back.
  if (resolver.domainNeeded && !name.includes('.') && (type === 'A' || type === 'AAAA')) {
    return empty('nxdomain', `${resolver.label}: names without a dot are never passed on (${name})`, resolver.source)
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
  if (!from) return empty('refused', `${nobody}: REFUSED`, resolver.source)
  return empty('nodata', `${from.label}: refers ${name} to other servers (NS record), which are not asked`, from.source)
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
  const passes = server.resolver.software === 'unbound'
  if (passes || says.kind !== 'none' || !says.knownIn || answer.kind !== 'nxdomain')
    return { answer, considered, asked, origin }
  // The name is known here with other types, so the client hears that it exists (RouterOS, dnsmasq).
  const because = `${says.knownIn.label}: ${question.name} is there without ${question.type}, and nobody else has one`
  return { answer: { ...answer, kind: 'nodata', because, source: says.knownIn.source }, considered, asked, origin }
}
