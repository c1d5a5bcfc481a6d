import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { RecordRow, UpstreamSpec } from './scenario.ts'

/** What a client heard, and which queries the servers of its bench sent meanwhile. */
export interface Heard {
  readonly rcode: string
  readonly answer: readonly RecordRow[]
  /** How often the client sent the question. */
  readonly sent: number
  /** Source, destination, name, type. */
  readonly seen: readonly (readonly [string, string, string, string])[]
}

export interface Ask {
  readonly from: string
  readonly to: string
  readonly name: string
  readonly type: string
  readonly wait: number
  /** Addresses of the servers whose own queries are of interest. */
  readonly servers: readonly string[]
}

/** The process that plays the clients and the world around. One order at a time may be open per caller. */
export interface Wire {
  ask(order: Ask): Promise<Heard>
  serve(
    publicRecords: readonly RecordRow[],
    upstreams: readonly (UpstreamSpec & { readonly ip: string; readonly root?: string })[],
  ): Promise<void>
  /** Empties the caches of an unbound. */
  flush(control: string): Promise<void>
  /** Waits until these servers have asked nobody for `idle` milliseconds, at most `limit`. */
  quiet(servers: readonly string[], idle: number, limit: number): Promise<void>
  /** Ends the process, which takes the namespaces down. */
  close(): Promise<void>
}

export interface WireStart {
  readonly script: string
  readonly fabric: string
  readonly client: string
  readonly upstream: string
  readonly upstreams: readonly string[]
  /** Taken down at the end. */
  readonly namespaces: readonly string[]
}

/** Starts it; the namespaces must be there already. */
export async function openWire(start: WireStart): Promise<Wire> {
  const child = spawn('/usr/bin/python3', [start.script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const waiting = new Map<number, (word: unknown) => void>()
  let opened: (() => void) | undefined
  const ready = new Promise<void>((resolve, reject) => {
    opened = resolve
    child.once('exit', (code) => reject(new Error(`the lab's wire ended with ${code}`)))
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const word = JSON.parse(line) as { id?: number; ready?: boolean }
    if (word.ready) opened?.()
    else if (word.id !== undefined) {
      waiting.get(word.id)?.(word)
      waiting.delete(word.id)
    }
  })
  let last = 0
  const order = (word: object) =>
    new Promise<unknown>((resolve) => {
      last++
      waiting.set(last, resolve)
      child.stdin.write(`${JSON.stringify({ ...word, id: last })}\n`)
    })
  child.stdin.write(`${JSON.stringify({ do: 'start', ...start })}\n`)
  await ready
  return {
    ask: async (ask) => (await order({ do: 'ask', ...ask })) as Heard,
    serve: async (publicRecords, upstreams) => {
      await order({ do: 'serve', public: publicRecords, upstreams })
    },
    flush: async (path) => {
      await order({ do: 'flush', path })
    },
    quiet: async (servers, idle, limit) => {
      await order({ do: 'quiet', servers, idle, limit })
    },
    close: () => closed(child),
  }
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    if (child.exitCode !== null) resolve()
    child.once('exit', () => resolve())
    child.stdin?.end()
  })
}
