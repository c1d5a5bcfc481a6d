import { ResourceGraphClient } from '@azure/arm-resourcegraph'
import { failureOfAnswer, NOT_JSON, ReadFailure } from './read-failure.ts'
import type { Road } from './road.ts'

/** Resource types outside of Microsoft.Network that decide something or own an address. */
const TYPES = [
  'microsoft.apimanagement/service',
  'microsoft.app/managedenvironments',
  'microsoft.batch/batchaccounts',
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
  'microsoft.dbformysql/servers',
  'microsoft.dbforpostgresql/flexibleservers',
  'microsoft.dbforpostgresql/servers',
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
  'microsoft.signalrservice/signalr',
  'microsoft.signalrservice/webpubsub',
  'microsoft.sql/managedinstances',
  'microsoft.sql/servers',
  'microsoft.storage/storageaccounts',
  'microsoft.streamanalytics/streamingjobs',
  'microsoft.synapse/workspaces',
  'microsoft.web/sites',
] as const

const NETWORK = 'microsoft.network/'

/** Whether the query asks for resources of a type, lower case. */
export function isQueried(type: string): boolean {
  return type.startsWith(NETWORK) || TYPES.some((one) => one === type)
}

// Resource Graph's own columns (tenantId, subscriptionId, resourceGroup) repeat what the id says.
const COLUMNS = 'id, name, type, location, kind, managedBy, sku, identity, zones, tags, properties'

/** The Resource Graph query for everything read, of all resource groups or some. Rows come in the order of their ids. */
export function resourceQuery(resourceGroups: readonly string[]): string {
  const types = TYPES.map((one) => `"${one}"`).join(', ')
  const groups = resourceGroups.map((one) => JSON.stringify(one)).join(', ')
  return [
    'resources',
    `where type startswith "${NETWORK}" or type in~ (${types})`,
    ...(groups === '' ? [] : [`where resourceGroup in~ (${groups})`]),
    `project ${COLUMNS}`,
    'order by id asc',
  ].join(' | ')
}

/**
 * The query for which VNets are in which network groups: also those that Azure Policy put there, which no list of the
 * groups has (Learn: View applied Azure Virtual Network Manager configurations).
 */
export const MEMBERSHIP_QUERY = [
  'networkresources',
  'where type =~ "microsoft.network/networkgroupmemberships"',
  'project id, name, type, properties',
  'order by id asc',
].join(' | ')

// Resource Graph refuses an answer above 16 MiB, which large VNets and NSGs reach (ResponsePayloadTooLarge).
const PAGES = [1000, 200, 40, 8, 1]

/** Every row of a query, page by page. Throws a ReadFailure: without the rows nothing else can be asked. */
export async function queryRows(
  road: Road,
  subscriptions: readonly string[],
  query: string,
  onPage: (rows: number) => void,
): Promise<object[]> {
  for (const [index, top] of PAGES.entries()) {
    try {
      return await pagedRows(road, { subscriptions, query, top }, onPage)
    } catch (error) {
      const isTooLarge = error instanceof ReadFailure && error.facts.code === 'ResponsePayloadTooLarge'
      if (!isTooLarge || index === PAGES.length - 1) throw error
    }
  }
  return []
}

interface Paged {
  readonly subscriptions: readonly string[]
  readonly query: string
  readonly top: number
}

async function pagedRows(
  road: Road,
  { subscriptions, query, top }: Paged,
  onPage: (rows: number) => void,
): Promise<object[]> {
  const client = graphClient(road)
  const rows: object[] = []
  const seen = new Set<string>()
  let skipToken: string | undefined
  for (;;) {
    const options = { resultFormat: 'objectArray' as const, top, ...(skipToken !== undefined && { skipToken }) }
    const { _response } = await client.resources({ subscriptions: [...subscriptions], query, options })
    if (_response.status !== 200) throw failureOfAnswer(_response.status, _response.bodyAsText)
    const answer = parsed(_response.bodyAsText)
    rows.push(...answer.rows)
    onPage(rows.length)
    skipToken = answer.skipToken
    if (skipToken === undefined) {
      if (!answer.isCut && rows.length >= answer.total) return rows
      throw new ReadFailure({ status: 200, why: `the answer was cut off at ${rows.length} of ${answer.total} rows` })
    }
    if (seen.has(skipToken)) throw new ReadFailure({ status: 200, why: 'the pages of the answer go in a circle' })
    seen.add(skipToken)
  }
}

interface Page {
  readonly rows: object[]
  /** Rows of the whole query. */
  readonly total: number
  /** There are more rows, and no way to them (Learn: Guidance for pagination). */
  readonly isCut: boolean
  readonly skipToken?: string
}

function parsed(text: string): Page {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw new ReadFailure({ status: 200, why: NOT_JSON })
  }
  const { data, $skipToken, resultTruncated, totalRecords } = (answer ?? {}) as Readonly<Record<string, unknown>>
  if (!Array.isArray(data)) throw new ReadFailure({ status: 200, why: 'the answer of Resource Graph holds no rows' })
  const rows = data.filter((one) => typeof one === 'object' && one !== null).map(withoutEmptyColumns)
  return {
    rows,
    total: typeof totalRecords === 'number' ? totalRecords : 0,
    isCut: String(resultTruncated).toLowerCase() === 'true',
    ...(typeof $skipToken === 'string' && $skipToken !== '' && { skipToken: $skipToken }),
  }
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
