import { type Resolution, resolve } from '../dns/index.ts'
import { type Device, implied, type Network, type Source } from '../model/index.ts'
import { type Flow, formatIp, hasPorts, ICMP, ICMP6, type Ip, isIp4, isPrivate, type Protocol } from '../net/index.ts'
import {
  type Decision,
  type PreparedNetwork,
  sourceAddress,
  type Trace,
  trace,
  traceAcknowledgement,
  traceReply,
  traceServerData,
} from '../trace/index.ts'
import { causeOf } from './cause.ts'
import type { Connection, ConnectQuestion, Outcome, Path, Works } from './connection.ts'
import { lookupCause, withLookups } from './looked-up-name.ts'
import { namedConnections } from './named-connection.ts'
import { notesOn } from './notes.ts'
import { type Party, partyOf, senderOf, serviceOf } from './party.ts'
import { withRemedy } from './remedy.ts'
import { tooBig } from './segment-size.ts'
import { strayed } from './stray.ts'
import { symptomOf } from './symptom.ts'
import { readTarget, withDefaults } from './target-text.ts'
import { UsageError } from './usage-error.ts'

/** Ports people's systems take for outgoing connections start about here (RFC 6335); the trace uses one of them. */
const CLIENT_PORT = 40000

/**
 * Answers "can A reach B": resolves the name, traces the packet there, its answer back and the third packet, for every
 * address the name has. Throws a UsageError when A or B means nobody.
 */
export function connect(given: PreparedNetwork, from: string, to: string): Connection {
  const prepared = withLookups(given)
  const { network } = prepared
  const sender = senderOf(network, from)
  const target = readTarget(to)
  const party = partyOf(network, target.host)
  const { protocol, port } = withDefaults(target, servicePortOf(network, party))
  const question: ConnectQuestion = { from, to, protocol, port }
  const asked: Asked = { prepared, question, sender }
  if (party.kind === 'name') return connectByName(asked, party.name)
  const answer = connectToAddresses(asked, addressesOf(asked, party), undefined, undefined)
  if (party.kind !== 'service-tag') return answer
  const list = `service tag ${party.name}: ${answer.paths.length} of its ranges were tried, one address each (Microsoft's list, change number ${network.serviceTags?.changeNumber})`
  return { ...answer, notes: [...answer.notes, list] }
}

interface Asked {
  readonly prepared: PreparedNetwork
  readonly question: ConnectQuestion
  readonly sender: { readonly device: Device; readonly address?: Ip }
}

function servicePortOf(network: Network, party: Party): number | undefined {
  if (party.kind === 'name') return (party.service ?? serviceOf(network, party.name))?.port
  if (party.kind === 'service-tag') return 443
  return undefined
}

function addressesOf(asked: Asked, party: Exclude<Party, { kind: 'name' }>): readonly Ip[] {
  switch (party.kind) {
    case 'address':
    case 'internet':
      return [party.address]
    case 'service-tag':
      return samples(party.addresses.v4)
    case 'device': {
      const address = addressTowards(asked.sender.device, party.device)
      if (address === undefined)
        throw new UsageError(`"${asked.question.to}" has no address (${party.device.label}); name a host in it`)
      return [address]
    }
  }
}

/** One address of every prefix of a tag, at most 32 spread over it. */
function samples(ranges: Uint32Array): Ip[] {
  const firsts: Ip[] = []
  const step = Math.max(1, Math.ceil(ranges.length / 2 / 32))
  for (let at = 0; at < ranges.length / 2; at += step) firsts.push((ranges[at * 2] ?? 0) as Ip)
  return firsts
}

/** The address of a device that a sender would use: one on a network they share, else the first private one, else the first. */
function addressTowards(sender: Device, device: Device): Ip | undefined {
  const own = device.interfaces.filter((one) => !one.disabled).flatMap((one) => one.addresses)
  const shared = own.find((address) =>
    sender.interfaces.some((one) =>
      one.addresses.some(
        (mine) =>
          mine.prefix.ip === address.prefix.ip &&
          mine.prefix.length === address.prefix.length &&
          mine.prefix.length < 32,
      ),
    ),
  )
  return (shared ?? own.find((address) => isPrivate(address.ip)) ?? own[0])?.ip
}

function connectByName(asked: Asked, name: string): Connection {
  const { prepared, question, sender } = asked
  const resolution = resolve(prepared, { device: sender.device.name, name, type: 'A' })
  if (resolution.addresses.length > 0) return connectToAddresses(asked, resolution.addresses, name, resolution)
  const works: Works = resolution.answer.kind === 'unknown' ? 'unknown' : 'no'
  const decidedBy: Decision = { text: resolution.answer.because, source: resolution.answer.source }
  const cause = causeOf(prepared, { works, outcome: 'name-not-resolved', resolution, paths: [], decidedBy })
  const { protocol, port } = question
  const failed = { works, outcome: 'name-not-resolved', protocol, port, resolution, paths: [] } as const
  const symptom = symptomOf(prepared, failed)
  return {
    question,
    sender: { device: sender.device.name },
    works,
    outcome: works === 'unknown' ? 'unknown' : 'name-not-resolved',
    decidedBy,
    ...(cause && { cause }),
    ...(symptom && { symptom }),
    resolution,
    paths: [],
    unknowns: works === 'unknown' ? [withRemedy(prepared.network, decidedBy)] : [],
    notes: notesOn(prepared, [], resolution),
  }
}

function connectToAddresses(
  asked: Asked,
  addresses: readonly Ip[],
  serverName: string | undefined,
  resolution: Resolution | undefined,
): Connection {
  const { prepared, question, sender } = asked
  const sent = addresses.flatMap((address) => pathsTo(asked, address, serverName))
  const named = namedConnections(prepared, sent, (forward) => walkBack(prepared, forward))
  const { paths } = named
  const stray = strayed(prepared.network, paths, serverName)
  const { works, outcome, decidedBy } = stray ? inDoubt(stray) : summary(asked, paths)
  const corrected = wrongAddress(works, outcome, paths, resolution, prepared)
  const first = paths[0]?.forward.flow.source
  const mismatch = works === 'no' ? lookupCause(prepared, paths) : undefined
  const cause = mismatch ?? causeOf(prepared, { works, outcome: corrected, resolution, paths, decidedBy })
  const { protocol, port } = question
  const symptom = symptomOf(prepared, { works, outcome: corrected, protocol, port, resolution, paths })
  return {
    question,
    sender: { device: sender.device.name, ...(first !== undefined && { address: first }) },
    works,
    outcome: corrected,
    decidedBy,
    ...(cause && { cause }),
    ...(symptom && { symptom }),
    ...(resolution && { resolution }),
    paths,
    unknowns: works === 'unknown' ? unknownsOf(paths, decidedBy).map((one) => withRemedy(prepared.network, one)) : [],
    notes: [...new Set([...notesOn(prepared, paths, resolution), ...named.notes])],
  }
}

/** Every path to one address, there and back. */
function pathsTo(asked: Asked, address: Ip, serverName: string | undefined): Path[] {
  const { prepared, question, sender } = asked
  const source =
    sender.address ??
    sourceAddress(prepared, sender.device.name, address, {
      protocol: question.protocol,
      destinationPort: question.port,
    })
  if (source === undefined) {
    throw new UsageError(
      `"${question.from}" has no ${isIp4(address) ? 'IPv4' : 'IPv6'} address to reach ${formatIp(address)} with`,
    )
  }
  const flow = flowOf(question.protocol, question.port, source, address, serverName)
  return trace(prepared, sender.device.name, flow).map((forward) => walkBack(prepared, forward))
}

function flowOf(protocol: Protocol, port: number, source: Ip, destination: Ip, serverName: string | undefined): Flow {
  const ends = { protocol, source, destination }
  if (!hasPorts(protocol)) {
    const isEcho = protocol === ICMP || protocol === ICMP6
    return {
      ...ends,
      sourcePort: 0,
      destinationPort: 0,
      ...(isEcho && { icmpType: protocol === ICMP ? 8 : 128, icmpCode: 0 }),
    }
  }
  return { ...ends, sourcePort: CLIENT_PORT, destinationPort: port, ...(serverName !== undefined && { serverName }) }
}

function walkBack(prepared: PreparedNetwork, forward: Trace): Path {
  const replies = traceReply(prepared, forward)
  const back = replies[0]
  const acknowledgements = back && replies.every(arrives) ? traceAcknowledgement(prepared, forward, back) : []
  const checked = tooBig(forward, replies)
  const third = acknowledgements[0]
  const data = third && acknowledgements.every(arrives) ? traceServerData(prepared, forward, third) : []
  const path = { forward: checked.forward, replies: checked.replies, acknowledgements, data }
  return { ...path, works: worksOn(path) }
}

function arrives(one: Trace): boolean {
  return one.arrival !== undefined
}

function worksOn(path: Omit<Path, 'works'>): Works {
  const { forward, replies, acknowledgements, data } = path
  if (!forward.arrival) return forward.disposition === 'unknown' ? 'unknown' : 'no'
  const rest = [...replies, ...acknowledgements, ...data]
  const broken = rest.some((one) => !one.arrival && one.disposition !== 'unknown')
  if (forward.disposition === 'unknown') return broken ? 'no' : 'unknown'
  if (broken) return 'one-way'
  return rest.some((one) => one.disposition === 'unknown') ? 'unknown' : 'yes'
}

function summary(asked: Asked, paths: readonly Path[]): { works: Works; outcome: Outcome; decidedBy: Decision } {
  const words = new Set(paths.map((path) => path.works))
  const worst = paths.find((path) => path.works !== 'yes') ?? paths[0]
  if (!worst)
    return {
      works: 'unknown',
      outcome: 'unknown',
      decidedBy: { text: 'there is no path to trace', source: implied('no path') },
    }
  if (words.size > 1 && words.has('yes')) {
    const good = paths.filter((path) => path.works === 'yes').length
    const text = `${good} of ${paths.length} paths work; ${decisionOn(asked, worst).text}`
    return { works: 'unknown', outcome: 'unknown', decidedBy: { text, source: decisionOn(asked, worst).source } }
  }
  return { works: worst.works, outcome: deciding(worst).disposition, decidedBy: decisionOn(asked, worst) }
}

function inDoubt(decidedBy: Decision): { works: Works; outcome: Outcome; decidedBy: Decision } {
  return { works: 'unknown', outcome: 'unknown', decidedBy }
}

/** The trace of a path that decided: the first that does not arrive, else the first that is unsure, else the packet itself. */
function deciding(path: Path): Trace {
  const all = [path.forward, ...path.replies, ...path.acknowledgements, ...path.data]
  const lost = all.find((one) => !one.arrival)
  return lost ?? all.find((one) => one.disposition === 'unknown') ?? path.forward
}

function decisionOn(asked: Asked, path: Path): Decision {
  const one = deciding(path)
  if (one.decision) return one.decision
  const device = one.arrival?.device
  const source: Source =
    (device === undefined ? undefined : asked.prepared.network.devices.get(device)?.source) ??
    implied('no filter on the way')
  if (one.disposition === 'exits-network')
    return { text: 'it leaves for the internet and no filter on the way objects', source }
  return { text: `it arrives at ${device ?? 'the far end'} and no filter on the way objects`, source }
}

/** A refusal at a public front door is a wrong address when the estate has a private endpoint for the name. */
function wrongAddress(
  works: Works,
  outcome: Outcome,
  paths: readonly Path[],
  resolution: Resolution | undefined,
  prepared: PreparedNetwork,
): Outcome {
  if (works !== 'no' || outcome !== 'refused-by-service' || !resolution) return outcome
  const atTheInternet = paths.every((path) => path.forward.hops[path.forward.hops.length - 1]?.device === 'internet')
  const sender = prepared.network.devices.get(resolution.device)
  const isOutside =
    sender?.kind === 'internet' ||
    sender?.interfaces.some((one) => prepared.linkOf(resolution.device, one.name)?.link.kind === 'internet')
  const isPrivatelink = resolution.answer.records.some(
    (record) => record.type === 'CNAME' && String(record.value).includes('privatelink.'),
  )
  return atTheInternet && isPrivatelink && !(isOutside && sender?.kind !== 'router') ? 'wrong-address' : outcome
}

function unknownsOf(paths: readonly Path[], decidedBy: Decision): readonly Decision[] {
  const all = paths
    .flatMap((path) => [path.forward, ...path.replies, ...path.acknowledgements, ...path.data])
    .flatMap((one) => one.unknowns)
  return all.length > 0 ? [...new Map(all.map((one) => [one.text, one])).values()] : [decidedBy]
}
