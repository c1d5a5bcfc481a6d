import type { DnsZone, RecordType, ResourceRecord } from '../model/index.ts'
import { isWithin, parentOf } from './domain-name.ts'

/** What a zone says of a name and a type. */
export type Found =
  /** The records, or the one CNAME that stands for them. `wildcard` is the record's own name when one was used. */
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[]; readonly wildcard?: string }
  /** The name is there, with other types or with names below it alone. */
  | { readonly kind: 'other-type'; readonly only: readonly RecordType[] }
  /** The zone gives the name away: NS records between its top and the name (RFC 1034 section 4.2). */
  | { readonly kind: 'delegated'; readonly at: ResourceRecord }
  | { readonly kind: 'absent' }

interface Contents {
  readonly byName: ReadonlyMap<string, readonly ResourceRecord[]>
  /** Names that exist: those with records, and every name above them up to the zone's own (RFC 4592 section 2.2.2). */
  readonly names: ReadonlySet<string>
  readonly hasWildcards: boolean
  readonly hasDelegations: boolean
}

/** Looks a name up in one zone; the name must be within it. Linear in the labels once the zone was used before. */
export function lookUp(zone: DnsZone, name: string, type: RecordType): Found {
  const contents = contentsOf(zone)
  const whole = zone.onMissing !== 'forward' && zone.onMissing !== 'unknown'
  const cut = whole && contents.hasDelegations ? delegationAbove(contents, zone, name) : undefined
  if (cut) return { kind: 'delegated', at: cut }
  const own = contents.byName.get(name)
  const found = own && ofType(own, type)
  // Where what is missing goes on, a pattern stands in for the types a name lacks (dnsmasq: address=, measured with 2.90).
  if (found && (found.kind === 'records' || zone.onMissing !== 'forward')) return found
  // In a zone we have whole, a name that exists only through names below it is there, and hides the wildcard.
  if (whole && contents.names.has(name)) return { kind: 'other-type', only: [] }
  const wildcard = contents.hasWildcards ? wildcardFor(contents, zone, name, whole) : undefined
  if (!wildcard && found) return found
  if (!wildcard) return contents.names.has(name) ? { kind: 'other-type', only: [] } : { kind: 'absent' }
  const standing = ofType(wildcard.records, type)
  if (standing.kind !== 'records') return found ?? standing
  return {
    kind: 'records',
    records: standing.records.map((record) => ({ ...record, name })),
    wildcard: wildcard.name,
  }
}

/** By the list of records: a zone linked to many VNets is one list in many zones. */
const prepared = new WeakMap<DnsZone['records'], { readonly zone: string; readonly contents: Contents }>()

function contentsOf(zone: DnsZone): Contents {
  const known = prepared.get(zone.records)
  if (known?.zone === zone.name) return known.contents
  const contents = indexed(zone)
  prepared.set(zone.records, { zone: zone.name, contents })
  return contents
}

function indexed(zone: DnsZone): Contents {
  const byName = new Map<string, ResourceRecord[]>()
  const names = new Set<string>(zone.records.length === 0 || zone.onMissing === 'forward' ? [] : [zone.name])
  let hasWildcards = false
  let hasDelegations = false
  for (const record of zone.records) {
    if (!isWithin(record.name, zone.name)) continue
    const same = byName.get(record.name)
    if (same) same.push(record)
    else byName.set(record.name, [record])
    if (record.name.startsWith('*')) hasWildcards = true
    if (record.type === 'NS' && record.name !== zone.name) hasDelegations = true
    // Where what is missing goes on, a wildcard is a pattern: it makes no name exist.
    if (zone.onMissing === 'forward' && record.name.startsWith('*')) continue
    for (let at: string | undefined = record.name; at !== undefined && !names.has(at); at = parentOf(at)) names.add(at)
  }
  return { byName, names, hasWildcards, hasDelegations }
}

function ofType(records: readonly ResourceRecord[], type: RecordType): Found {
  const wanted = records.filter((record) => record.type === type)
  if (wanted.length > 0) return { kind: 'records', records: wanted }
  const alias = records.find((record) => record.type === 'CNAME')
  if (alias) return { kind: 'records', records: [alias] }
  return { kind: 'other-type', only: [...new Set(records.map((record) => record.type))] }
}

function delegationAbove(contents: Contents, zone: DnsZone, name: string): ResourceRecord | undefined {
  for (let at: string | undefined = name; at !== undefined && at !== zone.name; at = parentOf(at)) {
    const cut = contents.byName.get(at)?.find((record) => record.type === 'NS')
    if (cut) return cut
  }
  return undefined
}

/**
 * The wildcard that stands for a name. In a zone we have whole only the one below the closest name that exists
 * (RFC 4592 section 3.3.1); elsewhere (public records we know some of, dnsmasq's `address=`) the most specific.
 */
function wildcardFor(contents: Contents, zone: DnsZone, name: string, whole: boolean) {
  for (let at = parentOf(name); at !== undefined; at = parentOf(at)) {
    const wildcard = at === '' ? '*' : `*.${at}`
    const records = contents.byName.get(wildcard)
    if (records) return { name: wildcard, records }
    if (at === zone.name || (whole && contents.names.has(at))) return undefined
  }
  return undefined
}
