import { describe, expect, test } from 'vitest'
import { filesOf } from '../../src/collect/index.ts'
import type { ArmBody, Asked, Fault } from './arm-server.ts'
import { PLANT, reading, SUBSCRIPTION } from './reading.ts'

const ZONE = '/privateDnsZones/privatelink.blob.core.windows.net/ALL'
const GRAPH = '/providers/Microsoft.ResourceGraph/resources'
const onceAt = (where: string, fault: Fault) => (asked: Asked) =>
  asked.path.endsWith(where) && asked.before === 0 ? fault : undefined
const always = (where: string, fault: Fault) => (asked: Asked) => (asked.path.endsWith(where) ? fault : undefined)
const group = (name: string, subscription = SUBSCRIPTION) => `/subscriptions/${subscription}/resourceGroups/${name}`
const network = (id: string, type: string, properties: object = {}): ArmBody => ({
  id: `${id.includes('/') ? id : `${group('rg')}/providers/Microsoft.Network/${type}/${id}`}`,
  name: id.slice(id.lastIndexOf('/') + 1),
  type: `Microsoft.Network/${type}`,
  properties,
})

describe('an answer that is not whole', () => {
  test.for([GRAPH, ZONE, '/computes'])(
    'breaks off in the middle, once, at %s: it is asked for again',
    async (where) => {
      const { collection, waits } = await reading({ estate: PLANT, fault: onceAt(where, 'drop within') })
      expect({ unread: collection.unread, waits }).toEqual({ unread: [], waits: ['the connection dropped: 1 s'] })
      expect(collection.bodies).toHaveLength(PLANT.length)
    },
  )

  test('breaks off each time: the list is not read, and why', async () => {
    const { collection } = await reading({ estate: PLANT, fault: always(ZONE, 'drop within') })
    expect(collection.unread).toMatchObject([
      { code: 'ECONNRESET', why: 'the connection failed, and still did at the last try' },
    ])
  })

  test.for([
    ['is cut off, with no way to the rest', { data: [], totalRecords: 5000, resultTruncated: 'true' }],
    ['counts more rows than it gives', { data: [], totalRecords: 7, resultTruncated: 'false' }],
    ['goes on at the page it came from', { data: [], totalRecords: 7, $skipToken: 'again' }],
  ] as const)(
    'of Resource Graph %s: the run fails, as an estate without its half answers wrongly',
    async ([, body]) => {
      const fault = always(GRAPH, { status: 200, body })
      await expect(reading({ estate: PLANT, fault })).rejects.toMatchObject({
        facts: {
          why: expect.stringMatching(/^the answer was cut off at 0 of|^the pages of the answer go in a circle/),
        },
      })
    },
  )

  test('is too large for Resource Graph: smaller pages are asked for', async () => {
    const refusal = {
      error: {
        code: 'BadRequest',
        message: 'Please provide below info when asking for support',
        details: [{ code: 'ResponsePayloadTooLarge', message: 'Response payload size is 94330584' }],
      },
    }
    const fault = ({ path, text }: Asked) =>
      path === GRAPH && JSON.parse(text).options.$top > 50 ? { status: 400, body: refusal } : undefined
    const { collection } = await reading({ estate: PLANT, fault })
    expect({ bodies: collection.bodies.length, unread: collection.unread }).toEqual({
      bodies: PLANT.length,
      unread: [],
    })
  })

  test.for([
    ['holds no list', ZONE, { error: null }, 'the answer holds no list'],
    ['holds no list where we ask ourselves', '/computes', {}, 'the answer holds no list'],
  ] as const)('%s: it is not taken for an empty one', async ([, where, body, why]) => {
    const { collection } = await reading({ estate: PLANT, fault: always(where, { status: 200, body }) })
    expect(collection.unread.map((one) => one.why)).toEqual([why])
  })

  test.for([ZONE, '/computes'])(
    'has pages in a circle at %s: two of them are asked for, not ten thousand',
    async (where) => {
      const { collection, server } = await reading({
        estate: PLANT,
        fault: ({ path, url }) =>
          path.endsWith(where) ? { status: 200, body: { value: [], nextLink: url } } : undefined,
      })
      expect(collection.unread.map((one) => one.why)).toEqual(['the pages of the answer go in a circle'])
      expect(server.asked.filter(({ path }) => path.endsWith(where)).length).toBeLessThanOrEqual(3)
    },
  )
})

describe('Azure asks to slow down, or for another version', () => {
  test('Resource Graph says when its quota is back: that long is waited', async () => {
    const headers = { 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:05' }
    const { waits } = await reading({ estate: PLANT, fault: onceAt(GRAPH, { status: 429, headers }) })
    expect(waits).toEqual(['Azure asks to wait (429): 5 s'])
  })

  const refused = (code: string, message: string) => ({ status: 400, body: { error: { code, message } } })
  test.for([
    [
      'a resource type',
      'NoRegisteredProviderFound',
      "The supported api-versions are '2018-09-01, 2020-06-01, 2020-01-01'. The supported locations are ', westeurope'.",
      '2020-06-01',
    ],
    [
      'a version',
      'InvalidApiVersionParameter',
      "The supported versions are '2019-01-01,2024-06-02-preview,2025-01-01'.",
      '2019-01-01',
    ],
    [
      'only newer ones',
      'InvalidResourceType',
      "The supported api-versions are '2027-01-01, 2026-01-01'.",
      '2026-01-01',
    ],
  ] as const)(
    'a cloud without the version (%s): the newest that it names and that is no newer is asked for',
    async ([, code, words, version]) => {
      const { collection, server } = await reading({
        estate: PLANT,
        fault: (asked) => (asked.path.endsWith(ZONE) && asked.version !== version ? refused(code, words) : undefined),
      })
      expect(collection.unread).toEqual([])
      expect(server.asked.filter(({ path }) => path.endsWith(ZONE)).map((one) => one.version)).toEqual([
        '2024-06-01',
        version,
      ])
    },
  )

  test('a refusal that names no version is not read, and is not asked again', async () => {
    const { collection, server } = await reading({
      estate: PLANT,
      fault: always(ZONE, refused('InvalidApiVersionParameter', 'no')),
    })
    expect(collection.unread).toMatchObject([{ status: 400, code: 'InvalidApiVersionParameter' }])
    expect(server.asked.filter(({ path }) => path.endsWith(ZONE))).toHaveLength(1)
  })
})

describe('who may not read, or no longer', () => {
  test('a token that ends in the middle ends the run: a folder full of holes would take the place of a good one', async () => {
    let answered = 0
    const fault = () =>
      ++answered > 20 ? ({ status: 401, body: { error: { code: 'ExpiredAuthenticationToken' } } } as const) : undefined
    await expect(reading({ estate: PLANT, fault })).rejects.toMatchObject({
      facts: { status: 401, code: 'ExpiredAuthenticationToken' },
    })
  })

  const [OTHER, THIRD] = ['11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222'] as const
  test('of three subscriptions one is unknown and one of another tenant: both are listed, the third is read', async () => {
    const { collection, server } = await reading(
      {
        estate: PLANT,
        fault: ({ path }) => {
          if (path.endsWith(OTHER)) return { status: 404, body: { error: { code: 'SubscriptionNotFound' } } }
          return path.endsWith(THIRD)
            ? { status: 401, body: { error: { code: 'InvalidAuthenticationTokenTenant' } } }
            : undefined
        },
      },
      { subscriptions: [THIRD, SUBSCRIPTION, OTHER] },
    )
    expect(collection.bodies).toHaveLength(PLANT.length)
    expect(collection.unread).toEqual([
      {
        id: `/subscriptions/${OTHER}`,
        child: 'microsoft.resources/subscriptions',
        what: `subscription ${OTHER}`,
        status: 404,
        code: 'SubscriptionNotFound',
        why: 'it is not there',
      },
      {
        id: `/subscriptions/${THIRD}`,
        child: 'microsoft.resources/subscriptions',
        what: `subscription ${THIRD}`,
        status: 401,
        code: 'InvalidAuthenticationTokenTenant',
        why: 'it belongs to another tenant: import it by itself, with --tenant and another --out',
      },
    ])
    expect(server.queries.map((one) => one.subscriptions)).toEqual([[SUBSCRIPTION]])
  })

  const nic = network('nic', 'networkInterfaces', {
    networkSecurityGroup: { id: `${group('RG-Secret')}/providers/Microsoft.Network/networkSecurityGroups/nsg-b` },
    ipConfigurations: [
      {
        properties: {
          subnet: { id: `${group('rg-secret')}/providers/Microsoft.Network/virtualNetworks/vnet-a/subnets/s` },
        },
      },
      {
        properties: {
          subnet: { id: `${group('rg-gone')}/providers/Microsoft.Network/virtualNetworks/vnet-x/subnets/s` },
        },
      },
      { properties: { disk: { id: `${group('rg-disks')}/providers/Microsoft.Compute/disks/d` } } },
      { properties: { other: { id: `${group('rg', OTHER)}/providers/Microsoft.Network/virtualNetworks/v` } } },
    ],
  })
  const may = ({ path }: Asked) =>
    /\/rg-secret$/i.test(path)
      ? {
          status: 403,
          body: {
            error: {
              code: 'AuthorizationFailed',
              message: "perform action 'Microsoft.Resources/subscriptions/resourceGroups/read' over",
            },
          },
        }
      : undefined

  test('a resource group one may not see is missing in Resource Graph without a word: what is referred to tells', async () => {
    const { collection, server } = await reading({ estate: [nic], fault: may })
    expect(collection.unread).toEqual([
      {
        id: group('rg-secret').toLowerCase(),
        child: 'microsoft.resources/subscriptions/resourcegroups',
        what: 'resource group rg-secret with nsg-b and 1 more, which other resources refer to',
        status: 403,
        code: 'AuthorizationFailed',
        why: 'reading it is not allowed',
        needs: 'Microsoft.Resources/subscriptions/resourceGroups/read',
      },
    ])
    const groups = server.asked.filter(({ path }) => /\/resourcegroups\/[^/]+$/i.test(path))
    expect(groups.map(({ path }) => path.split('/').at(-1))).toEqual(['rg-gone', 'rg-secret'])
  })

  test('a group that was not asked for is not looked for', async () => {
    const { collection } = await reading({ estate: [nic], fault: may }, { resourceGroups: ['rg'] })
    expect(collection.unread).toEqual([])
  })
})

describe('what Resource Graph does not have', () => {
  test('VNets that Azure Policy put into a network group are read from the table of memberships', async () => {
    const manager = network('avnm', 'networkManagers')
    const vnet = network('v', 'virtualNetworks')
    const membership: ArmBody = {
      id: `${vnet.id}/providers/Microsoft.Network/networkGroupMemberships/default`,
      name: 'default',
      type: 'Microsoft.Network/networkGroupMemberships',
      properties: { GroupMemberships: [{ NetworkGroupId: `${manager.id}/networkGroups/g` }] },
    }
    const { collection } = await reading({ estate: [manager, vnet, membership] })
    const text = filesOf(collection).get('microsoft.network.networkgroupmemberships.json') ?? '[]'
    expect(JSON.parse(text)).toMatchObject([{ id: membership.id, properties: membership.properties }])
    const { server } = await reading({ estate: [vnet] })
    expect(server.queries).toHaveLength(1)
  })

  test('the access rules and members of a perimeter, and the route maps of a hub', async () => {
    const perimeter = network('nsp', 'networkSecurityPerimeters')
    const below = (parent: ArmBody, type: string, name: string): ArmBody => ({
      id: `${parent.id}/${type}/${name}`,
      name,
      type: `${parent.type}/${type}`,
      properties: {},
    })
    const profile = below(perimeter, 'profiles', 'p')
    const hub = network('hub', 'virtualHubs', { virtualWan: { id: 'x' } })
    const children = [
      profile,
      below(perimeter, 'resourceAssociations', 'a'),
      below(profile, 'accessRules', 'r'),
      below(hub, 'routeMaps', 'm'),
    ]
    const { collection } = await reading({ estate: [perimeter, hub, ...children] })
    expect(collection.unread).toEqual([])
    expect(collection.bodies).toHaveLength(6)
  })

  test('learned routes: of gateways, route servers’ peers and circuits, a file each, two of one name apart', async () => {
    const server = network('rs', 'virtualHubs')
    const peer: ArmBody = {
      ...server,
      id: `${server.id}/bgpConnections/nva`,
      name: 'nva',
      type: `${server.type}/bgpConnections`,
    }
    const twin = network(
      `${group('rg-two')}/providers/Microsoft.Network/virtualNetworkGateways/vgw`,
      'virtualNetworkGateways',
    )
    const circuits = [
      network('erc', 'expressRouteCircuits', { peerings: [{ properties: { peeringType: 'AzurePrivatePeering' } }] }),
      network('empty', 'expressRouteCircuits', { peerings: [] }),
    ]
    const estate = [network('vgw', 'virtualNetworkGateways'), twin, server, peer, ...circuits]
    const { collection } = await reading({ estate }, { learnedRoutes: true })
    expect(collection.unread).toEqual([])
    const names = [...filesOf(collection).keys()].filter((name) => name.includes('learned'))
    expect(names).toEqual([
      `vgw.rg-two.${SUBSCRIPTION}.learned-routes.json`,
      'erc.primary.learned-routes.json',
      'erc.secondary.learned-routes.json',
      'rs.nva.learned-routes.json',
      `vgw.rg.${SUBSCRIPTION}.learned-routes.json`,
    ])
    expect(JSON.parse(filesOf(collection).get('nettrace-import.json') ?? '').routes).toEqual(names)
  })

  test('effective routes: of interfaces of machines, in a file that is named after each', async () => {
    const estate = [
      network('nic.1', 'networkInterfaces', { virtualMachine: { id: 'x' } }),
      network('spare', 'networkInterfaces'),
    ]
    const { collection } = await reading({ estate }, { effectiveRoutes: true })
    expect([...filesOf(collection).keys()]).toContain('nic.1.effective-routes.json')
    expect(collection.routes).toHaveLength(1)
    expect((await reading({ estate })).collection.routes).toEqual([])
    const stopped = always('/effectiveRouteTable', { status: 400 })
    const { collection: without } = await reading({ estate, fault: stopped }, { effectiveRoutes: true })
    expect({ routes: without.routes, unread: without.unread }).toEqual({ routes: [], unread: [] })
  })
})
