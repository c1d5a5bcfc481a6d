import { type AddressType, ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { parseIcmpType } from './icmp-types.ts'
import { matchRange } from './match-address.ts'
import { matchPorts } from './match-port.ts'
import { matchMark, matchSession } from './match-session.ts'
import { matchSet } from './match-set.ts'
import { canonicalMatch } from './option-names.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Extension, Option } from './rule-words.ts'
import { matchLimit } from './under-limit.ts'

/**
 * The match of one extension (iptables-extensions(8)). Limits are taken as not reached; extensions that look at time, processes, frames or
 * payload cannot be evaluated for a flow and are opaque, whole, with their words.
 */
export function matchExtension(extension: Extension, context: RuleContext): Match {
  const name = canonicalMatch(extension.name)
  if (name === 'comment') return ANY
  if (name === 'state' || name === 'conntrack') return matchSession(extension, context)
  if (name === 'mark') return matchMark('mark', extension, context)
  if (name === 'connmark') return matchMark('session-mark', extension, context)
  if (name === 'addrtype') return matchAddressType(extension, context)
  if (name === 'policy') return matchPolicy(extension, context)
  if (name === 'rpfilter') return matchReversePath(extension, context)
  if (name === 'set') return matchSets(extension, context)
  if (name === 'mac') return matchMac(extension, context)
  if (name === 'limit' || name === 'hashlimit' || name === 'connlimit') return matchLimit(name, extension, context)
  if (name === 'recent' && extension.options.some((option) => option.name === 'set' && !option.negated)) return ANY
  if (name === 'owner') return matchOwner(extension, context)
  if (name === 'pkttype') return matchPacketType(extension, context)
  if (!OPTION_BY_OPTION.has(name)) return matchUnknown(extension, context)
  return allOf(...extension.options.map((option) => matchOption(name, option, context)))
}

// xt_mac looks at the frame the packet came in, so that what the host sends itself has none.
function matchMac(extension: Extension, context: RuleContext): Match {
  return allOf(
    ...extension.options.map((option): Match => {
      const value = option.values[0] ?? ''
      // People blank addresses out before they hand an export on.
      if (/^(?:[x*]{2}:){5}[x*]{2}$/i.test(value)) return { kind: 'opaque', text: option.text, othersMissing: true }
      if (!/^(?:[\da-f]{1,2}[:-]){5}[\da-f]{1,2}$/i.test(value))
        return opaque(context, option.text, oddValue(option.text))
      return negate(option, { kind: 'source-mac', in: [macOf(value)] })
    }),
  )
}

function macOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[:-]/)
    .map((part) => part.padStart(2, '0'))
    .join(':')
}

const OPTION_BY_OPTION: ReadonlySet<string> = new Set(['tcp', 'ports', 'icmp', 'icmp6', 'multiport', 'iprange'])

function matchOption(extension: string, option: Option, context: RuleContext): Match {
  switch (option.name) {
    case 'sport':
    case 'source-port':
    case 'sports':
    case 'source-ports':
      return matchPorts('source', option, context)
    case 'dport':
    case 'destination-port':
    case 'dports':
    case 'destination-ports':
      return matchPorts('destination', option, context)
    case 'ports':
      return matchPorts('either', option, context)
    case 'syn':
      return negate(option, { kind: 'tcp-flags', mask: 'FSRA', set: 'S' })
    case 'tcp-flags':
      return matchFlags(option, context)
    case 'icmp-type':
    case 'icmpv6-type':
      return matchIcmp(option, extension === 'icmp' ? 4 : 6, context)
    case 'src-range':
      return matchRange('source', option, context)
    case 'dst-range':
      return matchRange('destination', option, context)
    default:
      return opaque(context, option.text, unknownTest(`--${option.name}`))
  }
}

function negate(option: Option, match: Match): Match {
  return option.negated ? notOf(match) : match
}

const FLAGS: Readonly<Record<string, string>> = {
  FIN: 'F',
  SYN: 'S',
  RST: 'R',
  PSH: 'P',
  ACK: 'A',
  URG: 'U',
  ALL: 'FSRPAU',
  NONE: '',
}

function matchFlags(option: Option, context: RuleContext): Match {
  const [mask, set] = option.values.map((value) => flagLetters(value))
  if (mask === undefined || set === undefined) return opaque(context, option.text, oddValue(option.text))
  return negate(option, { kind: 'tcp-flags', mask, set })
}

function flagLetters(text: string): string | undefined {
  let letters = ''
  for (const word of text.toUpperCase().split(',')) {
    const letter = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined
    if (letter === undefined) return undefined
    letters += letter
  }
  return [...'FSRPAU'].filter((letter) => letters.includes(letter)).join('')
}

function matchIcmp(option: Option, family: 4 | 6, context: RuleContext): Match {
  const types = parseIcmpType(option.values[0] ?? '', family)
  if (!types) return opaque(context, option.text, oddValue(option.text))
  if (types.length === 0) return negate(option, ANY)
  return negate(option, { kind: 'icmp-type', in: types })
}

const ADDRESS_TYPES: Readonly<Record<string, AddressType>> = {
  UNICAST: 'unicast',
  LOCAL: 'local',
  BROADCAST: 'broadcast',
  MULTICAST: 'multicast',
  BLACKHOLE: 'blackhole',
  UNREACHABLE: 'unreachable',
  PROHIBIT: 'prohibit',
}

function matchAddressType(extension: Extension, context: RuleContext): Match {
  // Restricted to one interface the lookup has another answer.
  if (extension.options.some((option) => option.name.startsWith('limit-iface'))) return matchUnknown(extension, context)
  return allOf(
    ...extension.options.map((option) => {
      const words = (option.values[0] ?? '').toUpperCase().split(',')
      const types = words.flatMap((word) => ADDRESS_TYPES[word] ?? [])
      const kind =
        option.name === 'src-type' ? 'source-type' : option.name === 'dst-type' ? 'destination-type' : undefined
      if (kind === undefined || types.length < words.length) return opaque(context, option.text, oddValue(option.text))
      return negate(option, { kind, in: types })
    }),
  )
}

function matchPolicy(extension: Extension, context: RuleContext): Match {
  const value = (name: string) => extension.options.find((option) => option.name === name)
  const direction = value('dir')?.values[0]
  const policy = value('pol')
  const kind = policy?.values[0]
  if ((direction !== 'in' && direction !== 'out') || (kind !== 'ipsec' && kind !== 'none')) {
    return matchUnknown(extension, context)
  }
  const present = (kind === 'ipsec') !== (policy?.negated ?? false)
  const rest = extension.options.filter((option) => option.name !== 'dir' && option.name !== 'pol')
  const details = rest.map((option) => opaque(context, option.text, unknownTest('-m policy with details')))
  return allOf({ kind: 'tunnel', direction, present }, ...details)
}

/** A packet that came in has no socket here: it has no owner, and `! --uid-owner` holds for it (kernel: owner_mt). */
function matchOwner(extension: Extension, context: RuleContext): Match {
  const unknown = matchUnknown(extension, context)
  const holds = extension.options.map((option) => option.name !== 'socket-exists' && option.negated)
  const cameIn: Match = { kind: 'in-interface', in: ['*'] }
  return holds.every(Boolean) ? someOf(cameIn, unknown) : allOf(notOf(cameIn), unknown)
}

const FRAMES = { UNICAST: 'unicast', BROADCAST: 'broadcast', MULTICAST: 'multicast' } as const

function matchPacketType(extension: Extension, context: RuleContext): Match {
  return allOf(
    ...extension.options.map((option) => {
      const type = Object.entries(FRAMES).find(([word]) => word === option.values[0]?.toUpperCase())?.[1]
      if (option.name !== 'pkt-type' || !type) return opaque(context, option.text, oddValue(option.text))
      return negate(option, { kind: 'frame-type', in: [type] })
    }),
  )
}

function matchReversePath(extension: Extension, context: RuleContext): Match {
  const has = (name: string) => extension.options.some((option) => option.name === name)
  if (has('validmark')) return matchUnknown(extension, context)
  return { kind: 'reverse-path', mode: has('loose') ? 'loose' : 'strict', passes: !has('invert') }
}

function matchSets(extension: Extension, context: RuleContext): Match {
  const sets = extension.options.filter((option) => option.name === 'match-set' || option.name === 'set')
  const rest = extension.options.filter((option) => !sets.includes(option) && !HARMLESS.has(option.name))
  // --return-nomatch and the counters change what a hit means.
  if (rest.length > 0) return matchUnknown(extension, context)
  return allOf(...sets.map((option) => negate(option, matchSet(option, context))))
}

const HARMLESS: ReadonlySet<string> = new Set(['update-counters', 'update-subcounters'])

function matchUnknown(extension: Extension, context: RuleContext): Match {
  const words = extension.options.map((option) => option.text).join(' ')
  const name = extension.name === '' ? words : `-m ${extension.name}`
  const text = extension.name === '' ? words : [name, words].filter((part) => part !== '').join(' ')
  return opaque(context, text, unknownTest(name))
}

function unknownTest(name: string) {
  const message = `The test "${name}" cannot be made for a flow; answers that depend on it will be unknown.`
  return { subject: name, severity: 'note', code: 'NT1509', message } as const
}
