import { describe, expect, test } from 'vitest'
import { serviceParts } from '../../../src/importers/azure/services/service.ts'
import { serviceEndpointPolicyRules } from '../../../src/importers/azure/subnets/service-endpoint-policy.ts'
import { formatIp } from '../../../src/net/index.ts'
import { meets } from './meets.ts'
import { arm, estateOf, type Json, privateEndpoint, SUBNET, vnet } from './services-estate.ts'

const ML = vnet('vnet-ml', '10.110.0.0/20', {
  'snet-pe': '10.110.0.0/25',
  'snet-train': { addressPrefix: '10.110.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
  'snet-plain': '10.110.2.0/24',
})
const ACCOUNT = arm('Microsoft.Storage/storageAccounts', 'stmlvision', {})
const pe = (target: Json, group: string, fqdns: string[], more: Json = {}) =>
  privateEndpoint(`pe-${group}`, SUBNET('vnet-ml', 'snet-pe'), target, group, '10.110.0.9', fqdns, more)

describe('a service endpoint policy', () => {
  const POLICY = arm('Microsoft.Network/serviceEndpointPolicies', 'sep', {})
  const definition = (...serviceResources: unknown[]) =>
    arm('Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions', 'sep/d', {
      service: 'Microsoft.Storage',
      serviceResources,
    })
  const network = vnet('vnet-x', '10.0.0.0/16', {
    snet: { addressPrefix: '10.0.0.0/24', serviceEndpointPolicies: [{ id: POLICY.id }] },
  })
  const other = arm('Microsoft.Storage/storageAccounts', 'stother', {})
  const stamps = [`subnet:${SUBNET('vnet-x', 'snet').toLowerCase()}`]
  const rulesOf = (...bodies: Json[]) => {
    const estate = estateOf([network, ACCOUNT, other, ...bodies])
    const subnet = estate.subnet(SUBNET('vnet-x', 'snet'))
    const rules = subnet && serviceEndpointPolicyRules(estate, subnet)
    if (!rules) throw new Error('no rules')
    return rules
  }
  const blob = (name: string) => `${name}.blob.core.windows.net`
  const alias = '/services/Azure/MachineLearning'

  test.for<[string, unknown[], { name?: string; to?: string; stamps?: string[] }, string]>([
    ['a listed account', [ACCOUNT.id, alias], { name: blob('stmlvision') }, 'accepted'],
    [
      'an account of the estate that is not listed',
      [ACCOUNT.id, alias],
      { name: blob('stother') },
      'refused-by-service',
    ],
    ["Microsoft's account behind the alias", [ACCOUNT.id, alias], { name: blob('microsoftowned') }, 'accepted'],
    ['any other account without the alias', [ACCOUNT.id], { name: blob('microsoftowned') }, 'refused-by-service'],
    ['an account in a listed group', ['/subscriptions/s/resourceGroups/rg'], { name: blob('stother') }, 'accepted'],
    [
      'an unknown account where a group is listed',
      ['/subscriptions/s/resourceGroups/rg'],
      { name: blob('foreign') },
      'unknown',
    ],
    ['a packet without the stamp', [ACCOUNT.id], { name: blob('foreign'), stamps: [] }, 'accepted'],
    ['a packet that is not for storage', [ACCOUNT.id], { name: 'x.example', to: '20.70.0.1' }, 'accepted'],
  ])('%s', ([, resources, probe, expected]) => {
    expect(meets(rulesOf(POLICY, definition(...resources)), { stamps, ...probe }).split(':')[0]).toBe(expected)
  })

  test('that is missing leaves the verdict open, and no policy is no filter', () => {
    expect(meets(rulesOf(), { stamps, name: blob('stmlvision') }).split(':')[0]).toBe('unknown')
    const estate = estateOf([ML])
    const subnet = estate.subnet(SUBNET('vnet-ml', 'snet-train'))
    expect(subnet && serviceEndpointPolicyRules(estate, subnet)).toBeUndefined()
  })
})

describe('container groups', () => {
  const registry = (publicNetworkAccess: string) =>
    arm('Microsoft.ContainerRegistry/registries', 'cr', { loginServer: 'cr.azurecr.io', publicNetworkAccess })
  const group = arm('Microsoft.ContainerInstance/containerGroups', 'aci', {
    subnetIds: [{ id: SUBNET('vnet-ml', 'snet-plain') }],
    ipAddress: { type: 'Private', ip: '10.110.2.5' },
  })
  const device = (access: string) => {
    const body = registry(access)
    const [made] = serviceParts(estateOf([ML, group, body, pe(body, 'registry', ['cr.azurecr.io'])])).devices
    if (!made) throw new Error('no container group')
    return made
  }

  test('cannot use a registry whose access is restricted', () => {
    const made = device('Disabled')
    expect(made.interfaces[0]?.addresses.map((one) => formatIp(one.ip))).toEqual(['10.110.2.5'])
    const set = made.ruleSets['container-instances']
    if (!set) throw new Error('no rules')
    expect(meets(set, { to: '10.110.0.9', source: '10.110.2.5' })).toContain('unsupported')
    expect(meets(set, { name: 'cr.azurecr.io' })).toContain('unsupported')
    expect(meets(set, { name: 'mcr.microsoft.com' })).toContain('accepted')
    expect(meets(set, { to: '10.110.0.7' })).toContain('accepted')
  })

  test('may use an open one', () => {
    expect(device('Enabled').ruleSets['container-instances']).toBeUndefined()
  })

  test('outside a VNet are no devices', () => {
    const outside = arm('Microsoft.ContainerInstance/containerGroups', 'aci', {
      ipAddress: { type: 'Public', ip: '13.83.249.21' },
    })
    expect(serviceParts(estateOf([outside])).devices).toEqual([])
  })
})
