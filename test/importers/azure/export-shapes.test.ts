import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/index.ts'
import { plantAnswers, type Shape } from '../../estate/plant-answers.ts'

type Json = Record<string, unknown>

const BODIES: readonly Json[] = JSON.parse(readFileSync('fixtures/vision-plant/azure.json', 'utf8'))
const arm = plantAnswers()

const text = (value: unknown) => JSON.stringify(value, null, 2)

/** What `az` prints of a type: without `properties`, its children neither; not of key vaults and what has no command. */
const FLATTENED =
  /^Microsoft\.(?:Network|Storage|ContainerRegistry|Compute|ContainerService|ContainerInstance|DataFactory)\//

function flattened(body: Json): Json {
  const resourceGroup = String(body.id).split('/')[4] ?? null
  if (!FLATTENED.test(String(body.type))) return { ...body, resourceGroup }
  const flat = flat1(body) as Json
  return { ...(body.type === 'Microsoft.Storage/storageAccounts' ? storageRenamed(flat) : flat), resourceGroup }
}

function flat1(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat1)
  if (typeof value !== 'object' || value === null) return value
  const { properties, ...rest } = value as Json
  const inner = typeof properties === 'object' && properties !== null ? properties : {}
  return Object.fromEntries(Object.entries({ ...inner, ...rest }).map(([key, one]) => [key, flat1(one)]))
}

/** The names the storage commands print: `networkRuleSet`, `ipAddressOrRange`, `virtualNetworkResourceId`. */
function storageRenamed({ networkAcls, ...rest }: Json): Json {
  const { ipRules, virtualNetworkRules, ...acls } = networkAcls as Record<string, Json[]>
  return {
    ...rest,
    networkRuleSet: {
      ...acls,
      ipRules: ipRules?.map(({ value, ...one }) => ({ ...one, ipAddressOrRange: value })),
      virtualNetworkRules: virtualNetworkRules?.map(({ id, ...one }) => ({ ...one, virtualNetworkResourceId: id })),
    },
  }
}

/** Every key in the spelling of another release: `privateIpAddress` for `privateIPAddress`. */
function respelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(respelled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.replace(/IP(?=[A-Z])/g, 'Ip').replace('DNS', 'Dns'),
      respelled(one),
    ]),
  )
}

/** Ids as some services return them: the fixed words of the path in lower case. */
function plainIds(json: string): string {
  return json
    .replaceAll('/resourceGroups/', '/resourcegroups/')
    .replaceAll('/providers/Microsoft.Network/', '/providers/microsoft.network/')
}

/** Fields that hold nothing as `az` prints them: null where the ARM body has no member, or an empty text. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value === '' ? null : value
  const entries = Object.entries(value).map(([key, one]) => [key, withNulls(one)])
  return { ...Object.fromEntries(entries), etag: null, extendedLocation: null, networkSecurityPerimeter: null }
}

const byType = new Map<string, Json[]>()
for (const one of BODIES) byType.set(String(one.type), [...(byType.get(String(one.type)) ?? []), one])

const SHAPES: [string, Shape][] = [
  ['a list call, { value: [] }', text({ value: BODIES, nextLink: null })],
  [
    'a Resource Graph answer, { data: [] } with lower-case types',
    text({
      count: BODIES.length,
      data: BODIES.map((one) => ({ ...one, type: String(one.type).toLowerCase(), resourceGroup: 'rg', tenantId: 't' })),
      skip_token: null,
      total_records: BODIES.length,
    }),
  ],
  ['az list, without properties', text(BODIES.map(flattened))],
  ['az list, in the spelling of older releases', text(BODIES.map((one) => respelled(flattened(one))))],
  ['az list, with null for what is absent', text(BODIES.map((one) => withNulls(flattened(one))))],
  ['bodies with lower-case words in ids', plainIds(text(BODIES))],
  ['bodies without types: their ids tell', text(BODIES.map(({ type: _, ...one }) => one))],
  ['one line, as without any option', JSON.stringify(BODIES)],
  ['with a byte order mark and CRLF', `\ufeff${text(BODIES).replaceAll('\n', '\r\n')}`],
  ['in the opposite order', text(BODIES.toReversed())],
  [
    'a folder with a file for each resource',
    Object.fromEntries(BODIES.map((one, index) => [`${String(index).padStart(3, '0')}.json`, text(one)])),
  ],
  [
    'a folder with a list for each type, as one az command each prints it',
    Object.fromEntries(
      [...byType].map(([type, list]) => [`${type.replaceAll('/', '-')}.json`, text(list.map(flattened))]),
    ),
  ],
]

describe('the vision plant answers alike whatever shape its Azure export has', () => {
  test.for(SHAPES)('%s', ([, shape]) => {
    expect(plantAnswers(shape)).toEqual(arm)
  })
})

describe('a storage firewall reads alike in the names of the API, of the SDK and of az', () => {
  const id = '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st'
  const subnet = '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s'
  const rules = { bypass: 'None', defaultAction: 'Deny' }
  const RULES: [string, Json][] = [
    [
      'the API',
      {
        properties: {
          networkAcls: {
            ...rules,
            ipRules: [{ value: '192.0.2.0/24' }],
            virtualNetworkRules: [{ id: subnet, state: 'Succeeded' }],
          },
        },
      },
    ],
    [
      'the SDK',
      {
        networkRuleSet: {
          ...rules,
          ipRules: [{ iPAddressOrRange: '192.0.2.0/24' }],
          virtualNetworkRules: [{ virtualNetworkResourceId: subnet, state: 'Succeeded' }],
        },
      },
    ],
    [
      'az',
      {
        networkRuleSet: {
          ...rules,
          ipRules: [{ ipAddressOrRange: '192.0.2.0/24', action: 'Allow' }],
          virtualNetworkRules: [{ virtualNetworkResourceId: subnet, state: 'Succeeded' }],
          resourceAccessRules: null,
        },
      },
    ],
  ]
  test.for(RULES)('%s', ([, firewall]) => {
    const body = { id, name: 'st', type: 'Microsoft.Storage/storageAccounts', location: 'westeurope', ...firewall }
    const part = importAzure([{ path: 'a.json', text: text([body]) }], { placements: [] })
    expect(part.services[0]?.gate.rules.map((one) => one.name)).toEqual([
      'virtual network rule v/s',
      'IP rule 192.0.2.0/24',
      'default action is Deny and no rule names the caller (HTTP 403 AuthorizationFailure)',
    ])
  })
})
