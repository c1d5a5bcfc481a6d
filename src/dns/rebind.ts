import type { RebindProtection, Resolver, ResourceRecord } from '../model/index.ts'
import { addressSetContains } from '../net/index.ts'
import { shownValue } from './agreement.ts'
import { isWithin } from './domain-name.ts'
import type { Answer, Question } from './resolution.ts'
import { empty } from './walk.ts'

/**
 * What is left of an answer after a server's protection against DNS rebinding. Only records other servers gave
 * (`foreign`) are looked at (dnsmasq(8), --stop-dns-rebind; unbound.conf(5), private-address; BIND 9 ARM,
 * deny-answer-addresses).
 */
export function afterRebindProtection(
  resolver: Resolver,
  question: Question,
  answer: Answer,
  foreign: ReadonlySet<ResourceRecord>,
): Answer {
  const { rebind } = resolver
  if (!rebind || answer.kind !== 'answer') return answer
  const bad = answer.records.filter((record) => foreign.has(record) && discarded(rebind, question, record))
  if (bad.length === 0) return answer
  const addresses = bad.map((record) => shownValue(record.value)).join(', ')
  const text = `rebind protection of ${resolver.label}: discards ${addresses} from the answer for ${question.name}`
  switch (rebind.effect) {
    case 'empty':
      return empty('nodata', text, rebind.source, 'DnsRebindStripped')
    case 'servfail':
      return empty('servfail', text, rebind.source, 'DnsRebindStripped')
    case 'strip': {
      const records = answer.records.filter((record) => !bad.includes(record))
      if (records.some((record) => record.type === question.type)) return { ...answer, records }
      return { ...empty('nodata', text, rebind.source, 'DnsRebindStripped'), records }
    }
  }
}

function discarded(rebind: RebindProtection, question: Question, record: ResourceRecord): boolean {
  if (typeof record.value === 'string' || !addressSetContains(rebind.discards, record.value)) return false
  const name = rebind.exemptBy === 'queried' ? question.name : record.name
  return !rebind.exempt.some((suffix) => isWithin(name, suffix))
}
