import type { Body } from './body.ts'
import { parentId, resourceGroupOf, typeOf } from './resource-id.ts'
import type { UnreadList } from './unread-list.ts'

/** Rules of a service that are resources below it, which a list of the services does not hold. */
interface RuleList {
  /** The last word of the children's type, lower case. */
  readonly child: string
  /** What they are, in words. */
  readonly words: string
  /** What prints them; the resource group and the service's name are put behind it. */
  readonly command: readonly [group: string, name: string]
  /** The lower-case names of the SKUs that have none; absent = every SKU may have some. */
  readonly noneIn?: readonly string[]
}

const firewall = (words: string, command: string, name: string): RuleList => ({
  child: 'firewallrules',
  words: `firewall rules of ${words}`,
  command: [command, name],
})
const network = (words: string, word: string, noneIn: readonly string[]): RuleList => ({
  child: 'networkrulesets',
  words: `network rules of ${words}`,
  command: [`az ${word} namespace network-rule-set list`, '--namespace-name'],
  noneIn,
})

/**
 * By the service's type (Learn: the REST reference of each). The Basic tier of Event Hubs and all but the Premium tier of
 * Service Bus have no network rules (Learn: Allow access to Service Bus namespaces from specific IP addresses).
 */
const RULE_LISTS: ReadonlyMap<string, RuleList> = new Map([
  ['microsoft.sql/servers', firewall('SQL server', 'az sql server firewall-rule list', '--server')],
  [
    'microsoft.dbforpostgresql/flexibleservers',
    firewall('PostgreSQL server', 'az postgres flexible-server firewall-rule list', '--name'),
  ],
  [
    'microsoft.dbforpostgresql/servers',
    firewall('PostgreSQL server', 'az postgres server firewall-rule list', '--server-name'),
  ],
  [
    'microsoft.dbformysql/flexibleservers',
    firewall('MySQL server', 'az mysql flexible-server firewall-rule list', '--name'),
  ],
  ['microsoft.dbformysql/servers', firewall('MySQL server', 'az mysql server firewall-rule list', '--server-name')],
  [
    'microsoft.synapse/workspaces',
    firewall('Synapse workspace', 'az synapse workspace firewall-rule list', '--workspace-name'),
  ],
  ['microsoft.cache/redis', firewall('Azure Cache for Redis', 'az redis firewall-rules list', '--name')],
  ['microsoft.eventhub/namespaces', network('Event Hubs namespace', 'eventhubs', ['basic'])],
  ['microsoft.servicebus/namespaces', network('Service Bus namespace', 'servicebus', ['basic', 'standard'])],
])

/**
 * The rule lists of services of which the export holds no rule, and does not hold everything below its resources either:
 * `isWhole` says so of a file. Whether such a service has rules is not known, and what prints them is named.
 */
export function unexportedRules(bodies: readonly Body[], isWhole: (file: string) => boolean): UnreadList[] {
  const present = new Set(bodies.map((one) => `${parentId(one.id)} ${typeOf(one)}`))
  return bodies.flatMap((body): UnreadList[] => {
    const type = typeOf(body)
    const list = RULE_LISTS.get(type)
    if (!list || isWhole(body.file)) return []
    const id = body.id.toLowerCase()
    const child = `${type}/${list.child}`
    const sku = body.child('sku')?.text('name')?.toLowerCase()
    if (present.has(`${id} ${child}`) || (sku !== undefined && list.noneIn?.includes(sku))) return []
    const [command, name] = list.command
    const group = resourceGroupOf(body.id)
    const of = `${group === undefined ? '' : ` --resource-group ${group}`} ${name} ${body.name}`
    const words = `the ${list.words} ${body.name} are not in the export ("${command}${of}" prints them)`
    return [{ parent: id, child, words, source: body.source('name'), isSaid: true }]
  })
}
