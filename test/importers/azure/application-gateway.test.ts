import { describe, expect, test } from 'vitest'
import { type Flow, formatIp, ip } from '../../../src/net/index.ts'
import {
  body,
  flow,
  id,
  imported,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  rule,
  story,
  subnetRef,
  vnet,
} from './arm.ts'

const part = (name: string, kind: string) => ({ id: id(`applicationGateways/agw/${kind}/${name}`) })

const gateway = (extra: Properties = {}): Json =>
  body('applicationGateways/agw', {
    sku: { name: 'Standard_v2', tier: 'Standard_v2' },
    gatewayIPConfigurations: [{ name: 'in', properties: { subnet: subnetRef('v/agw') } }],
    frontendIPConfigurations: [
      {
        ...part('public', 'frontendIPConfigurations'),
        name: 'public',
        properties: { publicIPAddress: ref('publicIPAddresses/pip') },
      },
      {
        ...part('private', 'frontendIPConfigurations'),
        name: 'private',
        properties: { privateIPAddress: '10.0.1.10', subnet: subnetRef('v/agw') },
      },
    ],
    frontendPorts: [{ ...part('https', 'frontendPorts'), name: 'https', properties: { port: 443 } }],
    httpListeners: ['public', 'private'].map((name) => ({
      ...part(name, 'httpListeners'),
      name,
      properties: {
        frontendIPConfiguration: part(name, 'frontendIPConfigurations'),
        frontendPort: part('https', 'frontendPorts'),
        protocol: 'Https',
      },
    })),
    backendAddressPools: [
      {
        ...part('web', 'backendAddressPools'),
        name: 'web',
        properties: { backendAddresses: [{ ipAddress: '10.0.2.4' }] },
      },
    ],
    backendHttpSettingsCollection: [
      { ...part('http', 'backendHttpSettingsCollection'), name: 'http', properties: { port: 8080, protocol: 'Http' } },
    ],
    requestRoutingRules: ['public', 'private'].map((name, index) => ({
      name,
      properties: {
        priority: 100 + index,
        httpListener: part(name, 'httpListeners'),
        backendAddressPool: part('web', 'backendAddressPools'),
        backendHttpSettings: part('http', 'backendHttpSettingsCollection'),
      },
    })),
    ...extra,
  })

const managers = rule('Inbound', 200, 'Allow', 'Tcp', 'GatewayManager', '*', '65200-65535')
const fromInternet = rule('Inbound', 210, 'Allow', 'Tcp', 'Internet', '*', '443')

function estate(group: Json, backend: Properties = {}, more: Properties = {}, ...others: readonly Json[]) {
  return imported([
    vnet('v', ['10.0.0.0/16'], {
      client: { addressPrefix: '10.0.0.0/24' },
      agw: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/agw') },
      web: { addressPrefix: '10.0.2.0/24', ...backend },
    }),
    group,
    publicIp('pip', '203.0.113.5'),
    nic('client', 'v/client', '10.0.0.4'),
    nic('web', 'v/web', '10.0.2.4'),
    gateway(more),
    ...others,
  ])
}

const open = estate(nsg('agw', managers, fromInternet))

describe('an application gateway', () => {
  test('takes a private client to its backend on the port of the backend setting', () => {
    const found = story(open, 'client', flow('10.0.0.4', '10.0.1.10', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'accepted' })
    expect(found.devices).toEqual(['client', 'v/client', 'agw', 'v/agw', 'web'])
  })

  test('is who the backend sees', () => {
    const { seen } = story(open, 'client', flow('10.0.0.4', '10.0.1.10', 443))
    expect(seen).toBe(ip('10.0.1.10'))
  })

  test('answers a client on the internet, whose NSG rule names the port of the listener', () => {
    const found = story(open, 'internet', flow('198.51.100.9', '203.0.113.5', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'exits-network' })
    expect(found.devices).toContain('agw')
    expect(found.devices.at(-1)).toBe('web')
  })

  test('drops what comes for a port without a listener', () => {
    expect(story(open, 'client', flow('10.0.0.4', '10.0.1.10', 80)).there).toBe('denied')
  })

  test('is closed to the internet without a rule for it', () => {
    const closed = estate(nsg('agw', managers))
    expect(story(closed, 'internet', flow('198.51.100.9', '203.0.113.5', 443)).decision).toContain('DenyAllInBound')
  })

  test('does not reach a backend whose NSG lets only the client in', () => {
    const rules = [
      rule('Inbound', 100, 'Allow', 'Tcp', '10.0.0.0/24', '*', '8080'),
      rule('Inbound', 110, 'Deny', '*', '*', '*', '*'),
    ]
    const guarded = estate(
      nsg('agw', managers, fromInternet),
      { networkSecurityGroup: ref('networkSecurityGroups/web') },
      {},
      nsg('web', ...rules),
    )
    const found = story(guarded, 'client', flow('10.0.0.4', '10.0.1.10', 443))
    expect([found.there, found.decision]).toEqual(['denied', expect.stringContaining('NSG web inbound rule 110')])
  })

  test.for<readonly [string, Properties, string]>([
    [
      'a name that the gateway looks up itself',
      {
        backendAddressPools: [
          {
            ...part('web', 'backendAddressPools'),
            name: 'web',
            properties: { backendAddresses: [{ fqdn: 'app.example' }] },
          },
        ],
      },
      'looks up backend app.example itself',
    ],
    [
      'members that may fare differently',
      {
        backendAddressPools: [
          {
            ...part('web', 'backendAddressPools'),
            name: 'web',
            properties: { backendAddresses: [{ ipAddress: '10.0.2.4' }, { ipAddress: '10.0.0.4' }] },
          },
        ],
      },
      'depends on their health',
    ],
    ['listeners that are not in the export', { httpListeners: undefined }, 'does not hold the listeners'],
  ])('leaves %s open', ([, more, words]) => {
    const found = story(estate(nsg('agw', managers), {}, more), 'client', flow('10.0.0.4', '10.0.1.10', 443))
    expect(found.there).toBe('unknown')
    expect(found.decision).toContain(words)
  })

  test('chooses the listener of several sites by the name that the client asks for', () => {
    const hosts = { httpListeners: undefined as Json | undefined }
    hosts.httpListeners = [
      {
        ...part('private', 'httpListeners'),
        name: 'private',
        properties: {
          frontendIPConfiguration: part('private', 'frontendIPConfigurations'),
          frontendPort: part('https', 'frontendPorts'),
          hostName: 'app.example',
        },
      },
    ]
    const sites = estate(nsg('agw', managers), {}, hosts)
    const asked = (serverName: string): Flow => ({ ...flow('10.0.0.4', '10.0.1.10', 443), serverName })
    expect(story(sites, 'client', asked('app.example')).there).toBe('accepted')
    expect(story(sites, 'client', asked('other.example')).there).toBe('denied')
  })

  test.for<readonly [string, readonly Json[], readonly string[]]>([
    ['nothing for the manager', [fromInternet], ['GatewayManager on ports 65200, 65535']],
    ['a rule for it', [managers], []],
    ['a rule for everybody', [rule('Inbound', 100, 'Allow', '*', '*', '*', '*')], []],
    [
      'a deny before it',
      [rule('Inbound', 100, 'Deny', '*', '*', '*', '*'), managers],
      ['GatewayManager on ports 65200, 65535', 'AzureLoadBalancer on port 443'],
    ],
  ])('with %s in its NSG says what is missing', ([, rules, wanted]) => {
    const said = estate(nsg('agw', ...rules)).diagnostics.filter((one) => one.code === 'NT1642')
    expect(said).toHaveLength(wanted.length)
    for (const [index, words] of wanted.entries()) expect(said[index]?.message).toContain(words)
  })
})

describe('a Bastion', () => {
  const bastion = (...rules: readonly Json[]) =>
    imported([
      vnet('v', ['10.0.0.0/16'], {
        AzureBastionSubnet: { addressPrefix: '10.0.9.0/26', networkSecurityGroup: ref('networkSecurityGroups/bas') },
        vms: { addressPrefix: '10.0.2.0/24' },
      }),
      nsg('bas', ...rules),
      publicIp('pip', '203.0.113.6'),
      nic('vm', 'v/vms', '10.0.2.4'),
      body('bastionHosts/bas', {
        ipConfigurations: [
          {
            name: 'one',
            properties: { subnet: subnetRef('v/AzureBastionSubnet'), publicIPAddress: ref('publicIPAddresses/pip') },
          },
        ],
      }),
    ])
  const ALL = [
    rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '443'),
    rule('Inbound', 110, 'Allow', 'Tcp', 'GatewayManager', '*', '443'),
    rule('Outbound', 100, 'Allow', '*', '*', 'VirtualNetwork', '22'),
    rule('Outbound', 110, 'Allow', '*', '*', 'VirtualNetwork', '3389'),
    rule('Outbound', 120, 'Allow', 'Tcp', '*', 'AzureCloud', '443'),
    rule('Outbound', 130, 'Allow', '*', 'VirtualNetwork', 'VirtualNetwork', '8080'),
    rule('Outbound', 140, 'Allow', '*', 'VirtualNetwork', 'VirtualNetwork', '5701'),
    rule('Outbound', 150, 'Allow', '*', '*', 'Internet', '80'),
    rule('Outbound', 4000, 'Deny', '*', '*', '*', '*'),
  ]

  test('is reached on 443 of its public address', () => {
    const found = story(bastion(...ALL), 'internet', flow('198.51.100.9', '203.0.113.6', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'exits-network' })
    expect(found.devices.at(-1)).toBe('bas')
  })

  test('reaches a machine on 22, and not on a port its NSG does not name', () => {
    const part = bastion(...ALL)
    const address = part.devices.find((one) => one.name === 'bas')?.interfaces[0]?.addresses[0]?.ip
    const source = address === undefined ? '' : formatIp(address)
    expect(story(part, 'bas', flow(source, '10.0.2.4', 22)).there).toBe('accepted')
    expect(story(part, 'bas', flow(source, '10.0.2.4', 445)).decision).toContain('NSG bas outbound rule 4000')
  })

  test('lets its manager in by a rule for the internet, which holds it', () => {
    const part = bastion(...ALL.filter((_, index) => index !== 1))
    expect(part.diagnostics.filter((one) => one.code === 'NT1642')).toEqual([])
  })

  test('with every rule it needs complains of nothing', () => {
    expect(bastion(...ALL).diagnostics.filter((one) => one.code === 'NT1642')).toEqual([])
  })

  test.for<readonly [string, number, string]>([
    ['clients', 0, 'Internet on port 443'],
    ['desktops', 3, 'VirtualNetwork on port 3389'],
    ['its cloud', 4, 'AzureCloud on port 443'],
    ['its instances', 5, 'VirtualNetwork on port 8080'],
    ['certificates', 7, 'Internet on port 80'],
  ])('without its rule for %s says so', ([, left, words]) => {
    const said = bastion(...ALL.filter((_, index) => index !== left)).diagnostics.filter((one) => one.code === 'NT1642')
    expect(said.map((one) => [one.message, one.finding])).toEqual([[expect.stringContaining(words), true]])
  })
})
