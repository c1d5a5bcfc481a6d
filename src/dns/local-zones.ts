import type { DnsForward, DnsZone, Resolver, ResourceRecord } from '../model/index.ts'
import { shownValue } from './agreement.ts'
import { labelCount, parentOf, shownName } from './domain-name.ts'
import type { Answer, Question } from './resolution.ts'
import { type ResolverIndex, zonesFor } from './resolver-index.ts'
import { undelegated } from './undelegated.ts'
import { empty } from './walk.ts'
import { type Found, lookUp } from './zone-contents.ts'

/** What a server's own zones say of a question. */
export type ZoneSays =
  | { readonly kind: 'answer'; readonly zone: DnsZone; readonly answer: Answer; readonly why: string }
  /** The zone sends the question to public DNS. */
  | { readonly kind: 'public'; readonly zone: DnsZone; readonly why: string }
  /**
   * Nothing; `knownIn` holds the name with other types, `patterns` are those that cover it with other types or yield to a
   * forward, longest first, `delegatedBy` gives it away.
   */
  | {
      readonly kind: 'none'
      readonly knownIn?: DnsZone
      readonly patterns?: readonly DnsZone[]
      readonly delegatedBy?: DnsZone
    }

/**
 * Asks the zone with the longest name. Where that one passes on what it lacks, the shorter zones that do so too are
 * asked as well, each for the types the longer ones lack (dnsmasq: address=, measured with 2.90). `ownNamesOnly`: for
 * the target of an alias, see `holdsOwnNames`.
 */
export function askZones(
  resolver: Resolver,
  index: ResolverIndex,
  question: Question,
  forward: DnsForward | undefined,
  ownNamesOnly = false,
): ZoneSays {
  let knownIn: DnsZone | undefined
  const patterns: DnsZone[] = []
  let longest: string | undefined
  for (const zone of zonesFor(index, question.name)) {
    longest ??= zone.name
    const behind = zone.name !== longest
    if (ownNamesOnly && !holdsOwnNames(zone)) continue
    const onMissing = onMissingOf(zone, question.name)
    if (behind && onMissing !== 'forward') break
    const found = lookUp(zone, question.name, question.type)
    if (found.kind === 'delegated') return { kind: 'none', delegatedBy: zone }
    if (found.kind === 'records') {
      if (found.wildcard !== undefined && yieldsTo(zone, found.wildcard, question.type, forward)) {
        patterns.push(zone)
        continue
      }
      if (found.wildcard !== undefined && onMissing === 'unknown' && doubtsWildcard(resolver))
        return incomplete(resolver, zone, question)
      return { kind: 'answer', zone, answer: recordAnswer(zone, question, found), why: `it holds ${question.name}` }
    }
    if (zone.typesOnly) continue
    if (onMissing !== 'forward') return missing(resolver, zone, question, found)
    if (found.kind !== 'other-type') continue
    const itself = found.only.length > 0
    if (!holdsOwnNames(zone)) {
      patterns.push(zone)
      continue
    }
    if (itself && zone.typesWhole) return missing(resolver, zone, question, found)
    if (itself || resolver.habits?.insistsOn === 'names-and-above') knownIn ??= zone
  }
  return { kind: 'none', ...(knownIn && { knownIn }), ...(patterns.length > 0 && { patterns }) }
}

/**
 * Whether a zone holds names rather than patterns: the target of an alias is not looked for in the domains of
 * `address=` (measured: dnsmasq 2.90).
 */
function holdsOwnNames(zone: DnsZone): boolean {
  if (zone.onMissing === 'unknown') return true
  return zone.onMissing === 'forward' && !zone.records.some((record) => record.name.startsWith('*'))
}

/** A wildcard of a zone that passes on what it lacks gives way to a forward for a longer name (dnsmasq: server= beats address=). */
function yieldsTo(zone: DnsZone, wildcard: string, type: Question['type'], forward: DnsForward | undefined): boolean {
  if (zone.onMissing !== 'forward' || !forward) return false
  const bare = forward.suffix.replace(/^\*\.?/, '')
  const own = parentOf(wildcard) ?? ''
  const more = labelCount(bare) - labelCount(own)
  if (more !== 0) return more > 0
  if (forward.plain) return !zone.plain
  return forward.suffix !== bare && zone.records.some((record) => record.name === own && record.type === type)
}

/** Whether a zone is a pattern for the very names a forward is for: `x`, or `*.x` for those below x alone. */
export function isPatternOf(zone: DnsZone, { suffix }: DnsForward): boolean {
  if (suffix === zone.name) return zone.records.some((record) => record.name === zone.name)
  const belowOnly = (type: string) => !zone.records.some((record) => record.name === zone.name && record.type === type)
  return suffix === `*.${zone.name}` && zone.records.some((record) => belowOnly(record.type))
}

/** A zone read in part may hold the very name its wildcard would stand for; public names are written down to be used. */
function doubtsWildcard(resolver: Resolver): boolean {
  return resolver.role !== 'public'
}

/** What the zone does with a name it lacks: one that cannot be among those it gets at run time is simply not there. */
function onMissingOf(zone: DnsZone, name: string): DnsZone['onMissing'] {
  const tooDeep = labelCount(name) > labelCount(zone.name) + 1
  return tooDeep && zone.lacksOnlyChildren ? 'forward' : zone.onMissing
}

function recordAnswer(zone: DnsZone, question: Question, found: Found & { kind: 'records' }): Answer {
  const [first] = found.records
  if (!first) return empty('nodata', `${zone.label}: ${question.name} holds nothing`, zone.source)
  const values = found.records.map((record) => shownValue(record.value)).join(', ')
  const owner = found.wildcard ? `${found.wildcard} (wildcard)` : shownOwner(first, zone)
  const because = `${zone.label}: record ${owner} ${first.type} ${values}`
  return { kind: 'answer', records: found.records, because, source: first.source }
}

function shownOwner(record: ResourceRecord, zone: DnsZone): string {
  if (zone.name === '') return record.name
  return record.name === zone.name ? '@' : record.name.slice(0, -zone.name.length - 1)
}

/** What a zone that keeps its names to itself says when the name, or the type, is not there. */
function missing(resolver: Resolver, zone: DnsZone, question: Question, found: Found): ZoneSays {
  const name = shownName(question.name)
  if (zone.onMissing === 'unknown') return incomplete(resolver, zone, question)
  if (zone.onMissing === 'refuse' || zone.onMissing === 'ignore') return turnedAway(zone, question)
  if (zone.onMissing === 'nodata' && found.kind === 'absent') {
    const answer = empty('nodata', `${zone.label}: answers without a record of ${name}`, zone.source)
    return { kind: 'answer', zone, answer, why: `it holds no ${question.type} of ${name}, and nobody else is asked` }
  }
  if (found.kind === 'other-type') {
    const only =
      found.kind === 'other-type' && found.only.length > 0 ? `only ${found.only.join(', ')}` : 'only names below it'
    const denial = empty('nodata', `${zone.label}: ${name} has no ${question.type}, ${only}`, zone.source)
    const answer = zone.name === '' ? denial : vouched(resolver, zone, denial)
    return { kind: 'answer', zone, answer, why: `it holds ${name}, but no ${question.type}` }
  }
  // Learn: fallback to internet for Azure Private DNS zones: A, AAAA and CNAME questions are retried.
  const retried = question.type === 'A' || question.type === 'AAAA' || question.type === 'CNAME'
  if (zone.onMissing === 'public' && retried) {
    return { kind: 'public', zone, why: `it holds no ${name}, and its link falls back to public DNS` }
  }
  // Nobody here can add a record to public DNS: what is missing is elsewhere.
  const cause = resolver.role === 'public' ? undefined : 'DnsRecordMissing'
  const answer = empty('nxdomain', `${zone.label}: no record ${name}: NXDOMAIN`, zone.source, cause)
  return {
    kind: 'answer',
    zone,
    answer: vouched(resolver, zone, answer),
    why: `it holds no ${name}, and nobody else is asked: NXDOMAIN`,
  }
}

/** A denial with the zone's SOA record beside it (RFC 2308 section 3). */
function vouched({ habits }: Resolver, { name }: DnsZone, denial: Answer): Answer {
  return habits?.withoutSoa ? denial : { ...denial, deniedBy: name }
}

function turnedAway(zone: DnsZone, question: Question): ZoneSays {
  const name = shownName(question.name)
  const refuses = zone.onMissing === 'refuse'
  const text = `${zone.label}: no ${question.type} of ${name}: ${refuses ? 'REFUSED' : 'no answer at all'}`
  const answer = empty(refuses ? 'refused' : 'timeout', text, zone.source, 'DnsRecordMissing')
  return { kind: 'answer', zone, answer, why: `it holds no ${question.type} of ${name}, and nobody else is asked` }
}

/** A name that is not among the records we know of a zone we do not have whole. */
function incomplete(resolver: Resolver, zone: DnsZone, question: Question): ZoneSays {
  const name = shownName(question.name)
  const never = resolver.role === 'public' ? undelegated(question.name) : undefined
  if (never) {
    const answer = empty('nxdomain', `public DNS: no ${name}: ${never}`, zone.source)
    return { kind: 'answer', zone, answer: vouched(resolver, zone, answer), why: never }
  }
  const where = resolver.role === 'public' ? '; write it under "public:" in the topology' : ''
  const text = `${zone.label}: the input gives no ${question.type} record of ${name}${where}`
  const answer: Answer =
    resolver.role === 'public'
      ? { ...empty('unknown', text, zone.source), publicName: question.name }
      : empty('unknown', text, zone.source)
  return { kind: 'answer', zone, answer, why: `only some of its records are known, ${name} is not among them` }
}
