import { allOf, type Match, someOf } from '../../model/index.ts'
import { addressesOfRanges, type Ip } from '../../net/index.ts'
import type { Element } from './set-element.ts'

/**
 * The match that any of some entries meets. Entries that differ only in their first address share one address set, so
 * that a set of 100,000 addresses is one test.
 */
export function unionOfElements(elements: readonly Element[]): Match {
  const groups = new Map<string, { sample: Element; ranges: [Ip, Ip][] }>()
  for (const element of elements) {
    const [first, ...others] = element.ranges
    const key = JSON.stringify([element.rest, others.map((one) => [one.end, `${one.first}`, `${one.last}`])])
    const group = groups.get(key) ?? { sample: element, ranges: [] }
    if (first) group.ranges.push([first.first, first.last])
    groups.set(key, group)
  }
  return someOf(...[...groups.values()].map((group) => matchGroup(group.sample, group.ranges)))
}

function matchGroup(sample: Element, ranges: readonly [Ip, Ip][]): Match {
  const [first, ...others] = sample.ranges
  const addresses: Match[] = first ? [{ kind: first.end, in: addressesOfRanges(ranges) }] : []
  const more = others.map((one): Match => ({ kind: one.end, in: addressesOfRanges([[one.first, one.last]]) }))
  return allOf(...addresses, ...more, ...sample.rest)
}
