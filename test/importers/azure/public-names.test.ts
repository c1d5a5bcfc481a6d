import { describe, expect, test } from 'vitest'
import { azureServices } from '../../../src/importers/azure/services/service.ts'
import type { Service } from '../../../src/model/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { arm, codesOf, estateOf, type Json, privateEndpoint, SUBNET, vnet } from './services-estate.ts'

const WS = 'aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb'
const NOTEBOOKS = `ml-mlw-westeurope-${WS}.westeurope.notebooks.azure.net`

interface Family {
  readonly title: string
  readonly body: Json
  /** Further bodies: a workspace's computes and endpoints. */
  readonly more?: readonly Json[]
  readonly group: string
  /** `name > what it becomes an alias of | its use | the zone to forward`, each as the public tables have it. */
  readonly names: readonly string[]
  /** Names that this sub-resource leaves public. */
  readonly still?: readonly string[]
}

function storage(group: string): Family {
  const all = ['blob', 'file', 'queue', 'table', 'dfs', 'web']
  const host = (one: string) => `st1${one === 'web' ? '.z6' : ''}.${one}.core.windows.net`
  const primaryEndpoints = Object.fromEntries(all.map((one) => [one, `https://${host(one)}/`]))
  const alias = host(group).replace(`.${group}.core`, `.privatelink.${group}.core`)
  return {
    title: `storage account, ${group}`,
    body: arm('Microsoft.Storage/storageAccounts', 'st1', { primaryEndpoints }),
    group,
    names: [`${host(group)} > ${alias} | ${group} | ${group}.core.windows.net`],
    still: all.filter((one) => one !== group).map(host),
  }
}

const workspace = arm('Microsoft.MachineLearningServices/workspaces', 'mlw', {
  workspaceId: WS,
  notebookInfo: { fqdn: NOTEBOOKS },
})
const compute = arm('Microsoft.MachineLearningServices/workspaces/computes', 'mlw/ci1', {
  computeType: 'ComputeInstance',
})
const scoring = (kind: string, name: string) =>
  arm(`Microsoft.MachineLearningServices/workspaces/${kind}`, `mlw/${name}`, {
    scoringUri: `https://${name}.westeurope.inference.ml.azure.com/score`,
  })

/** Learn: Azure Private Endpoint private DNS zone values; How to use your workspace with a custom DNS server. */
const FAMILIES: readonly Family[] = [
  ...['blob', 'file', 'queue', 'table', 'dfs', 'web'].map(storage),
  {
    title: 'key vault',
    body: arm('Microsoft.KeyVault/vaults', 'kv1', { vaultUri: 'https://kv1.vault.azure.net/' }),
    group: 'vault',
    names: ['kv1.vault.azure.net > kv1.privatelink.vaultcore.azure.net | key vault | vault.azure.net'],
  },
  {
    title: 'container registry with two regions',
    body: arm('Microsoft.ContainerRegistry/registries', 'cr1', {
      loginServer: 'cr1.azurecr.io',
      dataEndpointEnabled: true,
      dataEndpointHostNames: ['cr1.westeurope.data.azurecr.io', 'cr1.northeurope.data.azurecr.io'],
    }),
    group: 'registry',
    names: [
      'cr1.azurecr.io > cr1.privatelink.azurecr.io | login | azurecr.io',
      'cr1.westeurope.data.azurecr.io > cr1.westeurope.data.privatelink.azurecr.io | data, westeurope | azurecr.io',
      'cr1.northeurope.data.azurecr.io > cr1.northeurope.data.privatelink.azurecr.io | data, northeurope | azurecr.io',
    ],
  },
  {
    title: 'machine learning workspace with an instance and both kinds of endpoints',
    body: workspace,
    more: [compute, scoring('onlineEndpoints', 'moe1'), scoring('batchEndpoints', 'bep1')],
    group: 'amlworkspace',
    names: [
      `${WS}.workspace.westeurope.api.azureml.ms > ${WS}.workspace.westeurope.privatelink.api.azureml.ms | API | api.azureml.ms`,
      `${WS}.workspace.westeurope.cert.api.azureml.ms > ${WS}.workspace.westeurope.cert.privatelink.api.azureml.ms | API, by certificate | api.azureml.ms`,
      `${NOTEBOOKS} > ${NOTEBOOKS.replace('.notebooks', '.privatelink.notebooks')} | notebooks | notebooks.azure.net`,
      `ci1.westeurope.instances.azureml.ms > ${WS}.workspace.westeurope.api.azureml.ms | compute instance ci1 | instances.azureml.ms`,
      `ci1.westeurope.instances.ml.azure.ms > ${WS}.workspace.westeurope.api.azureml.ms | compute instance ci1 | instances.ml.azure.ms`,
      `ci1-22.westeurope.instances.ml.azure.ms > ${WS}.workspace.westeurope.api.azureml.ms | compute instance ci1, SSH | instances.ml.azure.ms`,
      `moe1.westeurope.inference.ml.azure.com > moe1.${WS}.inference.westeurope.privatelink.api.azureml.ms | online endpoint moe1 | inference.ml.azure.com`,
      `bep1.westeurope.inference.ml.azure.com > bep1.${WS}.inference.westeurope.privatelink.api.azureml.ms | batch endpoint bep1 | inference.ml.azure.com`,
    ],
  },
  {
    title: 'private AKS cluster: a name in the private zone of its region, and nothing public',
    body: arm('Microsoft.ContainerService/managedClusters', 'aks1', {
      privateFQDN: 'aks1-1f2e.privatelink.westeurope.azmk8s.io',
      apiServerAccessProfile: { enablePrivateCluster: true },
    }),
    group: 'management',
    names: ['aks1-1f2e.privatelink.westeurope.azmk8s.io > | API server, private | westeurope.azmk8s.io'],
  },
  {
    title: 'private AKS cluster in a subzone',
    body: arm('Microsoft.ContainerService/managedClusters', 'aks2', {
      privateFQDN: 'aks2-1f2e.team.privatelink.northeurope.azmk8s.io',
      apiServerAccessProfile: { enablePrivateCluster: true },
    }),
    group: 'management',
    names: ['aks2-1f2e.team.privatelink.northeurope.azmk8s.io > | API server, private | northeurope.azmk8s.io'],
  },
  {
    title: 'Databricks workspace, its web application',
    body: arm('Microsoft.Databricks/workspaces', 'dbx1', { workspaceUrl: 'adb-1.1.azuredatabricks.net' }),
    group: 'databricks_ui_api',
    names: [
      'adb-1.1.azuredatabricks.net > adb-1.1.privatelink.azuredatabricks.net | Databricks workspace | azuredatabricks.net',
    ],
  },
  {
    title: 'Databricks workspace, sign-in',
    body: arm('Microsoft.Databricks/workspaces', 'dbx1', { workspaceUrl: 'adb-1.1.azuredatabricks.net' }),
    group: 'browser_authentication',
    names: [
      'westeurope.pl-auth.azuredatabricks.net > westeurope.pl-auth.privatelink.azuredatabricks.net | sign-in | azuredatabricks.net',
    ],
  },
  {
    title: 'IoT hub and its built-in Event Hubs endpoint',
    body: arm('Microsoft.Devices/IotHubs', 'iot1', {
      hostName: 'iot1.azure-devices.net',
      eventHubEndpoints: { events: { endpoint: 'sb://iothub-ns-iot1-1-2.servicebus.windows.net/' } },
    }),
    group: 'iotHub',
    names: [
      'iot1.azure-devices.net > iot1.privatelink.azure-devices.net | devices | azure-devices.net',
      'iothub-ns-iot1-1-2.servicebus.windows.net > iothub-ns-iot1-1-2.privatelink.servicebus.windows.net | built-in Event Hubs | servicebus.windows.net',
    ],
  },
  {
    title: 'device provisioning service',
    body: arm('Microsoft.Devices/provisioningServices', 'dps1', {
      serviceOperationsHostName: 'dps1.azure-devices-provisioning.net',
    }),
    group: 'iotDps',
    names: [
      'dps1.azure-devices-provisioning.net > dps1.privatelink.azure-devices-provisioning.net | device provisioning service | azure-devices-provisioning.net',
    ],
  },
  ...(['EventHub', 'ServiceBus', 'Relay'] as const).map((kind): Family => {
    const label = { EventHub: 'Event Hubs', ServiceBus: 'Service Bus', Relay: 'Relay' }[kind]
    return {
      title: `${label} namespace`,
      body: arm(`Microsoft.${kind}/namespaces`, 'ns1', {
        serviceBusEndpoint: 'https://ns1.servicebus.windows.net:443/',
      }),
      group: 'namespace',
      names: [
        `ns1.servicebus.windows.net > ns1.privatelink.servicebus.windows.net | ${label} namespace | servicebus.windows.net`,
      ],
    }
  }),
  {
    title: 'data factory',
    body: arm('Microsoft.DataFactory/factories', 'adf1', {}),
    group: 'dataFactory',
    names: [
      'adf1.westeurope.datafactory.azure.net > adf1.westeurope.privatelink.datafactory.azure.net | data factory | datafactory.azure.net',
    ],
  },
  {
    title: 'SQL server',
    body: arm('Microsoft.Sql/servers', 'sql1', { fullyQualifiedDomainName: 'sql1.database.windows.net' }),
    group: 'sqlServer',
    names: ['sql1.database.windows.net > sql1.privatelink.database.windows.net | SQL server | database.windows.net'],
  },
  {
    title: 'PostgreSQL server',
    body: arm('Microsoft.DBforPostgreSQL/flexibleServers', 'pg1', {
      fullyQualifiedDomainName: 'pg1.postgres.database.azure.com',
    }),
    group: 'postgresqlServer',
    names: [
      'pg1.postgres.database.azure.com > pg1.privatelink.postgres.database.azure.com | PostgreSQL server | postgres.database.azure.com',
    ],
  },
  {
    title: 'MySQL server',
    body: arm('Microsoft.DBforMySQL/flexibleServers', 'my1', {
      fullyQualifiedDomainName: 'my1.mysql.database.azure.com',
    }),
    group: 'mysqlServer',
    names: [
      'my1.mysql.database.azure.com > my1.privatelink.mysql.database.azure.com | MySQL server | mysql.database.azure.com',
    ],
  },
  {
    title: 'Cosmos DB account with a region',
    body: arm('Microsoft.DocumentDB/databaseAccounts', 'cos1', {
      documentEndpoint: 'https://cos1.documents.azure.com:443/',
      readLocations: [{ documentEndpoint: 'https://cos1-westeurope.documents.azure.com:443/' }],
    }),
    group: 'Sql',
    names: [
      'cos1.documents.azure.com > cos1.privatelink.documents.azure.com | documents | documents.azure.com',
      'cos1-westeurope.documents.azure.com > cos1-westeurope.privatelink.documents.azure.com | documents, westeurope | documents.azure.com',
    ],
  },
  ...(['mongo', 'cassandra', 'gremlin', 'table'] as const).map(
    (api): Family => ({
      title: `Cosmos DB account, ${api}`,
      body: arm('Microsoft.DocumentDB/databaseAccounts', 'cos2', {
        documentEndpoint: 'https://cos2.documents.azure.com:443/',
        [`${api}Endpoint`]: `https://cos2.${api}.cosmos.azure.com:443/`,
      }),
      group: { mongo: 'MongoDB', cassandra: 'Cassandra', gremlin: 'Gremlin', table: 'Table' }[api],
      names: [
        `cos2.${api}.cosmos.azure.com > cos2.privatelink.${api}.cosmos.azure.com | ${api} | ${api}.cosmos.azure.com`,
      ],
      still: ['cos2.documents.azure.com'],
    }),
  ),
  {
    title: 'Azure AI services account',
    body: arm(
      'Microsoft.CognitiveServices/accounts',
      'ai1',
      { customSubDomainName: 'ai1', kind: 'AIServices' },
      { kind: 'AIServices' },
    ),
    group: 'account',
    names: [
      'ai1.cognitiveservices.azure.com > ai1.privatelink.cognitiveservices.azure.com | cognitiveservices | cognitiveservices.azure.com',
      'ai1.openai.azure.com > ai1.privatelink.openai.azure.com | openai | openai.azure.com',
      'ai1.services.ai.azure.com > ai1.privatelink.services.ai.azure.com | services.ai | services.ai.azure.com',
    ],
  },
  {
    title: 'search service',
    body: arm('Microsoft.Search/searchServices', 'srch1', {}),
    group: 'searchService',
    names: ['srch1.search.windows.net > srch1.privatelink.search.windows.net | search service | search.windows.net'],
  },
  {
    title: 'App Service app with its deployment site',
    body: arm('Microsoft.Web/sites', 'app1', { defaultHostName: 'app1.azurewebsites.net' }),
    group: 'sites',
    names: [
      'app1.azurewebsites.net > app1.privatelink.azurewebsites.net | App Service app | azurewebsites.net',
      'app1.scm.azurewebsites.net > app1.scm.privatelink.azurewebsites.net | deployment | azurewebsites.net',
    ],
  },
  {
    title: 'Azure Cache for Redis',
    body: arm('Microsoft.Cache/redis', 'red1', { hostName: 'red1.redis.cache.windows.net' }),
    group: 'redisCache',
    names: [
      'red1.redis.cache.windows.net > red1.privatelink.redis.cache.windows.net | Azure Cache for Redis | redis.cache.windows.net',
    ],
  },
  {
    title: 'Batch account, whose name holds its region',
    body: arm('Microsoft.Batch/batchAccounts', 'bat1', {
      accountEndpoint: 'bat1.westeurope.batch.azure.com',
      nodeManagementEndpoint: 'id1.westeurope.service.batch.azure.com',
    }),
    group: 'batchAccount',
    names: [
      'bat1.westeurope.batch.azure.com > bat1.westeurope.privatelink.batch.azure.com | Batch account | batch.azure.com',
    ],
  },
  {
    title: 'Synapse workspace',
    body: arm('Microsoft.Synapse/workspaces', 'syn1', {
      connectivityEndpoints: {
        dev: 'https://syn1.dev.azuresynapse.net',
        sql: 'syn1.sql.azuresynapse.net',
        sqlOnDemand: 'syn1-ondemand.sql.azuresynapse.net',
      },
    }),
    group: 'Dev',
    names: ['syn1.dev.azuresynapse.net > syn1.privatelink.dev.azuresynapse.net | development | dev.azuresynapse.net'],
    still: ['syn1.sql.azuresynapse.net', 'syn1-ondemand.sql.azuresynapse.net'],
  },
]

function servicesOf(family: Family, status?: string): readonly Service[] {
  const network = vnet('v', '10.0.0.0/16', { pe: '10.0.1.0/24' })
  const endpoint = privateEndpoint('pe1', SUBNET('v', 'pe'), family.body, family.group, '10.0.1.4', [])
  const connections = (endpoint.properties as Json).privateLinkServiceConnections as { properties: Json }[]
  for (const one of connections) one.properties.privateLinkServiceConnectionState = { status }
  const bodies = [network, family.body, ...(family.more ?? []), ...(status === undefined ? [] : [endpoint])]
  return azureServices(estateOf(bodies))
}

function aliasesOf(services: readonly Service[]): Map<string, string> {
  const records = services.flatMap((one) => one.records).filter((one) => one.type === 'CNAME')
  return new Map(records.map((one) => [one.name, `${one.value}`]))
}

describe('the public names of a resource', () => {
  test.for(FAMILIES)(
    '$title: each name is an alias of its private one while a private endpoint is approved',
    (family) => {
      const services = servicesOf(family, 'Approved')
      const aliases = aliasesOf(services)
      const all = new Map(services[0]?.allNames?.map((one) => [one.name, one]))
      for (const row of family.names) {
        const [names = '', use, forward] = row.split(' | ')
        const [name = '', alias] = names.split(/ > ?/)
        expect([name, aliases.get(name) ?? '']).toEqual([name, alias])
        expect([name, all.get(name)?.use, all.get(name)?.forward]).toEqual([name, use, forward])
      }
      for (const name of family.still ?? [])
        expect([name, aliases.has(name), all.has(name)]).toEqual([name, false, true])
    },
  )

  test.for(FAMILIES)('$title: no name has a private alias without an approved private endpoint', (family) => {
    for (const status of [undefined, 'Pending', 'Rejected', 'Disconnected']) {
      const aliases = [...aliasesOf(servicesOf(family, status)).values()]
      expect(aliases.filter((one) => one.includes('privatelink.'))).toEqual([])
    }
  })

  test('the name of a private cluster is in its private zone alone, and public DNS is known not to hold it', () => {
    const [cluster] = servicesOf(FAMILIES.find((one) => one.title.startsWith('private AKS')) as Family, 'Approved')
    expect(cluster?.unpublished).toEqual(['aks1-1f2e.privatelink.westeurope.azmk8s.io'])
  })

  test('an Azure Monitor scope and an Automation account answer to the names their endpoints list', () => {
    const network = vnet('v', '10.0.0.0/16', { pe: '10.0.1.0/24' })
    const listed: readonly (readonly [Json, string, readonly string[]])[] = [
      [
        arm('Microsoft.Insights/privateLinkScopes', 'ampls1', {}),
        'azuremonitor',
        [
          'api.monitor.azure.com > api.privatelink.monitor.azure.com',
          'w1.oms.opinsights.azure.com > w1.privatelink.oms.opinsights.azure.com',
          'w1.ods.opinsights.azure.com > w1.privatelink.ods.opinsights.azure.com',
          'w1.agentsvc.azure-automation.net > w1.privatelink.agentsvc.azure-automation.net',
          'scadvisorcontentpl.blob.core.windows.net > scadvisorcontentpl.privatelink.blob.core.windows.net',
        ],
      ],
      [
        arm('Microsoft.Automation/automationAccounts', 'auto1', {}),
        'Webhook',
        ['a1.webhook.we.azure-automation.net > a1.webhook.we.privatelink.azure-automation.net'],
      ],
    ]
    for (const [body, group, rows] of listed) {
      const names = rows.map((row) => row.split(' > ')[0] ?? '')
      const endpoint = privateEndpoint('pe1', SUBNET('v', 'pe'), body, group, '10.0.1.4', names)
      const aliases = aliasesOf(azureServices(estateOf([network, body, endpoint])))
      expect([...aliases].map(([name, alias]) => `${name} > ${alias}`)).toEqual(rows)
    }
  })

  test('names of a sovereign cloud are reported, and no alias is invented for them', () => {
    const primaryEndpoints = { blob: 'https://st1.blob.core.chinacloudapi.cn/' }
    const body = arm('Microsoft.Storage/storageAccounts', 'st1', { primaryEndpoints })
    const network = vnet('v', '10.0.0.0/16', { pe: '10.0.1.0/24' })
    const endpoint = privateEndpoint('pe1', SUBNET('v', 'pe'), body, 'blob', '10.0.1.4', [])
    const estate = estateOf([network, body, endpoint])
    expect(azureServices(estate)[0]?.records).toEqual([])
    expect(codesOf(estate)).toContain('NT1755')
  })

  test('a name knows each private endpoint that stands for it, by the names the endpoint lists', () => {
    const body = arm('Microsoft.ContainerRegistry/registries', 'cr1', {
      loginServer: 'cr1.azurecr.io',
      dataEndpointEnabled: true,
      dataEndpointHostNames: ['cr1.westeurope.data.azurecr.io'],
    })
    const network = vnet('v', '10.0.0.0/16', { pe: '10.0.1.0/24' })
    const configs = (login: string, data: string) => ({
      customDnsConfigs: [
        { fqdn: 'cr1.westeurope.data.azurecr.io', ipAddresses: [data] },
        { fqdn: 'cr1.azurecr.io', ipAddresses: [login] },
      ],
    })
    const endpoints = [
      privateEndpoint('pe1', SUBNET('v', 'pe'), body, 'registry', '', [], configs('10.0.1.5', '10.0.1.4')),
      privateEndpoint('pe2', SUBNET('v', 'pe'), body, 'registry', '', [], configs('10.0.1.7', '10.0.1.6')),
    ]
    const [registry] = azureServices(estateOf([network, body, ...endpoints]))
    const standing = registry?.allNames?.map(({ name, endpoints }) => [
      name,
      endpoints.map(({ device, ip }) => `${device} ${formatIp(ip)}`),
    ])
    expect(standing).toEqual([
      ['cr1.azurecr.io', ['pe1 10.0.1.5', 'pe2 10.0.1.7']],
      ['cr1.westeurope.data.azurecr.io', ['pe1 10.0.1.4', 'pe2 10.0.1.6']],
    ])
  })
})
