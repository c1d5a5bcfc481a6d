import type { DnsForward, DnsZone, DoubtfulNames, ForwardTarget, ResourceRecord } from '../../model/index.ts'
import { isIp4, parseIp } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { type NamePattern, namePattern } from './dns-pattern.ts'
import { serverTarget } from './dns-server.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'

/** `/ip dns static` as zones, forwards and what neither can say. */
export interface StaticNames {
  readonly zones: readonly DnsZone[]
  readonly forwards: readonly DnsForward[]
  /** Every address and CNAME record. */
  readonly records: readonly ResourceRecord[]
  /** What patterns that say more than a name take. */
  readonly doubtfulNames: readonly DoubtfulNames[]
  readonly notModelled: readonly string[]
}

interface Draft {
  readonly records: ResourceRecord[]
  readonly zones: DnsZone[]
  readonly forwards: DnsForward[]
  readonly doubtfulNames: DoubtfulNames[]
  readonly notModelled: string[]
  readonly configuration: Configuration
  readonly upstream: readonly ForwardTarget[]
  /** What patterns took: no name behind them is ever looked at. */
  readonly taken: NamePattern[]
}

/**
 * Static entries (MikroTik: DNS): a name, with everything below it when `match-subdomain=yes`. A type that has no
 * static entry is asked upstream. Regular expressions come before all names; those that say no more than a name are
 * read as one, the others are in doubt.
 */
export function readStaticNames(configuration: Configuration, upstream: readonly ForwardTarget[]): StaticNames {
  const lists = { records: [], zones: [], forwards: [], doubtfulNames: [], notModelled: [], taken: [] }
  const draft: Draft = { ...lists, configuration, upstream }
  const entries = configuration.entries('ip dns static').filter((entry) => !isDisabled(entry))
  const patterns = entries.filter((entry) => textOf(entry, 'name') === undefined)
  for (const entry of patterns) readPattern(draft, entry)
  for (const entry of entries) if (!patterns.includes(entry)) readNamed(draft, entry)
  const first = draft.records[0]
  if (first) {
    draft.zones.push({ name: '', label: '/ip dns static', records: [], onMissing: 'forward', source: first.source })
  }
  const records = recordsByZone(draft)
  const zones = draft.zones.map((zone) => ({ ...zone, records: records.get(zone.name) ?? [] }))
  return { ...draft, zones }
}

// A record belongs to the zone with the longest name that holds it, or a resolver would never look at it.
function recordsByZone(draft: Draft): ReadonlyMap<string, readonly ResourceRecord[]> {
  const byZone = new Map<string, ResourceRecord[]>(draft.zones.map((zone) => [zone.name, []]))
  const alones = new Set(draft.zones.filter((zone) => zone.exact).map((zone) => zone.name))
  for (const record of draft.records) {
    let name = record.name.replace(/^\*\./, '')
    while (name !== '' && (!byZone.has(name) || (name !== record.name && alones.has(name)))) {
      const dot = name.indexOf('.')
      name = dot === -1 ? '' : name.slice(dot + 1)
    }
    byZone.get(name)?.push(record)
  }
  return byZone
}

function readPattern(draft: Draft, entry: Entry): void {
  const regexp = textOf(entry, 'regexp')
  const type = typeOf(entry)
  const pattern = regexp === undefined ? undefined : namePattern(regexp)
  if (pattern && !(type === 'NXDOMAIN' && pattern.takes === 'below')) {
    readEntry(draft, entry, pattern, type)
    draft.taken.push(pattern)
    return
  }
  const what = regexp === undefined ? 'no name' : `the regular expression ${inert(regexp)}`
  if (regexp !== undefined) {
    const because = `a static entry (${type}) takes this name by the regular expression ${inert(regexp)}, which is not modelled`
    draft.doubtfulNames.push({ pattern: regexp, because, source: sourceOf(entry) })
    report(draft, entry, `a static DNS entry (${type}) has ${what}`)
    return
  }
  doubt(draft, entry, `a static DNS entry (${type}) has ${what}`)
}

function typeOf(entry: Entry): string {
  return (textOf(entry, 'type') ?? 'A').toUpperCase()
}

function readNamed(draft: Draft, entry: Entry): void {
  const name = textOf(entry, 'name')?.toLowerCase().replace(/\.$/, '') ?? ''
  const covered = draft.taken.some((one) => (one.takes !== 'below' && one.name === name) || isBelow(one, name))
  if (!covered)
    readEntry(draft, entry, { name, takes: isYes(entry, 'match-subdomain') ? 'both' : 'itself' }, typeOf(entry))
}

function isBelow({ name, takes }: NamePattern, other: string): boolean {
  return takes !== 'itself' && other.endsWith(`.${name}`)
}

function readEntry(draft: Draft, entry: Entry, names: NamePattern, type: string): void {
  if (type === 'FWD') readForward(draft, entry, names)
  else if (type === 'NXDOMAIN') readNxdomain(draft, entry, names)
  else readRecord(draft, entry, names, type)
}

function doubt(draft: Draft, entry: Entry, sentence: string): void {
  draft.notModelled.push(sentence)
  report(draft, entry, sentence)
}

function report(draft: Draft, entry: Entry, sentence: string): void {
  const message = `Not part of the answer: ${sentence}.`
  draft.configuration.diagnostics.push({ severity: 'warning', code: 'NT1221', message, source: sourceOf(entry) })
}

function readRecord(draft: Draft, entry: Entry, { name, takes }: NamePattern, type: string): void {
  const source = sourceOf(entry)
  const names = [...(takes === 'below' ? [] : [name]), ...(takes === 'itself' ? [] : [`*.${name}`])]
  if (type === 'CNAME') {
    const value = textOf(entry, 'cname')?.toLowerCase().replace(/\.$/, '')
    if (value !== undefined) for (const one of names) draft.records.push({ name: one, type, value, source })
    return
  }
  // Other types change no address: the name is asked upstream for one.
  if (type !== 'A' && type !== 'AAAA') return
  const address = parseIp(textOf(entry, 'address') ?? '')
  if (address === undefined) {
    doubt(draft, entry, `the static DNS entry ${inert(name)} has no address that can be read`)
    return
  }
  const kind = isIp4(address) ? 'A' : 'AAAA'
  for (const one of names) draft.records.push({ name: one, type: kind, value: address, source })
}

function readForward(draft: Draft, entry: Entry, { name, takes }: NamePattern): void {
  const to = forwardTargets(draft, textOf(entry, 'forward-to') ?? '')
  const source = sourceOf(entry)
  if (!to) {
    doubt(draft, entry, `${inert(name)} is forwarded to ${inert(textOf(entry, 'forward-to') ?? 'nothing')}`)
    const label = `/ip dns static ${name} (forwarded)`
    draft.zones.push({ name, label, records: [], onMissing: 'unknown', ...alone(takes), source })
    return
  }
  const label = `/ip dns static FWD ${takes === 'below' ? '*.' : ''}${name}`
  const suffix = takes === 'below' ? `*.${name}` : name
  draft.forwards.push({ suffix, ...alone(takes), to, mode: 'only', order: 'in-order', label, source })
}

function readNxdomain(draft: Draft, entry: Entry, { name, takes }: NamePattern): void {
  const label = `/ip dns static NXDOMAIN ${name}`
  draft.zones.push({ name, label, records: [], onMissing: 'nxdomain', ...alone(takes), source: sourceOf(entry) })
}

function alone(takes: NamePattern['takes']): { exact?: true } {
  return takes === 'itself' ? { exact: true } : {}
}

// `forward-to` is a list of servers, the name of `/ip dns forwarders`, or `localhost` for the router's own servers.
function forwardTargets(draft: Draft, text: string): readonly ForwardTarget[] | undefined {
  if (text === 'localhost') return draft.upstream
  const named = draft.configuration.entries('ip dns forwarders').find((entry) => textOf(entry, 'name') === text)
  if (named && textOf(named, 'doh-servers') !== undefined) return undefined
  const targets = (named ? (textOf(named, 'dns-servers') ?? '') : text).split(',').map(serverTarget)
  const read = targets.filter((target) => target !== undefined)
  return read.length === targets.length ? read : undefined
}
