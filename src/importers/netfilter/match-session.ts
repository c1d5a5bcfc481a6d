import { ANY, allOf, type Match, notOf, type SessionState, someOf } from '../../model/index.ts'
import { addressesOfPrefixes, parsePrefix, parseProtocol } from '../../net/index.ts'
import { parsePorts } from './match-port.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Extension, Option } from './rule-words.ts'

// Packets without an entry fail every other test of xt_conntrack and xt_connmark, negated or not (kernel source).
const NOT_TRACKED: Match = { kind: 'session', in: ['invalid', 'untracked'] }
const TRACKED: Match = notOf(NOT_TRACKED)

/** `-m conntrack`, `-m state`: what connection tracking knows of the packet (iptables-extensions(8)). */
export function matchSession(extension: Extension, context: RuleContext): Match {
  const states: Match[] = []
  const entry: Match[] = []
  let entryNeeded = false
  for (const option of extension.options) {
    if (option.name === 'ctstate' || option.name === 'state') states.push(matchStates(option, context))
    else {
      entry.push(matchEntry(option, context))
      entryNeeded ||= option.negated
    }
  }
  if (states.length === 0) return allOf(entryNeeded ? TRACKED : ANY, ...entry)
  // With a state asked for, nothing else is asked of a packet without an entry (kernel: conntrack_mt).
  return entry.length === 0 ? allOf(...states) : allOf(...states, someOf(NOT_TRACKED, allOf(...entry)))
}

function matchStates(option: Option, context: RuleContext): Match {
  const states: SessionState[] = []
  const translated: Match[] = []
  for (const word of (option.values[0] ?? '').toUpperCase().split(',')) {
    const state = STATES[word]
    if (state !== undefined) states.push(state)
    // SNAT and DNAT are marks of the connection and hold in both directions.
    else if (word === 'SNAT') translated.push({ kind: 'translated', which: 'source' })
    else if (word === 'DNAT') translated.push({ kind: 'translated', which: 'destination' })
    else return opaque(context, option.text, oddValue(option.text))
  }
  const sessions: Match[] = states.length === 0 ? [] : [{ kind: 'session', in: states }]
  const match = someOf(...sessions, ...translated)
  return option.negated ? notOf(match) : match
}

const STATES: Readonly<Record<string, SessionState>> = {
  NEW: 'new',
  ESTABLISHED: 'established',
  RELATED: 'related',
  INVALID: 'invalid',
  UNTRACKED: 'untracked',
}

function matchEntry(option: Option, context: RuleContext): Match {
  const value = option.values[0] ?? ''
  const match = entryTest(option.name, value)
  if (!match) return opaque(context, option.text, KNOWN.has(option.name) ? undefined : oddValue(option.text))
  return option.negated ? notOf(match) : match
}

function entryTest(name: string, value: string): Match | undefined {
  if (name === 'ctorigsrc' || name === 'ctorigdst') {
    const prefix = parsePrefix(value)
    const kind = name === 'ctorigsrc' ? 'original-source' : 'original-destination'
    return prefix && { kind, in: addressesOfPrefixes([prefix]) }
  }
  if (name === 'ctorigdstport' || name === 'ctorigsrcport') {
    const range = parsePorts(value)
    const kind = name === 'ctorigsrcport' ? 'original-source-port' : 'original-destination-port'
    return range && { kind, in: [range] }
  }
  if (name === 'ctproto') {
    const protocol = parseProtocol(value)
    return protocol === undefined ? undefined : { kind: 'protocol', in: [protocol] }
  }
  const direction = name === 'ctdir' ? value.toUpperCase() : ''
  if (direction === 'ORIGINAL') return { kind: 'direction', is: 'original' }
  return direction === 'REPLY' ? { kind: 'direction', is: 'reply' } : undefined
}

// Facts of an entry that the model does not carry; their rules are doubtful, not odd.
const KNOWN: ReadonlySet<string> = new Set([
  'ctreplsrc',
  'ctrepldst',
  'ctreplsrcport',
  'ctrepldstport',
  'ctstatus',
  'ctexpire',
])

/** `-m mark` and `-m connmark`: `(mark & mask) == value`. */
export function matchMark(kind: 'mark' | 'session-mark', extension: Extension, context: RuleContext): Match {
  return allOf(
    ...extension.options.map((option) => {
      const bits = parseMark(option.values[0])
      if (option.name !== 'mark' || !bits) return opaque(context, option.text, oddValue(option.text))
      const match: Match = { kind, ...bits }
      if (!option.negated) return match
      return kind === 'mark' ? notOf(match) : allOf(TRACKED, notOf(match))
    }),
  )
}

/** `0x1/0xff`, `16`; the mask is all bits when none is given. */
export function parseMark(text: string | undefined): { value: number; mask: number } | undefined {
  const found = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text ?? '')
  if (!found) return undefined
  const value = Number(found[1])
  const mask = found[2] === undefined ? 0xffffffff : Number(found[2])
  return value <= 0xffffffff && mask <= 0xffffffff ? { value, mask } : undefined
}
