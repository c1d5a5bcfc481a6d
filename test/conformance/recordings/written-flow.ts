import { type Protocol, parsePortRange, parseProtocol, TCP } from '../../../src/net/index.ts'
import { NotReplayable } from './not-replayable.ts'

/** A protocol by name or number; what stands for all of them is asked as TCP. */
export function protocolOf(text: unknown): Protocol {
  const written = String(text ?? '*').toLowerCase()
  const found = ['*', 'any', 'all'].includes(written) ? TCP : parseProtocol(written)
  if (found === undefined) throw new NotReplayable(`"${written}" is no protocol`)
  return found
}

/** A port, the first of a range, or any. */
export function portOf(text: unknown): number {
  const written = String(text ?? '*').trim()
  if (written === '' || written === '*') return 40000
  const range = parsePortRange(written)
  if (!range) throw new NotReplayable(`"${written}" is no port`)
  return range.first === 0 && range.last === 65535 ? 40000 : range.first
}
