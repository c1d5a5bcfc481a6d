import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { meets } from './meets.ts'

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-data/providers'
type Properties = Readonly<Record<string, unknown>>
const server = (type: string, properties: Properties = {}, more: Properties = {}) => ({
  ...{ id: `${GROUP}/${type}/x`, name: 'x', type, properties },
  ...more,
})
const child = (type: string, word: string, properties: Properties) => ({
  ...{ id: `${GROUP}/${type}/x/${word}/one`, name: 'one', type: `${type}/${word}`, properties },
})
const FAR = { source: '203.0.114.1' }

function answer(bodies: readonly object[], ...others: { path: string; text: string }[]): string {
  const part = importAzure([{ path: 'azure/list.json', text: JSON.stringify(bodies) }, ...others], { placements: [] })
  const gate = part.services.find((one) => one.name === 'x')?.gate
  return gate ? meets(gate, FAR) : 'no service'
}

const SQL = 'Microsoft.Sql/servers'
const BUS = 'Microsoft.ServiceBus/namespaces'
const HUBS = 'Microsoft.EventHub/namespaces'
const REDIS = 'Microsoft.Cache/redis'

describe('what a list of servers does not hold: their rules are resources below them', () => {
  test.for<[type: string, command: string]>([
    [SQL, 'az sql server firewall-rule list --resource-group rg-data --server x'],
    [
      'Microsoft.DBforPostgreSQL/flexibleServers',
      'az postgres flexible-server firewall-rule list --resource-group rg-data --name x',
    ],
    [
      'Microsoft.DBforMySQL/flexibleServers',
      'az mysql flexible-server firewall-rule list --resource-group rg-data --name x',
    ],
    [
      'Microsoft.Synapse/workspaces',
      'az synapse workspace firewall-rule list --resource-group rg-data --workspace-name x',
    ],
    [REDIS, 'az redis firewall-rules list --resource-group rg-data --name x'],
    [HUBS, 'az eventhubs namespace network-rule-set list --resource-group rg-data --namespace-name x'],
    [BUS, 'az servicebus namespace network-rule-set list --resource-group rg-data --namespace-name x'],
  ])('%s: who gets in is unknown, and the command that prints them is named', ([type, command]) => {
    const found = answer([server(type)])
    expect(found).toMatch(/^unknown/)
    expect(found).toContain(command)
  })

  test.for([SQL, REDIS, HUBS, BUS])('%s without public access is refused all the same', (type) => {
    expect(answer([server(type, { publicNetworkAccess: 'Disabled' })])).toMatch(/^refused-by-service/)
  })

  test.for<[string, object[], string]>([
    [
      'a server with a firewall rule in the export',
      [server(SQL), child(SQL, 'firewallRules', { startIpAddress: '203.0.113.1', endIpAddress: '203.0.113.9' })],
      'refused-by-service',
    ],
    [
      'a namespace with its rule set in the export',
      [server(HUBS), child(HUBS, 'networkRuleSets', { defaultAction: 'Allow' })],
      'accepted',
    ],
    ['a namespace of a tier that has no network rules', [server(BUS, {}, { sku: { name: 'Standard' } })], 'accepted'],
    ['an account whose rules are its own members', [server('Microsoft.DocumentDB/databaseAccounts')], 'accepted'],
  ])('%s is decided', ([, bodies, wanted]) => {
    expect(answer(bodies).split(':')[0]).toBe(wanted)
  })

  test('where an import read everything below the server, no rule is no rule', () => {
    const text = JSON.stringify({ nettraceImport: 1, resources: {}, unread: [] })
    expect(answer([server(SQL)], { path: 'azure/nettrace-import.json', text })).toMatch(/^refused-by-service/)
    expect(answer([server(SQL)], { path: 'other/nettrace-import.json', text })).toMatch(/^unknown/)
  })
})
