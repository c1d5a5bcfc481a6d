import { type Diagnostic, implied, type Resolver, type Source, type StubResolver } from '../../model/index.ts'
import { addressesOfPrefixes, type Ip, isIp4, parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type DnsmasqOption, type HostEntry, lowerDnsmasq, type NameServer, readDnsmasq } from '../dnsmasq/index.ts'
import { servingSections } from './dhcp.ts'
import type { UciNetworks } from './network.ts'
import { knownHosts } from './reservations.ts'
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
  network: UciPackage | undefined,
  files: readonly TextFile[],
): NameService {
  const [section, ...others] = sectionsOf(dhcp, 'dnsmasq')
  const upstream = upstreamOf(networks, network)
  const theirs = stubOf(upstream.servers, 'the servers of its networks', upstream.search)
  if (!section) return { ...theirs, diagnostics: [] }
  const more = readDnsmasq(files, files)
  const hosts = hostsOf(dhcp, section, networks)
  const lowered = lowerDnsmasq([...dnsmasqOptions(section, dhcp), ...more.options], {
    lacking: lackingOf(section, files),
    label: `dnsmasq on ${name}`,
    source: section.source,
    hosts,
    nameServers: upstream.servers,
    ...(upstream.lacking.length > 0 && {
      nameServersLacking: `name servers that ${upstream.lacking.join(', ')} gets at run time`,
    }),
    attached: addressesOfPrefixes(
      [...networks.values()].flatMap((one) => one.addresses.map((address) => address.prefix)),
    ),
  })
  const diagnostics = [...more.diagnostics, ...lowered.diagnostics, ...others.map(secondInstance)]
  if (!lowered.resolver) return { ...theirs, diagnostics }
  const own = ownAddress(dhcp, networks)
  const search = wordsOf(section, 'domain').map((word) => word.text.toLowerCase())
  const stub = own === undefined ? theirs : stubOf([{ ip: own, source: LOCAL }], 'its own dnsmasq', search)
  return { resolver: lowered.resolver, ...stub, diagnostics }
}

const LOCAL: Source = implied('An OpenWrt device asks its own dnsmasq (OpenWrt: dnsmasq.init, /tmp/resolv.conf).')

function stubOf(
  servers: readonly NameServer[],
  label: string,
  search: readonly string[],
): { stubResolver?: StubResolver } {
  if (servers.length === 0) return {}
  return { stubResolver: { servers, hosts: [], search: [...new Set(search)], ndots: 1, label } }
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
function upstreamOf(
  networks: UciNetworks,
  network: UciPackage | undefined,
): { servers: NameServer[]; search: string[]; lacking: string[] } {
  const servers: NameServer[] = []
  const search: string[] = []
  const lacking: string[] = []
  for (const section of sectionsOf(network, 'interface')) {
    if (section.name !== undefined && networks.get(section.name)?.disabled) continue
    search.push(...wordsOf(section, 'dns_search').map((word) => word.text.toLowerCase()))
    for (const word of wordsOf(section, 'dns')) {
      const ip = parseIp(word.text)
      // A server that several networks name is asked once.
      if (ip !== undefined && !servers.some((one) => one.ip === ip)) servers.push({ ip, source: word.source })
    }
  }
  for (const network of networks.values()) {
    if (network.disabled) continue
    if (network.dynamic && flagOf(network.section, 'peerdns', true)) lacking.push(network.name)
  }
  return { servers, search, lacking }
}

/** Files of names and options the section adds, which are not read here unless they were given. */
function lackingOf(section: UciSection, files: readonly TextFile[]): string[] {
  const given = (path: string) =>
    files.some((file) => path.endsWith(`/${file.path.slice(file.path.lastIndexOf('/') + 1)}`))
  const named = wordsOf(section, 'addnhosts', 'serversfile', 'confdir', 'dhcphostsfile')
  const servers = wordsOf(section, 'resolvfile').filter((word) => !NETWORKS_SERVERS.test(word.text))
  return [...named, ...servers].filter((word) => !given(word.text)).map((word) => `what stands in ${word.text}`)
}

/** Where netifd writes the servers of the networks, in older and newer releases. */
const NETWORKS_SERVERS = /^\/(tmp|var)\/resolv\.conf(\.d\/resolv\.conf)?\.auto$/

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
  localise_queries: 'localise-queries',
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

/**
 * Names that stand in the hosts file the init script writes (`config domain`, reservations with `dns 1`), and those of
 * other reservations, which dnsmasq knows while their host holds its lease: the host one asks for is taken to be up. A
 * lease's name has the domain even without `expandhosts` (dnsmasq(8), --domain).
 */
function hostsOf(dhcp: UciPackage | undefined, server: UciSection, networks: UciNetworks): HostEntry[] {
  const hosts: HostEntry[] = []
  const domain = flagOf(server, 'expandhosts', false) ? undefined : textOf(server, 'domain')
  for (const section of sectionsOf(dhcp, 'domain')) {
    const ips = wordsOf(section, 'ip').flatMap((word) => parseIp(word.text) ?? [])
    for (const { text } of wordsOf(section, 'name')) {
      for (const ip of ips) hosts.push({ name: text.toLowerCase(), ip, source: section.source })
    }
  }
  for (const { names, ips, isPublished, source } of knownHosts(dhcp, networks)) {
    const whole = names.flatMap((name) =>
      !isPublished && domain !== undefined && !name.includes('.') ? [name, `${name}.${domain}`] : [name],
    )
    for (const ip of ips) for (const name of whole) hosts.push({ name, ip, source })
  }
  return hosts
}

function secondInstance(section: UciSection): Diagnostic {
  const message = 'Only the first dnsmasq instance is read; this one is left out.'
  return { severity: 'warning', code: 'NT1332', message, source: section.source }
}
