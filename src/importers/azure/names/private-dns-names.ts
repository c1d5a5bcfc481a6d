/**
 * One public suffix and the private zone that serves names below it once they have a private endpoint of the group
 * (Learn: Azure Private Endpoint private DNS zone values).
 */
interface PrivateLinkZone {
  readonly groups: readonly string[]
  readonly publicSuffix: string
  readonly privateZone: string
}

function zone(groups: string, publicSuffix: string, privateZone = `privatelink.${publicSuffix}`): PrivateLinkZone {
  return { groups: groups.split(' '), publicSuffix, privateZone }
}

const ZONES: readonly PrivateLinkZone[] = [
  zone('amlworkspace amlregistry', 'api.azureml.ms'),
  zone('amlworkspace', 'notebooks.azure.net'),
  ...['blob', 'file', 'queue', 'table', 'web', 'dfs'].map((one) => zone(one, `${one}.core.windows.net`)),
  zone('vault', 'vault.azure.net', 'privatelink.vaultcore.azure.net'),
  zone('vault', 'vaultcore.azure.net'),
  zone('registry', 'azurecr.io'),
  zone('sqlserver', 'database.windows.net'),
  zone('sql', 'documents.azure.com'),
  zone('mongodb', 'mongo.cosmos.azure.com'),
  zone('cassandra', 'cassandra.cosmos.azure.com'),
  zone('gremlin', 'gremlin.cosmos.azure.com'),
  zone('table', 'table.cosmos.azure.com'),
  zone('analytical', 'analytics.cosmos.azure.com'),
  zone('postgresqlserver', 'postgres.database.azure.com'),
  zone('mysqlserver', 'mysql.database.azure.com'),
  zone('mariadbserver', 'mariadb.database.azure.com'),
  zone('namespace', 'servicebus.windows.net'),
  zone('iothub', 'azure-devices.net'),
  zone('iothub', 'servicebus.windows.net'),
  zone('iotdps', 'azure-devices-provisioning.net'),
  zone('databricks_ui_api browser_authentication', 'azuredatabricks.net'),
  zone('azuremonitor', 'monitor.azure.com'),
  zone('azuremonitor', 'oms.opinsights.azure.com'),
  zone('azuremonitor', 'ods.opinsights.azure.com'),
  zone('azuremonitor', 'agentsvc.azure-automation.net'),
  zone('azuremonitor', 'blob.core.windows.net'),
  zone('account', 'cognitiveservices.azure.com'),
  zone('account', 'openai.azure.com'),
  zone('account', 'services.ai.azure.com'),
  zone('searchservice', 'search.windows.net'),
  zone('datafactory', 'datafactory.azure.net'),
  zone('portal', 'adf.azure.com'),
  zone('sql sqlondemand', 'sql.azuresynapse.net'),
  zone('dev', 'dev.azuresynapse.net'),
  zone('web', 'azuresynapse.net'),
  zone('sites', 'azurewebsites.net'),
  zone('batchaccount nodemanagement', 'batch.azure.com'),
  zone('rediscache', 'redis.cache.windows.net'),
  zone('webhook dscandhybridworker', 'azure-automation.net'),
]

/**
 * The name that a public name becomes a CNAME of when its resource has an approved private endpoint: `x.blob.core...`
 * to `x.privatelink.blob.core...`. `groups` are the approved sub-resources, lower case; `undefined` when none of them
 * serves the name. Names that are private already, and wildcards, have none.
 */
export function privateLinkName(name: string, groups: ReadonlySet<string>): string | undefined {
  if (name.includes('privatelink.') || name.startsWith('*')) return undefined
  const ending = /^[^.]+-secondary\.[a-z]+\.core\./.test(name) ? '_secondary' : ''
  const found = bestZone(name, (one) => one.groups.some((group) => groups.has(`${group}${ending}`)))
  return found && `${name.slice(0, -found.publicSuffix.length)}${found.privateZone}`
}

/** The same for a record a zone group makes: a wildcard is kept, and any group will do; `undefined` = not a known suffix. */
export function privateRecordName(name: string): string | undefined {
  if (name.includes('privatelink.')) return name
  const found = bestZone(name, () => true)
  return found && `${name.slice(0, -found.publicSuffix.length)}${found.privateZone}`
}

/**
 * Public zones without a private twin of their own: the names below them are aliases of names below another public zone
 * (Learn: How to use your workspace with a custom DNS server).
 */
const ALIASED = ['instances.azureml.ms', 'instances.ml.azure.ms', 'inference.ml.azure.com']

/**
 * The public zone that a name server outside Azure forwards for a name (Learn: Azure Private Endpoint private DNS zone
 * values); `undefined` for a name of no known zone. Private names of AKS and others hold their zone's own name.
 */
export function forwardedSuffix(name: string): string | undefined {
  const aliased = ALIASED.find((one) => name.endsWith(`.${one}`))
  if (aliased !== undefined) return aliased
  const regional = /\.(?:privatelink\.)?([^.]+\.azmk8s\.io)$/.exec(name)?.[1]
  return regional ?? bestZone(name, () => true)?.publicSuffix
}

/** Whether a zone is one of private link: the only kind NxDomainRedirect works for (Learn: Fallback to internet). */
export function isPrivateLinkZone(name: string): boolean {
  return /(?:^|\.)privatelink\./.test(name)
}

function bestZone(name: string, serves: (zone: PrivateLinkZone) => boolean): PrivateLinkZone | undefined {
  let best: PrivateLinkZone | undefined
  for (const one of ZONES) {
    if (!name.endsWith(`.${one.publicSuffix}`) || !serves(one)) continue
    if (!best || one.publicSuffix.length > best.publicSuffix.length) best = one
  }
  return best
}
