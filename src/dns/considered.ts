import type { DnsForward, DnsZone, Resolver } from '../model/index.ts'
import { isWithin, shownName } from './domain-name.ts'
import { shownTargets } from './forwarding.ts'
import type { ZoneSays } from './local-zones.ts'
import type { Consideration } from './resolution.ts'
import { isFor, type ResolverIndex, relatedTo } from './resolver-index.ts'

/**
 * The zones and forwards a person would look at for a name, each with why it was taken or not, then how many others
 * there are. Related is what stands behind the name's public form: `privatelink.x` is listed for a query below `x`.
 */
export function considerations(
  resolver: Resolver,
  index: ResolverIndex,
  name: string,
  says: ZoneSays,
  forward: DnsForward | undefined,
): Consideration[] {
  const related = relatedTo(index, name)
  const listed = [
    ...related.zones.map((zone) => zoneWords(zone, name, says, forward)),
    ...related.forwards.map((one) => forwardWords(one, name, says, forward)),
  ]
  const others = restWords(resolver, index, related.zones.length, related.forwards.length, name)
  return others ? [...listed, others] : listed
}

function zoneWords(zone: DnsZone, name: string, says: ZoneSays, forward: DnsForward | undefined): Consideration {
  const { label, source } = zone
  if (!isWithin(name, zone.name)) return { text: `${label}: no, the query is ${name}`, taken: false, source }
  const by = zone.because ? ` (${zone.because.label})` : ''
  if (says.kind === 'none') {
    const why = zoneSilence(zone, name, says, forward)
    return { text: `${label}: no, ${why}`, taken: false, source }
  }
  if (says.zone === zone) return { text: `${label}: yes${by}, ${says.why}`, taken: true, source }
  const more = says.zone.name.length > zone.name.length
  return {
    text: `${label}: no, ${more ? `${says.zone.label} is more specific` : `it holds no ${name}`}`,
    taken: false,
    source,
  }
}

function zoneSilence(zone: DnsZone, name: string, says: ZoneSays & { kind: 'none' }, forward: DnsForward | undefined) {
  if (says.delegatedBy === zone) return `it delegates ${name} elsewhere (NS record)`
  if (says.knownIn === zone) return `it holds ${name} with other types only`
  if (says.delegatedBy && says.delegatedBy.name.length > zone.name.length)
    return `${says.delegatedBy.label} is more specific`
  return forward && forward.suffix.length > zone.name.length
    ? `it holds no ${name} of its own, and ${forward.label} is more specific`
    : `it holds no ${name}`
}

function forwardWords(one: DnsForward, name: string, says: ZoneSays, taken: DnsForward | undefined): Consideration {
  const { label, source } = one
  if (!isFor(one, name)) return { text: `${label}: no, the query is ${name}`, taken: false, source }
  if (one === taken) {
    const what = one.suffix === '' ? 'everything else goes' : `the longest suffix of ${name} goes`
    return { text: `${label}: yes, ${what} to ${shownTargets(one)}`, taken: true, source }
  }
  if (says.kind !== 'none') return { text: `${label}: no, ${says.zone.label} comes first`, taken: false, source }
  const why = taken ? `${taken.label} is more specific` : `${shownName(name)} is not passed on`
  return { text: `${label}: no, ${why}`, taken: false, source }
}

function restWords(
  resolver: Resolver,
  index: ResolverIndex,
  zones: number,
  forwards: number,
  name: string,
): Consideration | undefined {
  const counts = [
    counted(resolver.zones.length - zones, 'zone'),
    counted(index.forwards.size - forwards, 'forwarder'),
  ].filter((text) => text !== '')
  if (counts.length === 0) return undefined
  return {
    text: `${counts.join(' and ')}: none has to do with ${shownName(name)}`,
    taken: false,
    source: resolver.source,
  }
}

function counted(number: number, word: string): string {
  return number <= 0 ? '' : `${number} other ${word}${number === 1 ? '' : 's'}`
}
