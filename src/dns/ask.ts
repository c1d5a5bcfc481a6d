import { type Device, implied, type Network } from '../model/index.ts'
import { formatIp, type Ip, isIp4, portsContain, UDP } from '../net/index.ts'
import { agreed } from './agreement.ts'
import { answerSize } from './answer-size.ts'
import type { Answer, Query, Question } from './resolution.ts'
import { serve } from './serve.ts'
import type { Arrival, Delivery, Transport } from './transport.ts'
import { type Carriage, empty, QUERY_LIMIT, remembered, type Served, type Walk } from './walk.ts'

/** A resolution about to start: nothing asked yet. */
export function newWalk(network: Network, transport: Transport): Walk {
  const walk: Walk = {
    network,
    deliver: remembered(transport),
    stack: [],
    rooms: [],
    queriesLeft: QUERY_LIMIT,
    ask: (by, server, port, question, how) => askAddress(walk, by, server, port, question, how),
    hand: (by, device, question) => handTo(walk, by, device, question),
  }
  return walk
}

function askAddress(walk: Walk, by: string, server: Ip, port: number, question: Question, how: Carriage): Query {
  const start = { by, question, server, transport: [], considered: [], asked: [] }
  if (walk.queriesLeft-- <= 0) return { ...start, label: formatIp(server), answer: exhausted() }
  const self = walk.network.devices.get(by)
  if (!self) {
    const answer = empty('unknown', `${by}: the device that asks ${formatIp(server)} is not in the input`, NOT_READ)
    return { ...start, label: formatIp(server), answer }
  }
  if (isLoopback(server) || ownAddresses(self).has(server)) {
    const served = answerAt(walk, { device: by }, server, question)
    return { ...start, answeredBy: by, label: self.resolver?.label ?? by, ...served }
  }
  const delivery = walk.deliver(by, server, port, how.over)
  const first = delivery.arrivals[0]
  if (!first) {
    const answer = silent(server, delivery, how.over === 'udp' && passes(walk.deliver(by, server, port, 'tcp')))
    return { ...start, label: formatIp(server), transport: delivery.traces, answer }
  }
  walk.rooms.push(how.room)
  const served = servedByAll(walk, delivery, server, question)
  walk.rooms.pop()
  const size = answerSize(question, served.answer)
  // An answer that is cut short says so, and the question is put again over TCP (RFC 7766 section 5).
  const again = how.over === 'udp' && size > how.room ? walk.deliver(by, server, port, 'tcp') : undefined
  const heard = delivery.doubtful ? doubted(server, delivery, served.answer) : served.answer
  const answer = again ? overTcp(server, again, heard, `${size} bytes are more than the ${how.room} of UDP`) : heard
  const transport = [...delivery.traces, ...(again?.traces ?? [])]
  const label = labelAt(walk, first, server)
  return { ...start, answeredBy: first.device, label, transport, ...served, answer }
}

function handTo(walk: Walk, by: string, device: string, question: Question): Query {
  const start = { by, question, transport: [], considered: [], asked: [] }
  if (walk.queriesLeft-- <= 0) return { ...start, label: device, answer: exhausted() }
  const target = walk.network.devices.get(device)
  if (!target?.resolver) {
    const text =
      device === 'internet'
        ? 'public DNS: the input holds no public records'
        : `${device}: what it answers is not in the input`
    return { ...start, label: device, answer: empty('unknown', text, NOT_READ) }
  }
  const served = serve(walk, { device: target, resolver: target.resolver }, question, undefined)
  return { ...start, answeredBy: device, label: target.resolver.label, ...served }
}

const NOT_READ = implied('no file of the input holds it')

function exhausted(): Answer {
  return empty(
    'unknown',
    `more than ${QUERY_LIMIT} servers were asked for one name: given up`,
    implied('our own limit'),
  )
}

function passes(delivery: Delivery): boolean {
  return delivery.arrivals.length > 0 && !delivery.because
}

/** An answer whose second, TCP, half may be lost. */
function overTcp(server: Ip, again: Delivery, answer: Answer, why: string): Answer {
  if (passes(again)) return answer
  const because = again.because ?? { text: 'the packet does not arrive', source: NOT_READ }
  const text = `${formatIp(server)}: ${why}, and over TCP`
  const doubtful = again.arrivals.length > 0 || again.doubtful
  if (doubtful) {
    return empty('unknown', `${text} whether it is reached cannot be told: ${because.text}`, because.source)
  }
  return empty('timeout', `${text} there is no answer: ${because.text}`, because.source, 'DnsServerUnreachable')
}

function silent(server: Ip, delivery: Delivery, passesOverTcp: boolean): Answer {
  const because = delivery.because ?? { text: 'the packet does not arrive', source: NOT_READ }
  if (delivery.doubtful) {
    return empty(
      'unknown',
      `${formatIp(server)}: whether it is reached cannot be told: ${because.text}`,
      because.source,
    )
  }
  // RFC 7766 section 5 lets a client try TCP alone; glibc, BIND, unbound and dnsmasq do so after a short answer only.
  const tcp = passesOverTcp ? ' (TCP would pass, but is tried only after an answer over UDP that was cut short)' : ''
  const text = `${formatIp(server)}: no answer: ${because.text}${tcp}`
  return empty('timeout', text, because.source, 'DnsServerUnreachable')
}

function doubted(server: Ip, delivery: Delivery, answer: Answer): Answer {
  const because = delivery.because ?? { text: 'not every path is known', source: NOT_READ }
  const text = `${formatIp(server)}: whether it is reached cannot be told: ${because.text}`
  return { kind: 'unknown', records: answer.records, because: text, source: because.source }
}

function servedByAll(walk: Walk, delivery: Delivery, server: Ip, question: Question): Served {
  const all = delivery.arrivals.map((arrival) => ({ arrival, served: answerAt(walk, arrival, server, question) }))
  const [first, second] = all
  if (first && !second) return first.served
  const voices = all.map(({ arrival, served }) => ({ label: arrival.device, answer: served.answer }))
  return {
    answer: agreed(voices, `${formatIp(server)}: the path forks to servers that answer differently`),
    considered: all.flatMap(({ served }) => served.considered),
    asked: all.flatMap(({ served }) => served.asked),
  }
}

/** What a device that a query arrived at does with it. */
function answerAt(walk: Walk, arrival: Arrival, server: Ip, question: Question): Served {
  const device = walk.network.devices.get(arrival.device)
  if (device?.resolver) return serve(walk, { device, resolver: device.resolver, at: server }, question, arrival.client)
  return { answer: withoutResolver(arrival.device, device, server), considered: [], asked: [] }
}

/** A host we know nothing of may well run a name server; a device we know to have none does not answer. */
function withoutResolver(name: string, device: Device | undefined, server: Ip): Answer {
  const listens = device?.listeners?.some((one) => one.protocol === UDP && portsContain([one.ports], 53))
  const open = !device || (device.listeners === undefined && (device.kind === 'host' || device.kind === 'internet'))
  if (open || listens) {
    const text = `${name} (${formatIp(server)}): what it answers is not known, no name server configuration was read for it`
    return empty('unknown', text, device?.source ?? NOT_READ)
  }
  const text = `nothing answers DNS on ${name} (${formatIp(server)})`
  return empty('timeout', text, device.source, 'DnsServerUnreachable')
}

function labelAt(walk: Walk, arrival: Arrival, server: Ip): string {
  const resolver = walk.network.devices.get(arrival.device)?.resolver
  if (arrival.assumed) return `${formatIp(server)}, assumed to be an open resolver of public DNS`
  return resolver?.label ?? arrival.device
}

function isLoopback(address: Ip): boolean {
  return isIp4(address) ? address >>> 24 === 127 : address === 1n
}

const addressesOf = new WeakMap<Device, ReadonlySet<Ip>>()

function ownAddresses(device: Device): ReadonlySet<Ip> {
  let own = addressesOf.get(device)
  if (!own) {
    own = new Set(device.interfaces.flatMap((one) => (one.disabled ? [] : one.addresses.map((address) => address.ip))))
    addressesOf.set(device, own)
  }
  return own
}
