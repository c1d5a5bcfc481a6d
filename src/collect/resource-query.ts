import { ResourceGraphClient } from '@azure/arm-resourcegraph'
import { failureOfAnswer, NOT_JSON, ReadFailure } from './read-failure.ts'
import type { Road } from './road.ts'

/** Resource types outside of Microsoft.Network that decide something or own an address. */
const TYPES = [
  'microsoft.apimanagement/service',
  'microsoft.app/managedenvironments',
  'microsoft.cache/redis',
  'microsoft.cognitiveservices/accounts',
  'microsoft.compute/virtualmachines',
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.containerinstance/containergroups',
  'microsoft.containerregistry/registries',
  'microsoft.containerservice/managedclusters',
  'microsoft.databricks/accessconnectors',
  'microsoft.databricks/workspaces',
  'microsoft.datafactory/factories',
  'microsoft.dbformysql/flexibleservers',
  'microsoft.dbforpostgresql/flexibleservers',
  'microsoft.devices/iothubs',
  'microsoft.devices/provisioningservices',
  'microsoft.documentdb/databaseaccounts',
  'microsoft.eventhub/namespaces',
  'microsoft.insights/components',
  'microsoft.insights/privatelinkscopes',
  'microsoft.keyvault/vaults',
  'microsoft.logic/workflows',
  'microsoft.machinelearningservices/registries',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.relay/namespaces',
  'microsoft.search/searchservices',
  'microsoft.servicebus/namespaces',
  'microsoft.sql/servers',
  'microsoft.storage/storageaccounts',
  'microsoft.streamanalytics/streamingjobs',
  'microsoft.synapse/workspaces',
  'microsoft.web/sites',
] as const

// Resource Graph's own columns (tenantId, subscriptionId, resourceGroup) repeat what the id says.
const COLUMNS = 'id, name, type, location, kind, managedBy, sku, identity, zones, tags, properties'

/** The Resource Graph query for everything read, of all resource groups or some. Rows come in the order of their ids. */
export function resourceQuery(resourceGroups: readonly string[]): string {
  const types = TYPES.map((one) => `"${one}"`).join(', ')
  const groups = resourceGroups.map((one) => JSON.stringify(one)).join(', ')
  return [
    'resources',
    `where type startswith "microsoft.network/" or type in~ (${types})`,
    ...(groups === '' ? [] : [`where resourceGroup in~ (${groups})`]),
    `project ${COLUMNS}`,
    'order by id asc',
  ].join(' | ')
}

const PAGE = 1000
const MOST_PAGES = 10_000

/** Every row of the query, page by page. Throws a ReadFailure: without it nothing else can be asked. */
export async function queryResources(
  road: Road,
  subscriptions: readonly string[],
  resourceGroups: readonly string[],
  onPage: (rows: number) => void,
): Promise<object[]> {
  const client = graphClient(road)
  const rows: object[] = []
  const seen = new Set<string>()
  let skipToken: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const options = { resultFormat: 'objectArray' as const, top: PAGE, ...(skipToken !== undefined && { skipToken }) }
    const { _response } = await client.resources({
      subscriptions: [...subscriptions],
      query: resourceQuery(resourceGroups),
      options,
    })
    if (_response.status !== 200) throw failureOfAnswer(_response.status, _response.bodyAsText)
    const answer = parsed(_response.bodyAsText)
    rows.push(...answer.rows)
    onPage(rows.length)
    skipToken = answer.skipToken
    if (skipToken === undefined || seen.has(skipToken)) return rows
    seen.add(skipToken)
  }
  return rows
}

function parsed(text: string): { rows: object[]; skipToken?: string } {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw new ReadFailure({ status: 200, why: NOT_JSON })
  }
  const { data, $skipToken } = (answer ?? {}) as { data?: unknown; $skipToken?: unknown }
  if (!Array.isArray(data)) throw new ReadFailure({ status: 200, why: 'the answer of Resource Graph holds no rows' })
  const rows = data.filter((one) => typeof one === 'object' && one !== null).map(withoutEmptyColumns)
  return { rows, ...(typeof $skipToken === 'string' && $skipToken !== '' && { skipToken: $skipToken }) }
}

// A row has every column of the query; what the resource does not have is null or empty there, and absent in ARM.
function withoutEmptyColumns(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''))
}

type Graph = ConstructorParameters<typeof ResourceGraphClient>[1]

/** The client, made to send through the road: it signs nothing and repeats nothing itself. */
function graphClient(road: Road): ResourceGraphClient {
  const unsigned = { signRequest: <Request>(request: Request) => Promise.resolve(request) }
  const httpClient = {
    async sendRequest(request: { url: string; body?: unknown }) {
      const { value, text } = await road.json('POST', request.url, String(request.body))
      return { request, status: 200, headers: undefined, bodyAsText: text, parsedBody: value }
    },
  }
  const options = { baseUri: road.endpoint, requestPolicyFactories: [], httpClient } as unknown as Graph
  return new ResourceGraphClient(unsigned as ConstructorParameters<typeof ResourceGraphClient>[0], options)
}
