import { resolve } from '../../../src/dns/index.ts'
import type { AzurePart } from '../../../src/importers/azure/index.ts'
import type { Device, Route } from '../../../src/model/index.ts'
import { type Flow, formatIp, type Ip, isIp4, isPublic, parseIp, TCP } from '../../../src/net/index.ts'
import { type PreparedNetwork, prepare, type Trace, trace, traceReply } from '../../../src/trace/index.ts'
import { networkOf } from './arm.ts'

/** A question that can be put to every variant of an estate. */
export type Asked =
  | { readonly kind: 'flow'; readonly from: string; readonly flow: Flow }
  | { readonly kind: 'name'; readonly from: string; readonly name: string }

/** An answer: what it says, and when it does not know, where it says that it looked. */
export interface Verdict {
  readonly says: string
  /** Absent = it is sure. */
  readonly unknown?: readonly string[]
  /** Nothing gets through for sure. */
  readonly fails?: true
}

const HOSTS = 5
const TARGETS = 12
const NAMES = 8
const STRANGER = '8.8.8.8'

/** The questions that an estate suggests: hosts to every address of it, to the internet, in from it, and its names. */
export function questionsOf(part: AzurePart, more: readonly Asked[] = []): readonly Asked[] {
  const network = networkOf(part)
  const devices = [...network.devices.values()]
  const hosts = devices.filter((one) => one.kind === 'host' && addressOf(one) !== undefined).slice(0, HOSTS)
  const ports = portsOf(part)
  const targets = targetsOf(devices).slice(0, TARGETS)
  const asked: Asked[] = [...more]
  for (const host of hosts) {
    const source = addressOf(host)
    if (source === undefined) continue
    for (const [index, destination] of targets.entries()) {
      if (destination === source || isIp4(destination) !== isIp4(source)) continue
      asked.push(flowFrom(host.name, source, destination, ports[index % ports.length] ?? 443))
      if (ports.length > 1)
        asked.push(flowFrom(host.name, source, destination, ports[(index + 1) % ports.length] ?? 443))
    }
  }
  for (const one of frontDoors(part)) asked.push(one)
  const publicOnes = targets.filter((one) => isPublic(one))
  for (const to of publicOnes) {
    for (const port of ports.slice(0, 2)) asked.push(flowFrom('internet', parsed('203.0.113.77'), to, port))
  }
  const names = namesOf(part).slice(0, NAMES)
  for (const host of hosts.slice(0, 2)) {
    if (host.stubResolver) for (const name of names) asked.push({ kind: 'name', from: host.name, name })
  }
  return asked
}

function flowFrom(from: string, source: Ip, destination: Ip, destinationPort: number): Asked {
  return { kind: 'flow', from, flow: { protocol: TCP, source, destination, sourcePort: 40000, destinationPort } }
}

function parsed(text: string): Ip {
  const ip = parseIp(text)
  if (ip === undefined) throw new Error(text)
  return ip
}

const addressOf = (one: Device): Ip | undefined => one.interfaces.flatMap((face) => face.addresses)[0]?.ip

/** Addresses that something owns, a stranger on the internet, and one behind each route that leads elsewhere. */
function targetsOf(devices: readonly Device[]): readonly Ip[] {
  const owned = devices.flatMap((one) => one.interfaces.flatMap((face) => face.addresses.map(({ ip }) => ip)))
  const away = devices
    .filter((one) => one.kind === 'subnet')
    .flatMap((one) => one.tables.flatMap(({ routes }) => routes))
    .filter((one) => one.prefix.length > 0 && one.prefix.length < 32 && one.nextHop.kind !== 'connected')
    .filter((one) => one.origin !== 'reserved' && !isReserved(one))
    .map(({ prefix }) => parsed(formatIp(prefix.ip).replace(/[0-9a-f]$/, '9')))
  const all = [...new Set([parsed(STRANGER), ...away.slice(0, 4), ...owned])]
  // The platform's address is in every network, and 198.18.0.0/15 stands in for addresses that no export holds.
  return all.filter((one) => !/^(168\.63|198\.1[89])\./.test(formatIp(one)))
}

const isReserved = ({ inactive, nextHop }: Route) => inactive !== undefined || nextHop.kind === 'discard'

function portsOf(part: AzurePart): readonly number[] {
  const found = new Set([443])
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const one = value as { kind?: string; in?: readonly { first?: number; last?: number }[] }
    if (one.kind === 'destination-port') for (const { first } of one.in ?? []) if (first) found.add(first)
    for (const inner of Object.values(value)) look(inner)
  }
  for (const device of part.devices) look(device.ruleSets)
  return [...found].slice(0, 3)
}

function frontDoors(part: AzurePart): readonly Asked[] {
  return part.services.slice(0, 6).flatMap((service): Asked[] => {
    const name = service.names.find((one) => !one.startsWith('*'))
    if (name === undefined) return []
    const flow: Flow = {
      ...{ protocol: TCP, source: parsed('203.0.113.77'), destination: parsed('20.60.1.1') },
      ...{ sourcePort: 40000, destinationPort: service.port, serverName: name },
    }
    return [{ kind: 'flow', from: 'internet', flow }]
  })
}

function namesOf(part: AzurePart): readonly string[] {
  const zones = part.devices.flatMap((one) => one.resolver?.zones ?? [])
  const records = zones.flatMap((one) => one.records.filter(({ type }) => type !== 'SOA' && type !== 'NS'))
  const services = part.services.flatMap((one) => one.names.slice(0, 1))
  const all = new Set([...records.map(({ name }) => name), ...services])
  const missing = zones.filter(({ name }) => name !== '').map(({ name }) => `not-there.${name}`)
  return [...all, ...new Set(missing)].filter((one) => !one.includes('*'))
}

/** The answers of an estate to questions, in order; a device that is gone is its own answer. */
export function answersOf(part: AzurePart, asked: readonly Asked[]): readonly Verdict[] {
  const prepared = prepare(networkOf(part))
  return asked.map((one) => {
    const from = prepared.device(one.from)?.device
    // Without an address of its own it is no place to ask from, and that is said when it is read.
    const asks = from !== undefined && (from.kind !== 'host' || addressOf(from) !== undefined)
    return asks ? answer(prepared, one) : { says: 'no such device' }
  })
}

function answer(prepared: PreparedNetwork, asked: Asked): Verdict {
  if (asked.kind === 'name') {
    const found = resolve(prepared, { device: asked.from, name: asked.name })
    const says = `${found.answer.kind} ${found.addresses.map(formatIp).join(' ')}`
    return found.answer.kind === 'unknown' ? { says, unknown: [found.answer.because] } : { says }
  }
  const there = trace(prepared, asked.from, asked.flow)
  const back = there.flatMap((one) => traceReply(prepared, one))
  const all = [...there, ...back]
  const unknowns = all
    .filter((one) => one.disposition === 'unknown')
    .flatMap((one) => one.unknowns.map(({ text }) => text))
  const says = `${spoken(there)}, back ${spoken(back)}`
  if (all.some((one) => one.disposition === 'unknown')) return { says, unknown: unknowns }
  const passes = there.some(({ disposition }) => disposition === 'accepted' || disposition === 'exits-network')
  return passes ? { says } : { says, fails: true }
}

/** What becomes of it, where, and as whom it is seen there; paths in any order. */
function spoken(paths: readonly Trace[]): string {
  const each = paths.map((one) => {
    const translated = one.hops.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'translate' ? [step.after] : [])),
    )
    const last = one.arrival?.flow ?? translated.at(-1) ?? one.flow
    const end = one.disposition === 'accepted' ? ` by ${one.arrival?.device}` : ''
    return `${one.causeCode ?? one.disposition}${end} from ${formatIp(last.source)} to ${formatIp(last.destination)}:${last.destinationPort}`
  })
  return [...new Set(each)].sort().join(' | ')
}
