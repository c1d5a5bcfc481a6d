import type { Refusal } from '../../../model/index.ts'
import { lastPart } from '../estate/body.ts'
import { namesPrivateLinkService } from '../estate/private-link-service.ts'

/** A type of resource that answers behind names. */
export interface ServiceKind {
  /** What it is, in words: `storage account`. */
  readonly label: string
  /** The port people mean when they name none. */
  readonly port: number
  /** What a caller its firewall refuses sees. */
  readonly refusal: string
}

// The errors as the services' pages and their clients print them (Learn: troubleshooting pages of each service).
const DENIED: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['storage account', http(403, 'AuthorizationFailure, "This request is not authorized to perform this operation"')],
  ['key vault', http(403, 'Forbidden, "Client address is not authorized and caller is not a trusted service"')],
  [
    'container registry',
    http(
      403,
      'Forbidden; docker: "denied: client with IP ... is not allowed access. Refer https://aka.ms/acr/firewall"',
    ),
  ],
  [
    'machine learning workspace',
    http(403, 'Forbidden, "Access to workspace was denied based on workspace private link configuration"'),
  ],
  ['Cosmos DB account', http(403, 'Forbidden, "This is blocked by your Cosmos DB account firewall settings"')],
  ['App Service app', http(403, 'Ip Forbidden, "The web app you have attempted to reach has blocked your access"')],
  ['PostgreSQL server', says('"no pg_hba.conf entry for host ..., user ..., database ..."')],
  [
    'MySQL server',
    says('error 9000 (HY000), "Client with IP address ... is not allowed to connect to this MySQL server"'),
  ],
  ['SQL server', says('error 40615, "Client with IP address ... is not allowed to access the server"')],
  ['IoT hub', says('401 Unauthorized; the answer does not mention the IP rule')],
  ['Event Hubs namespace', says('unauthorized-access, "Ip has been prevented to connect to the endpoint"')],
  ['Service Bus namespace', says('unauthorized-access, "Ip has been prevented to connect to the endpoint"')],
  ['AKS cluster', { kind: 'silence' }],
])

/** Where public access is off as a whole, and the words for that are others. */
const CLOSED: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  [
    'key vault',
    http(
      403,
      'Forbidden, "Public network access is disabled and request is not from a trusted service nor via an approved private link"',
    ),
  ],
  ['SQL server', says('error 47073, "Connection was denied since Deny Public Network Access is set to Yes"')],
])

function http(status: number, text: string): Refusal {
  return { kind: 'http', status, text }
}

function says(text: string): Refusal {
  return { kind: 'protocol', text }
}

/** What a caller is told whose subnet has the service's endpoint, where that is another error (Learn: Virtual network rules for Azure SQL). */
const SUBNET_DENIED: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  [
    'SQL server',
    says('error 40914, "Cannot open server ... requested by the login. Client is not allowed to access the server"'),
  ],
])

/** How a service's public front door says no: because public access is off, or because no rule names the caller. */
export function refusalOf({ label, refusal }: ServiceKind, publicAccess: 'off' | 'on'): Refusal {
  const known = (publicAccess === 'off' ? CLOSED.get(label) : undefined) ?? DENIED.get(label)
  return known ?? (refusal.startsWith('HTTP 403') ? http(403, 'Forbidden') : says(refusal))
}

/** How it says no to a caller of whom it sees the subnet and no address; `undefined` where the words are the same. */
export function subnetRefusalOf({ label }: ServiceKind): Refusal | undefined {
  return SUBNET_DENIED.get(label)
}

function kind(label: string, refusal = 'HTTP 403', port = 443): ServiceKind {
  return { label, port, refusal }
}

/** The kinds by resource type, lower case. */
const KINDS: ReadonlyMap<string, ServiceKind> = new Map([
  ['microsoft.storage/storageaccounts', kind('storage account', 'HTTP 403 AuthorizationFailure')],
  [
    'microsoft.keyvault/vaults',
    kind('key vault', 'HTTP 403 Forbidden: not from a trusted service nor via an approved private link'),
  ],
  [
    'microsoft.containerregistry/registries',
    kind('container registry', 'HTTP 403 denied: client with this IP is not allowed access'),
  ],
  [
    'microsoft.machinelearningservices/workspaces',
    kind('machine learning workspace', "HTTP 403: access denied by the workspace's private link configuration"),
  ],
  ['microsoft.machinelearningservices/registries', kind('machine learning registry')],
  ['microsoft.containerservice/managedclusters', kind('AKS cluster', 'the API server has no public endpoint for it')],
  ['microsoft.devices/iothubs', kind('IoT hub', 'the connection is refused: unauthorized network')],
  ['microsoft.devices/provisioningservices', kind('device provisioning service', 'the connection is refused')],
  ['microsoft.databricks/workspaces', kind('Databricks workspace')],
  ['microsoft.datafactory/factories', kind('data factory')],
  ['microsoft.eventhub/namespaces', kind('Event Hubs namespace', 'the connection is refused', 5671)],
  ['microsoft.servicebus/namespaces', kind('Service Bus namespace', 'the connection is refused', 5671)],
  ['microsoft.relay/namespaces', kind('Relay namespace', 'the connection is refused')],
  ['microsoft.sql/servers', kind('SQL server', 'the server refuses the sign-in', 1433)],
  ['microsoft.documentdb/databaseaccounts', kind('Cosmos DB account', 'HTTP 403 Forbidden')],
  ['microsoft.cognitiveservices/accounts', kind('Azure AI services account')],
  ['microsoft.search/searchservices', kind('search service')],
  ['microsoft.cache/redis', kind('Azure Cache for Redis', 'the connection is refused', 6380)],
  ['microsoft.web/sites', kind('App Service app')],
  ['microsoft.dbforpostgresql/flexibleservers', kind('PostgreSQL server', 'the connection is refused', 5432)],
  ['microsoft.dbforpostgresql/servers', kind('PostgreSQL server', 'the connection is refused', 5432)],
  ['microsoft.dbformysql/flexibleservers', kind('MySQL server', 'the connection is refused', 3306)],
  ['microsoft.dbformysql/servers', kind('MySQL server', 'the connection is refused', 3306)],
  ['microsoft.synapse/workspaces', kind('Synapse workspace')],
  ['microsoft.batch/batchaccounts', kind('Batch account')],
  ['microsoft.network/privatelinkservices', kind('private link service')],
  ['microsoft.insights/privatelinkscopes', kind('Azure Monitor private link scope')],
  ['microsoft.network/applicationgateways', kind('application gateway')],
])

/** The kind of a type; `undefined` for a type not in the table. */
export function knownKind(type: string): ServiceKind | undefined {
  return KINDS.get(type)
}

/** The kind of a type; one not in the table is called by the last word of its type. */
export function serviceKind(type: string): ServiceKind {
  return KINDS.get(type) ?? kind(lastPart(type) || 'resource')
}

/** The lower-case type that a top-level resource's id names: `microsoft.storage/storageaccounts`; empty when none. */
export function typeInId(id: string): string {
  // A private endpoint may name a Private Link service by its alias.
  if (namesPrivateLinkService(id.toLowerCase())) return 'microsoft.network/privatelinkservices'
  const parts = id.toLowerCase().split('/')
  const at = parts.lastIndexOf('providers')
  return at === -1 ? '' : parts.slice(at + 1, at + 3).join('/')
}
