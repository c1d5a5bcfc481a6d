import type { DnsForward, DnsZone, ForwardTarget, ResourceRecord } from '../../model/index.ts'
import { isIp4, parseIp } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { serverTarget } from './dns-server.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'

/** `/ip dns static` as zones, forwards and what neither can say. */
export interface StaticNames {
  readonly zones: readonly DnsZone[]
  readonly forwards: readonly DnsForward[]
  /** Every address and CNAME record. */
  readonly records: readonly ResourceRecord[]
  readonly notModelled: readonly string[]
}

interface Draft {
  readonly records: ResourceRecord[]
  readonly zones: DnsZone[]
  readonly forwards: DnsForward[]
  readonly notModelled: string[]
  readonly configuration: Configuration
  readonly upstream: readonly ForwardTarget[]
}

/**
 * Static entries (MikroTik: DNS): a name, with everything below it when `match-subdomain=yes`. A type that has no
 * static entry is asked upstream. A regular expression comes before all names and is not evaluated; `FWD` and
 * `NXDOMAIN` of one name without what is below it make that part of the tree unknown.
 */
export function readStaticNames(configuration: Configuration, upstream: readonly ForwardTarget[]): StaticNames {
  const draft: Draft = { records: [], zones: [], forwards: [], notModelled: [], configuration, upstream }
  for (const entry of configuration.entries('ip dns static')) if (!isDisabled(entry)) readEntry(draft, entry)
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
  for (const record of draft.records) {
    let name = record.name.replace(/^\*\./, '')
    while (name !== '' && !byZone.has(name)) {
      const dot = name.indexOf('.')
      name = dot === -1 ? '' : name.slice(dot + 1)
    }
    byZone.get(name)?.push(record)
  }
  return byZone
}

function readEntry(draft: Draft, entry: Entry): void {
  const name = textOf(entry, 'name')?.toLowerCase().replace(/\.$/, '')
  const regexp = textOf(entry, 'regexp')
  const type = (textOf(entry, 'type') ?? 'A').toUpperCase()
  if (name === undefined) {
    const what = regexp === undefined ? 'no name' : `the regular expression ${inert(regexp)}`
    doubt(draft, entry, `a static DNS entry (${type}) has ${what}`)
    return
  }
  if (type === 'FWD') readForward(draft, entry, name)
  else if (type === 'NXDOMAIN') readNxdomain(draft, entry, name)
  else readRecord(draft, entry, name, type)
}

function doubt(draft: Draft, entry: Entry, sentence: string): void {
  draft.notModelled.push(sentence)
  const message = `Not part of the answer: ${sentence}.`
  draft.configuration.diagnostics.push({ severity: 'warning', code: 'NT1221', message, source: sourceOf(entry) })
}

function readRecord(draft: Draft, entry: Entry, name: string, type: string): void {
  const source = sourceOf(entry)
  const names = isYes(entry, 'match-subdomain') ? [name, `*.${name}`] : [name]
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

function readForward(draft: Draft, entry: Entry, name: string): void {
  const to = forwardTargets(draft, textOf(entry, 'forward-to') ?? '')
  if (!to) {
    doubt(draft, entry, `${inert(name)} is forwarded to ${inert(textOf(entry, 'forward-to') ?? 'nothing')}`)
    draft.zones.push(unknownZone(entry, name, 'forwarded'))
  } else if (isYes(entry, 'match-subdomain')) {
    const label = `/ip dns static FWD ${name}`
    draft.forwards.push({ suffix: name, to, mode: 'only', order: 'in-order', label, source: sourceOf(entry) })
  } else {
    const sentence = `only the name ${inert(name)} itself is forwarded; names below it are not (no match-subdomain)`
    doubt(draft, entry, sentence)
    draft.zones.push(unknownZone(entry, name, 'forwarded'))
  }
}

function readNxdomain(draft: Draft, entry: Entry, name: string): void {
  if (!isYes(entry, 'match-subdomain')) {
    doubt(draft, entry, `only the name ${inert(name)} itself is answered NXDOMAIN (no match-subdomain)`)
    draft.zones.push(unknownZone(entry, name, 'NXDOMAIN'))
    return
  }
  const label = `/ip dns static NXDOMAIN ${name}`
  draft.zones.push({ name, label, records: [], onMissing: 'nxdomain', source: sourceOf(entry) })
}

function unknownZone(entry: Entry, name: string, what: string): DnsZone {
  const label = `/ip dns static ${name} (${what}, that name alone)`
  return { name, label, records: [], onMissing: 'unknown', source: sourceOf(entry) }
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
