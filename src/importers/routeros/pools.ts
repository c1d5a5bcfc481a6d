import type { Ip } from '../../net/index.ts'
import { addressRange } from './address-lists.ts'
import type { Configuration } from './configuration.ts'
import { textOf } from './entry.ts'

/** The ranges of each `/ip pool` by name, both ends inclusive. */
export type Pools = ReadonlyMap<string, readonly (readonly [Ip, Ip])[]>

/** The pools of a router (MikroTik: IP Pools). */
export function readPools(configuration: Configuration): Pools {
  const pools = configuration.entries('ip pool').map((entry) => {
    const ranges = (textOf(entry, 'ranges') ?? '').split(',').flatMap((one): [Ip, Ip][] => {
      const range = addressRange(one)
      return range ? [range] : []
    })
    return [textOf(entry, 'name') ?? '', ranges] as const
  })
  return new Map(pools)
}

/** The addresses a text stands for: an address, or the ranges of the pool it names. */
export function poolRanges(pools: Pools, text: string | undefined): readonly (readonly [Ip, Ip])[] {
  if (text === undefined) return []
  const address = addressRange(text)
  return address ? [address] : (pools.get(text) ?? [])
}
