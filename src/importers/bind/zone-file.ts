import type { Diagnostic, RecordType, ResourceRecord, Source } from '../../model/index.ts'
import { parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type MasterEntry, masterEntries } from './master-entry.ts'
import { baseName, domainOf } from './statement.ts'

/** What a zone file holds. */
export interface ZoneFile {
  readonly records: readonly ResourceRecord[]
  /** Something in it was not read: the zone is not whole. */
  readonly lacking: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a zone file in master format (RFC 1035 section 5): $ORIGIN, $TTL, $INCLUDE (into `files` by base name),
 * parentheses, `@`, names relative to the origin, owners carried over. A line that is no record makes named refuse the
 * zone: it is an error, and the zone counts as not whole.
 */
export function readZoneFile(file: TextFile, origin: string, files: readonly TextFile[]): ZoneFile {
  const zone: OpenZone = { name: origin, files, records: [], diagnostics: [], open: [], lacking: false }
  readInto(zone, file, origin)
  return { records: zone.records, lacking: zone.lacking, diagnostics: zone.diagnostics }
}

interface OpenZone {
  readonly name: string
  readonly files: readonly TextFile[]
  readonly records: ResourceRecord[]
  readonly diagnostics: Diagnostic[]
  readonly open: TextFile[]
  lacking: boolean
}

function readInto(zone: OpenZone, file: TextFile, startOrigin: string): void {
  zone.open.push(file)
  let origin = startOrigin
  let owner: string | undefined
  const failures: Diagnostic[] = []
  for (const entry of masterEntries(file)) {
    const before = zone.records.length + zone.diagnostics.length + failures.length
    const [first = '', second = ''] = entry.words
    const directive = first.toUpperCase()
    if (entry.problem) failures.push(refused(entry.problem, entry.source))
    if (directive === '$ORIGIN') origin = absolute(second, origin)
    else if (directive === '$INCLUDE') includeFile(zone, entry, second, absolute(entry.words[2] ?? '@', origin))
    else if (directive === '$GENERATE') {
      zone.lacking = true
      zone.diagnostics.push(notExpanded(entry.source))
    } else if (!directive.startsWith('$')) {
      const words = entry.startsBlank ? entry.words : entry.words.slice(1)
      if (!entry.startsBlank) owner = absolute(first, origin)
      const problem =
        owner === undefined ? 'the first record names no owner' : addRecord(zone, owner, words, origin, entry.source)
      if (problem) failures.push(refused(problem, entry.source))
    }
    noteEntry(file, entry, zone.records.length + zone.diagnostics.length + failures.length > before)
  }
  if (failures[0]) {
    zone.lacking = true
    zone.diagnostics.push(failures[0])
  }
  zone.open.pop()
}

/** A record in the zone, what names stand for, or what a diagnostic tells of. */
function noteEntry({ ledger }: TextFile, { words, source, last }: MasterEntry, tells: boolean): void {
  if (!ledger || source.kind !== 'line') return
  const directive = words[0]?.toUpperCase() ?? ''
  for (let line = source.line; line <= last; line++) {
    if (directive === '$TTL') ledger.inert(line, 'how long answers may be kept changes no answer')
    else if (directive !== '$GENERATE' && (tells || ['$ORIGIN', '$INCLUDE'].includes(directive))) ledger.modelled(line)
    else ledger.unread(line, `${directive || 'this'} is not read`)
  }
}

function includeFile(zone: OpenZone, entry: MasterEntry, path: string, origin: string): void {
  const file = zone.files.find((one) => baseName(one.path) === baseName(path))
  if (file && !zone.open.includes(file)) {
    readInto(zone, file, origin)
    return
  }
  zone.lacking = true
  const what = file ? 'includes itself' : 'was not given: its records are not known'
  const message = `The included file ${path} ${what}.`
  zone.diagnostics.push({
    ...{ severity: file ? 'error' : 'warning', code: 'NT1811', message, source: entry.source },
    ...(!file && { othersMissing: true }),
  })
}

/** Types that change where a packet goes, and those kept so that NODATA can be told from NXDOMAIN. */
const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'PTR', 'NS', 'SOA', 'MX', 'TXT', 'SRV'])
const NAMES = new Set(['CNAME', 'NS', 'PTR', 'DNAME'])

/** Reads `[ttl] [class] type data` and keeps the record; returns what is wrong with it. */
function addRecord(
  zone: OpenZone,
  owner: string,
  words: readonly string[],
  origin: string,
  source: Source,
): string | undefined {
  let at = 0
  while (at < 2 && /^(\d[\dsmhdw]*|IN|CH|HS)$/i.test(words[at] ?? '')) at++
  const type = (words[at] ?? '').toUpperCase()
  const data = words.slice(at + 1)
  if (!/^[A-Z][A-Z0-9-]*$/.test(type) || data.length === 0) return `"${words.join(' ').slice(0, 40)}" is no record`
  if (owner !== zone.name && zone.name !== '' && !owner.endsWith(`.${zone.name}`)) {
    zone.diagnostics.push(outside(owner, source))
    return undefined
  }
  if (type === 'DNAME') {
    zone.lacking = true
    zone.diagnostics.push(notFollowed(owner, source))
  }
  const text = NAMES.has(type) ? absolute(data[0] ?? '', origin) : data.join(' ')
  const address = type === 'A' || type === 'AAAA' ? parseIp(text) : undefined
  if ((type === 'A' && typeof address !== 'number') || (type === 'AAAA' && typeof address !== 'bigint')) {
    return `"${text.slice(0, 40)}" is no address for a record of type ${type}`
  }
  // Other types only make the name exist, which TXT does as well.
  const kept = (TYPES.has(type) ? type : 'TXT') as RecordType
  zone.records.push({ name: owner, type: kept, value: address ?? (kept === type ? text : `${type} ${text}`), source })
  return undefined
}

/** A name made full: `@` is the origin, a final dot ends a full name, others are below the origin. */
function absolute(name: string, origin: string): string {
  if (name === '@') return origin
  if (name.endsWith('.')) return domainOf(name)
  return origin === '' ? name.toLowerCase() : `${name.toLowerCase()}.${origin}`
}

function refused(problem: string, source: Source): Diagnostic {
  const message = `named refuses this zone: ${problem}. Check it with named-checkzone.`
  return { severity: 'error', code: 'NT1810', message, source }
}

function notExpanded(source: Source): Diagnostic {
  const message = '$GENERATE is not expanded; the records it makes are not known.'
  return { severity: 'warning', code: 'NT1812', message, source }
}

function notFollowed(owner: string, source: Source): Diagnostic {
  const message = `The DNAME at ${owner} is not followed; names below it are not known.`
  return { severity: 'warning', code: 'NT1813', message, source }
}

function outside(owner: string, source: Source): Diagnostic {
  const message = `${owner} is not in this zone; named ignores the record.`
  return { severity: 'note', code: 'NT1814', message, source }
}
