import type { ResourceRecord } from '../model/index.ts'
import { addressSetContains, formatIp, type Ip } from '../net/index.ts'
import { legOf } from './leg.ts'
import { afterRebindProtection } from './rebind.ts'
import type { Answer, Consideration, Query, Question } from './resolution.ts'
import { followsCname } from './software.ts'
import { empty, type Served, type Server, STACK_LIMIT, type Walk } from './walk.ts'

/** CNAMEs in one answer before a server gives up (RFC 1034 asks for some limit; resolvers stop at 8 to 16). */
const CHAIN_LIMIT = 12

/**
 * What a name server does with a question: who may ask, then one step for the name and one for every CNAME target
 * it follows itself, then its protection against rebinding. `client` absent = who asks is not checked.
 */
export function serve(walk: Walk, server: Server, question: Question, client: Ip | undefined): Served {
  const refusal = refusalOf(server, client) ?? loopOf(walk, server, question)
  if (refusal) return { answer: refusal, considered: [], asked: [] }
  walk.stack.push({ device: server.device.name, name: question.name })
  try {
    return chase(walk, server, question)
  } finally {
    walk.stack.pop()
  }
}

function refusalOf({ resolver }: Server, client: Ip | undefined): Answer | undefined {
  const { allows } = resolver
  if (!allows || client === undefined || addressSetContains(allows.clients, client)) return undefined
  const text = `${resolver.label}: ${formatIp(client)} is not among those who may ask`
  if (allows.otherwise === 'ignore') return empty('timeout', `${text}, so it hears nothing`, allows.source)
  return empty('refused', `${text}: REFUSED`, allows.source)
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
    answer: afterRebindProtection(resolver, question, answer, gathered.foreign),
    considered: gathered.considered,
    asked: gathered.asked,
  }
}

function followed(walk: Walk, server: Server, question: Question, gathered: Gathered): Answer {
  const { records, foreign, considered, asked } = gathered
  const seen = new Set([question.name])
  let name = question.name
  let ownDataOnly = false
  for (;;) {
    const leg = legOf(walk, server, { name, type: question.type }, ownDataOnly)
    considered.push(...leg.considered)
    asked.push(...leg.asked)
    const alias = question.type === 'CNAME' ? undefined : aliasIn(leg.answer, name)
    const follow = alias ? followsCname(server.resolver, leg.origin) : 'as-given'
    const kept = follow === 'as-given' || !alias ? leg.answer.records : [alias]
    records.push(...kept)
    if (leg.origin !== 'local') for (const record of kept) foreign.add(record)
    if (follow === 'as-given' || !alias) return { ...leg.answer, records }
    const target = `${alias.value}`
    if (seen.has(target) || seen.size > CHAIN_LIMIT) return circular(records, alias)
    seen.add(target)
    name = target
    ownDataOnly = follow === 'own-data'
  }
}

function aliasIn(answer: Answer, name: string): ResourceRecord | undefined {
  const first = answer.records[0]
  return first?.type === 'CNAME' && first.name === name ? first : undefined
}

function circular(records: readonly ResourceRecord[], last: ResourceRecord): Answer {
  const chain = [...records.map((record) => record.name), `${last.value}`].join(' -> ')
  return { ...empty('servfail', `DnsLoop: the CNAME chain does not end: ${chain}`, last.source, 'DnsLoop'), records }
}
