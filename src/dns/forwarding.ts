import type { DnsForward, ForwardTarget } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import { agreed } from './agreement.ts'
import { isWithin, parentOf, shownName } from './domain-name.ts'
import { ignored } from './edits.ts'
import type { Answer, Consideration, Query, Question } from './resolution.ts'
import { forwardFor, indexOf } from './resolver-index.ts'
import { EDNS_ROOM, empty, failed, PLAIN_ROOM, type Server, type Walk } from './walk.ts'

/** Where a part of an answer came from. */
export type Origin = 'local' | 'server' | 'public'

/** What other servers said. */
export interface Upstream {
  readonly answer: Answer
  readonly considered: readonly Consideration[]
  readonly asked: readonly Query[]
  readonly origin: Origin
}

/** Asks public DNS, which no packet is traced to: a recursive server's walk from the root. */
export function askPublic(walk: Walk, server: Server, question: Question, why: string): Upstream {
  const query = walk.hand(server.device.name, 'internet', question)
  const text = `public DNS: asked for ${shownName(question.name)} (${why}); the packets to it are not traced`
  const considered = [{ text, taken: true, source: server.resolver.source }]
  return { answer: query.answer, considered, asked: [query], origin: 'public' }
}

/** Asks the servers of a forward as its order says; without an answer `first` goes on to public DNS. */
export function askForward(walk: Walk, server: Server, forward: DnsForward, question: Question): Upstream {
  if (forward.to.length === 0) {
    const text = `${forward.label}: ${shownName(question.name)} is answered here alone, and no record is here: NXDOMAIN`
    const answer = empty('nxdomain', text, forward.source, 'DnsRecordMissing')
    return { answer, considered: [], asked: [], origin: 'local' }
  }
  const asked =
    forward.order === 'any' ? askAll(walk, server, forward, question) : askInOrder(walk, server, forward, question)
  const answer = forward.order === 'any' ? spoken(server, forward, asked) : asked[asked.length - 1]?.answer
  const considered: Consideration[] = []
  const silences = asked.some((query) => query.answer.kind === 'timeout')
  if (answer && !failed(answer)) {
    if (answer.late && forward.mode !== 'only') return outrun(walk, server, forward, question, asked, answer)
    // dnsmasq asks all at once, so the silence of one delays nothing.
    const atOnce = forward.order === 'any' && server.resolver.habits?.racesErrors
    const onRepeat = server.resolver.habits?.onFailure === 'silence' && { onRepeat: true as const }
    const heard = silences && !atOnce ? { ...answer, late: true as const, ...onRepeat } : answer
    return { answer: heard, considered, asked, origin: originOf(forward, asked) }
  }
  const wider = forward.mode === 'first-then-wider' ? forwardAbove(server, forward, question) : undefined
  if (wider) {
    const upstream = askForward(walk, server, wider, question)
    return { ...upstream, asked: [...asked, ...upstream.asked] }
  }
  if (forward.mode !== 'only') {
    const upstream = askPublic(walk, server, question, `${forward.label}: no server answers, and it says forward first`)
    const heard = silences ? ({ ...upstream.answer, late: true } as const) : upstream.answer
    return { ...upstream, answer: heard, asked: [...asked, ...upstream.asked] }
  }
  return { answer: failure(server, forward, asked), considered, asked, origin: 'server' }
}

/**
 * An answer that a server got only after another had kept silent: who asked it may have gone on by itself meanwhile
 * (measured: BIND 9.18 asking BIND, forward first).
 */
function outrun(
  walk: Walk,
  server: Server,
  forward: DnsForward,
  question: Question,
  asked: readonly Query[],
  answer: Answer,
): Upstream {
  const why = `${forward.label}: its answer comes late, and it says forward first`
  const upstream = askPublic(walk, server, question, why)
  const voices = [
    { label: 'its server', answer },
    { label: 'public DNS', answer: upstream.answer },
  ]
  const text = `${forward.label}: whether the answer of its server, which waits for a silent one, comes in time cannot be told`
  return { ...upstream, answer: agreed(voices, text), asked: [...asked, ...upstream.asked], origin: 'server' }
}

function forwardAbove(server: Server, forward: DnsForward, { type }: Question): DnsForward | undefined {
  const above = parentOf(forward.suffix)
  return above === undefined ? undefined : forwardFor(indexOf(server.resolver), { name: above, type })
}

function askInOrder(walk: Walk, server: Server, forward: DnsForward, question: Question): Query[] {
  const asked: Query[] = []
  for (const target of forward.to) {
    const query = believed(server, forward, askTarget(walk, server, target, question))
    asked.push(query)
    if (!failed(query.answer)) break
  }
  return asked
}

function askAll(walk: Walk, server: Server, forward: DnsForward, question: Question): Query[] {
  return forward.to.map((target) => believed(server, forward, askTarget(walk, server, target, question)))
}

/**
 * A denial that is not believed counts as a failure; where others may be asked next, any is. An answer without its
 * question is thrown away (measured: dnsmasq 2.90 asking unbound 1.17.1).
 */
function believed({ resolver }: Server, { label, suffix, mode }: DnsForward, query: Query): Query {
  const { answer } = query
  if (answer.withoutQuestion) {
    const text = `${answer.because} without the question, which ${resolver.label} takes for no answer`
    return { ...query, answer: empty('timeout', text, answer.source, 'DnsServerUnreachable') }
  }
  // Measured: unbound 1.17.1 asks with another port and number each time, and dnsmasq 2.90 never gets on.
  if (answer.onRepeat && !resolver.habits?.passesRoomOn) {
    const text = `${query.label}: its first servers keep silent, and whether ${resolver.label} asks it as often as it needs to get on cannot be told`
    return { ...query, answer: empty('unknown', text, answer.source) }
  }
  const unheard = ignored(resolver, answer)
  if (unheard) return { ...query, answer: unheard }
  if (resolver.habits?.scrubsDenials && answer.deniedBy !== undefined && !isWithin(answer.deniedBy, suffix)) {
    const { deniedBy: _, ...scrubbed } = answer
    return { ...query, answer: scrubbed }
  }
  if (answer.referral && resolver.habits?.checksDenials) {
    const text = `${answer.because}; ${resolver.label} ${mode === 'only' ? 'takes no referral from a forwarder: SERVFAIL' : 'goes there, which is not traced'}`
    return { ...query, answer: empty(mode === 'only' ? 'servfail' : 'unknown', text, answer.source) }
  }
  const by = answer.kind === 'nodata' && answer.records.length === 0 ? answer.deniedBy : undefined
  if (by === undefined || mode !== 'only' || !resolver.habits?.checksDenials || isWithin(by, suffix)) return query
  const text = `${answer.because}; ${resolver.label} takes no denial from ${by} for ${label}: SERVFAIL`
  return { ...query, answer: empty('servfail', text, answer.source) }
}

function askTarget(walk: Walk, server: Server, target: ForwardTarget, question: Question): Query {
  switch (target.kind) {
    case 'server':
      return walk.ask(target.from ?? server.device.name, target.ip, target.port, question, {
        over: target.over ?? 'udp',
        room: server.resolver.habits?.passesRoomOn ? (walk.rooms[walk.rooms.length - 1] ?? PLAIN_ROOM) : EDNS_ROOM,
      })
    case 'device':
      return walk.hand(server.device.name, target.device, question)
    case 'public':
      return walk.hand(server.device.name, 'internet', question)
  }
}

function spoken(server: Server, forward: DnsForward, asked: readonly Query[]): Answer {
  const voices = asked.map((query) => ({
    label: query.server === undefined ? query.label : formatIp(query.server),
    answer: query.answer,
  }))
  return agreed(
    voices,
    `${forward.label}: which of its servers is asked cannot be told, and they differ`,
    server.resolver.habits?.racesErrors,
  )
}

/** The origin of the answer that counts: public DNS when the query that gave it was handed there. */
function originOf(forward: DnsForward, asked: readonly Query[]): Origin {
  const at = asked.findIndex((query) => !failed(query.answer))
  return forward.to[at]?.kind === 'public' ? 'public' : 'server'
}

function failure(server: Server, forward: DnsForward, asked: readonly Query[]): Answer {
  const [first] = asked
  const inner = first?.answer.because ?? 'it names no server'
  const many = asked.length > 1 ? `none of its ${asked.length} servers answers: ${inner}` : inner
  const kind = failureKind(server, asked)
  return empty(kind, `${forward.label}: ${many}`, forward.source, first?.answer.cause)
}

function failureKind({ resolver }: Server, asked: readonly Query[]): Answer['kind'] {
  const onFailure = resolver.habits?.onFailure
  if (onFailure !== 'relay') return onFailure === 'silence' ? 'timeout' : 'servfail'
  const kinds = asked.map((query) => query.answer.kind)
  // A refusal is handed on when nothing else may still come (measured: dnsmasq 2.90).
  return kinds.find((kind) => kind === 'servfail') ?? kinds.find((kind) => kind === 'timeout') ?? kinds[0] ?? 'servfail'
}

/** The servers of a forward as people write them. */
export function shownTargets(forward: DnsForward): string {
  if (forward.to.length === 0) return 'nobody'
  return forward.to.map(shownTarget).join(', ')
}

function shownTarget(target: ForwardTarget): string {
  switch (target.kind) {
    case 'server':
      return target.port === 53 ? formatIp(target.ip) : `${formatIp(target.ip)} port ${target.port}`
    case 'device':
      return target.device
    case 'public':
      return 'public DNS'
  }
}
