import { type Diagnostic, implied, type Resolver, type Source, type StubResolver } from '../../model/index.ts'
import { addressesOfPrefixes, type Ip, isIp4, parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type DnsmasqOption, type HostEntry, lowerDnsmasq, type NameServer, readDnsmasq } from '../dnsmasq/index.ts'
import { servingSections } from './dhcp.ts'
import type { UciNetworks } from './network.ts'
import { flagOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** The name server of an OpenWrt device and whom it asks itself. */
export interface NameService {
  /** Absent when the device runs none, or when no dhcp file was given. */
  readonly resolver?: Resolver
  readonly stubResolver?: StubResolver
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The dnsmasq of a `dhcp` package: its options are turned into dnsmasq's own, as the init script does (OpenWrt:
 * dnsmasq.init), and lowered where dnsmasq.conf files are. Upstream servers are those the network file gives; `files` may
 * hold /etc/dnsmasq.conf and snippets of /etc/dnsmasq.d, which the init script adds.
 */
export function nameServiceOf(
  name: string,
  dhcp: UciPackage | undefined,
  networks: UciNetworks,
  files: readonly TextFile[],
): NameService {
  const [section, ...others] = sectionsOf(dhcp, 'dnsmasq')
  const upstream = upstreamOf(networks)
  if (!section) return { ...stubOf(upstream.servers, 'the servers of its networks'), diagnostics: [] }
  const more = readDnsmasq(files, files)
  const lowered = lowerDnsmasq([...dnsmasqOptions(section, dhcp), ...more.options], {
    lacking: lackingOf(section, files),
    label: `dnsmasq on ${name}`,
    source: section.source,
    hosts: hostsOf(dhcp),
    nameServers: upstream.servers,
    ...(upstream.lacking.length > 0 && {
      nameServersLacking: `name servers that ${upstream.lacking.join(', ')} gets at run time`,
    }),
    attached: addressesOfPrefixes(
      [...networks.values()].flatMap((one) => one.addresses.map((address) => address.prefix)),
    ),
  })
  const diagnostics = [...more.diagnostics, ...lowered.diagnostics, ...others.map(secondInstance)]
  if (!lowered.resolver) return { ...stubOf(upstream.servers, 'the servers of its networks'), diagnostics }
  const own = ownAddress(dhcp, networks)
  const stub =
    own === undefined
      ? stubOf(upstream.servers, 'the servers of its networks')
      : stubOf([{ ip: own, source: LOCAL }], 'its own dnsmasq')
  return { resolver: lowered.resolver, ...stub, diagnostics }
}

const LOCAL: Source = implied('An OpenWrt device asks its own dnsmasq (OpenWrt: dnsmasq.init, /tmp/resolv.conf).')

function stubOf(servers: readonly NameServer[], label: string): { stubResolver?: StubResolver } {
  if (servers.length === 0) return {}
  return { stubResolver: { servers, hosts: [], search: [], ndots: 1, label } }
}

/** The address clients of the device know it by: where it serves DHCP, else its first. */
function ownAddress(dhcp: UciPackage | undefined, networks: UciNetworks): Ip | undefined {
  const serving = servingSections(dhcp).map((section) =>
    networks.get(textOf(section, 'interface') ?? section.name ?? ''),
  )
  const candidates = [...serving, ...networks.values()].filter((one) => one !== undefined && !one.disabled)
  const addresses = candidates.flatMap((one) => one?.addresses ?? []).map((address) => address.ip)
  return addresses.find((ip) => isIp4(ip)) ?? addresses[0]
}

/** Servers the networks name, and the networks that get more at run time (OpenWrt: netifd, resolv.conf.auto). */
function upstreamOf(networks: UciNetworks): { servers: NameServer[]; lacking: string[] } {
  const servers: NameServer[] = []
  const lacking: string[] = []
  for (const network of networks.values()) {
    if (network.disabled) continue
    for (const word of wordsOf(network.section, 'dns')) {
      const ip = parseIp(word.text)
      if (ip !== undefined) servers.push({ ip, source: word.source })
    }
    if (network.dynamic && flagOf(network.section, 'peerdns', true)) lacking.push(network.name)
  }
  return { servers, lacking }
}

/** Files of names and options the section adds, which are not read here unless they were given. */
function lackingOf(section: UciSection, files: readonly TextFile[]): string[] {
  const given = (path: string) =>
    files.some((file) => path.endsWith(`/${file.path.slice(file.path.lastIndexOf('/') + 1)}`))
  return wordsOf(section, 'addnhosts', 'serversfile', 'confdir')
    .filter((word) => !given(word.text))
    .map((word) => `what stands in ${word.text}`)
}

/** UCI switches that are dnsmasq's, and what they are when absent (OpenWrt: dnsmasq.init). */
const SWITCHES: Readonly<Record<string, string>> = {
  allservers: 'all-servers',
  boguspriv: 'bogus-priv',
  dnssec: 'dnssec',
  domainneeded: 'domain-needed',
  expandhosts: 'expand-hosts',
  filter_a: 'filter-a',
  filter_aaaa: 'filter-aaaa',
  filterwin2k: 'filterwin2k',
  localservice: 'local-service',
  nohosts: 'no-hosts',
  noresolv: 'no-resolv',
  strictorder: 'strict-order',
}

/** UCI options and lists that carry a value of dnsmasq's. */
const VALUES: Readonly<Record<string, string>> = {
  address: 'address',
  bogusnxdomain: 'bogus-nxdomain',
  domain: 'domain',
  interface: 'interface',
  listen_address: 'listen-address',
  local: 'local',
  notinterface: 'except-interface',
  port: 'port',
  rev_server: 'rev-server',
  server: 'server',
}

function dnsmasqOptions(section: UciSection, dhcp: UciPackage | undefined): DnsmasqOption[] {
  const options: DnsmasqOption[] = []
  const add = (name: string, value: string, source: Source) => options.push({ name, value, source })
  for (const [key, name] of Object.entries(SWITCHES)) {
    if (flagOf(section, key, false)) add(name, '', section.options.get(key)?.[0]?.source ?? section.source)
  }
  for (const [key, name] of Object.entries(VALUES)) {
    for (const word of wordsOf(section, key)) add(name, word.text, word.source)
  }
  if (flagOf(section, 'rebind_protection', true)) {
    add('stop-dns-rebind', '', section.options.get('rebind_protection')?.[0]?.source ?? REBIND)
    if (flagOf(section, 'rebind_localhost', false)) add('rebind-localhost-ok', '', section.source)
    for (const word of wordsOf(section, 'rebind_domain')) add('rebind-domain-ok', word.text, word.source)
  }
  const serving = servingSections(dhcp)[0]
  if (serving) add('dhcp-range', '', serving.source)
  options.push(...recordOptions(dhcp))
  return options
}

const REBIND: Source = implied('rebind_protection is on unless it is switched off (OpenWrt: dnsmasq.init).')

function recordOptions(dhcp: UciPackage | undefined): DnsmasqOption[] {
  const options: DnsmasqOption[] = []
  const joined = (section: UciSection, ...keys: string[]) => keys.map((key) => textOf(section, key) ?? '').join(',')
  for (const section of sectionsOf(dhcp, 'cname')) {
    options.push({ name: 'cname', value: joined(section, 'cname', 'target'), source: section.source })
  }
  for (const section of sectionsOf(dhcp, 'hostrecord')) {
    const words = wordsOf(section, 'name', 'ip').map((word) => word.text)
    options.push({ name: 'host-record', value: words.join(','), source: section.source })
  }
  for (const section of sectionsOf(dhcp, 'srvhost')) {
    options.push({ name: 'srv-host', value: joined(section, 'srv', 'target', 'port'), source: section.source })
  }
  for (const section of sectionsOf(dhcp, 'mxhost')) {
    options.push({ name: 'mx-host', value: joined(section, 'domain', 'relay', 'pref'), source: section.source })
  }
  return options
}

/** Names that stand in the hosts file the init script writes: `config domain`, and reservations with `dns 1`. */
function hostsOf(dhcp: UciPackage | undefined): HostEntry[] {
  const hosts: HostEntry[] = []
  for (const section of sectionsOf(dhcp, 'domain', 'host')) {
    if (section.type === 'host' && !flagOf(section, 'dns', false)) continue
    const ips = wordsOf(section, 'ip').map((word) => parseIp(word.text))
    for (const word of wordsOf(section, 'name')) {
      for (const ip of ips)
        if (ip !== undefined) hosts.push({ name: word.text.toLowerCase(), ip, source: section.source })
    }
  }
  return hosts
}

function secondInstance(section: UciSection): Diagnostic {
  const message = 'Only the first dnsmasq instance is read; this one is left out.'
  return { severity: 'warning', code: 'NT1332', message, source: section.source }
}
