import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/diagnose/index.ts'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { formatOf } from '../../../src/importers/index.ts'
import { connectionText, diagnosticsText } from '../../../src/report/index.ts'
import { loadTopology, type Topology } from '../../../src/topology/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { body, type Json, nic, nsg, ref, routes, rule, subnetRef, vnet } from './arm.ts'

/** The topology of bodies and of what was printed, each file by its name. */
function topologyOf(bodies: readonly Json[], printed: Readonly<Record<string, Json>>): Topology {
  const files = new Map([['azure.json', JSON.stringify(bodies, null, 1)]])
  for (const [name, value] of Object.entries(printed)) files.set(name, JSON.stringify(value, null, 1))
  const plan = JSON.stringify({ nettrace: 1, azure: { resources: [...files.keys()] } })
  const reader = {
    read: (path: string) => {
      const text = path.endsWith('.yaml') ? plan : files.get(path)
      return text === undefined ? { problem: 'there is no such file' } : { text }
    },
    list: () => undefined,
  }
  return loadTopology('estate.yaml', { reader })
}

function answer(topology: Topology, from: string, to: string): string {
  return connectionText(connect(prepare(topology.network), from, to), { verbose: false })
}

/** What is found wrong, as it is printed. */
function found(topology: Topology): string {
  return diagnosticsText(topology.diagnostics.filter((one) => /^NT(1618|178[78])$/.test(one.code)))
}

const row = (source: string, state: string, prefix: string, nextHopType: string, ...hops: string[]): Json => ({
  addressPrefix: [prefix],
  disableBgpRoutePropagation: false,
  name: null,
  nextHopIpAddress: hops,
  nextHopType,
  source,
  state,
})
const OWN = row('Default', 'Active', '10.0.0.0/16', 'VnetLocal')
const INTERNET = row('Default', 'Active', '0.0.0.0/0', 'Internet')
const NONE = row('Default', 'Active', '25.33.80.0/20', 'None')
const list = (...value: Json[]): Json => ({ nextLink: null, value })

const subnets = { s: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') } }
const plain = [
  vnet('v', ['10.0.0.0/16'], subnets),
  routes('rt', { '10.60.0.0/16': '10.0.1.9' }),
  nic('vm', 'v/s', '10.0.1.4'),
  nic('nva', 'v/s', '10.0.1.9', { enableIPForwarding: true }),
]
const USER = row('User', 'Active', '10.60.0.0/16', 'VirtualAppliance', '10.0.1.9')

describe('effective routes that Azure printed of a network interface', () => {
  test('are known by their shape', () => {
    const formats = [list(OWN), [OWN], list({ effectiveSecurityRules: [], networkSecurityGroup: { id: 'x' } })]
    expect(formats.map((one) => formatOf({ path: 'a.json', text: JSON.stringify(one) }))).toEqual([
      'azure',
      'azure',
      'azure',
    ])
  })

  test('that agree with the export are not spoken of', () => {
    const topology = topologyOf(plain, { 'vm.effective-routes.json': list(OWN, INTERNET, NONE, USER) })
    expect(found(topology)).toBe('')
    expect(topology.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('that PowerShell printed count as well', () => {
    const capital = (value: Json): Json =>
      Object.fromEntries(Object.entries(value ?? {}).map(([key, one]) => [key[0]?.toUpperCase() + key.slice(1), one]))
    const printed = [OWN, INTERNET, row('User', 'Active', '10.61.0.0/16', 'None')].map(capital)
    expect(found(topologyOf(plain, { 'vm.effective-routes.json': printed }))).toContain('User Active 10.61.0.0/16 None')
  })

  test('with a route the export lacks: both are named, and what goes there is unknown', () => {
    const printed = list(OWN, INTERNET, USER, row('User', 'Active', '198.51.100.0/24', 'VirtualAppliance', '10.0.1.77'))
    const topology = topologyOf(plain, { 'vm.effective-routes.json': printed })
    expect(found(topology)).toContain(
      'warning[NT1787]: EffectiveRoutesDiffer: of vm Azure says User Active 198.51.100.0/24 VirtualAppliance 10.0.1.77, the export has no such route\n  --> vm.effective-routes.json:',
    )
    const text = answer(topology, 'vm', '198.51.100.9:443')
    expect(text).toMatch(/^\? cannot tell/)
    expect(text).toContain(
      'Azure says User Active 198.51.100.0/24 VirtualAppliance 10.0.1.77, the export has no such route',
    )
    expect(answer(topology, 'vm', '203.0.113.9:443')).not.toContain('Azure says')
  })

  test('with another next hop: both places are named', () => {
    const moved = row('User', 'Active', '10.60.0.0/16', 'VirtualAppliance', '10.0.1.10')
    const text = found(topologyOf(plain, { 'vm.effective-routes.json': list(OWN, INTERNET, moved) }))
    expect(text).toContain(
      'of vm Azure says User Active 10.60.0.0/16 VirtualAppliance 10.0.1.10, the export says User Active 10.60.0.0/16 VirtualAppliance 10.0.1.9',
    )
    expect(text).toMatch(/--> vm\.effective-routes\.json:\d+/)
    expect(text).toMatch(/--> azure\.json:\d+/)
  })

  test.for([
    [
      'in another state',
      list(OWN, row('Default', 'Invalid', '0.0.0.0/0', 'Internet'), USER),
      'Azure says Default Invalid 0.0.0.0/0 Internet, the export says Default Active 0.0.0.0/0 Internet',
    ],
    [
      'without one the export has',
      list(OWN, INTERNET),
      'of vm the export says User Active 10.60.0.0/16 VirtualAppliance 10.0.1.9, Azure has no such route',
    ],
  ] as const)('%s', ([, printed, words]) => {
    expect(found(topologyOf(plain, { 'vm.effective-routes.json': printed }))).toContain(words)
  })

  test('of which nobody can say whose they are are left out, and it is said how to name the file', () => {
    expect(found(topologyOf(plain, { 'routes.json': list(OWN) }))).toContain(
      'it is not known of which network interface this is: name the file after it: <network interface>.effective-routes.json; it is left out',
    )
  })
})

const gateway = (name: string, vnetName: string): Json =>
  body(`virtualNetworkGateways/${name}`, {
    gatewayType: 'ExpressRoute',
    ipConfigurations: [{ name: 'one', properties: { subnet: subnetRef(`${vnetName}/GatewaySubnet`) } }],
  })
const circuit = (name: string, of: string): Json =>
  body(`connections/${name}`, {
    connectionType: 'ExpressRoute',
    virtualNetworkGateway1: ref(`virtualNetworkGateways/${of}`),
  })
const hub = [
  vnet('hub', ['10.0.0.0/16'], {
    GatewaySubnet: { addressPrefix: '10.0.255.0/27' },
    s: { addressPrefix: '10.0.1.0/24' },
  }),
  gateway('er', 'hub'),
  circuit('to-plant', 'er'),
  nic('vm', 'hub/s', '10.0.1.4'),
]
const LEARNED = row('VirtualNetworkGateway', 'Active', '172.20.0.0/16', 'VirtualNetworkGateway', '10.3.129.70')

describe('prefixes of gateways among the effective routes', () => {
  test('that no body holds count: the packet leaves over the circuit, by the line of that file', () => {
    const before = answer(topologyOf(hub, {}), 'vm', '172.20.1.1:445')
    expect(before).toContain('no ARM body holds them')
    const topology = topologyOf(hub, { 'vm.effective-routes.json': list(OWN, LEARNED, INTERNET) })
    expect(found(topology)).toBe('')
    const text = answer(topology, 'vm', '172.20.1.1:445')
    expect(text).toMatch(/vm\.effective-routes\.json:\d+/)
    expect(text).not.toContain('no ARM body holds them')
  })

  test('whose next hop is Microsoft’s edge router are no difference, whatever address the gateway has', () => {
    const configuration = { subnet: subnetRef('hub/GatewaySubnet'), publicIPAddress: ref('publicIPAddresses/er-ip') }
    const bodies = [
      ...hub.filter((_, index) => index !== 1),
      body('publicIPAddresses/er-ip', { ipAddress: '20.61.0.1' }),
      body('virtualNetworkGateways/er', {
        gatewayType: 'ExpressRoute',
        ipConfigurations: [{ name: 'one', properties: configuration }],
      }),
    ]
    const topology = topologyOf(bodies, { 'vm.effective-routes.json': list(OWN, LEARNED, INTERNET) })
    expect(found(topology)).toBe('')
  })

  test('are all there are: what is not in the list is in nobody’s announcement', () => {
    const topology = topologyOf(hub, { 'vm.effective-routes.json': list(OWN, LEARNED, INTERNET) })
    expect(answer(topology, 'vm', '172.31.1.1:445')).not.toContain('one of them may hold this address')
  })

  test('of two circuits do not say over which they came: the answer stays unknown', () => {
    const topology = topologyOf([...hub, circuit('to-office', 'er')], {
      'vm.effective-routes.json': list(OWN, LEARNED, INTERNET),
    })
    expect(answer(topology, 'vm', '172.20.1.1:445')).toMatch(/^\? cannot tell/)
  })
})

const guarded = [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
  nsg('nic-nsg', { ...(rule('Inbound', 100, 'Allow', 'Tcp', '*', '*', '22') as object), name: 'ssh' }),
  nic('vm', 'v/s', '10.0.1.4', { networkSecurityGroup: ref('networkSecurityGroups/nic-nsg') }),
  nic('other', 'v/s', '10.0.1.5'),
]
const effective = (name: string, priority: number, access: string): Json => ({
  name,
  protocol: 'Tcp',
  sourcePortRange: '0-65535',
  destinationPortRange: '22-22',
  sourceAddressPrefix: '0.0.0.0/0',
  destinationAddressPrefix: '0.0.0.0/0',
  access,
  priority,
  direction: 'Inbound',
})
const group = (name: string, association: Json, ...rules: Json[]): Json => ({
  association,
  effectiveSecurityRules: rules,
  networkSecurityGroup: ref(`networkSecurityGroups/${name}`),
  tagMap: null,
})
const onNic: Json = { networkInterface: ref('networkInterfaces/vm') }
const onSubnet: Json = { subnet: subnetRef('v/s') }
const DEFAULT = effective('defaultSecurityRules/DenyAllInBound', 65500, 'Deny')

describe('effective rules that Azure printed of a network interface', () => {
  test('that agree with the export are not spoken of, whatever the file is called', () => {
    const printed = list(group('nic-nsg', onNic, effective('securityRules/ssh', 100, 'Allow'), DEFAULT))
    expect(found(topologyOf(guarded, { 'printed.json': printed }))).toBe('')
  })

  test('of an NSG that a policy put on the subnet make what it may deny unknown, and name it', () => {
    const printed = list(
      group('policy-nsg', onSubnet, effective('securityRules/no', 100, 'Deny'), DEFAULT),
      group('nic-nsg', onNic, effective('securityRules/ssh', 100, 'Allow'), DEFAULT),
    )
    const topology = topologyOf(guarded, { 'vm.effective-nsg.json': printed })
    expect(found(topology)).toContain('Azure applies NSG policy-nsg to subnet v/s, and it is not in the export')
    const text = answer(topology, 'other', '10.0.1.4:22')
    expect(text).toMatch(/^\? cannot tell/)
    expect(text).toContain('NSG policy-nsg is not in the export, and Azure lists it as in force there')
  })

  test.for([
    [
      'another access',
      [effective('securityRules/ssh', 100, 'Deny')],
      'Azure says inbound rule ssh: Deny at 100, the export says Allow at 100',
    ],
    [
      'another priority',
      [effective('securityRules/ssh', 120, 'Allow')],
      'Azure says inbound rule ssh: Allow at 120, the export says Allow at 100',
    ],
    [
      'a rule more',
      [effective('securityRules/ssh', 100, 'Allow'), effective('securityRules/web', 110, 'Allow')],
      'Azure says inbound rule web: Allow at 110, the export has no such rule',
    ],
    ['a rule less', [DEFAULT], 'rule ssh of NSG nic-nsg (Allow at 100) is not among Azure'],
  ] as const)('with %s are reported', ([, rules, words]) => {
    expect(found(topologyOf(guarded, { 'vm.effective-nsg.json': list(group('nic-nsg', onNic, ...rules)) }))).toContain(
      words,
    )
  })

  test.for([
    [
      'denies what the export allows',
      [effective('securityRules/ssh', 100, 'Deny')],
      'rule ssh: Deny at 100, the export says Allow at 100',
    ],
    [
      'has a rule before it',
      [effective('securityRules/ssh', 100, 'Allow'), effective('securityRules/no', 90, 'Deny')],
      'rule no: Deny at 90, the export has no such rule',
    ],
    ['lacks it', [DEFAULT], "rule ssh of NSG nic-nsg (Allow at 100) is not among Azure's effective rules"],
  ] as const)('where Azure %s the answer cannot tell, and says both', ([, rules, words]) => {
    const printed = list(group('nic-nsg', onNic, ...rules))
    const text = answer(topologyOf(guarded, { 'vm.effective-nsg.json': printed }), 'other', '10.0.1.4:22')
    expect(text).toMatch(/^\? cannot tell/)
    expect(text).toContain(words)
  })

  test('that differ behind the rule that decides change no answer', () => {
    const printed = list(
      group('nic-nsg', onNic, effective('securityRules/ssh', 100, 'Allow'), effective('securityRules/no', 200, 'Deny')),
    )
    const text = answer(topologyOf(guarded, { 'vm.effective-nsg.json': printed }), 'other', '10.0.1.4:22')
    expect(text).not.toMatch(/^\? cannot tell/)
  })
})

test('never throws, whatever is printed', () => {
  const text = JSON.stringify(list(OWN, LEARNED, group('policy-nsg', onSubnet, DEFAULT)))
  const estate = JSON.stringify([...hub, ...guarded])
  const read = (printed: string) =>
    importAzure(
      [
        { path: 'azure.json', text: estate },
        { path: 'vm.effective-routes.json', text: printed },
      ],
      { placements: [] },
    )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length }), fc.json(), (at, json) => {
      read(text.slice(0, at))
      read(JSON.stringify([{ addressPrefix: JSON.parse(json), nextHopType: 1, source: null, state: [] }]))
      read(JSON.stringify([{ effectiveSecurityRules: JSON.parse(json), association: 7 }]))
    }),
    { seed: 7, numRuns: 25 },
  )
})
