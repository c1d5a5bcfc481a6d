import { describe, expect, test } from 'vitest'
import { resolve } from '../../../src/dns/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { body, imported, type Json, networkOf, nic, ref, subnetRef, vnet } from './arm.ts'

/** What a name is to `vm`: the kind of the answer. */
function answer(bodies: readonly Json[], name: string): string {
  return resolve(prepare(networkOf(imported(bodies))), { device: 'vm', name }).answer.kind
}

const ZONE = 'privateDnsZones/plant.internal'
const registering = (registrationEnabled: Json): Json[] => [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
  nic('vm', 'v/s', '10.0.1.4'),
  nic('db-nic', 'v/s', '10.0.1.5', { virtualMachine: ref('Microsoft.Compute/virtualMachines/db') }),
  body(ZONE, {}, { location: 'global' }),
  body(`${ZONE}/virtualNetworkLinks/l`, {
    virtualNetwork: ref('virtualNetworks/v'),
    virtualNetworkLinkState: 'Completed',
    registrationEnabled,
  }),
]

describe('a link that registers machines', () => {
  test.for<readonly [Json, string]>([
    [true, 'answer'],
    [false, 'nxdomain'],
    ["[parameters('register')]", 'unknown'],
  ])('with registrationEnabled %j: the name of a machine is %s', ([flag, wanted]) => {
    expect(answer(registering(flag), 'db.plant.internal')).toBe(wanted)
  })
})

const proxied = (enableProxy: Json): Json[] => [
  vnet(
    'v',
    ['10.0.0.0/16'],
    { AzureFirewallSubnet: { addressPrefix: '10.0.0.0/26' }, s: { addressPrefix: '10.0.1.0/24' } },
    {},
    { dhcpOptions: { dnsServers: ['10.0.0.4'] } },
  ),
  nic('vm', 'v/s', '10.0.1.4'),
  body(ZONE, {}, { location: 'global' }),
  body(`${ZONE}/A/db`, { ttl: 10, aRecords: [{ ipv4Address: '10.0.1.5' }] }),
  body(`${ZONE}/virtualNetworkLinks/l`, { virtualNetwork: ref('virtualNetworks/v'), registrationEnabled: false }),
  body('firewallPolicies/p', { dnsSettings: { enableProxy } }),
  body('azureFirewalls/fw', {
    firewallPolicy: ref('firewallPolicies/p'),
    ipConfigurations: [
      { name: 'one', properties: { privateIPAddress: '10.0.0.4', subnet: subnetRef('v/AzureFirewallSubnet') } },
    ],
  }),
]

describe('a firewall whose DNS proxy is asked', () => {
  test.for<readonly [Json, string]>([
    [true, 'answer'],
    [false, 'timeout'],
    ["[parameters('proxy')]", 'unknown'],
  ])('with enableProxy %j: the answer is %s', ([flag, wanted]) => {
    expect(answer(proxied(flag), 'db.plant.internal')).toBe(wanted)
  })
})
