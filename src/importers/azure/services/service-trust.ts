/**
 * Which services a target's firewall trusts when it lets Microsoft's trusted services pass: types, lower case, of
 * resources that reach it with their own identity. Sources: Learn, `Configure Azure Storage firewalls: trusted Azure
 * services`; `Configure Azure Key Vault networking: trusted services`; `Allow trusted services to access a registry`;
 * `Allow access to Event Hubs namespaces: trusted Microsoft services`. Not complete: a service that is missing here is
 * refused.
 */
const TRUSTED: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'microsoft.storage',
    [
      'microsoft.machinelearningservices/workspaces',
      'microsoft.datafactory/factories',
      'microsoft.devices/iothubs',
      'microsoft.containerregistry/registries',
      'microsoft.cognitiveservices/accounts',
      'microsoft.search/searchservices',
      'microsoft.synapse/workspaces',
      'microsoft.sql/servers',
      'microsoft.databricks/accessconnectors',
      'microsoft.logic/workflows',
      'microsoft.apimanagement/service',
      'microsoft.cache/redis',
      'microsoft.streamanalytics/streamingjobs',
    ],
  ],
  [
    'microsoft.keyvault',
    [
      'microsoft.machinelearningservices/workspaces',
      'microsoft.datafactory/factories',
      'microsoft.storage/storageaccounts',
      'microsoft.sql/servers',
      'microsoft.containerregistry/registries',
      'microsoft.documentdb/databaseaccounts',
      'microsoft.eventhub/namespaces',
      'microsoft.servicebus/namespaces',
      'microsoft.databricks/workspaces',
      'microsoft.apimanagement/service',
      'microsoft.web/sites',
    ],
  ],
  [
    'microsoft.containerregistry',
    ['microsoft.machinelearningservices/workspaces', 'microsoft.containerregistry/registries'],
  ],
  ['microsoft.eventhub', ['microsoft.devices/iothubs', 'microsoft.streamanalytics/streamingjobs']],
  ['microsoft.servicebus', ['microsoft.devices/iothubs', 'microsoft.streamanalytics/streamingjobs']],
  [
    'microsoft.cognitiveservices',
    [
      'microsoft.cognitiveservices/accounts',
      'microsoft.search/searchservices',
      'microsoft.machinelearningservices/workspaces',
    ],
  ],
])

/** The stamp of any trusted service, for callers a topology describes itself. */
const TRUSTED_SERVICE = 'trusted-azure-service'

/** Stamps a target of a type accepts from trusted services. */
export function trustedStamps(targetType: string): string[] {
  return [TRUSTED_SERVICE, `${TRUSTED_SERVICE}:${providerOf(targetType)}`]
}

/** Stamps on the packets of a resource: which targets trust its type, and the resource itself. */
export function stampsOf(type: string, id: string): string[] {
  const trusting = [...TRUSTED]
    .filter(([, types]) => types.includes(type))
    .map(([target]) => `${TRUSTED_SERVICE}:${target}`)
  return [resourceStamp(id), ...trusting]
}

/** The stamp of one resource. */
export function resourceStamp(id: string): string {
  return `resource:${id.toLowerCase()}`
}

function providerOf(type: string): string {
  return type.slice(0, type.indexOf('/'))
}
