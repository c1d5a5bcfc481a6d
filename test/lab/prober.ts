import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TraceRecord } from './kernel-trace.ts'
import type { Probe } from './lab-network.ts'

/** What the prober says of one probe. `outcome` is `answered`, `silent`, the name of an errno, or `open` and one of these. */
export interface ProberAnswer {
  readonly outcome: string
  /** The longest that the prober could not run while it waited, in seconds. */
  readonly lag: number
  readonly seen?: {
    readonly namespace: string
    readonly source: string
    readonly sourcePort: number
    readonly destination: string
    readonly destinationPort: number
  }
}

/** The process that makes the sockets, one for all namespaces. */
export interface Prober {
  /** `six` = over IPv6 too. */
  listen(namespaces: readonly string[], ports: readonly number[], six: boolean): Promise<void>
  close(namespaces: readonly string[]): Promise<void>
  probe(probe: Probe & { readonly namespace: string }): Promise<ProberAnswer>
  /** From now on keeps what netfilter's trace says in these namespaces. */
  trace(namespaces: readonly string[]): Promise<void>
  /** What it said since then, or since the last time, by namespace; `lost` = not all of it could be read. */
  traced(namespaces: readonly string[]): Promise<Readonly<Record<string, Told>>>
  end(): void
}

/** What netfilter's trace said in one namespace. */
export interface Told {
  readonly lost: boolean
  readonly records: readonly TraceRecord[]
}

/** How long a probe waits for an answer, in seconds. A machine busy with other things needs the longer end. */
export const PATIENCE = 0.35

/** Starts the prober. */
export function startProber(script: string): Prober {
  const child = spawn('python3', ['-S', '-E', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(problem: Error): void }>()
  let next = 1
  let ended: Error | undefined
  const fail = (problem: Error) => {
    ended ??= problem
    for (const one of waiting.values()) one.reject(problem)
    waiting.clear()
  }
  child.on('error', fail)
  child.on('exit', () => fail(new Error('the prober has ended')))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as { id: number; problem?: string }
    const one = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.problem !== undefined) one?.reject(new Error(`prober: ${answer.problem}`))
    else one?.resolve(answer)
  })
  const ask = (request: Readonly<Record<string, unknown>>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      const id = next++
      waiting.set(id, { resolve, reject })
      write(child, `${JSON.stringify({ ...request, id })}\n`)
    })
  return {
    listen: async (namespaces, ports, six) =>
      void (await ask({ op: 'listen', namespaces, tcp: ports, udp: ports, six })),
    close: async (namespaces) => void (await ask({ op: 'close', namespaces })),
    probe: async (probe) => {
      const answer = (await ask({ op: 'probe', ...probe, timeout: PATIENCE })) as ProberAnswer & { seen: unknown }
      const { outcome, lag, seen } = answer
      return seen ? { outcome, lag, seen } : { outcome, lag }
    },
    trace: async (namespaces) => void (await ask({ op: 'trace', namespaces })),
    traced: async (namespaces) =>
      ((await ask({ op: 'traced', namespaces })) as { traced: Readonly<Record<string, Told>> }).traced,
    end: () => void child.kill(),
  }
}

function write(child: ChildProcess, text: string): void {
  child.stdin?.write(text)
}
