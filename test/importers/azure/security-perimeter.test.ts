import { describe, expect, test } from 'vitest'
import { body, id, imported, type Json, type Properties } from './arm.ts'
import { meets } from './meets.ts'

const NSP = 'networkSecurityPerimeters/edge'
const STORAGE = 'Microsoft.Storage/storageAccounts/st'
const VAULT = 'Microsoft.KeyVault/vaults/kv'
const profile = { id: id(`${NSP}/profiles/default`) }

const association = (of: string, accessMode: string): Json =>
  body(`${NSP}/resourceAssociations/${of.split('/').at(-1)}`, {
    privateLinkResource: { id: id(of) },
    profile,
    accessMode,
  })

const rule = (name: string, properties: Properties): Json =>
  body(`${NSP}/profiles/default/accessRules/${name}`, { direction: 'Inbound', ...properties })

function gate(account: Properties, ...more: readonly Json[]) {
  const part = imported([body(STORAGE, account), body(VAULT, {}), body(NSP, {}), ...more])
  const service = part.services.find((one) => one.name === 'st')
  if (!service) throw new Error('no service')
  return { gate: service.gate, part }
}

const OFFICE = rule('office', { addressPrefixes: ['203.0.113.0/24'] })
const member = { stamps: [`resource:${id(VAULT).toLowerCase()}`] }

describe('a storage account in a perimeter', () => {
  test.for<readonly [string, Properties, { stamps?: string[]; source?: string }, string]>([
    ['Enforced', { publicNetworkAccess: 'Enabled' }, { source: '203.0.113.9' }, 'accepted'],
    ['Enforced', { publicNetworkAccess: 'Enabled' }, { source: '198.51.100.9' }, 'refused'],
    ['Enforced', { publicNetworkAccess: 'Disabled' }, { source: '203.0.113.9' }, 'accepted'],
    ['Enforced', { publicNetworkAccess: 'SecuredByPerimeter' }, member, 'accepted'],
    ['Learning', { publicNetworkAccess: 'Enabled' }, { source: '198.51.100.9' }, 'accepted'],
    ['Learning', { publicNetworkAccess: 'Disabled' }, { source: '203.0.113.9' }, 'accepted'],
    ['Learning', { publicNetworkAccess: 'Disabled' }, { source: '198.51.100.9' }, 'refused'],
    ['Learning', { publicNetworkAccess: 'SecuredByPerimeter' }, { source: '198.51.100.9' }, 'refused'],
  ])('in mode %s with %j: a caller %j is %s', ([mode, account, caller, wanted]) => {
    const { gate: door } = gate(account, association(STORAGE, mode), association(VAULT, mode), OFFICE)
    expect(meets(door, caller)).toContain(wanted)
  })

  test('a rule for subscriptions leaves the answer open: any caller may have an identity of them', () => {
    const { gate: door } = gate(
      { publicNetworkAccess: 'Enabled' },
      association(STORAGE, 'Enforced'),
      rule('friends', { subscriptions: [{ id: '/subscriptions/t' }] }),
    )
    expect(meets(door, { source: '198.51.100.9' })).toContain('unknown')
  })

  test('without an association in the export the answer is open', () => {
    const { gate: door } = gate({ publicNetworkAccess: 'SecuredByPerimeter' })
    expect(meets(door, { source: '198.51.100.9' })).toContain('unknown')
  })
})

test.for<readonly [string, Json]>([
  ['FastPath', body('connections/c', { connectionType: 'ExpressRoute', expressRouteGatewayBypass: true })],
  [
    'Microsoft peering',
    body('expressRouteCircuits/c', { peerings: [{ name: 'm', properties: { peeringType: 'MicrosoftPeering' } }] }),
  ],
])('%s is told about', ([words, one]) => {
  const notes = imported([one]).diagnostics.filter((each) => each.code === 'NT1644')
  expect(notes).toMatchObject([{ severity: 'note', message: expect.stringContaining(words) }])
})
