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

describe('an app with a default name in its region (Learn: Unique default hostname; Kudu service overview)', () => {
  const host = 'app-a1b2.westeurope-01.azurewebsites.net'
  const tools = 'app-a1b2.scm.westeurope-01.azurewebsites.net'
  const app = arm('Microsoft.Web/sites', 'app', {
    defaultHostName: host,
    siteConfig: { ipSecurityRestrictions: [{ name: 'us', ipAddress: '192.0.2.1/32', action: 'Allow', priority: 100 }] },
  })
  const service = serviceParts(estateOf([app])).services.find((one) => one.name === 'app')
  test('answers under it, and its advanced tools beside it', () => {
    expect(service?.names).toEqual([host, tools])
  })
  test.for<[string, string, string]>([
    ['the app refuses who is not named', host, 'refused-by-service'],
    ['its advanced tools, which have no rules of their own, are open', tools, 'accepted'],
  ])('%s', ([, name, wanted]) => {
    expect(service && meets(service.gate, { name }).split(':')[0]).toBe(wanted)
  })
})

describe('an IP filter of a provisioning service for one of its APIs (Learn: provisioningServices, ipFilterRules)', () => {
  const gateOf = (target: string) => {
    const filter = { filterName: 'none', action: 'Reject', ipMask: '0.0.0.0/0', target }
    const dps = arm('Microsoft.Devices/provisioningServices', 'dps', { ipFilterRules: [filter] })
    return serviceParts(estateOf([dps])).services.find((one) => one.name === 'dps')?.gate
  }
  test.for<[string, string]>([
    ['all', 'refused-by-service'],
    ['serviceApi', 'unknown'],
    ['deviceApi', 'unknown'],
  ])('for %s: %s', ([target, wanted]) => {
    const gate = gateOf(target)
    expect(gate && meets(gate, {}).split(':')[0]).toBe(wanted)
  })
})
