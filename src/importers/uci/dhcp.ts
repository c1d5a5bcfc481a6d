import type { DhcpOffer, Diagnostic, InterfaceAddress, Source } from '../../model/index.ts'
import { type Ip, type Ip4, isIp4, parseIp, prefixFirst, prefixLast } from '../../net/index.ts'
import type { UciNetworks } from './network.ts'
import { knownHosts, reservationsOn } from './reservations.ts'
import { flagOf, numberOf, optionOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** What the device's DHCP server tells hosts, by Linux device. */
export interface DhcpOffers {
  readonly byDevice: ReadonlyMap<string, DhcpOffer>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The offers of `config dhcp` sections (OpenWrt: DHCP and DNS; dnsmasq.init): name server (option 6) and gateway
 * (option 3) are the device's own address on the network unless `dhcp_option` says otherwise, the search list is the
 * domain of dnsmasq. A section with `ignore` or on a network without a stated IPv4 address serves nobody.
 */
export function dhcpOffersOf(dhcp: UciPackage | undefined, networks: UciNetworks): DhcpOffers {
  const byDevice = new Map<string, DhcpOffer>()
  const diagnostics: Diagnostic[] = []
  const hosts = knownHosts(dhcp, networks)
  const domain = sectionsOf(dhcp, 'dnsmasq').map((section) => textOf(section, 'domain'))[0]
  for (const section of servingSections(dhcp)) {
    const network = networks.get(textOf(section, 'interface') ?? section.name ?? '')
    const address = network?.addresses.find((one) => isIp4(one.ip))
    const pool = poolOf(section, address)
    const made = offer(section, address?.ip, domain, diagnostics)
    if (!network || !address) diagnostics.push(servesNobody(section))
    else if (!network.disabled) {
      const reservations = reservationsOn(network, hosts)
      byDevice.set(network.device, { ...made, ...(pool && { pool }), ...(reservations.length > 0 && { reservations }) })
    }
  }
  return { byDevice, diagnostics }
}

/** The `config dhcp` sections that serve IPv4. */
export function servingSections(dhcp: UciPackage | undefined): UciSection[] {
  return sectionsOf(dhcp, 'dhcp').filter(
    (section) => !flagOf(section, 'ignore', false) && textOf(section, 'dhcpv4') !== 'disabled',
  )
}

/**
 * The addresses given to anybody: `limit` of them from `start` counted from the network's first, none beyond the network
 * (OpenWrt: DHCP and DNS, `start`, `limit`); with `dynamicdhcp 0` none.
 */
function poolOf(section: UciSection, address: InterfaceAddress | undefined): DhcpOffer['pool'] {
  const start = numberOf(section, 'start') ?? 100
  const limit = numberOf(section, 'limit') ?? 150
  const isOpen = flagOf(section, 'dynamicdhcp', true)
  if (!address || !isOpen || limit === 0) return undefined
  const network = prefixFirst(address.prefix)
  const broadcast = prefixLast(address.prefix)
  if (!isIp4(network) || !isIp4(broadcast)) return undefined
  const first = network + start
  const last = Math.min(first + limit - 1, broadcast - 1)
  return first > last ? undefined : { first: first as Ip4, last: last as Ip4 }
}

/** Router advertisements make hosts take the device for their gateway (OpenWrt: odhcpd, `ra`); relayed ones are others'. */
function advertises(section: UciSection): Pick<DhcpOffer, 'advertisesGateway'> {
  const word = textOf(section, 'ra')
  return word === 'server' ? { advertisesGateway: true } : word === 'disabled' ? { advertisesGateway: false } : {}
}

function offer(
  section: UciSection,
  own: Ip | undefined,
  domain: string | undefined,
  diagnostics: Diagnostic[],
): DhcpOffer {
  const options = dhcpOptions(section, diagnostics)
  const servers = options
    .get('6')
    ?.values.map((text) => parseIp(text))
    .filter((ip) => ip !== undefined)
  const gateway = options.has('3') ? parseIp(options.get('3')?.values[0] ?? '') : own
  const search = options.get('119')?.values ?? options.get('15')?.values ?? (domain === undefined ? [] : [domain])
  return {
    nameServers: servers ?? (own === undefined ? [] : [own]),
    ...(gateway !== undefined && { gateway }),
    search: search.filter((name) => name !== '').map((name) => name.toLowerCase().replace(/\.$/, '')),
    ...advertises(section),
    source: options.get('6')?.source ?? section.source,
  }
}

/** Names dnsmasq has for the options read here (dnsmasq --help dhcp). */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  router: '3',
  'dns-server': '6',
  'domain-name': '15',
  'domain-search': '119',
}

type DhcpOptions = ReadonlyMap<string, { readonly values: readonly string[]; readonly source: Source }>

function dhcpOptions(section: UciSection, diagnostics: Diagnostic[]): DhcpOptions {
  const options = new Map<string, { values: readonly string[]; source: Source }>()
  for (const { text, source } of wordsOf(section, 'dhcp_option', 'dhcp_option_force')) {
    const [first = '', ...values] = text.split(',').map((part) => part.trim())
    if (/^(tag|net|vendor|encap|vi-encap):/.test(first)) {
      diagnostics.push(forSomeOnly(text, source))
      continue
    }
    const name = first.replace(/^option:/, '')
    const number = OPTION_NAMES[name] ?? name
    options.set(number, { values, source })
  }
  return options
}

function forSomeOnly(text: string, source: Source): Diagnostic {
  const message = `The DHCP option ${text.slice(0, 60)} is for some clients only; it was not read.`
  return { severity: 'note', code: 'NT1330', message, source }
}

function servesNobody(section: UciSection): Diagnostic {
  const source = optionOf(section, 'interface')?.source ?? section.source
  const message = 'This DHCP section is on a network without a stated address; nobody is served here.'
  return { severity: 'note', code: 'NT1331', message, source }
}
