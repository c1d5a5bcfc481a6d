import type { DnsForward } from '../model/index.ts'
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
}

/**
 * One name at one server, CNAMEs not followed: local zones, then forwards, then what it does otherwise.
 * `ownDataOnly`: nothing but the zones may answer.
 */
export function legOf(walk: Walk, server: Server, question: Question, ownDataOnly: boolean): Leg {
  const index = indexOf(server.resolver)
  const forward = forwardFor(index, question.name)
  const says = askZones(server.resolver, index, question, forward)
  if (says.kind === 'answer') return local(server, index, question, says, says.answer)
  if (says.kind === 'public') {
    const upstream = askPublic(walk, server, question, `${says.zone.label}: on a missing name the link retries there`)
    return remote(server, index, question, says, undefined, upstream)
  }
  const held = heldBack(server, question, ownDataOnly)
  if (held) return local(server, index, question, says, held)
  if (!forward) return unforwarded(walk, server, index, question, says)
  const upstream = askForward(walk, server, forward, question)
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
      const upstream = askPublic(walk, server, question, `no zone and no forwarder takes ${name}`)
      return remote(server, index, question, says, undefined, upstream)
    }
    case 'refuse':
      return local(server, index, question, says, empty('refused', `${nobody}: REFUSED`, resolver.source))
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
  if (says.kind !== 'none' || !says.knownIn || answer.kind !== 'nxdomain') return { answer, considered, asked, origin }
  // The name is known here with other types, so the client hears that it exists (RouterOS, dnsmasq).
  const because = `${says.knownIn.label}: ${question.name} is there without ${question.type}, and nobody else has one`
  return { answer: { ...answer, kind: 'nodata', because, source: says.knownIn.source }, considered, asked, origin }
}
