import { type Match, notOf, someOf } from '../../model/index.ts'
import { type PortRange, parsePortRange, portOfService } from '../../net/index.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Option } from './rule-words.ts'

/** A test of ports: one port, a range `a:b` with open ends, or a list of them. */
export function matchPorts(which: 'source' | 'destination' | 'either', option: Option, context: RuleContext): Match {
  const ranges: PortRange[] = []
  for (const part of (option.values[0] ?? '').split(',')) {
    const range = parsePorts(part)
    if (!range) return opaque(context, option.text, oddValue(option.text))
    ranges.push(range)
  }
  const source: Match = { kind: 'source-port', in: ranges }
  const destination: Match = { kind: 'destination-port', in: ranges }
  const match = which === 'either' ? someOf(source, destination) : which === 'source' ? source : destination
  return option.negated ? notOf(match) : match
}

/** The range a text names, service names included. */
export function parsePorts(text: string): PortRange | undefined {
  const range = parsePortRange(text)
  if (range) return range
  const ports = text.split(':').map((part) => portOfService(part) ?? part)
  return /[a-z]/i.test(text) ? parsePortRange(ports.join(':')) : undefined
}
