import { describe, expect, test } from 'vitest'
import { filesOf } from '../../src/collect/index.ts'
import type { ArmBody, Asked } from './arm-server.ts'
import { PLANT, reading, SUBSCRIPTION } from './reading.ts'

const idsOf = (bodies: readonly object[]) => bodies.map((one) => (one as ArmBody).id.toLowerCase())

describe('an estate behind the Resource Manager', () => {
  test('comes back whole: every body once, in the order of ids, members as Azure sent them', async () => {
    const { collection } = await reading({ estate: PLANT })
    expect(collection.unread).toEqual([])
    expect(idsOf(collection.bodies)).toEqual(idsOf(PLANT).sort())
    const byId = new Map(PLANT.map((one) => [one.id.toLowerCase(), one]))
    for (const body of collection.bodies as ArmBody[])
      expect(body.properties).toEqual(byId.get(body.id.toLowerCase())?.properties)
  })

  test('pages of seven give the same bytes as one page', async () => {
    const whole = await reading({ estate: PLANT })
    const paged = await reading({ estate: PLANT, page: 7 })
    expect(filesOf(paged.collection)).toEqual(filesOf(whole.collection))
    expect(paged.server.queries.length).toBeGreaterThan(10)
  })

  test('the requests and their versions are these', async () => {
    const { server } = await reading({ estate: PLANT })
    const shape = ({ method, path, version }: Asked) =>
      `${method} ${path.replace(/^.*\/providers\/([^/]+\/[^/]+)\/[^/]+\//, '$1/*/')} ${version}`
    expect([...new Set(server.asked.map(shape))].sort()).toMatchInlineSnapshot(`
      [
        "GET /subscriptions/00000000-0000-0000-0000-000000000000 2022-12-01",
        "GET Microsoft.MachineLearningServices/workspaces/*/batchEndpoints 2024-10-01",
        "GET Microsoft.MachineLearningServices/workspaces/*/computes 2024-10-01",
        "GET Microsoft.MachineLearningServices/workspaces/*/onlineEndpoints 2024-10-01",
        "GET Microsoft.MachineLearningServices/workspaces/*/outboundRules 2024-10-01",
        "GET Microsoft.Network/dnsResolvers/*/inboundEndpoints 2022-07-01",
        "GET Microsoft.Network/dnsResolvers/*/outboundEndpoints 2022-07-01",
        "GET Microsoft.Network/firewallPolicies/*/ruleCollectionGroups 2025-05-01",
        "GET Microsoft.Network/privateDnsZones/*/ALL 2024-06-01",
        "GET Microsoft.Network/privateDnsZones/*/virtualNetworkLinks 2024-06-01",
        "GET Microsoft.Network/privateEndpoints/*/privateDnsZoneGroups 2025-05-01",
        "POST /providers/Microsoft.ResourceGraph/resources 2021-03-01",
      ]
    `)
    for (const { method, path } of server.asked) expect(`${method} ${path}`).toMatch(/^(GET \/sub|POST \/providers)/)
  })

  test('a resource group is asked for in the query, and only what is below it is read', async () => {
    const { collection, server } = await reading({ estate: PLANT }, { resourceGroups: ['RG-ML'] })
    expect(idsOf(collection.bodies).every((id) => id.includes('/resourcegroups/rg-ml/'))).toBe(true)
    expect(collection.bodies).toHaveLength(
      PLANT.filter((one) => one.id.split('/')[4]?.toLowerCase() === 'rg-ml').length,
    )
    expect(server.asked.every(({ path }) => !path.includes('/rg-hub/'))).toBe(true)
  })

  test('learned routes are asked for on request, and looked at until they are there', async () => {
    const { collection, server } = await reading({ estate: PLANT }, { learnedRoutes: true })
    const file = filesOf(collection).get('vgw-hub.learned-routes.json') ?? ''
    expect(JSON.parse(file)).toMatchObject({
      value: [{ network: '10.20.0.0/16', origin: 'EBgp' }, { network: '10.77.0.0/16' }],
    })
    expect(server.asked.filter(({ path }) => path.endsWith('/getLearnedRoutes'))).toHaveLength(3)
  })
})

const ZONE = '/privateDnsZones/privatelink.blob.core.windows.net/ALL'
const forbidden = {
  status: 403,
  body: {
    error: {
      code: 'AuthorizationFailed',
      message:
        "The client 'somebody@example.com' with object id '1' does not have authorization to perform action 'Microsoft.Network/privateDnsZones/ALL/read' over scope '/x'.",
    },
  },
}

describe('a server in trouble', () => {
  test.for([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, ['Azure asks to wait (429): 7 s']],
    ['429 that does not say how long', { status: 429 }, ['Azure asks to wait (429): 1 s']],
    ['500', { status: 500 }, ['Azure failed (500): 1 s']],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '2' } }, ['Azure failed (503): 2 s']],
    ['a dropped connection', 'drop', ['the connection dropped: 1 s']],
  ] as const)('%s, once, is waited out: nothing is missing', async ([, fault, waits]) => {
    for (const where of [ZONE, '/providers/Microsoft.ResourceGraph/resources']) {
      const read = await reading({
        estate: PLANT,
        fault: ({ path, before }) => (path.endsWith(where) && before === 0 ? fault : undefined),
      })
      expect({ unread: read.collection.unread, waits: read.waits }).toEqual({ unread: [], waits })
      expect(read.collection.bodies).toHaveLength(PLANT.length)
    }
  })

  test('patience ends: five tries, then the list counts as not read', async () => {
    const { collection, server, waits } = await reading({
      estate: PLANT,
      fault: ({ path }) => (path.endsWith(ZONE) ? { status: 429 } : undefined),
    })
    expect(server.asked.filter(({ path }) => path.endsWith(ZONE))).toHaveLength(5)
    expect(waits.map((one) => one.replace(/.*: /, ''))).toEqual(['1 s', '2 s', '4 s', '8 s'])
    expect(collection.unread).toMatchObject([{ status: 429, what: expect.stringContaining('privatelink.blob') }])
  })

  test('a wait of an hour is not waited', async () => {
    const { collection, waits } = await reading({
      estate: PLANT,
      fault: ({ path }) => (path.endsWith(ZONE) ? { status: 429, headers: { 'retry-after': '3600' } } : undefined),
    })
    expect(waits).toEqual([])
    expect(collection.unread).toHaveLength(1)
  })

  test('403 in one resource group: the rest is read, what is missing is listed with what it needs, and no person is named', async () => {
    const { collection } = await reading({
      estate: PLANT,
      fault: ({ path }) => (path.includes('/resourceGroups/rg-hub/') ? forbidden : undefined),
    })
    expect(collection.unread.length).toBeGreaterThan(30)
    expect(collection.unread.every(({ id, status }) => id.includes('/rg-hub/') && status === 403)).toBe(true)
    expect(collection.unread[0]).toEqual({
      id: expect.stringContaining('/rg-hub/'),
      child: expect.stringMatching(/^microsoft\.network\//),
      what: expect.any(String),
      status: 403,
      code: 'AuthorizationFailed',
      why: 'reading it is not allowed',
      needs: 'Microsoft.Network/privateDnsZones/ALL/read',
    })
    expect(JSON.stringify(collection.unread)).not.toContain('somebody')
    expect(idsOf(collection.bodies).some((id) => id.includes('/privatednszonegroups/'))).toBe(true)
  })

  test('an answer that is no JSON is not read; the others are', async () => {
    const { collection } = await reading({
      estate: PLANT,
      fault: ({ path }) => (path.endsWith(ZONE) || path.endsWith('/computes') ? 'malformed' : undefined),
    })
    expect(collection.unread.map(({ why, child }) => `${child}: ${why}`)).toEqual([
      'microsoft.network/privatednszones/recordsets: the answer is not JSON',
      'microsoft.machinelearningservices/workspaces/computes: the answer is not JSON',
    ])
  })

  test.for([
    ['403', forbidden, { status: 403, code: 'AuthorizationFailed' }],
    ['500 again and again', { status: 500 }, { status: 500 }],
    ['no JSON', 'malformed', { why: 'the answer is not JSON' }],
    ['rows that are none', { status: 200, body: { data: 7 } }, { why: 'the answer of Resource Graph holds no rows' }],
    ['a connection that always drops', 'drop', { code: 'ECONNRESET' }],
  ] as const)('a query that ends in %s is a failure as a whole', async ([, fault, facts]) => {
    const failed = reading({ estate: PLANT, fault: ({ method }) => (method === 'POST' ? fault : undefined) })
    await expect(failed).rejects.toMatchObject({ name: 'ReadFailure', facts })
  })

  test('a token that is refused is asked for once more, and then the run fails', async () => {
    await expect(reading({ estate: PLANT }, { token: 'old' })).rejects.toMatchObject({ facts: { status: 401 } })
  })

  test('a next link to another server is not followed: the token stays here', async () => {
    const { collection } = await reading({
      estate: PLANT,
      fault: ({ path }) =>
        path.endsWith(ZONE) || path.endsWith('/computes')
          ? { status: 200, body: { value: [], nextLink: 'http://127.0.0.2:9/elsewhere' } }
          : undefined,
    })
    expect(collection.unread.map(({ why }) => why)).toEqual([
      'the answer goes on at another server, which is not asked',
      'the answer goes on at another server, which is not asked',
    ])
  })
})

describe('what is written', () => {
  const secret: ArmBody = {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/connections/c`,
    name: 'c',
    type: 'Microsoft.Network/connections',
    etag: 'W/"1"',
    properties: {
      sharedKey: 'hunter2-shared',
      nested: [{ adminPassword: 'hunter2-admin', customData: 'aHVudGVyMg==' }],
      text: 'Endpoint=sb://x/;SharedAccessKey=hunter2-sas;Other=kept',
      environmentVariables: [{ name: 'A', value: 'hunter2-env' }],
      url: 'https://x.blob.core.windows.net/?sv=1&sig=hunter2-sig&x=1',
      keyVaultSecret: 'https://kv.vault.azure.net/secrets/name',
      disablePasswordAuthentication: true,
      routingWeight: 0,
    },
  }

  test('secrets and etags are not in it, the rest is', async () => {
    const { collection } = await reading({ estate: [secret] })
    const text = [...filesOf(collection).values()].join('')
    expect(text).not.toMatch(/hunter2|aHVudGVyMg|etag/)
    expect(JSON.parse(filesOf(collection).get('microsoft.network.connections.json') ?? '')[0].properties).toEqual({
      sharedKey: '***',
      nested: [{ adminPassword: '***', customData: '***' }],
      text: 'Endpoint=sb://x/;SharedAccessKey=***;Other=kept',
      environmentVariables: [{ name: 'A', value: '***' }],
      url: 'https://x.blob.core.windows.net/?sv=1&sig=***&x=1',
      keyVaultSecret: 'https://kv.vault.azure.net/secrets/name',
      disablePasswordAuthentication: true,
      routingWeight: 0,
    })
  })

  test('a file for each type and one that says what the folder holds; nothing in them tells when or by whom', async () => {
    const { collection } = await reading({
      estate: PLANT,
      fault: ({ path }) => (path.endsWith(ZONE) ? forbidden : undefined),
    })
    const files = filesOf(collection)
    expect([...files.keys()].filter((name) => name.includes('privatedns')).sort()).toEqual([
      'microsoft.network.privatednszones.a.json',
      'microsoft.network.privatednszones.json',
      'microsoft.network.privatednszones.virtualnetworklinks.json',
      'microsoft.network.privateendpoints.privatednszonegroups.json',
    ])
    expect(JSON.parse(files.get('nettrace-import.json') ?? '')).toMatchObject({
      nettraceImport: 1,
      cloud: 'custom',
      subscriptions: [SUBSCRIPTION],
      resources: { 'microsoft.network/virtualnetworks': 3 },
      unread: [{ child: 'microsoft.network/privatednszones/recordsets', status: 403 }],
    })
    expect(files.get('microsoft.network.virtualnetworks.json')).toMatch(/^\[\n {2}\{\n {4}"id": "/)
  })
})
