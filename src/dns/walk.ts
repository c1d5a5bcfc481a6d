import type { Device, Network, Resolver, Source } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import { formatIp } from '../net/index.ts'
import type { Answer, AnswerKind, Consideration, DnsCause, Query, Question } from './resolution.ts'
import type { Carrier, Delivery, Transport } from './transport.ts'

/** What a server did with one question. */
export interface Served {
  readonly answer: Answer
  readonly considered: readonly Consideration[]
  readonly asked: readonly Query[]
}

/** One resolution under way: what every part of it needs, and what it has used up. */
export interface Walk {
  readonly network: Network
  readonly deliver: Transport
  /** The questions being answered right now, outermost first; a question inside itself is a loop. */
  readonly stack: Pending[]
  /** How many servers may still be asked; the resolution ends as unknown when it is used up. */
  queriesLeft: number
  /** Bytes that the answers now being made may have over UDP, outermost first. */
  readonly rooms: number[]
  /** Sends a question to an address and gives what comes back. */
  ask(by: string, server: Ip, port: number, question: Question, how: Carriage): Query
  /** Hands a question to a device's resolver without a packet. */
  hand(by: string, device: string, question: Question): Query
}

/** How a question travels. */
export interface Carriage {
  readonly over: Carrier
  /** Bytes an answer over UDP may have; a larger one comes over TCP. */
  readonly room: number
}

/** A question a device is busy with. */
export interface Pending {
  readonly device: string
  readonly name: string
}

/** The resolver of a device together with the device. */
export interface Server {
  readonly device: Device
  readonly resolver: Resolver
  /** The address it was asked at; absent = without a packet. */
  readonly at?: Ip
}

/** What fits into an answer over UDP without EDNS (RFC 1035 section 2.3.4). */
export const PLAIN_ROOM = 512
/** What servers and new stubs offer with EDNS (RFC 9715 section 3; defaults of BIND 9.18, unbound 1.17, dnsmasq 2.90). */
export const EDNS_ROOM = 1232

/** Servers in a row, each waiting for the next, before we give up; real servers stop at about as many. */
export const STACK_LIMIT = 16
/** Servers asked in one resolution before we give up. */
export const QUERY_LIMIT = 200

/** A transport that sends one packet per pair of ends: the second question to a server goes the way of the first. */
export function remembered(transport: Transport): Transport {
  const known = new Map<string, Delivery>()
  return (from, server, port, over) => {
    const key = `${from}\n${formatIp(server)}\n${port}\n${over}`
    let delivery = known.get(key)
    if (!delivery) {
      delivery = transport(from, server, port, over)
      known.set(key, delivery)
    }
    return delivery
  }
}

/** An answer without records. */
export function empty(kind: AnswerKind, because: string, source: Source, cause?: DnsCause): Answer {
  return { kind, records: [], because, source, ...(cause && { cause }) }
}

/** Whether nothing usable came back, so that the next server is asked. */
export function failed(answer: Answer): boolean {
  return answer.kind === 'timeout' || answer.kind === 'servfail' || answer.kind === 'refused'
}
