import {
  type Device,
  type Diagnostic,
  EMPTY_PART,
  type Interface,
  type NetworkPart,
  type Source,
  type TableRule,
} from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { dhcpOffersOf, servingSections } from './dhcp.ts'
import { compileFirewall } from './firewall.ts'
import { interfacesOf, networksOf } from './interfaces.ts'
import { noteLines } from './line-notes.ts'
import { listenersOf } from './listeners.ts'
import { multiWanOf } from './mwan3.ts'
import { nameServiceOf } from './name-server.ts'
import type { UciNetworks } from './network.ts'
import { readUci } from './read.ts'
import { hostNameOf, releaseOf } from './release.ts'
import { defaultsOf, FORWARDS, tablesOf } from './routes.ts'
import { isDisabled, placeOf, sectionsOf, textOf, type UciPackage } from './section.ts'
import { tableRulesOf } from './table-rules.ts'
import { withPorts } from './vlan-table.ts'
import { withSsids } from './wireless.ts'

/**
 * The router some files of an OpenWrt or LEDE device describe: those of /etc/config, told apart by base name, or the
 * output of `uci export` or `uci show`; /etc/openwrt_release, /etc/firewall.user and /etc/dnsmasq.conf are read where they
 * are given.
 */
export function importUci(name: string, files: readonly TextFile[]): NetworkPart {
  const asides = files.filter((file) => ASIDES.test(file.path) || DNSMASQ.test(file.path) || listsAddresses(file))
  const reading = readUci(files.filter((file) => !asides.includes(file)))
  const first = firstSource(reading.packages)
  const diagnostics: Diagnostic[] = [...reading.diagnostics]
  if (!first) {
    if (diagnostics.length === 0) diagnostics.push(nothing(files))
    return { ...EMPTY_PART, diagnostics }
  }
  const device = deviceOf(name, files, reading.packages, first, diagnostics)
  noteLines(files, reading.packages)
  return { ...EMPTY_PART, devices: [device], diagnostics }
}

/** Files beside /etc/config that are no UCI. */
const ASIDES = /(^|\/)(openwrt_release|firewall\.user|os-release)$/
const DNSMASQ = /(^|\/)(dnsmasq\.conf|dnsmasq\.d\/[^/]+)$/

/** A file of addresses alone, as sets of the firewall load them. */
function listsAddresses({ text }: TextFile): boolean {
  const words = text.split('\n', 50).flatMap((line) => /^\s*([^\s#]+)/.exec(line)?.[1] ?? [])
  return words.length > 0 && words.every((word) => /^[\da-f.:/]*[.:][\da-f.:/]*(,[\w:-]+)*$/i.test(word))
}

function deviceOf(
  name: string,
  files: readonly TextFile[],
  packages: ReadonlyMap<string, UciPackage>,
  source: Source,
  diagnostics: Diagnostic[],
): Device {
  const network = packages.get('network')
  const dhcp = packages.get('dhcp')
  const complaints = { diagnostics }
  const networks = networksOf(network, complaints)
  const release = releaseOf(files, network)
  const firewall = compileFirewall(packages.get('firewall'), release.dialect, networks, files)
  const offers = dhcpOffersOf(dhcp, networks)
  const names = nameServiceOf(
    name,
    dhcp,
    networks,
    network,
    files.filter((file) => DNSMASQ.test(file.path)),
  )
  const { interfaces: named, cutOff } = withPorts(
    network,
    withSsids(packages.get('wireless'), networks, interfacesOf(network, networks, complaints)),
  )
  const interfaces = named.map((one): Interface => {
    const offer = offers.byDevice.get(one.name)
    return offer ? { ...one, dhcp: offer } : one
  })
  const hostName = hostNameOf(packages.get('system'))
  const multiWan = multiWanOf(packages.get('mwan3'), defaultsOf(networks), networks, complaints)
  const tables = [...tablesOf(network, networks, complaints), ...multiWan.tables]
  const tableRules = withMultiWan(tableRulesOf(network, networks, complaints), multiWan.tableRules)
  const found = [release.diagnostic, ...firewall.diagnostics, ...offers.diagnostics, ...names.diagnostics]
  const unread = [
    ...outsideZones(packages.get('firewall'), networks),
    ...unreadPackages(packages),
    ...unreadSections(network),
  ]
  // One at a time: an odd file of a million lines has more diagnostics than a call takes arguments.
  for (const one of [...found, ...unread]) diagnostics.push(one)
  return {
    name,
    kind: 'router',
    label: release.label,
    aliases: hostName === undefined || hostName === name ? [] : [hostName],
    interfaces,
    ...(cutOff.length > 0 && { cutOff }),
    tables,
    tableRules,
    forwards: FORWARDS,
    ruleSets: firewall.ruleSets,
    pipeline: firewall.pipeline,
    sparesTunnel: 'iptables: -m policy --dir out --pol none',
    encapsulations: [],
    listeners: listenersOf(packages, {
      dns: names.resolver !== undefined || !dhcp,
      dhcp: servingSections(dhcp).length > 0,
    }),
    ...(names.resolver && { resolver: names.resolver }),
    ...(names.stubResolver && { stubResolver: names.stubResolver }),
    stamps: [],
    notModelled: [...firewall.notModelled, ...openedByHosts(packages.get('upnpd'))],
    source,
  }
}

/** With UPnP or NAT-PMP hosts open ports by themselves (OpenWrt: UPnP/NAT-PMP). */
function openedByHosts(upnpd: UciPackage | undefined): string[] {
  const isOn = sectionsOf(upnpd, 'upnpd').some(
    (section) => !isDisabled(section) && ['enable_upnp', 'enable_natpmp'].some((key) => textOf(section, key) !== '0'),
  )
  return isOn ? ['UPnP: hosts may have opened ports by themselves'] : []
}

/** mwan3 stands behind rules of a lower priority than its own 1001 and before `main` (OpenWrt: mwan3, ip rules). */
function withMultiWan(rules: readonly TableRule[], own: readonly TableRule[]): readonly TableRule[] {
  const at = rules.findIndex((rule) => Number(/\d+$/.exec(rule.name)?.[0]) > MULTI_WAN_PRIORITY)
  return at === -1 ? [...rules, ...own] : rules.toSpliced(at, 0, ...own)
}

const MULTI_WAN_PRIORITY = 1001

function firstSource(packages: ReadonlyMap<string, UciPackage>): Source | undefined {
  for (const one of packages.values()) if (one.sections[0]) return one.sections[0].source
  return undefined
}

/** Networks in no zone meet only the firewall's defaults (OpenWrt: firewall3); worth a word. */
function outsideZones(firewall: UciPackage | undefined, networks: UciNetworks): Diagnostic[] {
  if (!firewall) return []
  const words = sectionsOf(firewall, 'zone').flatMap((section) =>
    ['network', 'device', 'subnet'].flatMap((key) => section.options.get(key) ?? []),
  )
  const named = new Set(words.flatMap((value) => value.text.split(/\s+/)))
  const covers = (device: string) =>
    [...named].some((word) => word === device || (/[+*]$/.test(word) && device.startsWith(word.slice(0, -1))))
  const devices = new Set([...networks.values()].filter((one) => named.has(one.name)).map((one) => one.device))
  return [...networks.values()]
    .filter((one) => !named.has(one.name) && !covers(one.device) && !devices.has(one.device) && !one.disabled)
    .map((one) => ({
      severity: 'note',
      code: 'NT1304',
      message: `The network ${one.name} is in no firewall zone: only the defaults section judges its packets.`,
      source: one.section.source,
    }))
}

/** Sections of the network file that could change an answer and are not read. */
function unreadSections(network: UciPackage | undefined): Diagnostic[] {
  const aliases = sectionsOf(network, 'alias').map((section): Diagnostic => {
    const message =
      'An alias section is not read; its addresses are missing on the interface. Use a second interface section.'
    return { severity: 'warning', code: 'NT1317', message, source: section.source }
  })
  const assigned = sectionsOf(network, 'interface').find((section) => section.options.has('ip6assign'))
  if (!assigned) return aliases
  const message =
    'IPv6 addresses assigned from a delegated prefix (ip6assign) exist at run time only and are not modelled.'
  return [...aliases, { severity: 'note', code: 'NT1316', message, source: placeOf(assigned, 'ip6assign') }]
}

const READ = new Set(['network', 'firewall', 'dhcp', 'system', 'dropbear', 'uhttpd', 'wireless', 'mwan3', 'upnpd'])

function unreadPackages(packages: ReadonlyMap<string, UciPackage>): Diagnostic[] {
  return [...packages.values()].flatMap((one): Diagnostic[] => {
    const source = one.sections[0]?.source
    if (READ.has(one.name) || !source) return []
    const message = `The package ${one.name} is not read.`
    return [{ severity: 'note', code: 'NT1305', message, source }]
  })
}

function nothing(files: readonly TextFile[]): Diagnostic {
  const source = { kind: 'line', file: files[0]?.path ?? '', line: 1, column: 1, text: '' } as const
  const message = 'There is no UCI section in these files; give those of /etc/config, or the output of uci export.'
  return { severity: 'error', code: 'NT1306', message, source }
}
