import { firewallParts } from '../../../src/importers/azure/firewall/firewall.ts'
import { type Device, implied, type Link, NO_STAGES } from '../../../src/model/index.ts'
import { type Flow, hostPrefix, ICMP, ip, prefix, TCP } from '../../../src/net/index.ts'
import { prepare, trace, traceReply } from '../../../src/trace/index.ts'
import { arm, deviceOf, estateOf, type Json, SUBNET, vnet } from './services-estate.ts'

export const POLICY = 'Microsoft.Network/firewallPolicies'
export const RULE_GROUP = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups'
export const HUB = vnet('vnet-hub', '10.100.0.0/22', { AzureFirewallSubnet: '10.100.0.64/26' })
export const PIP = arm('Microsoft.Network/publicIPAddresses', 'pip-afw', { ipAddress: '198.51.100.20' })
export const IP_GROUP = arm('Microsoft.Network/ipGroups', 'ipg-plant', {
  ipAddresses: ['10.20.0.0/16', '10.21.0.1-10.21.0.9'],
})

export function firewall(properties: Json = {}): Json {
  return arm('Microsoft.Network/azureFirewalls', 'afw-hub', {
    ipConfigurations: [
      {
        name: 'ipc',
        properties: {
          privateIPAddress: '10.100.0.68',
          subnet: { id: SUBNET('vnet-hub', 'AzureFirewallSubnet') },
          publicIPAddress: { id: PIP.id },
        },
      },
    ],
    ...properties,
  })
}

export const collection = (name: string, priority: number, rules: Json[], action = 'Allow') => ({
  ruleCollectionType: action === 'DNAT' ? 'FirewallPolicyNatRuleCollection' : 'FirewallPolicyFilterRuleCollection',
  name,
  priority,
  action: { type: action },
  rules,
})
export const network = (name: string, to: string[], ports: string[], more: Json = {}): Json => ({
  ruleType: 'NetworkRule',
  name,
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: to,
  destinationPorts: ports,
  ...more,
})
export const application = (name: string, fqdns: string[], more: Json = {}): Json => ({
  ruleType: 'ApplicationRule',
  name,
  sourceAddresses: ['10.0.0.0/8'],
  protocols: [{ protocolType: 'Https', port: 443 }],
  targetFqdns: fqdns,
  ...more,
})
export const dnat = (name: string, more: Json = {}): Json => ({
  ruleType: 'NatRule',
  name,
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['198.51.100.20'],
  destinationPorts: ['8443'],
  translatedAddress: '10.100.2.4',
  translatedPort: '443',
  ...more,
})

export function withPolicy(collections: unknown[], policy: Json = {}): ReturnType<typeof estateOf> {
  const body = arm(POLICY, 'afwp-hub', policy)
  const group = arm(RULE_GROUP, 'afwp-hub/rcg', { priority: 200, ruleCollections: collections })
  return estateOf([HUB, PIP, IP_GROUP, firewall({ firewallPolicy: { id: body.id } }), body, group])
}

export const hubFirewall = (estate: ReturnType<typeof estateOf>) => deviceOf(firewallParts(estate), 'afw-hub')
export const rulesOf = (device: Device, set = 'rules') => device.ruleSets[set]?.rules ?? []

/** Hosts around the firewall on one segment, its fabric among them, and everything they send goes to the firewall. */
function around(device: Device) {
  const source = implied('test')
  const bare = (name: string, addresses: string[], gateway?: string): Device => ({
    name,
    kind: name.includes('/') ? 'subnet' : 'host',
    label: name,
    aliases: [],
    interfaces: [
      {
        name: 'nic',
        aliases: [],
        addresses: addresses.map((one) => ({ ip: ip(one), prefix: hostPrefix(ip(one)), source })),
        source,
      },
    ],
    tables: [
      {
        name: 'main',
        routes: [
          {
            prefix: prefix('0.0.0.0/0'),
            nextHop: gateway
              ? { kind: 'via', gateway: ip(gateway), interface: 'nic' }
              : { kind: 'connected', interface: 'nic' },
            distance: 0,
            metric: 0,
            origin: 'test',
            source,
          },
        ],
      },
    ],
    tableRules: [],
    forwards: { enabled: name.includes('/'), source },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  })
  const devices = [
    device,
    bare('vnet-hub/AzureFirewallSubnet', []),
    bare('client', ['10.20.0.5'], '10.100.0.68'),
    bare('server', ['10.100.2.4', '20.60.1.1', '93.184.216.34']),
    bare('caller', ['203.0.113.7']),
  ]
  const ends = devices.flatMap((one) => one.interfaces.map((two) => ({ device: one.name, interface: two.name })))
  const link: Link = { name: 'all', kind: 'segment', ends, source }
  return prepare({
    name: 'test',
    devices: new Map(devices.map((one) => [one.name, one])),
    links: [link],
    services: [],
    diagnostics: [],
  })
}

/** One packet of a new connection. */
export interface Probe {
  readonly from?: string
  readonly to: string
  readonly port?: number
  readonly protocol?: number
  readonly name?: string
}

export function probe(device: Device, { from = 'client', to, port = 443, protocol = TCP, name }: Probe) {
  const network = around(device)
  const flow: Flow = {
    protocol,
    source: ip(from === 'client' ? '10.20.0.5' : '203.0.113.7'),
    sourcePort: protocol === ICMP ? 0 : 40000,
    destination: ip(to),
    destinationPort: protocol === ICMP ? 0 : port,
    ...(protocol === ICMP && { icmpType: 8 }),
    ...(name !== undefined && { serverName: name }),
  }
  const [forward] = trace(network, from, flow)
  if (!forward) throw new Error('no trace')
  const replies = forward.disposition === 'accepted' ? traceReply(network, forward) : []
  return { forward, reply: replies[0] }
}
