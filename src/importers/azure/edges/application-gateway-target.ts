import { formatIp, type Ip, parseIp, prefixContains } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { nicConfiguration, nicConfigurations, nicOfAddress } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type GatewayRouting, listenerWords, partOf } from './application-gateway-listener.ts'

/** What becomes of a request. */
export type GatewayTarget =
  | { readonly kind: 'backend'; readonly ip: Ip; readonly port: number }
  /** The gateway answers itself and sends the client elsewhere; in words. */
  | { readonly kind: 'redirect'; readonly words: string }
  /** The gateway answers itself that it has nobody to ask. */
  | { readonly kind: 'bad-gateway'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string }

/** Where a rule leads, and the part of the gateway that says so. */
export interface Routed {
  readonly target: GatewayTarget
  /** What other paths lead to, as a sentence; absent = the rule looks at no path. */
  readonly otherPaths?: string
  readonly holder: Body
}

/** Where a rule leads a request for `/`: a question names no path (Learn: URL path-based routing overview). */
export function routedTo(estate: Estate, gateway: Body, { rule }: GatewayRouting): Routed {
  const map = partOf(gateway, 'urlPathMaps', rule.reference('urlPathMap'))
  if (!map) {
    const missing = rule.reference('urlPathMap')
    if (missing === undefined) return { target: targetOf(estate, gateway, rule, USUAL), holder: rule }
    const because = `URL path map ${lastPart(missing)} of rule ${rule.name} is not in the export`
    return { target: { kind: 'unknown', because }, holder: rule }
  }
  const rules = map.children('pathRules')
  const root = rules.find((one) => one.texts('paths').some((path) => path === '/' || path === '/*'))
  const holder = root ?? map
  const others = rules.filter((one) => one !== root && one.texts('paths').length > 0)
  const list = others.map((one) => `${one.texts('paths').join(', ')} to ${leadsTo(gateway, one)}`).join('; ')
  return {
    target: targetOf(estate, gateway, holder, root ? USUAL : DEFAULT),
    ...(list !== '' && { otherPaths: `a question without a path asks for /: URL path map ${map.name} sends ${list}` }),
    holder,
  }
}

interface Keys {
  readonly redirect: string
  readonly pool: string
  readonly settings: readonly string[]
}

const USUAL: Keys = {
  redirect: 'redirectConfiguration',
  pool: 'backendAddressPool',
  settings: ['backendHttpSettings', 'backendSettings'],
}
const DEFAULT: Keys = {
  redirect: 'defaultRedirectConfiguration',
  pool: 'defaultBackendAddressPool',
  settings: ['defaultBackendHttpSettings'],
}

function leadsTo(gateway: Body, pathRule: Body): string {
  const redirect = pathRule.reference('redirectConfiguration')
  if (redirect !== undefined) return `redirect ${lastPart(redirect)}`
  const pool = pathRule.reference('backendAddressPool')
  return pool === undefined
    ? 'nobody'
    : `backend pool ${partOf(gateway, 'backendAddressPools', pool)?.name ?? lastPart(pool)}`
}

function targetOf(estate: Estate, gateway: Body, holder: Body, keys: Keys): GatewayTarget {
  const redirect = holder.reference(keys.redirect)
  if (redirect !== undefined) return redirectOf(gateway, redirect)
  const pool = partOf(gateway, 'backendAddressPools', holder.reference(keys.pool))
  const id = keys.settings.map((key) => holder.reference(key)).find((one) => one !== undefined)
  const settings =
    partOf(gateway, 'backendHttpSettingsCollection', id) ?? partOf(gateway, 'backendSettingsCollection', id)
  const port = settings?.number('port')
  if (!pool || port === undefined)
    return { kind: 'unknown', because: `where ${holder.name} of ${gateway.name} leads is not in the export` }
  return backendOf(estate, gateway, pool, port)
}

const CODES = new Map([
  ['permanent', 301],
  ['found', 302],
  ['seeother', 303],
  ['temporary', 307],
])

function redirectOf(gateway: Body, id: string): GatewayTarget {
  const configuration = partOf(gateway, 'redirectConfigurations', id)
  if (!configuration)
    return { kind: 'unknown', because: `redirect ${lastPart(id)} of ${gateway.name} is not in the export` }
  const code = CODES.get(configuration.text('redirectType')?.toLowerCase() ?? '')
  const listener = partOf(gateway, 'httpListeners', configuration.reference('targetListener'))
  const to = listener ? listenerWords(gateway, listener) : configuration.text('targetUrl')
  const words = `answers with a redirect (HTTP ${code ?? '3xx'}) to ${to ?? 'a place that the export does not tell'}`
  return { kind: 'redirect', words }
}

const byPool = perEstate((estate) => {
  const map = new Map<string, Ip[]>()
  for (const one of nicConfigurations(estate)) {
    for (const id of one.body.references('applicationGatewayBackendAddressPools')) {
      map.set(id, [...(map.get(id) ?? []), one.ip])
    }
  }
  return map
})

function backendOf(estate: Estate, gateway: Body, pool: Body, port: number): GatewayTarget {
  const id = (pool.id || `${gateway.id}/backendaddresspools/${pool.name}`).toLowerCase()
  const ips = new Set<Ip>(byPool(estate).get(id) ?? [])
  for (const one of pool.children('backendIPConfigurations')) {
    const found = nicConfiguration(estate, one.id)
    if (!found) return { kind: 'unknown', because: `a member of backend pool ${pool.name} is not in the export` }
    ips.add(found.ip)
  }
  for (const one of pool.children('backendAddresses')) {
    const text = one.text('ipAddress') ?? one.text('fqdn')
    const ip = parseIp(text ?? '')
    if (ip !== undefined) ips.add(ip)
    else if (text !== undefined) return { kind: 'unknown', because: lookedUp(gateway, text, port) }
  }
  const members = [...ips]
  const [first] = members
  if (first === undefined) {
    const because = `backend pool ${pool.name} is empty: ${gateway.name} answers 502 Bad Gateway`
    return { kind: 'bad-gateway', because }
  }
  if (alike(estate, members)) return { kind: 'backend', ip: first, port }
  const list = members.map(formatIp).join(', ')
  return { kind: 'unknown', because: `which of ${list} answers depends on their health; ask about each of them` }
}

function lookedUp({ name }: Body, fqdn: string, port: number): string {
  return `${name} looks up backend ${fqdn} itself, in the DNS of its VNet; ask from ${name} to ${fqdn}:${port}`
}

/** Members that stand in one subnet behind the same NSGs fare alike, so that the first speaks for all. */
function alike(estate: Estate, ips: readonly Ip[]): boolean {
  if (ips.length === 1) return true
  const subnets = estate.vnets.flatMap((one) => one.subnets)
  const places = ips.map((ip) => {
    const holding = subnets.filter((one) => one.prefixes.some((prefix) => prefixContains(prefix, ip)))
    const [subnet] = holding
    if (!subnet || holding.length > 1) return undefined
    const found = nicOfAddress(estate, subnet.vnet.id, ip)
    return `${subnet.id} ${found?.nic.reference('networkSecurityGroup') ?? ''}`
  })
  return places[0] !== undefined && places.every((one) => one === places[0])
}
