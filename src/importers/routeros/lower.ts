import {
  type Device,
  type Diagnostic,
  type Interface,
  implied,
  type NetworkPart,
  type RuleSet,
  type Source,
} from '../../model/index.ts'
import { inert } from '../../text/index.ts'
import { readAddressLists } from './address-lists.ts'
import { type Addresses, readAddresses } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { readDhcpOffers } from './dhcp.ts'
import { readDialIn } from './dial-in.ts'
import { readDns } from './dns.ts'
import { isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import { fasttrackWarnings } from './fasttrack.ts'
import type { FirewallNames } from './firewall-names.ts'
import { readInterfaceLists } from './interface-lists.ts'
import { readIpsec } from './ipsec.ts'
import { type LearnedRoute, learnedRoutes } from './learned.ts'
import { readListeners } from './listeners.ts'
import { sourceIn } from './logical-line.ts'
import { markUse } from './mark-use.ts'
import { newMarks } from './marks.ts'
import { routerosPipeline, withoutEmptyStages } from './pipeline.ts'
import { isDown, type Ports } from './port.ts'
import { readPorts } from './ports.ts'
import { readRouteRules } from './route-rules.ts'
import { readRoutes, speaksIpv6 } from './routes.ts'
import { lowerRuleSets } from './rule-sets.ts'
import { switchChipDoubts } from './switch-chip.ts'
import { unreadLines } from './unread.ts'
import { cutOffPlaces } from './vlan-table.ts'
import { readVrfs } from './vrf.ts'

/** One router as a part of a network: what its configuration means, in the model's words. */
export function lowerRouteros(name: string, configuration: Configuration): NetworkPart {
  const ports = readPorts(configuration)
  const addresses = readAddresses(configuration, ports)
  const interfaceLists = readInterfaceLists(configuration, ports)
  const vrfs = readVrfs(configuration, ports, interfaceLists)
  const dialIn = readDialIn(configuration, addresses)
  const learned = learnedRoutes(configuration, addresses.byInterface)
  const atRunTime = [...learned, ...dialIn.routes.map((route) => ({ table: 'main', route }))]
  const tables = readRoutes(configuration, ports, addresses.routes, vrfs, atRunTime)
  const ipsec = readIpsec(configuration, addresses, tables.find((table) => table.name === 'main')?.routes ?? [])
  const names: FirewallNames = {
    configuration,
    ports,
    interfaceLists,
    vrfs,
    family: 4,
    addressLists: readAddressLists(configuration, 4),
    marks: newMarks(),
    markUse: markUse(configuration),
    complained: new Set(),
  }
  const dns = readDns(configuration, name)
  const unread = unreadLines(configuration)
  const [tracking] = configuration.entries('ip firewall connection tracking')
  const tracks = (tracking && textOf(tracking, 'enabled')) !== 'no'
  const whole = routerosPipeline(configuration.major, tracks, speaksIpv6(configuration))
  const ruleSets = ruleSetsOf(names)
  const reversePath = reversePathOf(configuration)
  const cutOff = cutOffPlaces(configuration, ports)
  const device: Device = {
    name,
    kind: 'router',
    label: labelOf(configuration),
    aliases: aliasesOf(configuration, name),
    interfaces: [
      ...interfacesOf(configuration, ports, addresses),
      ...ipsec.interfaces,
      ...(dialIn.interface ? [dialIn.interface] : []),
    ],
    ...(cutOff.length > 0 && { cutOff }),
    tables,
    tableRules: readRouteRules(names),
    // MikroTik: Policy Routing; RouterOS 7 asks the table of a routing mark before the router's own addresses.
    tableBeforeLocal: configuration.major >= 7,
    forwards: forwardsOf(configuration),
    ...(reversePath && { reversePath }),
    ruleSets,
    pipeline: withoutEmptyStages(whole, ruleSets),
    sparesTunnel: 'ipsec-policy=out,none',
    encapsulations: ipsec.encapsulations,
    listeners: readListeners(configuration, ipsec.active),
    resolver: dns.resolver,
    stubResolver: dns.stub,
    stamps: [],
    notModelled: [
      ...unread.notModelled,
      ...dialIn.notModelled,
      ...learnedDoubts(learned),
      ...bridgeDoubts(configuration),
      ...switchChipDoubts(configuration),
      ...groupDoubts(configuration, ports, addresses),
    ],
    source: sourceOfDevice(configuration),
  }
  const diagnostics = [...configuration.diagnostics, ...unread.diagnostics, ...fasttrackWarnings(configuration)]
  return { devices: [device], links: [], services: [], diagnostics: [...diagnostics, ...versionNote(configuration)] }
}

// `/ip firewall` and `/ipv6 firewall` know nothing of each other (MikroTik: Filter).
function ruleSetsOf(names: FirewallNames): Record<string, RuleSet> {
  const guarded = speaksIpv6(names.configuration)
  const four = lowerRuleSets(names, guarded)
  if (!guarded) return four
  const names6: FirewallNames = { ...names, family: 6, addressLists: readAddressLists(names.configuration, 6) }
  return { ...four, ...lowerRuleSets(names6, true) }
}

function labelOf({ header }: Configuration): string {
  const version = header.version === undefined ? '' : ` ${header.version}`
  return `RouterOS${version}${header.model === undefined ? '' : ` (${header.model})`}`
}

function aliasesOf(configuration: Configuration, name: string): readonly string[] {
  const [identity] = configuration.entries('system identity')
  const own = identity && textOf(identity, 'name')
  return own === undefined || own === name ? [] : [own]
}

function interfacesOf(configuration: Configuration, ports: Ports, addresses: Addresses): Interface[] {
  const offers = readDhcpOffers(configuration, ports, addresses)
  const interfaces: Interface[] = []
  for (const port of ports.values()) {
    if (port.master !== undefined) continue
    const offer = offers.get(port.name)
    interfaces.push({
      name: port.name,
      aliases: [...new Set(port.aliases)],
      addresses: addresses.byInterface.get(port.name) ?? [],
      ...(port.mtu !== undefined && { mtu: port.mtu }),
      ...(isDown(ports, port) && { disabled: true }),
      ...(port.tunnel && { tunnel: port.tunnel }),
      ...(offer && { dhcp: offer }),
      source: port.source,
    })
  }
  return interfaces
}

function forwardsOf(configuration: Configuration): Device['forwards'] {
  const [settings] = configuration.entries('ip settings')
  if (settings && textOf(settings, 'ip-forward') !== undefined) {
    return { enabled: isYes(settings, 'ip-forward'), source: sourceOfProperty(settings, 'ip-forward') }
  }
  return { enabled: true, source: implied('RouterOS forwards by default (MikroTik: IP Settings)') }
}

function reversePathOf(configuration: Configuration): Device['reversePath'] {
  const [settings] = configuration.entries('ip settings')
  const filter = settings && textOf(settings, 'rp-filter')
  if (filter === 'strict' || filter === 'yes') return { default: 'strict', interfaces: {} }
  return filter === 'loose' ? { default: 'loose', interfaces: {} } : undefined
}

/** A learned route is preferred to a wider one that is written, which the unknown default route does not show. */
function learnedDoubts(learned: readonly LearnedRoute[]): readonly string[] {
  const origins = new Set(learned.map(({ route }) => route.origin))
  return [...origins].map((origin) => `routes that ${origin} learned at run time are not in an export`)
}

// Frames between ports of one bridge meet the firewall only with this setting; a trace does not take them through it.
function bridgeDoubts(configuration: Configuration): readonly string[] {
  const [settings] = configuration.entries('interface bridge settings')
  const others = ['use-ip-firewall-for-vlan', 'use-ip-firewall-for-pppoe'].map((key) => isYes(settings, key))
  if (!settings || !isYes(settings, 'use-ip-firewall')) return []
  const also = others.some((one) => one) ? ', of VLANs and PPPoE too' : ''
  const message = 'use-ip-firewall=yes: the firewall also sees frames between ports of a bridge, which is not traced.'
  configuration.diagnostics.push({ severity: 'warning', code: 'NT1207', message, source: sourceOf(settings) })
  return [`the firewall also sees frames between ports of a bridge${also} (use-ip-firewall=yes)`]
}

/** Which router of a VRRP group has its address is decided at run time (MikroTik: VRRP); each is taken to have it. */
function groupDoubts(configuration: Configuration, ports: Ports, addresses: Addresses): readonly string[] {
  const doubts: string[] = []
  for (const port of ports.values()) {
    const held = addresses.named.get(port.name)
    if (port.kind !== 'vrrp' || port.disabled || !held || port.master === undefined) continue
    const message = `The address of ${inert(port.name)} is taken to be on ${inert(port.master)}, as on the master of the group.`
    configuration.diagnostics.push({ severity: 'note', code: 'NT1222', message, source: port.source })
    doubts.push(`${port.name}: whether this router is the master of its VRRP group; it is taken to be`)
  }
  return doubts
}

function sourceOfDevice(configuration: Configuration): Source {
  const first = configuration.commands[0]
  return first ? sourceIn(first.line) : implied('the export has no command')
}

function versionNote({ header, major, commands }: Configuration): readonly Diagnostic[] {
  const first = commands[0]
  if (header.version !== undefined || !first) return []
  const message = `No header says which RouterOS this is; it is read as version ${major}.`
  return [{ severity: 'note', code: 'NT1208', message, source: sourceIn(first.line) }]
}
