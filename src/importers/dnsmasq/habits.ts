import type { ResolverHabits } from '../../model/index.ts'

/**
 * How a dnsmasq goes about its work (measured with 2.90). An alias of its own is followed no further than names it knows
 * itself (dnsmasq(8), --cname). It asks all servers of a name at first, and hands on a SERVFAIL that is not the first to
 * come; when none answers it passes on what it heard, with strict-order it waits. Names above its own exist.
 */
export const DNSMASQ_HABITS: ResolverHabits = {
  aliasTarget: { own: 'own-data' },
  onFailure: 'relay',
  racesErrors: true,
  withoutSoa: true,
  insistsOn: 'names-and-above',
  passesRoomOn: true,
}
