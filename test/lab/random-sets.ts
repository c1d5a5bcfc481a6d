import type { Dice } from './dice.ts'
import type { LabSet } from './lab-network.ts'
import type { Sight } from './random-tables.ts'

/** Some sets of ipset for one device; the list of sets, where there is one, is the last. */
export function randomSets(dice: Dice, sight: Sight): LabSet[] {
  const host = () => dice.one(sight.hosts) ?? '10.0.1.1'
  const net = (length: number) => `10.0.${1 + dice.below(sight.links)}.${length === 24 ? 0 : 8}/${length}`
  const sets: LabSet[] = [
    { name: 'hosts', type: 'hash:ip', sides: 1, entries: [host(), host()] },
    { name: 'nets', type: 'hash:net', sides: 1, entries: [net(24), `${net(29)} nomatch`, net(30), host()] },
    {
      name: 'doors',
      type: 'hash:ip,port',
      sides: 2,
      entries: [`${host()},tcp:80`, `${host()},udp:443`, `${host()},tcp:22`],
    },
    { name: 'netports', type: 'hash:net,port', sides: 2, entries: [`${net(24)},tcp:80`, `${net(24)},udp:22`] },
    { name: 'ports', type: 'bitmap:port', sides: 1, entries: ['22', '443'] },
    { name: 'all', type: 'list:set', sides: 1, entries: ['hosts', 'nets'] },
  ]
  return sets.map((one) => ({ ...one, entries: [...new Set(one.entries)] }))
}

/** A test of one of them, as iptables takes it. */
export function setMatch(dice: Dice, sets: readonly LabSet[]): string {
  const set = dice.one(sets)
  if (!set) return ''
  const sides = Array.from({ length: set.sides }, () => dice.one(['src', 'dst']))
  return `-m set ${dice.chance(20) ? '! ' : ''}--match-set ${set.name} ${sides.join(',')}`
}
