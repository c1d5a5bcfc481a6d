import { implied } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { typeOf } from '../estate/resource-id.ts'
import {
  type AccessEntry,
  type AccessReader,
  childrenOf,
  entries,
  OPEN,
  type ServiceAccess,
  subnetEntries,
  subnetsOf,
} from './service-access.ts'

const SQL = implied('an Azure SQL server refuses what no firewall rule names (Learn: Azure SQL IP firewall rules)')

/** A server lets in what its firewall rules name (Learn: Azure SQL Database and Azure Synapse IP firewall rules). */
function sqlAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const ipRules = firewallRules(estate, body)
  const subnets = subnetsOf(childrenOf(estate, 'microsoft.sql/servers/virtualnetworkrules', body))
  return { ipRules, subnets, defaultAction: 'deny', defaultSource: ipRules[0] ? body.source() : SQL }
}

/** The firewall rules that stand below a server; 0.0.0.0 to 0.0.0.0 is all of Azure. */
function firewallRules(estate: Estate, body: Body): AccessEntry[] {
  return childrenOf(estate, `${typeOf(body)}/firewallrules`, body).flatMap((one): AccessEntry[] => {
    const first = one.text('startIpAddress') ?? one.text('startIP')
    const last = one.text('endIpAddress') ?? one.text('endIP') ?? first
    if (first === undefined) return []
    const everywhere = first === '0.0.0.0' && last === '0.0.0.0'
    return [{ value: `${first}-${last}`, source: one.source(), ...(everywhere && { allOfAzure: true }) }]
  })
}

const INSIDE = 'it stands in a subnet (delegatedSubnetResourceId) and has no public endpoint'

/**
 * A database server or Synapse workspace: the same rules, and where the export holds none of them nobody can say that
 * there is none (Learn: Firewall rules in Azure Database for PostgreSQL - Flexible Server: without a rule all is refused).
 */
function ruledAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const ipRules = firewallRules(estate, body)
  const subnets = subnetsOf(childrenOf(estate, `${typeOf(body)}/virtualnetworkrules`, body))
  const network = body.child('network')
  const closed =
    network?.has('delegatedSubnetResourceId') && !network.has('publicNetworkAccess')
      ? { publicAccess: 'disabled', publicSource: network.source('delegatedSubnetResourceId'), closedBy: INSIDE }
      : {}
  const rules = { ipRules, subnets, defaultSource: body.source('name'), ...closed }
  if (ipRules.length > 0 || subnets.length > 0) return { ...rules, defaultAction: 'deny' }
  const defaultUnknown = `the export holds no firewall rule of ${body.name}: if it has none, it refuses everybody`
  return { ...rules, defaultAction: 'unknown', defaultUnknown }
}

/** A cache without rules is open (Learn: Azure Cache for Redis network isolation options). */
function redisAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const ipRules = firewallRules(estate, body)
  const [first] = ipRules
  return first ? { ipRules, defaultAction: 'deny', defaultSource: first.source } : {}
}

/** Without IP rules and network filter an account is open; 0.0.0.0 is all of Azure (Learn: Configure IP firewall in Azure Cosmos DB). */
function cosmosAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const old = (body.text('ipRangeFilter') ?? '').split(',').map((one) => one.trim())
  const oldEntries = old.filter((one) => one !== '').map((value) => ({ value, source: body.source('ipRangeFilter') }))
  const all = [...entries(body, 'ipRules', ['ipAddressOrRange']), ...oldEntries]
  const ipRules = all.map((one): AccessEntry => (one.value === '0.0.0.0' ? { ...one, allOfAzure: true } : one))
  const doubtful = body.isDoubtful('isVirtualNetworkFilterEnabled')
  const filtered = body.flag('isVirtualNetworkFilterEnabled') === true
  const resources = body.texts('networkAclBypassResourceIds').map((value) => ({
    value: value.toLowerCase(),
    source: body.source('networkAclBypassResourceIds'),
  }))
  return {
    ipRules,
    subnets: filtered ? subnetEntries(body, 'virtualNetworkRules') : [],
    resources,
    bypass:
      body.text('networkAclBypass')?.toLowerCase() === 'azureservices' ? body.source('networkAclBypass') : undefined,
    defaultAction: doubtful ? 'unknown' : ipRules.length > 0 || filtered ? 'deny' : 'allow',
    defaultSource: filtered || doubtful ? body.source('isVirtualNetworkFilterEnabled') : (ipRules[0]?.source ?? OPEN),
  }
}

/** How databases and their like say whom they let in, by type. */
export const SERVER_READERS: readonly (readonly [type: string, reader: AccessReader])[] = [
  ['microsoft.sql/servers', sqlAccess],
  ['microsoft.documentdb/databaseaccounts', cosmosAccess],
  ['microsoft.dbforpostgresql/flexibleservers', ruledAccess],
  ['microsoft.dbforpostgresql/servers', ruledAccess],
  ['microsoft.dbformysql/flexibleservers', ruledAccess],
  ['microsoft.dbformysql/servers', ruledAccess],
  ['microsoft.synapse/workspaces', ruledAccess],
  ['microsoft.cache/redis', redisAccess],
]
