import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/diagnose/index.ts'
import { connectionText } from '../../../src/report/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { type Json, nic, type Properties, ref, routes, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, networkOf } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

type Peerings = Readonly<Record<string, Properties>>

const pair = (one: Peerings, two: Peerings, table?: Readonly<Record<string, string>>): Example => ({
  bodies: [
    vnet(
      'v1',
      ['10.1.0.0/16'],
      { s: { addressPrefix: '10.1.0.0/24', ...(table && { routeTable: ref('routeTables/rt') }) } },
      one,
    ),
    vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, two),
    nic('vm1', 'v1/s', '10.1.0.4'),
    nic('vm2', 'v2/s', '10.2.0.4'),
    ...(table ? [routes('rt', table)] : []),
  ],
})
const vnetId = (name: string) =>
  `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/${name}`
const create = (at: string, to: string) =>
  `az network vnet peering create --resource-group rg --vnet-name ${at} --name to-${to} --remote-vnet ${vnetId(to)} --allow-vnet-access`

/** The end of an answer as it is printed: what decided, the cause, what to do next. */
function endOf(example: Example, from: string, to: string): string[] {
  const answer = connect(prepare(networkOf(example)), from, to)
  const lines = connectionText(answer, { verbose: false }).split('\n')
  return lines.filter((line) => /^(cause|next)/.test(line)).map((line) => line.replace(/ {2,}/g, '  '))
}

describe('Learn: Create, change, or delete a virtual network peering, what a peering that is not connected would bring', () => {
  test.for<[string, Example, string]>([
    [
      'only one half exists and is Initiated',
      pair({ v2: { peeringState: 'Initiated' } }, {}),
      `peering to-v2 is Initiated: v2 has no peering back; create it: ${create('v2', 'v1')}`,
    ],
    [
      'a template makes one half alone',
      pair({ v2: { peeringState: undefined } }, {}),
      `peering to-v2: v2 has no peering back; create it: ${create('v2', 'v1')}`,
    ],
    [
      'only the other half exists',
      pair({}, { v1: { peeringState: 'Initiated' } }),
      `v2 has a peering to v1 (to-v1, Initiated), and v1 has none back; create it: ${create('v1', 'v2')}`,
    ],
    [
      'the other half was deleted',
      pair({ v2: { peeringState: 'Disconnected' } }, {}),
      'peering to-v2 is Disconnected: its other half, in v2, was deleted; delete this one too (az network vnet peering delete --resource-group rg --vnet-name v1 --name to-v2), then create both halves again',
    ],
    [
      'both halves exist and neither is Connected',
      pair({ v2: { peeringState: 'Disconnected' } }, { v1: { peeringState: 'Initiated' } }),
      'peering to-v2 is Disconnected, and to-v1 of v2 is Initiated; both halves are to be Connected: delete both and create them again',
    ],
    [
      'this half says Connected and the other does not',
      pair({ v2: {} }, { v1: { peeringState: 'Disconnected' } }),
      'peering to-v2 is Connected, and to-v1 of v2 is Disconnected; both halves are to be Connected: delete both and create them again',
    ],
  ])('%s: nothing gets through, and the peering is named', ([, example, because]) => {
    const answer = asked(example, 'vm1', 'vm2:443')
    expect([answer.works, answer.code]).toEqual(['no', 'peering-not-connected'])
    expect(answer.cause).toContain(because)
    expect(answer.there).toEqual(['vm1', 'v1/s'])
  })

  test('the whole end of the answer names the peering, its line and what to create', () => {
    expect(endOf(pair({ v2: { peeringState: 'Initiated' } }, {}), 'vm1', 'vm2:443')).toEqual([
      `cause  VNet peering to-v2 10.2.0.0/16 on v1/s is not in force: peering to-v2 is Initiated: v2 has no peering back; create it: ${create('v2', 'v1')}; v1/s: route 10.0.0.0/8 (system route for reserved addresses) discards it [peering-not-connected]  azure.json:27:7`,
      'next  nettrace routes v1/s 10.2.0.4',
    ])
  })

  test('an answer that is lost names the half that is missing on its side', () => {
    const answer = asked(pair({ v2: {} }, {}), 'vm1', 'vm2:443')
    expect([answer.works, answer.code]).toEqual(['one-way', 'peering-not-connected'])
    expect(answer.cause).toContain(`v2 has none back; create it: ${create('v2', 'v1')}`)
  })

  test('what a peer got since the last sync is not routed, and the sync is named', () => {
    const snapshot = {
      peeringSyncLevel: 'RemoteNotInSync',
      remoteAddressSpace: { addressPrefixes: ['10.22.0.0/16'] },
      remoteVirtualNetworkAddressSpace: { addressPrefixes: ['10.22.0.0/16', '10.2.0.0/16'] },
    }
    expect(endOf(pair({ v2: snapshot }, { v1: {} }), 'vm1', 'vm2:443')).toEqual([
      'cause  VNet peering to-v2 10.2.0.0/16 on v1/s is not in force: v2 has 10.2.0.0/16, which to-v2 does not know yet (peeringSyncLevel is RemoteNotInSync); sync it: az network vnet peering sync --resource-group rg --vnet-name v1 --name to-v2; v1/s: route 10.0.0.0/8 (system route for reserved addresses) discards it [peering-out-of-sync]  azure.json:32:7',
      'next  nettrace routes v1/s 10.2.0.4',
    ])
  })

  test('what is on the other side of no peering at all is told by its owner', () => {
    const answer = asked(pair({}, {}), 'vm1', 'vm2:443')
    expect([answer.works, answer.code]).toEqual(['no', 'null-routed'])
    expect(answer.cause).toContain('10.2.0.4 belongs to vm2, and no route of v1/s leads there')
  })

  test('peerings in force say nothing of gaps', () => {
    expect(asked(pair({ v2: {} }, { v1: {} }), 'vm1', 'vm2:443').works).toBe('yes')
  })
})

describe('Learn: Virtual network traffic routing, a user route that hides a peering', () => {
  const hiding = (table: Readonly<Record<string, string>>) => pair({ v2: {} }, { v1: {} }, table)
  const peering = 'VNet peering to-v2 10.2.0.0/16'
  test.for<[string, Readonly<Record<string, string>>, string, string]>([
    ['of the same prefix, to None', { '10.2.0.0/16': 'None' }, 'route-inactive', `${peering} on v1/s is not in force`],
    ['longer, to None', { '10.2.0.0/24': 'None' }, 'hidden-route', `without it ${peering} would carry it`],
    ['to Internet', { '10.2.0.0/16': 'Internet' }, 'route-inactive', `${peering} on v1/s is not in force`],
    [
      'to an address that nobody has',
      { '10.2.0.0/16': '10.1.0.99' },
      'next-hop-not-found',
      `nobody on v1 has the address 10.1.0.99, where user route route0 of rt 10.2.0.0/16 on v1/s leads; ${peering} is not in force`,
    ],
    [
      'to an appliance in no VNet within reach',
      { '10.2.0.0/16': '10.9.0.4' },
      'next-hop-unreachable',
      `${peering} is not in force: user route route0 of rt has the same prefix, and a user route comes first`,
    ],
  ])('%s', ([, table, code, words]) => {
    const answer = asked(hiding(table), 'vm1', 'vm2:443')
    expect([answer.works, answer.code]).toEqual(['no', code])
    expect(answer.cause).toContain(words)
  })
})

describe('Learn: Configure VPN gateway transit for virtual network peering, a site that a spoke does not reach', () => {
  const spoke = (hubSide: Properties, spokeSide: Properties, subnet: Properties = {}, more: Json[] = []): Example => ({
    bodies: [
      vnet('hub', ['10.0.0.0/16'], gatewaySubnet('10.0.255.0/27'), { spoke: hubSide }),
      vnet('spoke', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24', ...subnet } }, { hub: spokeSide }),
      ...gateway('vgw', 'hub', '10.0.255.4', '198.51.100.60'),
      ...siteConnection('vgw', ['10.50.0.0/16']),
      nic('vm', 'spoke/s', '10.1.0.4'),
      ...more,
    ],
  })
  const allows = { allowGatewayTransit: true }
  const uses = { useRemoteGateways: true }
  const table = (...routesOf: Parameters<typeof routes>) =>
    spoke(allows, uses, { routeTable: ref('routeTables/rt') }, [routes(...routesOf)])
  test.for<[string, Example, string]>([
    [
      'neither flag is set',
      spoke({}, {}),
      'peering to-hub does not use the gateway of the other VNet (useRemoteGateways is false, and so is allowGatewayTransit of to-spoke in hub)',
    ],
    [
      'the spoke does not ask',
      spoke(allows, {}),
      'peering to-hub does not use the gateway of the other VNet (useRemoteGateways is false)',
    ],
    [
      'the hub does not share',
      spoke({}, uses),
      'peering to-hub wants the gateway of hub, which does not allow gateway transit',
    ],
    [
      'the route table keeps gateway routes out, static prefixes too',
      table('rt', {}, { disableBgpRoutePropagation: true }),
      'route table rt keeps gateway routes out (disableBgpRoutePropagation is true)',
    ],
    [
      'a user route has the prefix',
      table('rt', { '10.50.0.0/16': 'None' }),
      'user route route0 of rt has the same prefix, and a user route comes first',
    ],
    [
      'the peering itself is not connected',
      spoke({ ...allows, peeringState: 'Initiated' }, { ...uses, peeringState: 'Disconnected' }),
      'peering to-hub is Disconnected, and to-spoke of hub is Initiated',
    ],
  ])('%s', ([, example, because]) => {
    const answer = asked(example, 'vm', '10.50.1.9:443')
    expect([answer.works, answer.code]).toEqual(['no', 'route-inactive'])
    expect(answer.cause).toContain(
      `gateway prefix of connection to-site 10.50.0.0/16 on spoke/s is not in force: ${because}`,
    )
  })

  test('a site’s range inside the VNet’s own is not reached: the two overlap', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], { ...gatewaySubnet('10.0.255.0/27'), s: { addressPrefix: '10.0.1.0/24' } }),
      ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
      ...siteConnection('vgw', ['10.0.7.0/24']),
      nic('vm', 'v/s', '10.0.1.4'),
    ]
    const answer = asked({ bodies }, 'vm', '10.0.7.9:443')
    expect(answer.works).toBe('no')
    expect(answer.cause).toContain(
      'gateway prefix of connection to-site 10.0.7.0/24 on v/s is not in force: VNet, peering and service endpoint routes come before prefixes learned through a gateway',
    )
  })

  test('two VNets of one address space are told to overlap', () => {
    const bodies = [
      vnet('v1', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }, { v2: { peeringState: 'Disconnected' } }),
      vnet('v2', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.2.0/24' } }),
      nic('vm1', 'v1/s', '10.0.1.4'),
      nic('vm2', 'v2/s', '10.0.2.4'),
    ]
    const answer = asked({ bodies }, 'vm1', 'vm2:443')
    expect([answer.works, answer.code]).toEqual(['no', 'overlapping-network'])
    expect(answer.cause).toContain(
      '10.0.2.4 belongs to vm2, but v1/s has 10.0.0.0/16 on its own vnet: the two networks overlap',
    )
  })
})
