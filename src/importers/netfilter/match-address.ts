import { ANY, type Match, notOf, someOf } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  addressesOfRanges,
  type Ip,
  type Ip4,
  type Ip6,
  isIp4,
  type Prefix,
  parseIp,
  parsePrefix,
} from '../../net/index.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Option } from './rule-words.ts'

type End = 'source' | 'destination'

/**
 * `-s` and `-d`: an address, a prefix, a mask, or a list of them. Host bits do not count and masks need not be
 * contiguous (iptables(8); iptables-save keeps such masks). A name was resolved when the rule was loaded, to what we
 * cannot know.
 */
export function matchAddresses(end: End, value: string, option: Option, context: RuleContext): Match {
  const key = `${end} ${option.negated ? '!' : ''}${value}`
  const known = context.memo.get(key)
  if (known) return known
  const made = make(end, value, option, context)
  context.memo.set(key, made)
  return made
}

function make(end: End, value: string, option: Option, context: RuleContext): Match {
  const prefixes: Prefix[] = []
  const masks: Match[] = []
  for (const part of value.split(',')) {
    const prefix = parsePrefix(part)
    const bits = prefix ? undefined : parseBits(part)
    if (prefix) prefixes.push(prefix)
    else if (bits) masks.push({ kind: end === 'source' ? 'source-bits' : 'destination-bits', ...bits })
    else return opaque(context, option.text, notAnAddress(part))
  }
  if (prefixes.some((prefix) => prefix.length === 0)) return option.negated ? someOf() : ANY
  const sets: Match[] = prefixes.length === 0 ? [] : [{ kind: end, in: addressesOfPrefixes(prefixes) }]
  const match = someOf(...sets, ...masks)
  return option.negated ? notOf(match) : match
}

function parseBits(text: string): { value: Ip; mask: Ip } | undefined {
  const slash = text.indexOf('/')
  if (slash === -1) return undefined
  const address = parseIp(text.slice(0, slash))
  const mask = parseIp(text.slice(slash + 1))
  if (address === undefined || mask === undefined) return undefined
  if (isIp4(address)) return isIp4(mask) ? { value: ((address & mask) >>> 0) as Ip4, mask } : undefined
  return isIp4(mask) ? undefined : { value: (address & mask) as Ip6, mask }
}

function notAnAddress(part: string) {
  const message = `"${part}" is not an address; iptables-save prints addresses, so this text was not loaded as it stands.`
  const doubt = { subject: part, severity: 'warning', code: 'NT1508', message } as const
  return HOST_NAME.test(part) || BLANKED.test(part) ? ({ ...doubt, othersMissing: true } as const) : doubt
}

const HOST_NAME = /^[a-z\d](?:[\w-]*\.)+[a-z]{2,}$/i
// People blank addresses out before they hand an export on.
const BLANKED = /^(?:x{1,3}|\*{1,3})(?:\.(?:x{1,3}|\*{1,3}|\d{1,3})){3}(?:\/\d{1,2})?$/i

/** `--src-range` and `--dst-range`: the first and the last address, both inclusive; one address alone is a range. */
export function matchRange(end: End, option: Option, context: RuleContext): Match {
  const [first, last] = (option.values[0] ?? '').split('-').map(parseIp)
  const until = last ?? (option.values[0]?.includes('-') ? undefined : first)
  if (first === undefined || until === undefined) return opaque(context, option.text, oddValue(option.text))
  const match: Match = { kind: end, in: addressesOfRanges([[first, until]]) }
  return option.negated ? notOf(match) : match
}
