import { resolve } from '../dns/index.ts'
import type { Device, Match, Rule, RuleSet } from '../model/index.ts'
import { addressesOfRanges, formatIp, type Ip } from '../net/index.ts'
import { type PreparedNetwork, prepare } from '../trace/index.ts'
import type { Cause, Path } from './connection.ts'

/** What a firewall found for a name that a rule of its own names. */
interface LookedUp {
  readonly addresses: readonly Ip[]
  readonly rule: Rule
}

/** By device and name; only names that gave addresses. */
type Findings = ReadonlyMap<string, ReadonlyMap<string, LookedUp>>

const known = new WeakMap<PreparedNetwork, { readonly network: PreparedNetwork; readonly found: Findings }>()

/**
 * The network with names in the rules of firewalls that look them up themselves as the addresses each finds by its own
 * name servers: those are what such a firewall compares, whatever name a client asks for. The same network when no
 * firewall has such a rule; made once for each.
 */
export function withLookups(prepared: PreparedNetwork): PreparedNetwork {
  return lookupsOf(prepared).network
}

/**
 * A firewall stops what its rule names, as the client was given another address than the firewall found; `undefined` when
 * that is not why the path ends.
 */
export function lookupCause(prepared: PreparedNetwork, paths: readonly Path[]): Cause | undefined {
  for (const { forward } of paths) {
    const last = forward.hops[forward.hops.length - 1]
    const name = forward.flow.serverName
    if (!last || name === undefined || forward.arrival || forward.disposition !== 'denied') continue
    const found = lookupsOf(prepared).found.get(last.device)?.get(name)
    if (!found || found.addresses.includes(last.flow.destination)) continue
    const own = found.addresses.map(formatIp).join(', ')
    const message = `${last.device} compares addresses: its ${found.rule.name} names ${name}, which it looks up itself as ${own}, and the client was given ${formatIp(last.flow.destination)}; let the client ask the same name servers as ${last.device}, best its DNS proxy`
    const look = { kind: 'rules', device: last.device } as const
    return { code: 'dns-mismatch', message, source: found.rule.source, look }
  }
  return undefined
}

function lookupsOf(prepared: PreparedNetwork): { readonly network: PreparedNetwork; readonly found: Findings } {
  const before = known.get(prepared)
  if (before) return before
  const found = new Map<string, Map<string, LookedUp>>()
  const changed = new Map<string, Device>()
  for (const device of prepared.network.devices.values()) {
    if (device.kind !== 'firewall' || !device.stubResolver) continue
    const names = new Map<string, LookedUp>()
    const replaced = withAddresses(prepared, device, names)
    if (replaced === device) continue
    changed.set(device.name, replaced)
    found.set(device.name, names)
  }
  const devices = new Map([...prepared.network.devices].map(([name, one]) => [name, changed.get(name) ?? one]))
  const network = changed.size === 0 ? prepared : prepare({ ...prepared.network, devices })
  const made = { network, found }
  known.set(prepared, made)
  known.set(network, made)
  return made
}

function withAddresses(prepared: PreparedNetwork, device: Device, names: Map<string, LookedUp>): Device {
  const changed: Record<string, RuleSet> = {}
  for (const [key, set] of Object.entries(device.ruleSets)) {
    if (!set.rules.some((rule) => holdsNames(rule.match))) continue
    const rules = set.rules.map((rule) => ({ ...rule, match: compared(prepared, device, rule, rule.match, names) }))
    changed[key] = { ...set, rules }
  }
  return Object.keys(changed).length === 0 ? device : { ...device, ruleSets: { ...device.ruleSets, ...changed } }
}

function holdsNames(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(holdsNames)
  return match.kind === 'not' ? holdsNames(match.of) : match.kind === 'server-name' && match.lookedUp !== undefined
}

function compared(
  prepared: PreparedNetwork,
  device: Device,
  rule: Rule,
  match: Match,
  names: Map<string, LookedUp>,
): Match {
  if (match.kind === 'all' || match.kind === 'some')
    return { ...match, of: match.of.map((one) => compared(prepared, device, rule, one, names)) }
  if (match.kind === 'not') return { ...match, of: compared(prepared, device, rule, match.of, names) }
  if (match.kind !== 'server-name' || !match.lookedUp) return match
  const matches = match.in.map((name): Match => {
    const { addresses, answer } = resolve(prepared, { device: device.name, name, type: 'A' })
    if (addresses.length > 0) names.set(name, names.get(name) ?? { addresses, rule })
    const own: Match = { kind: 'destination', in: addressesOfRanges(addresses.map((ip) => [ip, ip] as const)) }
    if (answer.kind !== 'unknown') return own
    // Who asks for another name has another address, as far as can be told.
    const text = `the addresses ${device.name} finds for ${name}: ${answer.because}`
    return {
      kind: 'all',
      of: [
        { kind: 'server-name', in: [name] },
        { kind: 'opaque', text },
      ],
    }
  })
  return matches.length === 1 && matches[0] ? matches[0] : { kind: 'some', of: matches }
}
