import type { InterfaceAddress, Route } from '../../model/index.ts'
import { hostPrefix, type Ip, isIp4, type Prefix, parseIp, parsePrefix, prefixOf } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { isBlankedOut } from './blanked-out.ts'
import { type Configuration, isPart } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOfProperty, textOf } from './entry.ts'
import { isDown, masterOf, type Ports } from './port.ts'

/** The addresses of a router by interface, and the routes they make. */
export interface Addresses {
  /** How many addresses name an interface, by the name they give. */
  readonly named: ReadonlyMap<string, number>
  readonly byInterface: ReadonlyMap<string, readonly InterfaceAddress[]>
  /** Connected routes of interfaces that are not switched off. */
  readonly routes: readonly Route[]
}

/**
 * `/ip address` and `/ipv6 address`. An address without a mask is one host, and `network` then names the other end of a point-to-point
 * link (MikroTik: IP Addressing). An address on a port of a bridge works as if it were on the bridge; that it is
 * there is said (NT1210; MikroTik: IP Addressing, `actual-interface`). An IPv6 address from a pool, or made of the port's MAC (`eui-64`), is known at run time only
 * (NT1211); a compact export leaves `eui-64=no` out, a verbose one writes it.
 */
export function readAddresses(configuration: Configuration, ports: Ports): Addresses {
  const byInterface = new Map<string, InterfaceAddress[]>()
  const routes: Route[] = []
  const counts = new Map<string, number>()
  const sixth = isYes(configuration.entries('ipv6 settings')[0], 'disable-ipv6')
    ? []
    : configuration.entries('ipv6 address')
  for (const entry of [...configuration.entries('ip address'), ...sixth]) {
    if (isDisabled(entry) || madeAtRunTime(configuration, entry)) continue
    const address = addressOf(entry)
    const port = masterOf(ports, textOf(entry, 'interface') ?? '')
    if (!address || !port) {
      const message = address
        ? `The interface of this address, ${inert(textOf(entry, 'interface') ?? '')}, does not exist; the address was left out.`
        : `This is not an address, or not one of its network: ${inert(textOf(entry, 'address') ?? '')}.`
      const blank = isPart(configuration) || isBlankedOut(textOf(entry, address ? 'interface' : 'address') ?? '')
      warn(configuration, 'NT1211', message, entry, address ? 'interface' : 'address', blank)
      continue
    }
    const named = textOf(entry, 'interface')
    if (named !== undefined && named !== port.name && ports.get(named)?.kind !== 'vrrp') {
      const message = `${inert(named)} is a port of ${inert(port.name)}; its address is taken to be on ${inert(port.name)}.`
      configuration.diagnostics.push({
        severity: 'note',
        code: 'NT1210',
        message,
        source: sourceOfProperty(entry, 'interface'),
      })
    }
    if (named !== undefined) counts.set(named, (counts.get(named) ?? 0) + 1)
    const there = byInterface.get(port.name)
    if (there) there.push(address)
    else byInterface.set(port.name, [address])
    if (!isDown(ports, port)) routes.push(connectedRoute(port.name, address))
  }
  return { byInterface, named: counts, routes }
}

function madeAtRunTime(configuration: Configuration, entry: Entry): boolean {
  if (entry.menu !== 'ipv6 address') return false
  const key = ['from-pool', 'eui-64'].find((one) => textOf(entry, one) !== undefined && textOf(entry, one) !== 'no')
  if (key === undefined) return false
  const message = `The whole of this address is known at run time only (${key}); it was left out.`
  const source = sourceOfProperty(entry, key)
  configuration.diagnostics.push({ severity: 'warning', code: 'NT1211', message, source })
  return true
}

function warn(
  configuration: Configuration,
  code: string,
  message: string,
  entry: Entry,
  key: string,
  isBlank: boolean,
): void {
  const source = sourceOfProperty(entry, key)
  configuration.diagnostics.push({
    severity: 'warning',
    code,
    message,
    source,
    ...(isBlank && { othersMissing: true }),
  })
}

function addressOf(entry: Entry): InterfaceAddress | undefined {
  const text = textOf(entry, 'address') ?? ''
  const slash = text.indexOf('/')
  const ip = parseIp(slash === -1 ? text : text.slice(0, slash))
  if (ip === undefined) return undefined
  const mask = slash === -1 ? textOf(entry, 'netmask') : text.slice(slash + 1)
  const prefix = prefixOfAddress(entry, ip, mask)
  return prefix && { ip, prefix, source: sourceOfProperty(entry, 'address') }
}

function prefixOfAddress(entry: Entry, ip: Ip, mask: string | undefined): Prefix | undefined {
  // An IPv6 address without a length is one of a /64 (MikroTik: IPv6 Addressing).
  if (mask === undefined && entry.menu === 'ipv6 address') return prefixOf(ip, 64)
  const own = mask === undefined ? hostPrefix(ip) : parsePrefix(`${textOf(entry, 'address')?.split('/')[0]}/${mask}`)
  const network = parseIp(textOf(entry, 'network') ?? '')
  if (own?.length !== 32 || !isIp4(ip)) return network !== undefined && network !== own?.ip ? undefined : own
  return network === undefined ? own : prefixOf(network, 32)
}

function connectedRoute(name: string, address: InterfaceAddress): Route {
  return {
    prefix: address.prefix,
    nextHop: { kind: 'connected', interface: name },
    distance: 0,
    metric: 0,
    origin: 'connected',
    source: address.source,
  }
}
