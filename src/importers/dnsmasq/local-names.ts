import type { Diagnostic, RecordType, ResourceRecord, Source } from '../../model/index.ts'
import { type Ip, isIp4, parseIp } from '../../net/index.ts'
import type { HostEntry } from './hosts.ts'
import type { DnsmasqOption } from './option.ts'
import { domainName, reverseName } from './server-value.ts'

/** Names a dnsmasq holds itself, before it asks anybody. */
export interface LocalNames {
  readonly records: readonly ResourceRecord[]
  /** The reverse names of hosts entries and host-records, which no other type makes known. */
  readonly reverse: readonly ResourceRecord[]
  /** Aliases of names that only a DHCP client may bring: whether they are served is not known. */
  readonly uncertain: readonly { readonly suffix: string; readonly source: Source }[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Hosts entries, host-record, cname and the other record options (dnsmasq(8)). `domain` is appended to plain names of
 * hosts files where `expand-hosts` is set. A cname whose target is not held here too is served only while a DHCP client
 * has that name.
 */
export function localNames(
  options: readonly DnsmasqOption[],
  hosts: readonly HostEntry[],
  domain: string | undefined,
): LocalNames {
  const expand = options.some((option) => option.name === 'expand-hosts') ? domain : undefined
  const records: ResourceRecord[] = []
  const named: ResourceRecord[] = []
  for (const host of hosts) {
    records.push(addressRecord(host.name, host.ip, host.source))
    if (expand !== undefined && !host.name.includes('.')) {
      const whole = addressRecord(`${host.name}.${expand}`, host.ip, host.source)
      records.push(whole)
      named.push(whole)
    }
    named.push(addressRecord(host.name, host.ip, host.source))
  }
  const given = options.flatMap(optionRecords)
  const reverse = reverseNames([...given, ...named], given)
  records.push(...given)
  const { served, uncertain, patterns } = aliases(options, records)
  // An alias goes before an address of the same name (measured with 2.90).
  const isAlias = new Set(served.map((record) => record.name))
  return {
    records: [...records.filter((record) => !isAlias.has(record.name)), ...served, ...patterns.map(literal)],
    reverse,
    uncertain: uncertain.map((record) => ({ suffix: record.name, source: record.source })),
    diagnostics: [...uncertain.map(unknownTarget), ...patterns.map(notServed)],
  }
}

/**
 * Each address is named by the first that has it: host-records go before hosts files, a name with its domain before the
 * bare one; `ptr-record` goes before all (dnsmasq(8), --host-record; measured with 2.90).
 */
function reverseNames(held: readonly ResourceRecord[], options: readonly ResourceRecord[]): ResourceRecord[] {
  const taken = new Set(options.flatMap((record) => (record.type === 'PTR' ? [record.name] : [])))
  return held.flatMap(({ name, value, source }) => {
    const reverse = typeof value === 'string' ? undefined : reverseName(value)
    if (reverse === undefined || taken.has(reverse)) return []
    taken.add(reverse)
    return [{ name: reverse, type: 'PTR' as const, value: name, source }]
  })
}

function addressRecord(name: string, ip: Ip, source: Source): ResourceRecord {
  return { name, type: isIp4(ip) ? 'A' : 'AAAA', value: ip, source }
}

/** The position of the name in a record option and its type. */
const RECORD_OPTIONS: Readonly<Record<string, RecordType>> = {
  'txt-record': 'TXT',
  'srv-host': 'SRV',
  'mx-host': 'MX',
  'ptr-record': 'PTR',
}

function optionRecords(option: DnsmasqOption): ResourceRecord[] {
  const fields = option.value.split(',').map((field) => field.trim())
  if (option.name === 'host-record') return hostRecord(fields, option.source)
  const type = RECORD_OPTIONS[option.name]
  const [name = '', ...rest] = fields
  if (type === undefined || name === '') return []
  const [target = '', preference = '1'] = rest
  const value = type === 'MX' && target !== '' ? `${preference} ${domainName(target)}.` : rest.join(',')
  return [{ name: domainName(name), type, value, source: option.source }]
}

function hostRecord(fields: readonly string[], source: Source): ResourceRecord[] {
  const names = fields.filter((field) => parseIp(field) === undefined && !/^\d*$/.test(field)).map(domainName)
  const addresses = fields.map(parseIp).filter((ip) => ip !== undefined)
  return names.flatMap((name) => addresses.map((ip) => addressRecord(name, ip, source)))
}

function aliases(
  options: readonly DnsmasqOption[],
  held: readonly ResourceRecord[],
): { served: ResourceRecord[]; uncertain: ResourceRecord[]; patterns: ResourceRecord[] } {
  const waiting: ResourceRecord[] = []
  const patterns: ResourceRecord[] = []
  for (const option of options) {
    if (option.name !== 'cname') continue
    const fields = option.value.split(',').map((field) => field.trim())
    if (fields.length > 2 && /^\d+$/.test(fields[fields.length - 1] ?? '')) fields.pop()
    const target = domainName(fields.pop() ?? '')
    for (const alias of fields) {
      const name = domainName(alias)
      const record: ResourceRecord = { name, type: 'CNAME', value: target, source: option.source }
      if (alias.startsWith('*.')) patterns.push({ ...record, name: `*.${name}` })
      else waiting.push(record)
    }
  }
  const known = new Set(held.map((record) => record.name))
  // An alias may point at another alias, in any order of lines.
  for (let before = -1; before !== known.size; ) {
    before = known.size
    for (const record of waiting) if (known.has(String(record.value))) known.add(record.name)
  }
  // Without DHCP no client can bring a name: the alias is served, and nothing behind it (measured with 2.90).
  const isFixed = !options.some((option) => option.name === 'dhcp-range')
  const isServed = (record: ResourceRecord) => isFixed || known.has(String(record.value))
  return { served: waiting.filter(isServed), uncertain: waiting.filter((record) => !isServed(record)), patterns }
}

function unknownTarget(record: ResourceRecord): Diagnostic {
  const message = `The alias ${record.name} points at ${record.value}, which dnsmasq knows only while a DHCP client has that name: whether the alias is served is not known. Add a host-record for the target.`
  return { severity: 'warning', code: 'NT1363', message, source: record.source }
}

/** The names above a wildcard alias are known (measured with 2.90), as if its asterisk were a plain label. */
function literal(record: ResourceRecord): ResourceRecord {
  return { ...record, name: record.name.replace('*', '\\052') }
}

/** A wildcard alias counts in `auth-zone` only, questions of others pass it by (measured with 2.90). */
function notServed(record: ResourceRecord): Diagnostic {
  const message = `The alias ${record.name} is not served: dnsmasq uses wildcard aliases for its auth-zone only. Name each alias, or use address=.`
  return { severity: 'warning', code: 'NT1367', message, source: record.source }
}
