import { isParametersFile, isTemplate } from './arm-template/index.ts'
import type { Format } from './format-words.ts'
import { isTerraform } from './terraform/index.ts'

/** What a JSON value is, by its members; `undefined` when nothing nettrace reads looks like it. */
export function formatOfJson(value: unknown): Format | undefined {
  if (isTemplate(value) || isParametersFile(value) || isTerraform(value)) return 'azure'
  if (hasAll(value, ['changeNumber', 'cloud', 'values'])) return 'service-tags'
  if (hasAll(value, ['nftables'])) return 'netfilter'
  const elements = elementsOf(value)
  const rows = elements.filter(isObject)
  if (rows.some((row) => /^\/(?:subscriptions|providers)\//i.test(wordOf(row, 'id')))) return 'azure'
  if (rows.some((row) => /^microsoft\.\w+\//i.test(wordOf(row, 'type')))) return 'azure'
  if (hasAll(value, ['nettraceImport']) || rows.some((row) => hasAll(row, ['network', 'localAddress']))) return 'azure'
  if (rows.some((row) => hasAll(row, ['addressPrefix', 'nextHopType']) || hasAll(row, ['effectiveSecurityRules'])))
    return 'azure'
  if (rows.some((row) => hasAny(row, ['ifname', 'ifindex']) || hasAll(row, ['priority', 'table']) || isRoute(row)))
    return 'netfilter'
  if (isEdgeos(value)) return 'edgeos'
  if (rows.some((row) => hasAny(row, UNIFI_MEMBERS)) || hasAny(value, UNIFI_COLLECTIONS)) return 'unifi'
  return Array.isArray(value) && value.length === 0 ? 'azure' : undefined
}

const UNIFI_MEMBERS = [
  ...['_id', 'site_id', 'external_id', 'ruleset', 'zone_key', 'target_devices', 'networkconf_id'],
  ...['anonymous_controller_id', 'ubnt_device_type'],
]
const UNIFI_COLLECTIONS = [
  ...['networkconf', 'firewallrule', 'firewallgroup', 'portforward', 'routing', 'wlanconf', 'portconf', 'setting'],
  ...['firewall-policies', 'firewall-zone', 'trafficrules', 'trafficroutes', 'static-dns'],
]

// A tree of configuration, not a list of things: config.gateway.json and the JSON of an EdgeRouter.
function isEdgeos(value: unknown): boolean {
  const members = ['interfaces', 'firewall', 'service', 'protocols', 'vpn', 'port-forward', 'load-balance', 'policy']
  return (
    isObject(value) &&
    Object.entries(value).some(([key, inside]) => [...members, 'system'].includes(key) && isObject(inside)) &&
    !hasAny(value, ['_id', 'id', 'type'])
  )
}

function isRoute(row: object): boolean {
  return hasAll(row, ['dst']) && hasAny(row, ['dev', 'gateway', 'protocol', 'type', 'nexthops', 'flags'])
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  for (const key of ['value', 'data']) {
    const list = isObject(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
    if (Array.isArray(list)) return list
  }
  return [value]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasAll(value: unknown, keys: readonly string[]): boolean {
  return isObject(value) && keys.every((key) => Object.hasOwn(value, key))
}

function hasAny(value: unknown, keys: readonly string[]): boolean {
  return isObject(value) && keys.some((key) => Object.hasOwn(value, key))
}

function wordOf(value: object, key: string): string {
  const word: unknown = (value as Readonly<Record<string, unknown>>)[key]
  return typeof word === 'string' ? word : ''
}
