import { type Ip, isIp4, type Prefix, prefixOf } from '../../net/index.ts'

/** Values by prefix: by length (IPv6 lengths 1000 higher), then by first address. Several of one prefix keep their order. */
export type PrefixIndex<T> = Map<number, Map<Ip, T[]>>

const IPV6 = 1000

/** Adds a value to an index. */
export function addAt<T>(index: PrefixIndex<T>, prefix: Prefix, value: T): void {
  const length = isIp4(prefix.ip) ? prefix.length : prefix.length + IPV6
  let values = index.get(length)
  if (!values) {
    values = new Map()
    index.set(length, values)
  }
  const there = values.get(prefix.ip)
  if (there) there.push(value)
  else values.set(prefix.ip, [value])
}

/** The values of every prefix that holds an address, longest prefix first. */
export function* valuesHolding<T>(index: PrefixIndex<T>, address: Ip): Generator<T> {
  const family = isIp4(address) ? 0 : IPV6
  for (let length = isIp4(address) ? 32 : 128; length >= 0; length--) {
    const values = index.get(length + family)
    if (values) yield* values.get(prefixOf(address, length).ip) ?? []
  }
}
