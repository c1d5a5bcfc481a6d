import type { Diagnostic, Resolver, ResolverPart } from '../../model/index.ts'
import { addressSet, unionOf } from '../../net/index.ts'
import { forwardPlan } from './forwards.ts'
import { DNSMASQ_HABITS } from './habits.ts'
import { localNames } from './local-names.ts'
import type { DnsmasqOption } from './option.ts'
import { rebindProtection } from './rebind.ts'
import { domainName } from './server-value.ts'
import type { DnsmasqSurroundings } from './surroundings.ts'
import { zonesOf } from './zones.ts'

/**
 * The name server some dnsmasq options describe (dnsmasq(8)). Without `resolver` when `port=0` switches it off. A
 * CNAME in an answer from elsewhere is handed on as it is, its target is not asked again (measured on dnsmasq 2.90).
 */
export function lowerDnsmasq(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): ResolverPart {
  const has = (name: string) => options.some((option) => option.name === name)
  const last = (name: string) => options.filter((option) => option.name === name).pop()
  if (last('port')?.value === '0') return { diagnostics: [] }
  const domain = options.find((option) => option.name === 'domain' && !option.value.includes(','))?.value
  const domainText = domain === undefined || domain === '#' ? undefined : domainName(domain)
  const names = localNames(options, around.hosts, domainText)
  const plan = forwardPlan([...options, ...domainIsLocal(options)], around)
  const leases = has('dhcp-range') && domainText !== undefined ? { leaseDomain: domainText } : {}
  const rebind = rebindProtection(options)
  const allows = allowed(options, around)
  const resolver: Resolver = {
    label: around.label,
    habits: has('strict-order') ? { ...DNSMASQ_HABITS, onFailure: 'silence' } : DNSMASQ_HABITS,
    zones: zonesOf({
      records: names.records,
      reverse: names.reverse,
      options,
      unknown: [...plan.unknown, ...names.uncertain],
      ...leases,
      localOnly: plan.forwards.filter((forward) => forward.to.length === 0).map((forward) => forward.suffix),
      label: around.label,
      source: around.source,
    }),
    forwards: plan.forwards,
    rechasesCname: false,
    ...(rebind && { rebind }),
    ...(allows && { allows }),
    otherwise: plan.otherwise,
    ...(has('domain-needed') && { domainNeeded: true }),
    notModelled: [...plan.notModelled, ...(around.lacking ?? []), ...notModelled(options, around)],
    source: around.source,
  }
  return { resolver, diagnostics: [...names.diagnostics, ...unknownOptions(options)] }
}

/** `domain=x,range,local` says that x is answered locally, as `local=/x/` does. */
function domainIsLocal(options: readonly DnsmasqOption[]): DnsmasqOption[] {
  return options
    .filter((option) => option.name === 'domain' && /,\s*local$/.test(option.value))
    .map((option) => ({ name: 'local', value: `/${option.value.split(',')[0]}/`, source: option.source }))
}

const LISTENS_BY_CHOICE = ['interface', 'listen-address', 'except-interface', 'auth-server']

/** `local-service` counts only where no interface or address to listen on is given (dnsmasq(8), --local-service). */
function allowed(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): Resolver['allows'] {
  const service = localService(options)
  if (!service || !around.attached) return undefined
  const clients = unionOf(around.attached, addressSet('127.0.0.0/8', '::1'))
  return { clients, otherwise: 'ignore', source: service.source }
}

function localService(options: readonly DnsmasqOption[]): DnsmasqOption | undefined {
  if (options.some((option) => LISTENS_BY_CHOICE.includes(option.name))) return undefined
  return options.find((option) => option.name === 'local-service')
}

/** Options that can change an answer and that the model has no word for. */
const CHANGES_ANSWERS = new Set([
  'alias',
  'all-names',
  'auth-server',
  'auth-zone',
  'bogus-nxdomain',
  'dns-forward-max',
  'dnssec',
  'dnssec-check-unsigned',
  'domain-suffix',
  'except-interface',
  'filter-a',
  'filter-aaaa',
  'filterwin2k',
  'ignore-address',
  'interface',
  'interface-name',
  'listen-address',
  'local-ttl',
  'naptr-record',
  'synth-domain',
])

function notModelled(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): string[] {
  const facts = options
    .filter((option) => CHANGES_ANSWERS.has(option.name) && option.name !== 'local-ttl')
    .map((option) => (option.value === '' ? option.name : `${option.name} ${option.value}`))
  if (localService(options) && !around.attached) {
    facts.push('local-service: only clients on networks this device is attached to are answered')
  }
  return [...new Set(facts)]
}

/** Options read above, or that cannot change where a packet goes: DHCP, TFTP, logs, caches, processes. */
const KNOWN = new Set(
  `addn-hosts address all-servers bogus-priv cname domain domain-needed expand-hosts host-record hostsdir local
  local-service localise-queries mx-host no-hosts no-resolv port ptr-record rebind-domain-ok rebind-localhost-ok
  resolv-file rev-server server srv-host stop-dns-rebind strict-order txt-record
  bind-dynamic bind-interfaces cache-size cache-rr clear-on-reload conntrack dns-loop-detect edns-packet-max
  enable-dbus enable-ra enable-tftp enable-ubus group keep-in-foreground localmx log-async log-debug log-dhcp
  log-facility log-queries max-cache-ttl max-port max-ttl min-cache-ttl min-port mx-target neg-ttl no-daemon
  no-dhcp-interface no-dhcpv4-interface no-dhcpv6-interface no-negcache no-ping no-poll no-round-robin nftset ipset pid-file pxe-prompt
  pxe-service query-port quiet-dhcp quiet-dhcp6 quiet-ra quiet-tftp ra-param read-ethers selfmx tftp-root
  tftp-secure trust-anchor user use-stale-cache dnssec-timestamp dnssec-no-timecheck leasefile-ro script-arp
  bootp-dynamic add-mac add-subnet add-cpe-id fast-dns-retry connmark-allowlist-enable umbrella do-0x20-encode
  no-0x20-encode no-ident version help test local-ttl auth-ttl`
    .split(/\s+/)
    .filter((name) => name !== ''),
)

function unknownOptions(options: readonly DnsmasqOption[]): Diagnostic[] {
  const seen = new Set<string>()
  const diagnostics: Diagnostic[] = []
  for (const option of options) {
    if (KNOWN.has(option.name) || CHANGES_ANSWERS.has(option.name) || seen.has(option.name)) continue
    if (/^(dhcp|tftp|pxe|ra|log|quiet|auth)-/.test(option.name)) continue
    seen.add(option.name)
    const message = `The dnsmasq option ${option.name} is not known here and was not read.`
    diagnostics.push({ severity: 'warning', code: 'NT1364', message, source: option.source })
  }
  return diagnostics
}
