import { implied, type Source } from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { parentId } from '../estate/resource-id.ts'

/** An entry of a service's own firewall, and where it stands. */
export interface AccessEntry {
  /** An address text (for `ipRules`), or a lower-case id. */
  readonly value: string
  readonly source: Source
  /** It stands for entries that could not be read; `value` says so. */
  readonly unread?: true
}

/** What a service lets in at its public front door, read from whichever members its type spells it in. */
export interface ServiceAccess {
  /** `publicNetworkAccess`, lower case: `enabled`, `disabled`, `securedbyperimeter`; absent = enabled. */
  readonly publicAccess: string
  readonly publicSource: Source
  /** What closes it, where that is another setting than `publicNetworkAccess`. */
  readonly closedBy?: string
  /** What happens to callers no entry names. */
  readonly defaultAction: 'allow' | 'deny' | 'unknown'
  readonly defaultSource: Source
  readonly ipRules: readonly AccessEntry[]
  readonly subnets: readonly AccessEntry[]
  readonly resources: readonly AccessEntry[]
  /** Present: trusted services of Microsoft's pass. */
  readonly bypass: Source | undefined
}

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

const OPEN = implied('without network rules a service is open to all networks, its own sign-in apart')

const TRUSTED_BY_DEFAULT = implied('trusted services pass unless the setting says None: the platform default')

type Reader = (estate: Estate, body: Body) => Partial<ServiceAccess>

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['microsoft.storage/storageaccounts', (_, body) => trustingByDefault(body)],
  ['microsoft.keyvault/vaults', (_, body) => trustingByDefault(body)],
  ['microsoft.containerregistry/registries', registryAccess],
  ['microsoft.machinelearningservices/workspaces', workspaceAccess],
  ['microsoft.containerservice/managedclusters', clusterAccess],
  ['microsoft.devices/iothubs', iotHubAccess],
  ['microsoft.eventhub/namespaces', busAccess],
  ['microsoft.servicebus/namespaces', busAccess],
  ['microsoft.relay/namespaces', busAccess],
  ['microsoft.sql/servers', sqlAccess],
  ['microsoft.documentdb/databaseaccounts', cosmosAccess],
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
    ipRules: entries(rules?.children('ipRules'), ['value', 'ipAddressOrRange', 'iPAddressOrRange', 'ipMask']),
    subnets: subnetEntries(rules?.children('virtualNetworkRules')),
    resources: entries(rules?.children('resourceAccessRules'), ['resourceId']),
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

/** An action that is there and is neither Allow nor Deny is not known. */
function defaultActionOf(rules: Body | undefined): ServiceAccess['defaultAction'] {
  const word = rules?.text('defaultAction')?.toLowerCase()
  if (word === 'deny' || word === 'allow') return word
  return rules?.has('defaultAction') && rules.raw('defaultAction') !== '' ? 'unknown' : 'allow'
}

function entries(list: readonly Body[] | undefined, keys: readonly string[]): AccessEntry[] {
  return (list ?? []).flatMap((one) => {
    const value = keys.map((key) => one.text(key)).find((text) => text !== undefined)
    return value === undefined ? [] : [{ value: value.toLowerCase(), source: one.source() }]
  })
}

/** A rule whose state is not Succeeded (its subnet is gone) lets nobody in. */
function subnetEntries(list: readonly Body[] | undefined): AccessEntry[] {
  const working = (list ?? []).filter((one) => {
    const state = one.text('state')?.toLowerCase()
    return state === undefined || state === 'succeeded' || state === 'ready'
  })
  return working.flatMap((one) => {
    const id =
      one.reference('subnet') ?? one.text('virtualNetworkResourceId') ?? one.text('virtualNetworkSubnetId') ?? one.id
    return id === '' ? [] : [{ value: id.toLowerCase(), source: one.source() }]
  })
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
  if (body.has('publicNetworkAccess') || old !== false) return listed
  if (body.children('privateEndpointConnections').length === 0) return listed
  const publicSource = body.source('allowPublicAccessWhenBehindVnet')
  return { publicAccess: 'disabled', publicSource, closedBy: 'allowPublicAccessWhenBehindVnet is false' }
}

function clusterAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
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
  return { ipRules: ranges.map((value) => ({ value, source })), defaultAction: 'deny', defaultSource: source }
}

/** A hub's newer rule set; the older `ipFilterRules` are ordered and handled by its gate. */
function iotHubAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const rules = body.child('networkRuleSets')
  if (!rules) return {}
  return {
    defaultAction: rules.text('defaultAction')?.toLowerCase() === 'deny' ? 'deny' : 'allow',
    defaultSource: rules.source('defaultAction'),
    ipRules: entries(rules.children('ipRules'), ['ipMask']),
  }
}

function childrenOf(estate: Estate, type: string, body: Body): Body[] {
  const id = body.id.toLowerCase()
  return estate.ofType(type).filter((one) => parentId(one.id) === id)
}

function busAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const type = ['microsoft.eventhub', 'microsoft.servicebus', 'microsoft.relay']
    .map((one) => childrenOf(estate, `${one}/namespaces/networkrulesets`, body)[0])
    .find((one) => one !== undefined)
  if (!type) return {}
  const access = usual(type)
  return {
    ...(body.has('publicNetworkAccess')
      ? {}
      : { publicAccess: access.publicAccess, publicSource: access.publicSource }),
    defaultAction: defaultActionOf(type),
    defaultSource: type.has('defaultAction') ? type.source('defaultAction') : OPEN,
    ipRules: entries(type.children('ipRules'), ['ipMask']),
    subnets: subnetEntries(type.children('virtualNetworkRules')),
    bypass: type.flag('trustedServiceAccessEnabled') ? type.source('trustedServiceAccessEnabled') : undefined,
  }
}

/** A server lets in what its firewall rules name; 0.0.0.0 to 0.0.0.0 stands for all of Azure (Learn: Azure SQL IP firewall rules). */
function sqlAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  const rules = childrenOf(estate, 'microsoft.sql/servers/firewallrules', body)
  const ipRules = rules.flatMap((one) => {
    const first = one.text('startIpAddress')
    const last = one.text('endIpAddress') ?? first
    return first === undefined ? [] : [{ value: `${first}-${last}`, source: one.source() }]
  })
  const subnets = subnetEntries(childrenOf(estate, 'microsoft.sql/servers/virtualnetworkrules', body))
  const source = implied('an Azure SQL server refuses what no firewall rule names (Learn: Azure SQL IP firewall rules)')
  return { ipRules, subnets, defaultAction: 'deny', defaultSource: rules[0] ? body.source() : source }
}

/** Without IP rules and network filter an account is open (Learn: Azure Cosmos DB IP firewall). */
function cosmosAccess(_estate: Estate, body: Body): Partial<ServiceAccess> {
  const old = (body.text('ipRangeFilter') ?? '').split(',').map((one) => one.trim())
  const oldEntries = old.filter((one) => one !== '').map((value) => ({ value, source: body.source('ipRangeFilter') }))
  const ipRules = [...entries(body.children('ipRules'), ['ipAddressOrRange']), ...oldEntries]
  const doubtful = body.isDoubtful('isVirtualNetworkFilterEnabled')
  const filtered = body.flag('isVirtualNetworkFilterEnabled') === true
  const resources = body.texts('networkAclBypassResourceIds').map((value) => ({
    value: value.toLowerCase(),
    source: body.source('networkAclBypassResourceIds'),
  }))
  return {
    ipRules,
    subnets: filtered ? subnetEntries(body.children('virtualNetworkRules')) : [],
    resources,
    bypass:
      body.text('networkAclBypass')?.toLowerCase() === 'azureservices' ? body.source('networkAclBypass') : undefined,
    defaultAction: doubtful ? 'unknown' : ipRules.length > 0 || filtered ? 'deny' : 'allow',
    defaultSource: filtered || doubtful ? body.source('isVirtualNetworkFilterEnabled') : (ipRules[0]?.source ?? OPEN),
  }
}

/** A subnet's id in words: `vnet-ml/snet-train`. */
export function subnetWords(id: string): string {
  const parts = id.split('/')
  return `${parts.at(-3) ?? ''}/${lastPart(id)}`
}
