import type { Resolver } from '../model/index.ts'

/** Where a part of an answer came from. */
export type Origin = 'local' | 'server' | 'public'

/**
 * What becomes of a CNAME's target: looked up here again from the start, only in this server's own data, or taken
 * as it came with the answer.
 *
 * Another server's CNAME: as the resolver's data says; but Azure takes the answer of a forwarding ruleset whole and
 * goes through its own zones only for CNAMEs it met in public DNS (Learn: Azure DNS Private Resolver endpoints and
 * rulesets). A CNAME of its own zone every server follows; dnsmasq no further than names it knows itself
 * (dnsmasq(8), --cname; measured with 2.90).
 */
export function followsCname(resolver: Resolver, origin: Origin): 'from-start' | 'own-data' | 'as-given' {
  if (origin === 'local') return resolver.software === 'dnsmasq' ? 'own-data' : 'from-start'
  if (!resolver.rechasesCname) return 'as-given'
  return resolver.software === 'azure' && origin === 'server' ? 'as-given' : 'from-start'
}

/**
 * Whether a forwarder that gets no answer passes that silence (or refusal) on. dnsmasq and the small proxies do
 * (measured: dnsmasq 2.90); BIND and the like answer SERVFAIL themselves (measured: BIND 9.18).
 */
export function relaysFailure(resolver: Resolver): boolean {
  return resolver.software === 'dnsmasq' || resolver.software === 'routeros'
}
