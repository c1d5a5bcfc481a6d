import type { InterfaceAddress, Source } from '../../model/index.ts'
import { type Ip6, isIp4, type Prefix, parseIp, parsePrefix, prefixOf } from '../../net/index.ts'
import { flagOf, numberOf, optionOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** A prefix of which networks get parts, and the line that states it. */
interface Assignable {
  readonly prefix: Prefix
  /** The class `ip6class` names it by: `local`, or the network that states it. */
  readonly of: string
  readonly source: Source
}

/** A part that a network gets: how long, and which where it says so. */
interface Wanted {
  readonly section: UciSection
  readonly length: number
  readonly hint: bigint | undefined
  readonly source: Source
}

/** The prefixes networks get parts of: `ula_prefix`, and `ip6prefix` of networks (OpenWrt: IPv6 configuration). */
export function assignablePrefixes(network: UciPackage | undefined): Assignable[] {
  const own = sectionsOf(network, 'globals').flatMap((section) => optionOf(section, 'ula_prefix') ?? [])
  const local = own.flatMap(({ text, source }) => assignable(text, 'local', source))
  const routed = sectionsOf(network, 'interface').flatMap((section) =>
    wordsOf(section, 'ip6prefix').flatMap(({ text, source }) => assignable(text, section.name ?? '', source)),
  )
  return [...local, ...routed]
}

function assignable(text: string, of: string, source: Source): Assignable[] {
  const prefix = parsePrefix(text.trim())
  return prefix && !isIp4(prefix.ip) && prefix.length <= 64 ? [{ prefix, of, source }] : []
}

/**
 * The IPv6 addresses networks with `ip6assign` have of the prefixes the file states, by UCI name: the part `ip6hint` names,
 * else the first that is free, and in it the address `ip6ifaceid` (::1). In which order several networks without a hint
 * get theirs nobody documents: they are left out (the rest is practice: netifd).
 */
export function assignedAddresses(network: UciPackage | undefined): ReadonlyMap<string, readonly InterfaceAddress[]> {
  const wanted = sectionsOf(network, 'interface').flatMap(wantedBy)
  const addresses = new Map<string, InterfaceAddress[]>()
  for (const { prefix, of } of assignablePrefixes(network)) {
    const hinted = wanted.filter((one) => one.hint !== undefined && takes(one.section, of))
    const others = wanted.filter((one) => one.hint === undefined && takes(one.section, of))
    const placed = hinted.map((one) => ({ one, at: part(prefix, one, one.hint ?? 0n) }))
    const [only] = others
    if (only && others.length === 1) placed.push({ one: only, at: firstFree(prefix, only, placed) })
    for (const { one, at } of placed) {
      const name = one.section.name ?? ''
      const address = at && addressIn(at, one)
      if (address) addresses.set(name, [...(addresses.get(name) ?? []), address])
    }
  }
  return addresses
}

function wantedBy(section: UciSection): Wanted[] {
  const length = numberOf(section, 'ip6assign')
  const text = textOf(section, 'ip6hint')
  const hint = text !== undefined && /^[\da-f]{1,8}$/i.test(text) ? BigInt(`0x${text}`) : undefined
  if (length === undefined || length > 64 || flagOf(section, 'disabled', false)) return []
  return [{ section, length, hint, source: optionOf(section, 'ip6assign')?.source ?? section.source }]
}

function takes(section: UciSection, of: string): boolean {
  const classes = wordsOf(section, 'ip6class').map((word) => word.text)
  return classes.length === 0 || classes.includes(of)
}

/** The part of a prefix with a number, counted in networks of length 64; `undefined` = it is not in the prefix. */
function part(prefix: Prefix, { length }: Wanted, number: bigint): Prefix | undefined {
  const whole = Math.max(length, prefix.length)
  const at = prefixOf(((prefix.ip as bigint) + (number << 64n)) as Ip6, whole)
  return prefixOf(at.ip, prefix.length).ip === prefix.ip ? at : undefined
}

function firstFree(prefix: Prefix, wanted: Wanted, placed: readonly { at: Prefix | undefined }[]): Prefix | undefined {
  const size = 1n << BigInt(64 - Math.max(wanted.length, prefix.length))
  const taken = placed.flatMap(({ at }) => at ?? [])
  for (let number = 0n; number < size * TRIED; number += size) {
    const at = part(prefix, wanted, number)
    if (at === undefined) return undefined
    if (!taken.some((one) => overlap(one, at))) return at
  }
  return undefined
}

const TRIED = 256n

function overlap(a: Prefix, b: Prefix): boolean {
  const length = Math.min(a.length, b.length)
  return prefixOf(a.ip, length).ip === prefixOf(b.ip, length).ip
}

/** Hosts are on the first /64 of the part; the rest of it is for routers behind. */
function addressIn(at: Prefix, { section, source }: Wanted): InterfaceAddress | undefined {
  const suffix = parseIp(textOf(section, 'ip6ifaceid') ?? '::1')
  if (suffix === undefined || isIp4(suffix)) return undefined
  return { ip: ((at.ip as bigint) + suffix) as Ip6, prefix: prefixOf(at.ip, 64), source }
}
