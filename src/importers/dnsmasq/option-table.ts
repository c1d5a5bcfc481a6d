/** What is made of an option: it is in the model, it can change answers or leases and is not, or it cannot matter. */
export interface OptionReading {
  readonly kind: 'modelled' | 'known' | 'inert' | 'unread'
  readonly because: string
}

/** What is made of an option (dnsmasq(8)). Options that are not listed are not known. */
export function readingOf(name: string, value: string): OptionReading {
  if (READ.has(name)) return { kind: 'modelled', because: '' }
  if (DHCP_READ.has(name)) {
    const [first = ''] = value.split(',')
    const isForSome = /^(?:tag|net|vendor|encap|vi-encap|option6|set):/.test(first)
    if (isForSome) return { kind: 'known', because: `${name} for some clients alone is not modelled` }
    const number = /^(?:option:)?([\w-]+)/.exec(first)?.[1] ?? ''
    const isTold = name === 'dhcp-range' || ['3', '6', '15', '119', ...OFFERED].includes(number)
    return isTold
      ? { kind: 'modelled', because: '' }
      : { kind: 'known', because: `DHCP option ${number} is not modelled` }
  }
  if (CHANGES_ANSWERS.has(name)) return { kind: 'known', because: `${name} can change answers and is not modelled` }
  if (TELLS_CLIENTS.has(name))
    return { kind: 'known', because: `${name} can change what clients are told and is not modelled` }
  if (INERT.has(name) || /^(?:tftp|pxe|log|quiet)-/.test(name)) {
    return { kind: 'inert', because: `${name} changes no answer` }
  }
  return { kind: 'unread', because: `the dnsmasq option ${name} is not read` }
}

/** Options of dnsmasq(8) known by name, whatever is made of them. */
export function isKnownOption(name: string): boolean {
  return readingOf(name, '').kind !== 'unread' || /^(?:dhcp|tftp|pxe|ra|log|quiet|auth)-/.test(name)
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((name) => name !== ''))

/** Options that the name server is lowered from. */
const READ = words(`addn-hosts address alias bogus-nxdomain bogus-priv filter-a filter-aaaa ignore-address cname domain
  domain-needed expand-hosts host-record hostsdir local local-service localise-queries mx-host no-hosts no-resolv port
  ptr-record rebind-domain-ok rebind-localhost-ok resolv-file rev-server server srv-host stop-dns-rebind strict-order
  txt-record`)

/** Options that DHCP offers are lowered from. */
const DHCP_READ = words('dhcp-range dhcp-option dhcp-option-force')
const OFFERED = ['router', 'dns-server', 'domain-name', 'domain-search']

/** Options that can change an answer and that the model has no word for. */
export const CHANGES_ANSWERS: ReadonlySet<string> = new Set([
  ...['all-names', 'auth-server', 'auth-zone', 'dns-forward-max', 'dnssec', 'dnssec-check-unsigned', 'domain-suffix'],
  ...[
    'except-interface',
    'filterwin2k',
    'interface',
    'interface-name',
    'listen-address',
    'naptr-record',
    'synth-domain',
  ],
])

/** What DHCP and router advertisements do, what fills sets of firewalls, and where queries come from. */
const TELLS_CLIENTS = words(`dhcp-host dhcp-hostsfile dhcp-hostsdir dhcp-optsfile dhcp-optsdir dhcp-relay dhcp-proxy
  dhcp-fqdn dhcp-ignore dhcp-ignore-names dhcp-generate-names dhcp-match dhcp-mac dhcp-vendorclass dhcp-userclass
  dhcp-circuitid dhcp-remoteid dhcp-subscrid dhcp-name-match dhcp-option-pxe dhcp-alternate-port dhcp-broadcast
  dhcp-client-update bootp-dynamic bridge-interface shared-network no-dhcp-interface no-dhcpv4-interface
  no-dhcpv6-interface enable-ra ra-param read-ethers ipset nftset conntrack connmark-allowlist connmark-allowlist-enable
  query-port min-port max-port edns-packet-max localmx selfmx mx-target umbrella trust-anchor filter-rr caa-record
  dns-rr auth-peer auth-sec-servers auth-soa dhcp-duid tag-if no-ident`)

/** Logs, caches, processes, files sent for booting, and how hard servers are asked. */
const INERT = words(`all-servers bind-dynamic bind-interfaces cache-size cache-rr clear-on-reload dns-loop-detect
  enable-dbus enable-tftp enable-ubus group keep-in-foreground log-async log-debug log-dhcp log-facility log-queries
  max-cache-ttl max-ttl min-cache-ttl neg-ttl local-ttl auth-ttl no-daemon no-negcache no-ping no-poll no-round-robin
  pid-file user use-stale-cache dnssec-timestamp dnssec-no-timecheck leasefile-ro script-arp script-on-renewal add-mac
  add-subnet add-cpe-id fast-dns-retry do-0x20-encode no-0x20-encode version help test dumpfile dumpmask
  dhcp-leasefile dhcp-authoritative dhcp-lease-max dhcp-script dhcp-luascript dhcp-scriptuser dhcp-boot dhcp-no-override
  dhcp-sequential-ip dhcp-ttl dhcp-rapid-commit dhcp-reply-delay dhcp-pxe-vendor dhcp-ignore-clid max-tcp-connections
  port-limit strip-mac strip-subnet quiet-dhcp quiet-dhcp6 quiet-ra quiet-tftp`)
