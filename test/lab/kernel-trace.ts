import type { Probe } from './lab-network.ts'
import { type Header, headerOf, inWindow } from './packet-header.ts'

/** One chain of a hook that a packet met, as netfilter's trace tells it. */
export interface TraceRecord {
  /** Of the packet while it is on the device. */
  readonly id: string
  readonly table: string
  /** The chain of the hook. */
  readonly chain: string
  /** The number of the interface it came in by; 0 for the device's own. */
  readonly in: number
  readonly network: string
  readonly transport: string
  /** What connection tracking says of it, as a bit; absent = it says nothing. */
  readonly state?: number
  /** 0 = drop, 1 = accept; absent = nothing was told. */
  readonly verdict?: number
  /** What decided: a rule by its handle, or the policy of the chain. */
  readonly by?: { readonly chain: string; readonly handle?: number }
}

/** What netfilter said on each device; `lost` = not all of it could be read. */
export type KernelTrace = ReadonlyMap<string, { readonly lost: boolean; readonly records: readonly TraceRecord[] }>

/** The packets a probe can be made of, in the order they are sent. */
export type PacketKind = 'first' | 'answer' | 'third' | 'data' | 'reset' | 'error'

/** A packet's way through one device. */
export interface Passage {
  readonly records: readonly { readonly record: TraceRecord; readonly header: Header }[]
}

/** The ways of one probe's packets, by kind and then by device, in the order they happened. */
export type Journeys = ReadonlyMap<PacketKind, ReadonlyMap<string, readonly Passage[]>>

/** The table that the lab adds for tracing, and its chains. */
export const LAB_TABLE = 'ntlab'
const LOOPBACK = 1

interface Told {
  readonly device: string
  readonly record: TraceRecord
  readonly header: Header
}

/** By which a probe's packets are known wherever they are and however they are translated. */
interface Mark {
  /** TCP: the number its first packet has. */
  readonly sequence?: number
  /** UDP and ICMP: the first word of what is said. */
  readonly word?: string
}

/** Sorts what netfilter said by the probes whose packets it is about. */
export function journeysOf(trace: KernelTrace, probes: readonly Probe[]): Journeys[] {
  const told = [...trace].flatMap(([device, { records }]) =>
    records.map((record): Told => ({ device, record, header: headerOf(record.network, record.transport) })),
  )
  const marks = probes.map((probe) => markOf(probe, told))
  const found: Map<PacketKind, Told[]>[] = probes.map(() => new Map())
  // The packet inside an ICMP error is known by its number.
  const numbers = new Map<string, { at: number; kind: PacketKind }>()
  const errors: Told[] = []
  for (const one of told) {
    if (one.header.inner) errors.push(one)
    else {
      for (const [at, mark] of marks.entries()) {
        const kind = mark && kindOf(one.header, mark)
        if (!kind) continue
        note(found[at], kind, one)
        if (one.header.number !== 0) numbers.set(`${one.header.protocol} ${one.header.number}`, { at, kind })
      }
    }
  }
  for (const one of errors) {
    const { inner } = one.header
    const about = inner && numbers.get(`${inner.protocol} ${inner.number}`)
    if (about?.kind === 'first') note(found[about.at], 'error', one)
  }
  return found.map((kinds) => new Map([...kinds].map(([kind, all]) => [kind, passagesOf(all)])))
}

function note(into: Map<PacketKind, Told[]> | undefined, kind: PacketKind, one: Told): void {
  const list = into?.get(kind) ?? []
  list.push(one)
  into?.set(kind, list)
}

function markOf(probe: Probe, told: readonly Told[]): Mark | undefined {
  const own = told.find(
    ({ device, record, header }) =>
      device === probe.from &&
      record.table === LAB_TABLE &&
      record.chain === 'out' &&
      header.kind === probe.protocol &&
      header.destination === probe.destination &&
      (probe.protocol === 'icmp'
        ? header.icmpType === 8 || header.icmpType === 128
        : header.sourcePort === probe.sourcePort && header.destinationPort === probe.port) &&
      (probe.protocol === 'tcp' ? header.flags === SYN : header.word.startsWith('p')) &&
      isNumbered(probe, header),
  )
  if (!own) return undefined
  return probe.protocol === 'tcp' ? { sequence: own.header.sequence } : { word: own.header.word.slice(1) }
}

/** An echo has no port; the prober puts the probe's into its number of the sequence. */
function isNumbered(probe: Probe, header: Header): boolean {
  return probe.protocol !== 'icmp' || header.echoNumber === probe.sourcePort
}

const SYN = 2
const RST = 4
const ACK = 16

function kindOf(header: Header, mark: Mark): PacketKind | undefined {
  if (mark.sequence === undefined) {
    if (header.kind === 'tcp' || header.word.slice(1) !== mark.word) return undefined
    const isAnswer = header.kind === 'icmp' ? header.icmpType === 0 || header.icmpType === 129 : header.word[0] === 'r'
    return isAnswer ? 'answer' : 'first'
  }
  if (header.kind !== 'tcp') return undefined
  if (inWindow(header.sequence, mark.sequence)) {
    if (header.flags === SYN) return 'first'
    const isThird = header.sequence === (mark.sequence + 1) >>> 0
    return isThird && (header.flags & (SYN | RST | ACK)) === ACK ? 'third' : undefined
  }
  if ((header.flags & ACK) === 0 || !inWindow(header.acknowledged, mark.sequence)) return undefined
  if (header.flags & RST) return header.acknowledged === (mark.sequence + 1) >>> 0 ? 'reset' : undefined
  return header.flags & SYN ? 'answer' : 'data'
}

/** A packet starts its way on a device where it comes in or is made; what comes in by `lo` is still on its way. */
function passagesOf(all: readonly Told[]): Map<string, Passage[]> {
  const byDevice = new Map<string, Told[][]>()
  const current = new Map<string, Told[]>()
  for (const one of all) {
    const { device, record } = one
    const list = byDevice.get(device) ?? []
    byDevice.set(device, list)
    const isLab = record.table === LAB_TABLE
    const starts = isLab && (record.chain === 'out' || (record.chain === 'pre' && record.in !== LOOPBACK))
    const key = `${device} ${record.id}`
    const looped = isLab && record.chain === 'pre' ? list[list.length - 1] : current.get(key)
    const passage = starts || !looped ? [] : looped
    if (passage.length === 0) list.push(passage)
    passage.push(one)
    current.set(key, passage)
  }
  return new Map([...byDevice].map(([device, list]) => [device, list.map((records) => ({ records }))]))
}
