import { type Body, lastPart } from '../estate/body.ts'
import { hostOf } from './service-host.ts'
import { regionOf, workspaceFacts, workspaceHosts } from './service-names-workspace.ts'
import { siteHost, siteToolsHost } from './site-host.ts'

/** How a resource's public names are told from its body, the main one first. Each type's function is in the table. */
type NamesOf = (body: Body, name: string, groups: ReadonlySet<string>) => (string | undefined)[]

const STORAGE = ['blob', 'file', 'queue', 'table', 'dfs', 'web'] as const

/** Names by resource type, lower case (Learn: the endpoint pages of each service). */
const NAMES: ReadonlyMap<string, NamesOf> = new Map<string, NamesOf>([
  ['microsoft.storage/storageaccounts', storageNames],
  ['microsoft.keyvault/vaults', (body, name) => [hostOf(body.text('vaultUri')) ?? `${name}.vault.azure.net`]],
  ['microsoft.containerregistry/registries', registryNames],
  ['microsoft.machinelearningservices/workspaces', (body) => listed(workspaceFacts(body), workspaceHosts)],
  ['microsoft.containerservice/managedclusters', clusterNames],
  ['microsoft.devices/iothubs', iotHubNames],
  [
    'microsoft.devices/provisioningservices',
    (body, name) => [hostOf(body.text('serviceOperationsHostName')) ?? `${name}.azure-devices-provisioning.net`],
  ],
  ['microsoft.databricks/workspaces', databricksNames],
  [
    'microsoft.datafactory/factories',
    (body, name) => (regionOf(body) === '' ? [] : [`${name}.${regionOf(body)}.datafactory.azure.net`]),
  ],
  ['microsoft.eventhub/namespaces', busNames],
  ['microsoft.servicebus/namespaces', busNames],
  ['microsoft.relay/namespaces', busNames],
  [
    'microsoft.sql/servers',
    (body, name) => [hostOf(body.text('fullyQualifiedDomainName')) ?? `${name}.database.windows.net`],
  ],
  ['microsoft.documentdb/databaseaccounts', cosmosNames],
  ['microsoft.cognitiveservices/accounts', cognitiveNames],
  ['microsoft.search/searchservices', (_, name) => [`${name}.search.windows.net`]],
  ['microsoft.cache/redis', (body, name) => [hostOf(body.text('hostName')) ?? `${name}.redis.cache.windows.net`]],
  ['microsoft.web/sites', siteNames],
  [
    'microsoft.batch/batchaccounts',
    (body) => [hostOf(body.text('accountEndpoint')), hostOf(body.text('nodeManagementEndpoint'))],
  ],
  ['microsoft.synapse/workspaces', synapseNames],
])

const HOST_KEYS = [
  'fullyQualifiedDomainName',
  'hostName',
  'defaultHostName',
  'loginServer',
  'endpoint',
  'fqdn',
  'uri',
] as const

/**
 * The public names of a resource, lower case, the main one first: what its body says, else what its name makes them,
 * then further names its private endpoints list. `groups` are its sub-resources with a private endpoint. Empty when
 * nothing says.
 */
export function serviceNames(
  type: string,
  body: Body,
  declared: readonly string[],
  groups: ReadonlySet<string>,
): string[] {
  const known = NAMES.get(type)
  const own = known
    ? known(body, lastPart(body.name).toLowerCase(), groups)
    : HOST_KEYS.map((key) => hostOf(body.text(key)))
  const names = [...own, ...declared.filter((one) => !one.includes('privatelink.'))]
  return [...new Set(names.filter((one) => one !== undefined))]
}

function listed<T>(facts: T | undefined, make: (facts: T) => string[]): string[] {
  return facts === undefined ? [] : make(facts)
}

/** Endpoints the body lists; an account without a list has all but the static website, whose name holds a number. */
function storageNames(body: Body, name: string): (string | undefined)[] {
  const primary = body.child('primaryEndpoints')
  const secondary = body.child('secondaryEndpoints')
  if (!primary) return STORAGE.filter((one) => one !== 'web').map((one) => `${name}.${one}.core.windows.net`)
  return [primary, secondary].flatMap((endpoints) => STORAGE.map((one) => hostOf(endpoints?.text(one))))
}

/** The registry and its regional data hosts, which exist with dedicated data endpoints or a private endpoint. */
function registryNames(body: Body, name: string, groups: ReadonlySet<string>): (string | undefined)[] {
  const login = hostOf(body.text('loginServer')) ?? `${name}.azurecr.io`
  const data = body.texts('dataEndpointHostNames').map(hostOf)
  const dedicated = body.flag('dataEndpointEnabled') === true || groups.has('registry')
  return [login, ...data, ...(dedicated && regionOf(body) !== '' ? [registryDataHost(login, regionOf(body))] : [])]
}

/** The regional data host of a registry's login server. */
function registryDataHost(login: string, region: string): string {
  const dot = login.indexOf('.')
  return `${login.slice(0, dot)}.${region}.data${login.slice(dot)}`
}

/** A private cluster's own name holds `privatelink`, and it is the one its clients use. */
function clusterNames(body: Body): (string | undefined)[] {
  return ['privateFQDN', 'fqdn', 'azurePortalFQDN'].map((key) => hostOf(body.text(key)))
}

function iotHubNames(body: Body, name: string): (string | undefined)[] {
  const events = body.child('eventHubEndpoints')?.child('events')
  return [hostOf(body.text('hostName')) ?? `${name}.azure-devices.net`, hostOf(events?.text('endpoint'))]
}

/** The sign-in host is one a region, and a workspace's endpoint of that kind serves it (Learn: Databricks Private Link). */
function databricksNames(body: Body, _name: string, groups: ReadonlySet<string>): (string | undefined)[] {
  const signIn = groups.has('browser_authentication') && regionOf(body) !== ''
  return [hostOf(body.text('workspaceUrl')), signIn ? `${regionOf(body)}.pl-auth.azuredatabricks.net` : undefined]
}

function busNames(body: Body, name: string): (string | undefined)[] {
  return [hostOf(body.text('serviceBusEndpoint')) ?? `${name}.servicebus.windows.net`]
}

function cosmosNames(body: Body, name: string): (string | undefined)[] {
  const regional = [...body.children('readLocations'), ...body.children('writeLocations')]
  const others = ['mongoEndpoint', 'cassandraEndpoint', 'gremlinEndpoint', 'tableEndpoint'].map((key) => body.text(key))
  const texts = [...others, ...regional.map((one) => one.text('documentEndpoint'))]
  return [hostOf(body.text('documentEndpoint')) ?? `${name}.documents.azure.com`, ...texts.map(hostOf)]
}

function cognitiveNames(body: Body): (string | undefined)[] {
  const custom = body.text('customSubDomainName')?.toLowerCase()
  const endpoints = body.child('endpoints')
  const stated = [body.text('endpoint'), ...(endpoints?.keys() ?? []).map((key) => endpoints?.text(key))].map(hostOf)
  if (custom === undefined) return stated
  const kind = body.text('kind')?.toLowerCase()
  const suffixes = ['cognitiveservices.azure.com']
  if (kind === 'openai' || kind === 'aiservices') suffixes.unshift('openai.azure.com')
  if (kind === 'aiservices') suffixes.push('services.ai.azure.com')
  return [...stated, ...suffixes.map((suffix) => `${custom}.${suffix}`)]
}

/** The studio's host is one for everybody; the workspace's own are those for development and SQL. */
function synapseNames(body: Body): (string | undefined)[] {
  const endpoints = body.child('connectivityEndpoints')
  return ['dev', 'sql', 'sqlOnDemand'].map((key) => hostOf(endpoints?.text(key)))
}

function siteNames(body: Body): (string | undefined)[] {
  return [siteHost(body), ...body.texts('hostNames').map(hostOf), siteToolsHost(body)]
}
