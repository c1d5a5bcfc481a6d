import { type DnsForward, type DnsZone, implied } from '../../model/index.ts'
import { argumentOf, type BindStatement, domainOf, keywordOf } from './statement.ts'

/** The reverse zones of private addresses among BIND's built-in empty zones (BIND 9 ARM: built-in empty zones). */
const NAMES: readonly string[] = [
  '10.in-addr.arpa',
  ...Array.from({ length: 16 }, (_, index) => `${16 + index}.172.in-addr.arpa`),
  '168.192.in-addr.arpa',
  ...Array.from({ length: 64 }, (_, index) => `${64 + index}.100.in-addr.arpa`),
  '254.169.in-addr.arpa',
  'd.f.ip6.arpa',
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
