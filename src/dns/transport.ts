import type { Ip } from '../net/index.ts'
import type { Decision, Trace } from '../trace/index.ts'

/** A device a query reached, and could answer from. */
export interface Arrival {
  readonly device: string
  /** The asker's address as the server sees it; absent = not known. */
  readonly client?: Ip
  /** Nobody in the model owns the address asked: the internet took the packet. */
  readonly assumed?: boolean
}

/** What became of one query's packet. */
export interface Delivery {
  /** Where it arrived with a way back; several when the path forks. Empty: the asker hears nothing. */
  readonly arrivals: readonly Arrival[]
  /** There and back. */
  readonly traces: readonly Trace[]
  /** What stopped it, or made it doubtful; absent for a plain arrival. */
  readonly because?: Decision
  /** Whether it arrives cannot be told; `because` says why. */
  readonly doubtful?: boolean
}

/** What carries a query. */
export type Carrier = 'udp' | 'tcp'

/** How a query gets from a device to a server's address and port, and the answer back. */
export type Transport = (from: string, server: Ip, port: number, over: Carrier) => Delivery
