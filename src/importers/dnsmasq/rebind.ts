import type { RebindProtection } from '../../model/index.ts'
import { addressSet } from '../../net/index.ts'
import type { DnsmasqOption } from './option.ts'
import { domainName } from './server-value.ts'

const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '255.255.255.255',
  'fd00::/8',
  'fe80::/10',
  '2001:db8::/32',
]
const LOOPBACK = ['127.0.0.0/8', '0.0.0.0/8', '::1', '::']

/**
 * The protection `stop-dns-rebind` gives: private, link-local, unique local, documentation and (without `rebind-localhost-ok`)
 * loopback addresses in answers of other servers leave an empty NOERROR; 100.64.0.0/10 passes. Exempt names are those
 * asked for (dnsmasq(8), --stop-dns-rebind, --rebind-domain-ok; measured on dnsmasq 2.90).
 */
export function rebindProtection(options: readonly DnsmasqOption[]): RebindProtection | undefined {
  const stop = options.find((option) => option.name === 'stop-dns-rebind')
  if (!stop) return undefined
  const localhost = options.some((option) => option.name === 'rebind-localhost-ok')
  const exempt = options
    .filter((option) => option.name === 'rebind-domain-ok')
    .flatMap((option) => option.value.split('/').map(domainName))
    .filter((name) => name !== '')
  return {
    discards: addressSet(...PRIVATE, ...(localhost ? [] : LOOPBACK)),
    exempt,
    exemptBy: 'queried',
    effect: 'empty',
    source: stop.source,
  }
}
