import type { Service } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { regionOf } from '../names/service-names-workspace.ts'

// The tag of a service in Microsoft's list (Learn: Virtual network service tags, "Available service tags").
const TAGS: ReadonlyMap<string, string> = new Map([
  ['microsoft.storage/storageaccounts', 'Storage'],
  ['microsoft.keyvault/vaults', 'AzureKeyVault'],
  ['microsoft.containerregistry/registries', 'AzureContainerRegistry'],
  ['microsoft.machinelearningservices/workspaces', 'AzureMachineLearning'],
  ['microsoft.sql/servers', 'Sql'],
  ['microsoft.documentdb/databaseaccounts', 'AzureCosmosDB'],
  ['microsoft.eventhub/namespaces', 'EventHub'],
  ['microsoft.servicebus/namespaces', 'ServiceBus'],
  ['microsoft.devices/iothubs', 'AzureIoTHub'],
  ['microsoft.databricks/workspaces', 'AzureDatabricks'],
  ['microsoft.cognitiveservices/accounts', 'CognitiveServicesFrontend'],
])

/** What a service's public addresses are among: its tag in its region, else anywhere, where a list of tags was given. */
export function publicRangeOf(estate: Estate, type: string, body: Body): Pick<Service, 'publicRange'> {
  const tag = TAGS.get(type)
  const range = tag === undefined ? undefined : (estate.tag(`${tag}.${regionOf(body)}`) ?? estate.tag(tag))
  return range ? { publicRange: range } : {}
}
