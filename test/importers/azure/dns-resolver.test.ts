import { describe, expect, test } from 'vitest'
import { dnsResolverParts } from '../../../src/importers/azure/names/dns-resolver.ts'
import { privateDnsParts } from '../../../src/importers/azure/names/private-dns.ts'
import { formatIp, ip } from '../../../src/net/index.ts'
import { arm, codesOf, deviceOf, estateOf, type Json, SUBNET, vnet } from './services-estate.ts'

const NSG = arm('Microsoft.Network/networkSecurityGroups', 'nsg-dns-in', { securityRules: [] })
const HUB = vnet('vnet-hub', '10.100.0.0/22', {
  'snet-dns-in': { addressPrefix: '10.100.1.0/28', networkSecurityGroup: { id: NSG.id } },
  'snet-dns-out': '10.100.1.16/28',
})
const SPOKE = vnet('vnet-ml', '10.110.0.0/20', {})
const INBOUND = arm('Microsoft.Network/dnsResolvers/inboundEndpoints', 'dnspr/in', {
  ipConfigurations: [{ subnet: { id: SUBNET('vnet-hub', 'snet-dns-in') }, privateIpAddress: '10.100.1.4' }],
})
const OUTBOUND = arm('Microsoft.Network/dnsResolvers/outboundEndpoints', 'dnspr/out', {
  subnet: { id: SUBNET('vnet-hub', 'snet-dns-out') },
})
const RULESET = arm('Microsoft.Network/dnsForwardingRulesets', 'rs', {
  dnsResolverOutboundEndpoints: [{ id: OUTBOUND.id }],
})
const LINK = arm('Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks', 'rs/to-ml', {
  virtualNetwork: { id: SPOKE.id },
})
const rule = (name: string, domainName: string, target: string, more: Json = {}) =>
  arm('Microsoft.Network/dnsForwardingRulesets/forwardingRules', `rs/${name}`, {
    domainName,
    targetDnsServers: [{ ipAddress: target, port: 53 }],
    forwardingRuleState: 'Enabled',
    ...more,
  })

describe('an inbound endpoint', () => {
  const device = deviceOf(dnsResolverParts(estateOf([HUB, NSG, INBOUND])), 'in')

  test('answers as the Azure-provided DNS of its VNet', () => {
    expect(device.resolver).toMatchObject({ label: expect.stringContaining('inbound endpoint'), rechasesCname: false })
    expect(device.resolver?.forwards.map((one) => [one.suffix, one.to])).toEqual([
      ['', [{ kind: 'device', device: 'azure-dns/vnet-hub' }]],
    ])
    expect(device.listeners?.map((one) => one.ports.first)).toEqual([53, 53])
  })

  test('is guarded by the NSG of its subnet both ways', () => {
    expect(device.pipeline.prerouting).toEqual([{ kind: 'track' }, { kind: 'filter', ruleSet: 'nsg-dns-in/inbound' }])
    expect(device.pipeline.postrouting).toEqual([{ kind: 'filter', ruleSet: 'nsg-dns-in/outbound' }])
  })

  test('without an address is left out and reported', () => {
    const estate = estateOf([HUB, arm('Microsoft.Network/dnsResolvers/inboundEndpoints', 'dnspr/in', {})])
    expect(dnsResolverParts(estate).devices).toEqual([])
    expect(codesOf(estate)).toEqual(['NT1742'])
  })
})

test('an outbound endpoint sends from its subnet and answers nobody', () => {
  const device = deviceOf(dnsResolverParts(estateOf([HUB, OUTBOUND])), 'out')
  expect(device.interfaces[0]?.addresses.map((one) => formatIp(one.ip))).toEqual(['10.100.1.20'])
  expect(device.interfaces[0]?.addresses[0]?.source.kind).toBe('implied')
  expect(device.listeners).toEqual([])
  expect(device.tables[0]?.routes[0]?.nextHop).toMatchObject({ device: 'vnet-hub/snet-dns-out' })
})

describe('a forwarding ruleset', () => {
  const forwards = (bodies: unknown[], name = 'vnet-ml') =>
    deviceOf(privateDnsParts(estateOf([HUB, SPOKE, OUTBOUND, RULESET, LINK, ...bodies])), `azure-dns/${name}`).resolver
      ?.forwards ?? []

  test('forwards enabled rules from its outbound endpoint, in linked VNets only', () => {
    const rules = [
      rule('a', 'contoso.com.', '10.100.0.2'),
      rule('b', 'off.example.', '10.0.0.1', { forwardingRuleState: 'Disabled' }),
    ]
    expect(forwards(rules).map((one) => [one.suffix, one.to, one.mode, one.order])).toEqual([
      ['contoso.com', [{ kind: 'server', ip: ip('10.100.0.2'), port: 53, from: 'out' }], 'only', 'in-order'],
    ])
    expect(forwards(rules, 'vnet-hub')).toEqual([])
  })

  test('leaves reserved suffixes of Azure out of its wildcard', () => {
    const rules = [
      rule('a', 'contoso.com.', '10.100.0.2'),
      rule('b', 'azure.contoso.com.', '10.10.0.4'),
      rule('c', '.', '10.100.0.2'),
    ]
    const bySuffix = new Map(forwards(rules).map((one) => [one.suffix, one.to[0]?.kind]))
    expect(bySuffix.get('')).toBe('server')
    expect(bySuffix.get('windows.net')).toBe('public')
    expect(bySuffix.get('azure.contoso.com')).toBe('server')
  })

  test('whose outbound endpoint is missing sends on a path that is not known', () => {
    const estate = estateOf([HUB, SPOKE, RULESET, LINK, rule('a', 'contoso.com.', '10.100.0.2')])
    const device = deviceOf(privateDnsParts(estate), 'azure-dns/vnet-ml')
    expect(codesOf(estate)).toEqual(['NT1740'])
    expect(device.tables.find((one) => one.name === 'outbound')?.routes[0]?.nextHop.kind).toBe('unknown')
  })

  test('does not take 168.63.129.16 as a target', () => {
    const estate = estateOf([HUB, SPOKE, OUTBOUND, RULESET, LINK, rule('a', 'contoso.com.', '168.63.129.16')])
    expect(deviceOf(privateDnsParts(estate), 'azure-dns/vnet-ml').resolver?.forwards).toEqual([])
    expect(codesOf(estate)).toEqual(['NT1741'])
  })
})
