import type { DnsZone, Resolver } from '../model/index.ts'

/** Where a part of an answer came from. */
export type Origin = 'local' | 'server' | 'public'

/**
 * What becomes of a CNAME's target: looked up here again with everything, only in this server's own data, everywhere
 * but there, or taken as it came with the answer.
 *
 * Another server's CNAME: as the resolver's data says; but Azure takes the answer of a forwarding ruleset whole and
 * goes through its own zones only for CNAMEs it met in public DNS (Learn: Azure DNS Private Resolver endpoints and
 * rulesets). A CNAME of its own zone every server follows; dnsmasq no further than names it knows itself
 * (dnsmasq(8), --cname; measured with 2.90), unbound only that of a redirect zone; and no target is looked up in
 * unbound's local zones (measured with 1.17.1).
 */
export function followsCname(resolver: Resolver, origin: Origin, zone: DnsZone | undefined): Follows {
  const { software } = resolver
  if (software === 'unbound' && (origin !== 'local' || zone?.onMissing === 'nodata')) return 'past-zones'
  if (software === 'unbound') return 'as-given'
  if (origin === 'local') return software === 'dnsmasq' ? 'own-data' : 'everything'
  if (!resolver.rechasesCname) return 'as-given'
  return software === 'azure' && origin === 'server' ? 'as-given' : 'everything'
}

type Follows = 'everything' | 'own-data' | 'past-zones' | 'as-given'

/**
 * Whether a forwarder that gets no answer passes that silence (or refusal) on. dnsmasq and the small proxies do
 * (measured: dnsmasq 2.90); BIND and the like answer SERVFAIL themselves (measured: BIND 9.18).
 */
export function relaysFailure(resolver: Resolver): boolean {
  return resolver.software === 'dnsmasq' || resolver.software === 'routeros'
}

/**
 * Whether all that a zone may lack are names of DHCP clients, each one label below the zone's own: dnsmasq lets a
 * client's name have a domain part only where that part is the whole domain (dnsmasq(8), --domain). So it is where
 * dnsmasq passes nothing of the zone on (`local=/lan/`).
 */
export function lacksOnlyClients(resolver: Resolver, zone: DnsZone): boolean {
  if (resolver.software !== 'dnsmasq' || zone.onMissing !== 'unknown') return false
  return resolver.forwards.some((forward) => forward.suffix === zone.name && forward.to.length === 0)
}

/**
 * Whether the SERVFAIL of one of several servers may be what the client gets, though another answers: dnsmasq asks all
 * of them at first, and hands on a SERVFAIL that is not the first to come (measured: dnsmasq 2.90).
 */
export function takesErrors(resolver: Resolver): boolean {
  return resolver.software === 'dnsmasq'
}

/** Whether a denial names the zone it comes from; the small servers send none, nor does unbound for a local zone. */
export function sendsSoa({ software }: Resolver): boolean {
  return software !== 'dnsmasq' && software !== 'routeros' && software !== 'unbound'
}

/** Whether "no such record" is believed only of a zone at or below the forward zone (measured: BIND 9.18, SERVFAIL). */
export function checksDenials({ software }: Resolver): boolean {
  return software === 'bind'
}
