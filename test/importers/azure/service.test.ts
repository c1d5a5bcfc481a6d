import { describe, expect, test } from 'vitest'
import { azureServices } from '../../../src/importers/azure/services/service.ts'
import { ip } from '../../../src/net/index.ts'
import { arm, codesOf, estateOf, type Json, privateEndpoint, SUBNET, serviceOf, vnet } from './services-estate.ts'

const GUID = '11111111-2222-3333-4444-555555555555'
const ML = vnet('vnet-ml', '10.110.0.0/20', {
  'snet-pe': '10.110.0.0/25',
  'snet-train': { addressPrefix: '10.110.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
  'snet-plain': '10.110.2.0/24',
})
const ACCOUNT = arm('Microsoft.Storage/storageAccounts', 'stmlvision', {})
const WORKSPACE = arm('Microsoft.MachineLearningServices/workspaces', 'mlw-vision', { workspaceId: GUID })
const HUB = arm('Microsoft.Devices/IotHubs', 'iot-vision', {
  hostName: 'iot-vision.azure-devices.net',
  eventHubEndpoints: { events: { endpoint: 'sb://iothub-ns-iot-vision-1.servicebus.windows.net/' } },
})
const pe = (target: Json, group: string, fqdns: string[], more: Json = {}) =>
  privateEndpoint(`pe-${group}`, SUBNET('vnet-ml', 'snet-pe'), target, group, '10.110.0.9', fqdns, more)
const service = (name: string, ...bodies: Json[]) => serviceOf(azureServices(estateOf(bodies)), name)
const cnames = (one: { records: readonly { name: string; value: unknown }[] }) =>
  one.records.map((record) => `${record.name} -> ${record.value}`)

describe('names', () => {
  test.for<[string, string, Json, string[]]>([
    [
      'Microsoft.Storage/storageAccounts',
      'acct',
      {},
      ['blob', 'file', 'queue', 'table', 'dfs'].map((one) => `acct.${one}.core.windows.net`),
    ],
    [
      'Microsoft.Storage/storageAccounts',
      'acct',
      { primaryEndpoints: { file: 'https://acct.file.core.windows.net/' } },
      ['acct.file.core.windows.net'],
    ],
    ['Microsoft.KeyVault/vaults', 'kv', { vaultUri: 'https://KV.vault.azure.net/' }, ['kv.vault.azure.net']],
    [
      'Microsoft.ContainerRegistry/registries',
      'cr',
      { loginServer: 'cr.azurecr.io', dataEndpointEnabled: true },
      ['cr.azurecr.io', 'cr.westeurope.data.azurecr.io'],
    ],
    ['Microsoft.Devices/provisioningServices', 'dps', {}, ['dps.azure-devices-provisioning.net']],
    [
      'Microsoft.Databricks/workspaces',
      'dbx',
      { workspaceUrl: 'adb-1.7.azuredatabricks.net' },
      ['adb-1.7.azuredatabricks.net'],
    ],
    ['Microsoft.DataFactory/factories', 'adf', {}, ['adf.westeurope.datafactory.azure.net']],
    [
      'Microsoft.EventHub/namespaces',
      'ns',
      { serviceBusEndpoint: 'https://ns.servicebus.windows.net:443/' },
      ['ns.servicebus.windows.net'],
    ],
    [
      'Microsoft.Sql/servers',
      'sql',
      { fullyQualifiedDomainName: 'sql.database.windows.net' },
      ['sql.database.windows.net'],
    ],
    [
      'Microsoft.DocumentDB/databaseAccounts',
      'db',
      { documentEndpoint: 'https://db.documents.azure.com:443/' },
      ['db.documents.azure.com'],
    ],
    ['Microsoft.CognitiveServices/accounts', 'ai', { customSubDomainName: 'ai' }, ['ai.cognitiveservices.azure.com']],
    [
      'Microsoft.DBforPostgreSQL/flexibleServers',
      'pg',
      { fullyQualifiedDomainName: 'pg.postgres.database.azure.com' },
      ['pg.postgres.database.azure.com'],
    ],
  ])('of %s', ([type, name, properties, expected]) => {
    expect(service(name, arm(type, name, properties)).names).toEqual(expected)
  })

  test('of an IoT hub hold its built-in Event Hubs endpoint', () => {
    expect(service('iot-vision', HUB).names).toEqual([
      'iot-vision.azure-devices.net',
      'iothub-ns-iot-vision-1.servicebus.windows.net',
    ])
  })

  test('of a workspace are its API, certificate and notebooks hosts and its compute instances', () => {
    const compute = arm('Microsoft.MachineLearningServices/workspaces/computes', 'mlw-vision/ci-ds1', {
      computeType: 'ComputeInstance',
    })
    const cluster = arm('Microsoft.MachineLearningServices/workspaces/computes', 'mlw-vision/cpu', {
      computeType: 'AmlCompute',
    })
    const workspace = service('mlw-vision', WORKSPACE, compute, cluster)
    const api = `${GUID}.workspace.westeurope.api.azureml.ms`
    expect(workspace.names).toEqual([
      api,
      `${GUID}.workspace.westeurope.cert.api.azureml.ms`,
      `ml-mlw-vision-westeurope-${GUID}.westeurope.notebooks.azure.net`,
      'ci-ds1.westeurope.instances.azureml.ms',
      'ci-ds1.westeurope.instances.ml.azure.ms',
      'ci-ds1-22.westeurope.instances.ml.azure.ms',
    ])
    expect(cnames(workspace)).toContain(`ci-ds1.westeurope.instances.azureml.ms -> ${api}`)
  })

  test('the notebooks label is cut to 63 characters', () => {
    const long = arm('Microsoft.MachineLearningServices/workspaces', 'a-very-long-workspace-name', {
      workspaceId: GUID,
    })
    const host = service('a-very-long-workspace-name', long).names[2] ?? ''
    expect(host.split('.')[0]).toHaveLength(63)
  })
})

describe('public records', () => {
  test('lead to privatelink names only for sub-resources with an approved endpoint', () => {
    expect(cnames(service('stmlvision', ACCOUNT))).toEqual([])
    const blob = pe(ACCOUNT, 'blob', ['stmlvision.blob.core.windows.net'])
    expect(cnames(service('stmlvision', ML, ACCOUNT, blob))).toEqual([
      'stmlvision.blob.core.windows.net -> stmlvision.privatelink.blob.core.windows.net',
    ])
    const pending = {
      privateLinkServiceConnections: [
        {
          properties: {
            privateLinkServiceId: ACCOUNT.id,
            groupIds: ['blob'],
            privateLinkServiceConnectionState: { status: 'Pending' },
          },
        },
      ],
    }
    expect(cnames(service('stmlvision', ML, ACCOUNT, pe(ACCOUNT, 'blob', [], pending)))).toEqual([])
  })

  test('exist for an endpoint elsewhere that only the resource tells of', () => {
    const vault = arm('Microsoft.KeyVault/vaults', 'kv', {
      privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }],
    })
    expect(cnames(service('kv', vault))).toEqual(['kv.vault.azure.net -> kv.privatelink.vaultcore.azure.net'])
  })

  test('of a registry cover its regional data host', () => {
    const registry = arm('Microsoft.ContainerRegistry/registries', 'cr', { loginServer: 'cr.azurecr.io' })
    expect(cnames(service('cr', ML, registry, pe(registry, 'registry', ['cr.azurecr.io'])))).toEqual([
      'cr.azurecr.io -> cr.privatelink.azurecr.io',
      'cr.westeurope.data.azurecr.io -> cr.westeurope.data.privatelink.azurecr.io',
    ])
  })

  test('of an online endpoint lead below the workspace id', () => {
    const endpoint = arm('Microsoft.MachineLearningServices/workspaces/onlineEndpoints', 'mlw-vision/moe-defect', {
      scoringUri: 'https://moe-defect.westeurope.inference.ml.azure.com/score',
    })
    const bodies = [ML, WORKSPACE, endpoint, pe(WORKSPACE, 'amlworkspace', [])]
    expect(cnames(service('moe-defect', ...bodies))).toEqual([
      `moe-defect.westeurope.inference.ml.azure.com -> moe-defect.${GUID}.inference.westeurope.privatelink.api.azureml.ms`,
    ])
  })

  test('of an IoT hub cover both of its hosts', () => {
    expect(cnames(service('iot-vision', ML, HUB, pe(HUB, 'iotHub', [])))).toEqual([
      'iot-vision.azure-devices.net -> iot-vision.privatelink.azure-devices.net',
      'iothub-ns-iot-vision-1.servicebus.windows.net -> iothub-ns-iot-vision-1.privatelink.servicebus.windows.net',
    ])
  })

  test('of a private cluster with a public name give its private address', () => {
    const cluster = arm('Microsoft.ContainerService/managedClusters', 'aks', {
      fqdn: 'aks-1.hcp.westeurope.azmk8s.io',
      privateFQDN: 'aks-2.g.privatelink.westeurope.azmk8s.io',
      apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: true },
    })
    const made = service('aks', ML, cluster, pe(cluster, 'management', ['aks-2.g.privatelink.westeurope.azmk8s.io']))
    expect(made.names[0]).toBe('aks-2.g.privatelink.westeurope.azmk8s.io')
    expect(made.gate.policy.kind).toBe('drop')
    expect(made.records).toMatchObject([{ name: 'aks-1.hcp.westeurope.azmk8s.io', type: 'A', value: ip('10.110.0.9') }])
  })

  test('of a resource that only its endpoint tells of are known, its own firewall is not', () => {
    const stranger = arm('Microsoft.Storage/storageAccounts', 'stother', {})
    const estate = estateOf([ML, pe(stranger, 'blob', ['stother.blob.core.windows.net'])])
    const made = serviceOf(azureServices(estate), 'stother')
    expect(cnames(made)).toEqual(['stother.blob.core.windows.net -> stother.privatelink.blob.core.windows.net'])
    expect(made.gate.rules[0]?.action.kind).toBe('opaque')
    expect(codesOf(estate)).toContain('NT1753')
  })
})
