import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { hasPorts, parseProtocol } from '../../net/index.ts'
import { matchAddresses } from './match-address.ts'
import { matchExtension } from './match-extension.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Option, RuleWords } from './rule-words.ts'

/** The match of a rule: all of its tests, as iptables(8) combines them. */
export function matchRule(words: RuleWords, context: RuleContext): Match {
  const core = words.core.map((option) => matchCore(option, context))
  const protocols = core.flatMap((match) => (match.kind === 'protocol' ? match.in : []))
  const extensions = words.matches.map((extension) => matchExtension(extension, context))
  const stray = words.stray.length === 0 ? ANY : matchStray(words.stray, context)
  // The command refuses ports without -p; text that was never loaded may lack it.
  const missing = protocols.length === 0 ? someProtocols(words) : ANY
  return allOf(...core, missing, ...extensions, stray)
}

function matchStray(stray: readonly string[], context: RuleContext): Match {
  const text = stray.join(' ')
  const message = `The words "${text}" belong to no option; the rule may be cut or wrapped, so it cannot be trusted.`
  return opaque(context, text, { subject: text, severity: 'warning', code: 'NT1510', message })
}

function someProtocols(words: RuleWords): Match {
  const ported = words.matches.some((one) => one.name === 'multiport' && one.options.some((option) => option.negated))
  return ported ? { kind: 'protocol', in: [6, 17, 33, 132, 136].filter(hasPorts) } : ANY
}

function matchCore(option: Option, context: RuleContext): Match {
  const value = option.values[0]
  if (option.name === 'f') {
    // Packets are traced whole, and connection tracking puts fragments together before any rule (netfilter: defrag).
    return option.negated ? ANY : someOf()
  }
  if (value === undefined) return opaque(context, option.text, oddValue(option.text))
  if (option.name === 's') return matchAddresses('source', value, option, context)
  if (option.name === 'd') return matchAddresses('destination', value, option, context)
  if (option.name === 'p') return matchProtocol(value, option, context)
  return matchInterface(option.name === 'i' ? 'in-interface' : 'out-interface', value, option)
}

function matchProtocol(value: string, option: Option, context: RuleContext): Match {
  const protocol = value.toLowerCase() === 'all' ? 0 : parseProtocol(value === 'icmp6' ? 'icmpv6' : value)
  if (protocol === undefined) return opaque(context, option.text, oddValue(option.text))
  if (protocol === 0) return option.negated ? someOf() : ANY
  const match: Match = { kind: 'protocol', in: [protocol] }
  return option.negated ? notOf(match) : match
}

/** `eth+` is every name that starts so, a lone `+` is every interface (iptables(8)). */
function matchInterface(kind: 'in-interface' | 'out-interface', value: string, option: Option): Match {
  if (value === '+') return option.negated ? someOf() : ANY
  const match: Match = { kind, in: [value.endsWith('+') ? `${value.slice(0, -1)}*` : value] }
  return option.negated ? notOf(match) : match
}
