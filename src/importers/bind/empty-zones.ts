import { type DnsForward, type DnsZone, implied } from '../../model/index.ts'
import { argumentOf, type BindStatement, domainOf, keywordOf } from './statement.ts'

/** BIND's built-in empty zones: reverse names of addresses nobody has publicly (BIND 9 ARM: built-in empty zones). */
const NAMES: readonly string[] = [
  '10.in-addr.arpa',
  ...Array.from({ length: 16 }, (_, index) => `${16 + index}.172.in-addr.arpa`),
  '168.192.in-addr.arpa',
  ...Array.from({ length: 64 }, (_, index) => `${64 + index}.100.in-addr.arpa`),
  '254.169.in-addr.arpa',
  '0.in-addr.arpa',
  '127.in-addr.arpa',
  '2.0.192.in-addr.arpa',
  '100.51.198.in-addr.arpa',
  '113.0.203.in-addr.arpa',
  '255.255.255.255.in-addr.arpa',
  `${'0.'.repeat(32)}ip6.arpa`,
  `1.${'0.'.repeat(31)}ip6.arpa`,
  'd.f.ip6.arpa',
  '8.e.f.ip6.arpa',
  '9.e.f.ip6.arpa',
  'a.e.f.ip6.arpa',
  'b.e.f.ip6.arpa',
  '8.b.d.0.1.0.0.2.ip6.arpa',
  'empty.as112.arpa',
  'home.arpa',
]

const BUILT_IN = implied(
  'BIND answers NXDOMAIN for private reverse names by itself (BIND 9 ARM: built-in empty zones).',
)

/**
 * The empty zones named makes: for each private reverse name, unless a zone of that name is configured, forwarding with
 * `only` covers the name, or it is switched off (measured on BIND 9.18).
 */
export function emptyZones(
  options: readonly BindStatement[],
  zones: readonly DnsZone[],
  forwards: readonly DnsForward[],
): DnsZone[] {
  if (argumentOf(options, 'empty-zones-enable')?.toLowerCase() === 'no') return []
  const disabled = options
    .filter((statement) => keywordOf(statement) === 'disable-empty-zone')
    .map((statement) => domainOf(statement.words[1]?.text ?? ''))
  const covers = (suffix: string, name: string) => suffix === '' || name === suffix || name.endsWith(`.${suffix}`)
  return NAMES.filter((name) => {
    if (disabled.includes(name) || zones.some((zone) => zone.name === name)) return false
    const nearest = forwards
      .filter((forward) => covers(forward.suffix, name))
      .sort((a, b) => b.suffix.length - a.suffix.length)[0]
    return nearest?.mode !== 'only'
  }).map((name) => ({
    name,
    label: `built-in empty zone ${name}`,
    records: [],
    onMissing: 'nxdomain',
    source: BUILT_IN,
  }))
}
