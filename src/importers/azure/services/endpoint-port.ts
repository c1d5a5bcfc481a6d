import { allOf, implied, notOf, type Rule } from '../../../model/index.ts'
import { formatPorts, type PortRange, TCP } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import type { EndpointConnection } from '../estate/private-endpoint-connection.ts'
import { typeInId } from './service-kind.ts'

/** A port, or the first and last of several. */
type Ports = readonly (number | readonly [first: number, last: number])[]

/** The ports of a service's sub-resource, lower case; `body` is absent where the export does not hold the resource. */
type PortsOf = (group: string, body: Body | undefined) => Ports

// The ports are from memory of the pages that are named with them; a port outside the table is unknown, never refused.
const HTTPS: Ports = [443]
const web: PortsOf = () => HTTPS

/**
 * The TCP ports that services are documented to answer on, by type, lower case. A type that is not here (a Private Link
 * service, an application gateway) answers on what its owner set up.
 */
const PORTS: ReadonlyMap<string, PortsOf> = new Map<string, PortsOf>([
  ['microsoft.storage/storageaccounts', storagePorts],
  ['microsoft.keyvault/vaults', web],
  ['microsoft.containerregistry/registries', web],
  ['microsoft.search/searchservices', web],
  ['microsoft.cognitiveservices/accounts', web],
  ['microsoft.insights/privatelinkscopes', web],
  ['microsoft.containerservice/managedclusters', web],
  // Learn: Using private endpoints for App Service apps.
  ['microsoft.web/sites', () => [80, 443]],
  // Learn: Choose a device communication protocol; Read device-to-cloud messages from the built-in endpoint.
  ['microsoft.devices/iothubs', () => [443, 5671, 8883, 9093]],
  ['microsoft.devices/provisioningservices', () => [443, 5671, 8883]],
  // Learn: Event Hubs frequently asked questions, Service Bus frequently asked questions, "ports to open on the firewall".
  ['microsoft.eventhub/namespaces', () => [443, 5671, 5672, 9093]],
  ['microsoft.servicebus/namespaces', () => [443, 5671, 5672]],
  // Learn: Azure SQL connectivity architecture.
  ['microsoft.sql/servers', () => [1433, [11000, 11999]]],
  // Learn: Connect to Synapse SQL.
  ['microsoft.synapse/workspaces', (group) => (group === 'dev' ? HTTPS : [443, 1433])],
  // Learn: PgBouncer in Azure Database for PostgreSQL - Flexible Server.
  ['microsoft.dbforpostgresql/flexibleservers', () => [5432, 6432]],
  ['microsoft.dbforpostgresql/servers', () => [5432]],
  ['microsoft.dbformysql/flexibleservers', () => [3306]],
  ['microsoft.dbformysql/servers', () => [3306]],
  ['microsoft.cache/redis', redisPorts],
  ['microsoft.documentdb/databaseaccounts', cosmosPorts],
])

/** (Learn: Connect to Azure Blob Storage by using SFTP; NFS 3.0 support; Azure Files networking; Require secure transfer.) */
function storagePorts(group: string, body: Body | undefined): Ports {
  const http: Ports = body?.flag('supportsHttpsTrafficOnly') === false ? [80, 443] : HTTPS
  if (group.startsWith('file')) return [...http, 445, ...(body?.text('kind') === 'FileStorage' ? [2049] : [])]
  if (!group.startsWith('blob')) return http
  const sftp = body?.flag('isSftpEnabled') === true ? [22] : []
  return [...http, ...sftp, ...(body?.flag('isNfsV3Enabled') === true ? [111, 2048, 2049] : [])]
}

/** (Learn: Azure Cache for Redis networking FAQ: the nodes of a cluster have ports of their own.) */
function redisPorts(_group: string, body: Body | undefined): Ports {
  const plain = body?.flag('enableNonSslPort') === true
  const clustered = (body?.number('shardCount') ?? 0) > 0
  const nodes: Ports = clustered ? [...(plain ? [[13000, 13999] as const] : []), [15000, 15999]] : []
  return [...(plain ? [6379] : []), 6380, ...nodes]
}

/** (Learn: Azure Cosmos DB service ports.) In direct mode a client is sent to ports that no page lists. */
function cosmosPorts(group: string): Ports {
  if (group.startsWith('mongo')) return [443, 10250, 10255, 10256]
  if (group.startsWith('cassandra')) return [443, 10350]
  return group.startsWith('sql') ? [443, [10250, 10256]] : HTTPS
}

const DOCUMENTED = implied('the pages of the services list the ports they answer on, and not what becomes of others')

/**
 * What comes for a port that the service of an endpoint is not documented to answer on: whether anything does is not known.
 * Empty for services whose ports no page lists.
 */
export function otherPorts(estate: Estate, { targetId, groups }: EndpointConnection): Rule[] {
  const portsOf = targetId === undefined ? undefined : PORTS.get(typeInId(targetId))
  if (!portsOf) return []
  const target = estate.byId(targetId)
  const named = groups.length > 0 ? groups : ['']
  const ranges = named.flatMap((group) => portsOf(group, target)).map(rangeOf)
  const words = `TCP ${formatPorts(ranges)}`
  const what = groups.length > 0 ? groups.join(', ') : 'its service'
  const text = `whether anything answers on a port other than ${words}, which ${what} is documented to answer on`
  const known = allOf({ kind: 'protocol', in: [TCP] }, { kind: 'destination-port', in: ranges })
  const match = allOf(notOf(known), { kind: 'opaque', text })
  return [{ name: `another port than ${words}`, match, action: { kind: 'drop' }, source: DOCUMENTED }]
}

function rangeOf(one: Ports[number]): PortRange {
  return typeof one === 'number' ? { first: one, last: one } : { first: one[0], last: one[1] }
}
