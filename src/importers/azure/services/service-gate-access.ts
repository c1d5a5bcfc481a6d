import { implied } from '../../../model/index.ts'
import { formatIp } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import {
  type AccessEntry,
  type AccessReader,
  childrenOf,
  defaultActionOf,
  entries,
  OPEN,
  type ServiceAccess,
  subnetEntries,
} from './service-access.ts'
import { appAccess } from './service-app.ts'
import { SERVER_READERS } from './service-server-access.ts'

/** Reads a service's access settings. Absent settings are the platform's defaults: open. */
export function serviceAccess(estate: Estate, type: string, body: Body): ServiceAccess {
  const specific = READERS.get(type)?.(estate, body) ?? {}
  return withUnread(estate, body, { ...usual(body), ...specific })
}

const GATE_LISTS = /\/(firewallrules|virtualnetworkrules|networkrulesets)$/

/** Where the service's rules could not be read, any caller may be let in or not. */
function withUnread(estate: Estate, body: Body, access: ServiceAccess): ServiceAccess {
  const id = body.id.toLowerCase()
  const list = estate.unread.find((one) => one.parent === id && GATE_LISTS.test(one.child))
  if (!list) return access
  const entry = { value: list.words, source: list.source, unread: true } as const
  return { ...access, ipRules: [...access.ipRules, entry], defaultAction: 'deny', defaultSource: list.source }
}

const TRUSTED_BY_DEFAULT = implied('trusted services pass unless the setting says None: the platform default')

const READERS: ReadonlyMap<string, AccessReader> = new Map<string, AccessReader>([
  ['microsoft.storage/storageaccounts', (_, body) => trustingByDefault(body)],
  ['microsoft.keyvault/vaults', (_, body) => trustingByDefault(body)],
  ['microsoft.containerregistry/registries', registryAccess],
  ['microsoft.machinelearningservices/workspaces', workspaceAccess],
  ['microsoft.containerservice/managedclusters', clusterAccess],
  ['microsoft.devices/iothubs', iotHubAccess],
  ['microsoft.eventhub/namespaces', busAccess],
  ['microsoft.servicebus/namespaces', busAccess],
  ['microsoft.relay/namespaces', busAccess],
  ['microsoft.search/searchservices', searchAccess],
  ['microsoft.batch/batchaccounts', batchAccess],
  ['microsoft.signalrservice/signalr', signalAccess],
  ['microsoft.signalrservice/webpubsub', signalAccess],
  ['microsoft.web/sites', appAccess],
  ...SERVER_READERS,
])

/** The shape of storage accounts and key vaults, which most types share. */
function usual(body: Body): ServiceAccess {
  const rules = body.child('networkAcls') ?? body.child('networkRuleSet')
  const holder = body.has('publicNetworkAccess') ? body : body.child('network')
  const stated = holder?.has('publicNetworkAccess') ? holder : undefined
  const bypass = rules?.texts('bypass').flatMap((one) => one.toLowerCase().split(/[\s,]+/))
  return {
    publicAccess: publicAccessOf(stated),
    publicSource: stated?.source('publicNetworkAccess') ?? OPEN,
    defaultAction: defaultActionOf(rules),
    defaultSource: rules?.has('defaultAction') ? rules.source('defaultAction') : OPEN,
    ipRules: entries(rules, 'ipRules', ['value', 'ipAddressOrRange', 'iPAddressOrRange', 'ipMask']),
    subnets: subnetEntries(rules, 'virtualNetworkRules'),
    resources: entries(rules, 'resourceAccessRules', ['resourceId']),
    bypass: bypass?.includes('azureservices') ? rules?.source('bypass') : undefined,
  }
}

/** Some types hold a boolean, some a word; what is neither is not known, and never taken for open. */
function publicAccessOf(holder: Body | undefined): string {
  const value = holder?.raw('publicNetworkAccess')
  if (typeof value === 'boolean') return value ? 'enabled' : 'disabled'
  const word = holder?.text('publicNetworkAccess')?.toLowerCase()
  return word ?? (holder?.has('publicNetworkAccess') && value !== '' ? 'not readable' : 'enabled')
}

function trustingByDefault(body: Body): Partial<ServiceAccess> {
  const rules = body.child('networkAcls') ?? body.child('networkRuleSet')
  return rules?.has('bypass') ? {} : { bypass: TRUSTED_BY_DEFAULT }
}

function registryAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const option = body.text('networkRuleBypassOptions')?.toLowerCase()
  if (option === undefined) return { bypass: TRUSTED_BY_DEFAULT }
  return { bypass: option === 'azureservices' ? body.source('networkRuleBypassOptions') : undefined }
}

/** Before `publicNetworkAccess` a workspace with private endpoints was closed unless it said otherwise. */
function workspaceAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const allowed = body.texts('ipAllowlist').map((value) => ({ value, source: body.source('ipAllowlist') }))
  const listed =
    allowed.length > 0
      ? ({ ipRules: allowed, defaultAction: 'deny', defaultSource: body.source('ipAllowlist') } as const)
      : {}
  const old = body.flag('allowPublicAccessWhenBehindVnet')
  if (body.has('publicNetworkAccess')) return listed
  if (body.children('privateEndpointConnections').length === 0) return listed
  const publicSource = body.source('allowPublicAccessWhenBehindVnet')
  if (body.isDoubtful('allowPublicAccessWhenBehindVnet')) return { publicAccess: 'not readable', publicSource }
  if (old !== false) return listed
  return { publicAccess: 'disabled', publicSource, closedBy: 'allowPublicAccessWhenBehindVnet is false' }
}

function clusterAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const profile = body.child('apiServerAccessProfile')
  if (!profile) return {}
  if (profile.isDoubtful('enablePrivateCluster')) {
    return { publicAccess: 'not readable', publicSource: profile.source('enablePrivateCluster') }
  }
  if (profile.flag('enablePrivateCluster') === true) {
    const publicSource = profile.source('enablePrivateCluster')
    return { publicAccess: 'disabled', publicSource, closedBy: 'enablePrivateCluster is true' }
  }
  const ranges = profile.texts('authorizedIPRanges')
  if (ranges.length === 0) return {}
  const source = profile.source('authorizedIPRanges')
  // 0.0.0.0/32 stands for nobody but the cluster itself.
  const listed = ranges.filter((one) => one !== '0.0.0.0/32').map((value) => ({ value, source }))
  const ipRules = [...listed, ...ownOutbound(estate, body)]
  return { ipRules, defaultAction: 'deny', defaultSource: source }
}

/** A cluster's own address is let in besides what is listed (Learn: Use authorized IP ranges to secure access to the API server). */
function ownOutbound(estate: Estate, body: Body): AccessEntry[] {
  const profile = body.child('networkProfile')?.child('loadBalancerProfile')
  return (profile?.references('effectiveOutboundIPs') ?? []).flatMap((id) => {
    const ip = estate.publicIp(id)
    return profile && ip !== undefined ? [{ value: formatIp(ip), source: profile.source('effectiveOutboundIPs') }] : []
  })
}

/** A search service has no default action: one IP rule shuts out the rest (Learn: Configure network access for Azure AI Search). */
function searchAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const rules = body.child('networkRuleSet')
  const ipRules = entries(rules, 'ipRules', ['value'])
  return rules && ipRules.length > 0 ? { defaultAction: 'deny', defaultSource: rules.source('ipRules') } : {}
}

/** An account's endpoint has a profile of its own (Learn: Configure public network access with Azure Batch accounts). */
function batchAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const profile = body.child('networkProfile')?.child('accountAccess')
  if (!profile) return {}
  return {
    defaultAction: defaultActionOf(profile),
    defaultSource: profile.has('defaultAction') ? profile.source('defaultAction') : OPEN,
    ipRules: entries(profile, 'ipRules', ['value']),
  }
}

/** Its rules are for kinds of requests, which a question does not name (Learn: Configure network access control for Azure SignalR Service). */
function signalAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const rules = body.child('networkACLs')
  if (!rules?.has('publicNetwork')) return {}
  const defaultUnknown = 'its access control differs by the kind of request'
  return { defaultAction: 'unknown', defaultUnknown, defaultSource: rules.source('publicNetwork') }
}

/** A hub's newer rule set; the older `ipFilterRules` are ordered and handled by its gate. */
function iotHubAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const rules = body.child('networkRuleSets')
  if (!rules) return {}
  return {
    defaultAction: defaultActionOf(rules),
    defaultSource: rules.source('defaultAction'),
    ipRules: entries(rules, 'ipRules', ['ipMask']),
  }
}

function busAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const type = ['microsoft.eventhub', 'microsoft.servicebus', 'microsoft.relay']
    .map((one) => childrenOf(estate, `${one}/namespaces/networkrulesets`, body)[0])
    .find((one) => one !== undefined)
  if (!type) return {}
  const access = usual(type)
  const ipRules = entries(type, 'ipRules', ['ipMask'])
  const subnets = subnetEntries(type, 'virtualNetworkRules')
  const said = defaultActionOf(type)
  // Without any rule it is open, whatever the default action says (Learn: Allow access to Event Hubs namespaces from specific IP addresses).
  const isBare = ipRules.length === 0 && subnets.length === 0
  return {
    ...(body.has('publicNetworkAccess')
      ? {}
      : { publicAccess: access.publicAccess, publicSource: access.publicSource }),
    defaultAction: said === 'deny' && isBare ? 'allow' : said,
    defaultSource: type.has('defaultAction') ? type.source('defaultAction') : OPEN,
    ipRules,
    subnets,
    bypass: type.flag('trustedServiceAccessEnabled') ? type.source('trustedServiceAccessEnabled') : undefined,
  }
}
