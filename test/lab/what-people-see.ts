import { connect, type Symptom } from '../../src/diagnose/index.ts'
import type { PreparedNetwork } from '../../src/trace/index.ts'
import type { Outcome, Probe, Result } from './lab-network.ts'
import type { Prediction } from './prediction.ts'

/** What a symptom must be for what a client really saw. */
interface Wanted {
  readonly kind: Symptom['kind']
  readonly errno?: string
}

// A question about one connection; several ways of equal cost have no one symptom.
function isTold({ outcomes, traces }: Prediction): boolean {
  const results = new Set(outcomes.map((one) => one.result))
  return results.size === 1 && traces.every((one) => one.disposition !== 'loop')
}

/**
 * Where the answer to "can A reach B" says that its reader will see something else than the kernel showed the client;
 * `undefined` when they are one. `told` is false where the answer cannot have one symptom.
 */
export function seenOtherwise(
  prepared: PreparedNetwork,
  probe: Probe,
  kernel: Outcome,
  prediction: Prediction,
): { readonly told: boolean; readonly difference?: string } {
  if (!isTold(prediction)) return { told: false }
  const port = probe.protocol === 'icmp' ? '' : `:${probe.port}`
  const host = probe.destination.includes(':') ? `[${probe.destination}]` : probe.destination
  const protocol = probe.protocol === 'icmp' && host !== probe.destination ? 'icmpv6' : probe.protocol
  const { works, symptom } = connect(prepared, probe.from, `${host}${port}/${protocol}`)
  const wanted = wantedFor(probe, kernel)
  if (works === 'unknown') return { told: false }
  if (!wanted && works === 'yes' && !symptom) return { told: true }
  const saw = wanted ? `${wanted.kind}${wanted.errno ? ` ${wanted.errno}` : ''}` : 'that it works'
  // A stranger that the server's words went to may reset the connection, sooner or later.
  const astray = prediction.traces.some((one) => one.causeCode === 'answer-from-elsewhere')
  if (astray && kernel.result === 'open-silent' && symptom?.kind === 'hang') return { told: false }
  const isSame = wanted?.kind === symptom?.kind && (wanted?.errno === undefined || wanted.errno === symptom?.errno)
  if (wanted && symptom && isSame) return { told: true }
  const said = symptom ? `${symptom.kind} (${symptom.words})` : `works: ${works}`
  return { told: true, difference: `the client sees ${saw}, the answer says ${said}` }
}

const KINDS: Readonly<Partial<Record<Result, Symptom['kind']>>> = {
  refused: 'refused',
  silent: 'timeout',
  'net-unreachable': 'unreachable',
  'host-unreachable': 'unreachable',
  'protocol-unreachable': 'unreachable',
  'not-sent': 'not-sent',
}

function wantedFor({ protocol, destination }: Probe, { result, errno }: Outcome): Wanted | undefined {
  if (result === 'answered') return undefined
  if (result === 'open-silent') return errno === 'ECONNRESET' ? { kind: 'reset', errno } : { kind: 'hang' }
  const kind = KINDS[result]
  if (!kind) return undefined
  // The client gives up by itself, where the prober only stopped waiting.
  if (result === 'silent') return protocol === 'tcp' ? { kind, errno: 'ETIMEDOUT' } : { kind }
  // Ping has words of its own for what comes back.
  const isPing = protocol === 'icmp' && kind !== 'not-sent'
  // Over IPv6 a prohibition from afar is the same error as one's own.
  if (destination.includes(':') && errno === 'EACCES')
    return isPing ? { kind: 'unreachable' } : { kind: 'unreachable', errno }
  return isPing || errno === undefined ? { kind } : { kind, errno }
}
