import type { NamedAddresses, Resolver, ResourceRecord } from '../model/index.ts'
import { addressSetContains, type Ip, type Ip4, ip } from '../net/index.ts'
import { shownValue } from './agreement.ts'
import { afterRebindProtection } from './rebind.ts'
import type { Answer, Question } from './resolution.ts'
import { empty } from './walk.ts'

/**
 * What a server makes of an answer before it gives it: other addresses, NXDOMAIN, protection against rebinding, types
 * left out. Only records other servers gave (`foreign`) are looked at (dnsmasq(8), --alias, --bogus-nxdomain, --filter-A,
 * --filter-AAAA; the order is measured with 2.90).
 */
export function edited(
  resolver: Resolver,
  question: Question,
  answer: Answer,
  foreign: ReadonlySet<ResourceRecord>,
): Answer {
  if (!resolver.edits) return afterRebindProtection(resolver, question, answer, foreign)
  const moved = new Set<ResourceRecord>()
  const replaced = withReplacements(resolver, answer, foreign, moved)
  const denied = denial(resolver, question, replaced, moved)
  if (denied) return denied
  return withheld(resolver, question, afterRebindProtection(resolver, question, replaced, moved), moved)
}

/** The silence an answer of another server comes to when it holds an address that is ignored (dnsmasq(8), --ignore-address). */
export function ignored(resolver: Resolver, answer: Answer): Answer | undefined {
  const hit = firstHit(resolver.edits?.ignores, answer.records)
  if (!hit) return undefined
  const text = `${answer.because}; ${resolver.label} throws an answer with ${shownValue(hit.value)} away`
  return empty('timeout', text, hit.source, 'DnsServerUnreachable')
}

function withReplacements(
  { edits, label }: Resolver,
  answer: Answer,
  foreign: ReadonlySet<ResourceRecord>,
  moved: Set<ResourceRecord>,
): Answer {
  let because = answer.because
  const records = answer.records.map((record) => {
    if (!foreign.has(record)) return record
    const { value } = record
    const rule =
      typeof value === 'number' && edits?.replaces?.find(({ first, last }) => value >= first && value <= last)
    const put = rule ? hostPartOf(value, rule.to.length, rule.to.ip) : value
    const made = put === value ? record : { ...record, value: put }
    if (made !== record) because = `${because}; ${label} gives ${shownValue(put)} in the place of ${shownValue(value)}`
    moved.add(made)
    return made
  })
  return moved.size === 0 ? answer : { ...answer, records, because }
}

/** A network's address with the host part of another. */
function hostPartOf(value: Ip4, length: number, network: Ip): Ip {
  const put = Number(network) + (value % 2 ** (32 - length))
  return ip([24, 16, 8, 0].map((shift) => (put >>> shift) & 255).join('.'))
}

function denial(
  { edits, label }: Resolver,
  { name }: Question,
  { records }: Answer,
  foreign: ReadonlySet<ResourceRecord>,
): Answer | undefined {
  const hit = firstHit(
    edits?.denies,
    records.filter((record) => foreign.has(record)),
  )
  if (!hit) return undefined
  const text = `${label}: says that there is no ${name}, because the answer holds ${shownValue(hit.value)}: NXDOMAIN`
  return empty('nxdomain', text, hit.source)
}

function withheld(
  { edits, label }: Resolver,
  question: Question,
  answer: Answer,
  foreign: ReadonlySet<ResourceRecord>,
): Answer {
  const rule = edits?.withholds?.find(({ type }) => type === question.type)
  if (!rule || answer.kind !== 'answer') return answer
  const records = answer.records.filter((record) => record.type !== rule.type || !foreign.has(record))
  if (records.length === answer.records.length) return answer
  if (records.some((record) => record.type === rule.type)) return { ...answer, records }
  const text = `${label}: takes ${rule.type} records out of the answers of other servers`
  return { ...empty('nodata', text, rule.source), records }
}

function firstHit(named: readonly NamedAddresses[] | undefined, records: readonly ResourceRecord[]) {
  for (const { addresses, source } of named ?? []) {
    for (const { value } of records) {
      if (typeof value !== 'string' && addressSetContains(addresses, value)) return { value, source }
    }
  }
  return undefined
}
