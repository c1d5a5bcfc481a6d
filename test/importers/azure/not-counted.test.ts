import { expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/index.ts'

const RG = '/subscriptions/s/resourceGroups/rg/providers'

function notesOf(type: string, properties: object): string[] {
  const [provider, ...kinds] = type.split('/')
  const id = `${RG}/${provider}/${kinds.map((kind) => `${kind}/one`).join('/')}`
  const text = JSON.stringify([{ id, name: 'one', type, properties }])
  const { diagnostics } = importAzure([{ path: 'azure.json', text }], { placements: [] })
  return diagnostics.filter((one) => one.code === 'NT1644').map((one) => one.message)
}

test('a cluster behind a web proxy: the proxy is named, without its password', () => {
  const [note] = notesOf('Microsoft.ContainerService/managedClusters', {
    httpProxyConfig: { httpsProxy: 'http://user:hunter2@10.0.0.9:3128', noProxy: ['10.0.0.0/8'] },
  })
  expect(note).toContain('through the proxy http://***@10.0.0.9:3128')
  expect(notesOf('Microsoft.ContainerService/managedClusters', {})).toEqual([])
})

test.for([
  ['Block', 'Enabled', 1],
  ['Block', 'Disabled', 0],
  ['Alert', 'Enabled', 0],
] as const)('a DNS security rule that says %s and is %s: %i notes', ([actionType, dnsSecurityRuleState, count]) => {
  const type = 'Microsoft.Network/dnsResolverPolicies/dnsSecurityRules'
  expect(notesOf(type, { action: { actionType }, dnsSecurityRuleState, priority: 100 })).toHaveLength(count)
})
