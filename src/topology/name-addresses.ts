import type { Device, Match, Resolver, RuleSet } from '../model/index.ts'
import { addressesOfRanges, type Ip } from '../net/index.ts'
import { publicAddresses } from './public-dns.ts'

/**
 * A device whose rules compare addresses with names it looked up itself (MikroTik: Address Lists) with those addresses
 * filled in, as far as public DNS is known here. The device itself when it has no such rule.
 */
export function withNameAddresses(device: Device, resolver: Resolver): Device {
  const changed: Record<string, RuleSet> = {}
  for (const [key, set] of Object.entries(device.ruleSets)) {
    if (!set.rules.some((rule) => holdsNames(rule.match))) continue
    changed[key] = { ...set, rules: set.rules.map((rule) => ({ ...rule, match: filled(rule.match, resolver) })) }
  }
  return Object.keys(changed).length === 0 ? device : { ...device, ruleSets: { ...device.ruleSets, ...changed } }
}

function holdsNames(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(holdsNames)
  return match.kind === 'not' ? holdsNames(match.of) : match.kind === 'server-name' && match.lookedUp !== undefined
}

function filled(match: Match, resolver: Resolver): Match {
  if (match.kind === 'all' || match.kind === 'some')
    return { ...match, of: match.of.map((one) => filled(one, resolver)) }
  if (match.kind === 'not') return { ...match, of: filled(match.of, resolver) }
  if (match.kind !== 'server-name' || !match.lookedUp) return match
  const found = match.in.map((name) => addressesOfName(resolver, name))
  const addresses = addressesOfRanges(found.flat().map((ip) => [ip, ip] as const))
  return { ...match, lookedUp: { addresses, complete: found.every((one) => one.length > 0) } }
}

// A name that only a wildcard of public DNS answers for has the wildcard's addresses.
function addressesOfName(resolver: Resolver, name: string): readonly Ip[] {
  const own = publicAddresses(resolver, name).map(({ ip }) => ip)
  if (own.length > 0) return own
  const wildcard = name.replace(/^[^.]+/, '*')
  const records = resolver.zones.flatMap((zone) => zone.records).filter((one) => one.name === wildcard)
  return records.flatMap(({ value }) => (typeof value === 'string' ? [] : [value]))
}
