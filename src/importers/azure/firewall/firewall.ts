import {
  type Device,
  type Interface,
  implied,
  type NetworkPart,
  type Resolver,
  type RuleSet,
  type StubResolver,
} from '../../../model/index.ts'
import { formatIp, hostPrefix, ip, prefix } from '../../../net/index.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { subnetPrefix } from '../estate/private-endpoint-connection.ts'
import { leaningOn } from '../estate/settings.ts'
import { AZURE_DNS_ADDRESS, dnsListeners } from '../names/private-dns-listener.ts'
import { type RuleCollection, type RuleCollections, ruleCollections } from './firewall-collection.ts'
import { firewallTables } from './firewall-outside.ts'
import { APPLICATION_MARK } from './firewall-rule.ts'
import { dnatRules, filterRules, inputRules, sourceNatRules, unroutableRules } from './firewall-rule-set.ts'
import { type FirewallSettings, firewallSettings } from './firewall-settings.ts'

/**
 * Each Azure Firewall as a device: DNAT before routing, network then application rules at forward, SNAT after routing
 * (Learn: Azure Firewall rule processing logic, SNAT private ranges).
 */
export function firewallParts(estate: Estate): NetworkPart {
  const devices: Device[] = []
  for (const body of estate.ofType('microsoft.network/azurefirewalls')) {
    const device = firewallDevice(estate, body)
    if (device) devices.push(device)
  }
  return { devices, links: [], services: [], diagnostics: [] }
}

function firewallDevice(estate: Estate, body: Body): Device | undefined {
  const collections = ruleCollections(estate, body)
  const settings = firewallSettings(estate, body, collections)
  if (!settings) return undefined
  const ruleSets = ruleSetsOf(estate, settings, collections)
  const segment = onSegment(settings.subnet.vnet)
  const route = {
    prefix: prefix('0.0.0.0/0'),
    nextHop: { kind: 'device', device: settings.subnet.fabric, interface: segment } as const,
    distance: 0,
    metric: 0,
    origin: 'Azure',
    source: implied('an Azure Firewall sends by the effective routes of AzureFirewallSubnet'),
  }
  return {
    name: estate.deviceName(body),
    kind: 'firewall',
    label: 'Azure Firewall',
    aliases: [body.id].filter((id) => id !== ''),
    interfaces: interfacesOf(settings, segment, body),
    ...firewallTables(settings, route),
    forwards: { enabled: true, source: implied('an Azure Firewall passes packets on') },
    ruleSets: Object.fromEntries(ruleSets.map((set) => [set.name, set])),
    pipeline: {
      prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: 'dnat' }],
      input: [{ kind: 'filter', ruleSet: 'input' }],
      forward: [{ kind: 'filter', ruleSet: 'rules' }],
      output: [{ kind: 'track' }],
      postrouting: [
        { kind: 'translate', ruleSet: 'snat' },
        { kind: 'filter', ruleSet: 'unroutable' },
      ],
    },
    encapsulations: [],
    listeners: settings.proxy ? dnsListeners(settings.proxySource ?? body.source()) : [],
    ...(settings.proxy && { resolver: proxyResolver(settings, body) }),
    stubResolver: ownResolver(settings, body),
    ...(collections.ordered.some(isAllowingNames) && { connectsByName: connectsByName(estate, body) }),
    stamps: [],
    notModelled: notModelled(body, collections),
    source: body.source(),
  }
}

function isAllowingNames({ kind, action }: RuleCollection): boolean {
  return kind === 'application' && action === 'allow'
}

/**
 * One page has it for HTTP and inspected HTTPS, another for all of HTTPS (Learn: Azure Firewall rule processing logic,
 * Azure Firewall DNS Proxy details).
 */
function connectsByName({ settings }: Estate, { name }: Body): NonNullable<Device['connectsByName']> {
  const ignoresAddress = settings.firewallLooksUpNames
  const what = ignoresAddress ? 'the address it looks up itself' : 'the address the client was given'
  const leansOn = leaningOn(settings, 'firewallLooksUpNames', `behind an application rule ${name} connects to ${what}`)
  return { mark: APPLICATION_MARK.value, ignoresAddress, leansOn }
}

/** Whom the firewall asks for the names it connects to: its own servers, else Azure-provided DNS of its VNet. */
function ownResolver(settings: FirewallSettings, body: Body): StubResolver {
  const usual = { ip: ip(AZURE_DNS_ADDRESS), source: implied('a firewall without DNS servers asks Azure-provided DNS') }
  const servers = settings.dnsServers.length > 0 || settings.dnsUnknown !== undefined ? settings.dnsServers : [usual]
  return { servers, hosts: [], search: [], ndots: 1, label: `DNS settings of ${body.name}` }
}

function ruleSetsOf(estate: Estate, settings: FirewallSettings, collections: RuleCollections): RuleSet[] {
  const context = { estate, settings }
  return [
    dnatRules(context, collections),
    inputRules(context, collections),
    filterRules(context, collections),
    sourceNatRules(settings),
    unroutableRules(context),
  ]
}

function interfacesOf(settings: FirewallSettings, segment: string, body: Body): Interface[] {
  const inner = {
    ip: settings.privateIp,
    prefix: subnetPrefix(settings.subnet, settings.privateIp),
    source: settings.privateIpSource,
  }
  const outer = settings.publicIps.map((one) => ({ ip: one.ip, prefix: hostPrefix(one.ip), source: one.source }))
  const rest = { aliases: [], source: body.source() }
  const inside: Interface = { name: segment, addresses: [inner], ...rest }
  return outer.length > 0 ? [inside, { name: INTERNET, addresses: outer, ...rest }] : [inside]
}

/**
 * The DNS proxy: asks the servers it is given, else Azure-provided DNS as its own VNet sees it (Learn: Azure Firewall
 * DNS settings). The answer is passed on as a whole.
 */
function proxyResolver(settings: FirewallSettings, body: Body): Resolver {
  const source = settings.proxySource ?? body.source()
  const { vnet } = settings.subnet
  const asked = settings.dnsServers.map((one) =>
    formatIp(one.ip) === AZURE_DNS_ADDRESS
      ? ({ kind: 'device', device: vnet.resolver } as const)
      : ({ kind: 'server', ip: one.ip, port: 53 } as const),
  )
  const upstream = settings.dnsServers[0]?.source
  const forward = {
    suffix: '',
    to: asked.length > 0 ? asked : [{ kind: 'device', device: vnet.resolver } as const],
    mode: 'only',
    order: 'in-order',
    label: asked.length > 0 ? `DNS servers of ${body.name}` : `Azure-provided DNS of ${vnet.name}, the default`,
    source: upstream ?? implied('without DNS servers of its own the proxy asks Azure-provided DNS of its VNet'),
  } as const
  return {
    label: `DNS proxy of Azure Firewall ${body.name}`,
    zones: [],
    forwards: settings.proxyUnknown === undefined ? [forward] : [],
    rechasesCname: false,
    otherwise: settings.proxyUnknown === undefined ? 'refuse' : 'unknown',
    notModelled: settings.proxyUnknown === undefined ? [] : [settings.proxyUnknown],
    source,
  }
}

function notModelled(body: Body, collections: RuleCollections): string[] {
  const policies = collections.policies
  const members = (key: string) => [...policies, ...(policies.length > 0 ? [] : [body])].map((one) => one.text(key))
  const words: string[] = []
  if (members('threatIntelMode').some((mode) => mode?.toLowerCase() === 'deny')) {
    words.push(`threat intelligence of ${body.name} drops addresses and names on a list of Microsoft's`)
  }
  if (policies.some((one) => one.child('intrusionDetection')?.text('mode')?.toLowerCase() === 'deny')) {
    words.push(`intrusion detection of ${body.name} drops what its signatures match`)
  }
  if (policies.some((one) => one.child('snat')?.text('autoLearnPrivateRanges')?.toLowerCase() === 'enabled')) {
    words.push(`${body.name} learns further private ranges, which it does not translate`)
  }
  return words
}
