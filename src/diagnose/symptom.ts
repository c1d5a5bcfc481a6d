import type { Resolution } from '../dns/index.ts'
import type { Network, Refusal, Rejection } from '../model/index.ts'
import { hasPorts, isIp4, type Protocol, TCP } from '../net/index.ts'
import { type PreparedNetwork, type Trace, traceRejection } from '../trace/index.ts'
import type { Outcome, Path, Works } from './connection.ts'
import type { Symptom, SymptomKind } from './symptom-kind.ts'

interface Found {
  readonly works: Works
  readonly outcome: Outcome
  readonly protocol: Protocol
  readonly port: number
  readonly resolution: Resolution | undefined
  readonly paths: readonly Path[]
}

/**
 * What the one who asked will see; absent when it works or cannot be told. Errors are those of a Linux client, as
 * measured on one; other systems word them differently.
 */
export function symptomOf(prepared: PreparedNetwork, found: Found): Symptom | undefined {
  if (found.works === 'yes' || found.works === 'unknown') return undefined
  if (found.outcome === 'name-not-resolved') return found.resolution && nameSymptom(found.resolution)
  const path = found.paths.find((one) => one.works !== 'yes')
  const symptom = path && pathSymptom({ prepared, protocol: found.protocol, port: found.port }, path)
  return symptom && path && hedged(symptom, path.forward)
}

/** A rule on the way that may drop the packet before what surely stops it makes the louder ends unsure. */
function hedged(symptom: Symptom, { hops }: Trace): Symptom {
  if (symptom.kind === 'timeout') return symptom
  const doubt = hops.flatMap((hop) => hop.steps).find((step) => step.kind === 'filter' && step.verdict === 'unknown')
  const visit = doubt?.kind === 'filter' ? doubt.doubts[0] : undefined
  if (!visit) return symptom
  const rule = `${visit.ruleSet.label} ${visit.rule?.name ?? 'policy'}`
  return { ...symptom, words: `${symptom.words}; or something else, should ${rule} match` }
}

/** What a program says that asks for a name and gets no address; absent for an answer that cannot be told. */
export function nameSymptom({ answer, question }: Pick<Resolution, 'answer' | 'question'>): Symptom | undefined {
  const { name } = question
  // Measured: getaddrinfo of glibc 2.36 against a server that answers so.
  switch (answer.kind) {
    case 'nxdomain':
      return {
        kind: 'name-not-found',
        words: `"Name or service not known" (EAI_NONAME; nslookup: "can't find ${name}: NXDOMAIN")`,
      }
    case 'nodata':
    case 'answer':
      return { kind: 'no-address', words: '"No address associated with hostname" (EAI_NODATA)' }
    case 'servfail':
    case 'refused': {
      const status = answer.kind.toUpperCase()
      const words = `"Temporary failure in name resolution" (EAI_AGAIN; nslookup: "can't find ${name}: ${status}")`
      return { kind: 'name-failure', words }
    }
    case 'timeout':
      return {
        kind: 'name-timeout',
        words: '"Temporary failure in name resolution" (EAI_AGAIN) after some seconds; no server answers',
      }
    case 'unknown':
      return undefined
  }
}

interface Asked {
  readonly prepared: PreparedNetwork
  readonly protocol: Protocol
  readonly port: number
}

function pathSymptom(asked: Asked, path: Path): Symptom {
  const { forward, replies, acknowledgements } = path
  if (forward.disposition === 'too-big' || replies.some((one) => one.disposition === 'too-big')) {
    return { kind: 'hang', words: 'it connects, then hangs: small packets pass, full ones are lost' }
  }
  if (!forward.arrival) return lostSymptom(asked, forward)
  const reply = replies.find((one) => !one.arrival)
  if (reply) return answerLost(asked, forward, reply)
  const third = acknowledgements.find((one) => !one.arrival)
  return (
    (third && resetOf(asked, third)) ?? { kind: 'hang', words: 'it connects, then hangs: nothing more comes through' }
  )
}

/** A connection that stands takes a reset for its end and an ICMP error for nothing (RFC 9293, RFC 5461). */
function resetOf({ prepared }: Asked, third: Trace): Symptom | undefined {
  const [answer] = traceRejection(prepared, third)
  if (answer?.rejection !== 'tcp-reset' || !answer.trace.arrival) return undefined
  return { kind: 'reset', words: 'it connects, then "Connection reset by peer" (ECONNRESET)', errno: 'ECONNRESET' }
}

/** A proxy that does not get the answer either says so to its client. */
function answerLost(asked: Asked, forward: Trace, reply: Trace): Symptom {
  const back = new Set(reply.hops.map((hop) => hop.device))
  const proxy = forward.hops.find((hop) => !back.has(hop.device) && whenNotReached(asked, hop.device))
  const words = proxy && whenNotReached(asked, proxy.device)
  return words ? refusalSymptom(asked, words) : timeout(asked, 'it arrives and its answer is lost')
}

function whenNotReached({ prepared }: Asked, device: string): Refusal | undefined {
  return prepared.network.devices.get(device)?.whenNotReached
}

/** What a proxy that passed the packet on says of its loss; the one nearest to the client is heard. */
function proxyRefusal(asked: Asked, { hops }: Trace): Refusal | undefined {
  const proxy = hops.find(
    (hop, index) =>
      whenNotReached(asked, hop.device) &&
      (index < hops.length - 1 || hop.steps.some((step) => step.kind === 'translate')),
  )
  return proxy && whenNotReached(asked, proxy.device)
}

function lostSymptom(asked: Asked, lost: Trace): Symptom {
  const own = refusalOf(lost)
  const refusal = own && own.kind !== 'silence' ? own : (proxyRefusal(asked, lost) ?? own)
  if (refusal) return refusalSymptom(asked, refusal)
  const isOwn = isSender(asked.prepared.network, lost)
  switch (lost.disposition) {
    case 'refused-by-service':
      return { kind: 'service-refusal', words: 'it connects, and the service refuses' }
    case 'null-routed':
      return isOwn ? notSent('EINVAL') : timeout(asked, 'a route discards it')
    case 'unsupported':
      return {
        kind: 'unsupported',
        words: 'an error when it is set up, not one of the network: the platform does not offer it',
      }
    case 'loop':
      return timeout(asked, 'it goes round until its time to live is over; traceroute shows the same hops again')
    case 'denied':
      return asked.protocol !== TCP && isLeaving(asked.prepared.network, lost)
        ? notSent('EPERM')
        : timeout(asked, 'it is dropped without a word')
    default:
      return answeredSymptom(asked, lost)
  }
}

/** Whether a packet never left the machine that made it; what stands for the internet is no machine. */
function isSender(network: Network, lost: Trace): boolean {
  const kind = network.devices.get(lost.from)?.kind
  return lost.hops.length === 1 && (kind === 'host' || kind === 'router')
}

/**
 * Whether a machine's own rules for what it sends stopped a packet. What a cloud filters behind the machine is not its
 * own: it marks nothing, and does not see what the machine sends to itself.
 */
function isLeaving(network: Network, lost: Trace): boolean {
  const last = lost.hops[0]?.steps.at(-1)
  if (!isSender(network, lost) || last?.kind !== 'filter') return false
  if (last.hook !== 'postrouting') return last.hook === 'output'
  const stages = network.devices.get(lost.from)?.pipeline.postrouting ?? []
  const stage = stages.find((one) => one.kind !== 'track' && one.ruleSet === last.ruleSet.name)
  return stage?.kind === 'mark' || (stage?.kind === 'filter' && stage.seesLoopback === true)
}

/** What comes back for a packet that was rejected, or had no route or no neighbour. */
function answeredSymptom(asked: Asked, lost: Trace): Symptom {
  const { prepared } = asked
  const at = lost.hops.at(-1)?.device ?? ''
  if (!answersFor(prepared.network, at, lost)) return timeout(asked, `${at} drops it without a word`)
  if (lost.disposition === 'rejected' && asked.protocol !== TCP && isLeaving(prepared.network, lost))
    return notSent('EPERM')
  const [answer] = traceRejection(prepared, lost)
  if (!answer) return timeout(asked, 'nothing comes back')
  if (!answer.trace.arrival) {
    const why = answer.trace.decision?.text
    return timeout(asked, `${at} sends back a ${answer.rejection}, which is lost on its way${why ? ` (${why})` : ''}`)
  }
  // A prohibit route of the sender's own.
  if (answer.rejection === 'admin-prohibited' && answer.trace.hops === lost.hops) return notSent('EACCES')
  return rejected(asked, answer.rejection, lost)
}

/**
 * Whether a device tells anybody of packets it cannot deliver. Routers and hosts do; the fabric of a cloud does not, nor
 * does a tunnel without a far end (Linux: a packet that waits for a security association is dropped), nor a provider
 * for private addresses.
 */
function answersFor(network: Network, name: string, lost: Trace): boolean {
  if (lost.disposition === 'rejected') return true
  const device = network.devices.get(name)
  if (!device || (device.kind !== 'router' && device.kind !== 'host')) return false
  const steps = lost.hops.at(-1)?.steps ?? []
  const route = steps.findLast((step) => step.kind === 'route')
  const next = route?.kind === 'route' ? route.route?.nextHop : undefined
  const out = next && 'interface' in next ? next.interface : undefined
  const isTunnel = device.interfaces.find((one) => one.name === out)?.tunnel !== undefined
  const isInternet = network.links.some(
    (link) => link.kind === 'internet' && link.ends.some((end) => end.device === name && end.interface === out),
  )
  return !isTunnel && !isInternet && !steps.some((step) => step.kind === 'encapsulate')
}

// Measured on a Linux client for TCP and for connected datagram sockets; ping's words are those of iputils.
// Over IPv6 a prohibition is "permission denied" (Linux: icmpv6_err_convert).
const PROHIBITED6 = ['unreachable', 'EACCES', 'Permission denied', 'Destination Admin Prohibited'] as const

const SEEN: Readonly<Record<Rejection, readonly [kind: SymptomKind, errno: string, text: string, ping: string]>> = {
  'tcp-reset': ['refused', 'ECONNREFUSED', 'Connection refused', ''],
  'port-unreachable': ['refused', 'ECONNREFUSED', 'Connection refused', 'Destination Port Unreachable'],
  'host-unreachable': ['unreachable', 'EHOSTUNREACH', 'No route to host', 'Destination Host Unreachable'],
  'host-prohibited': ['unreachable', 'EHOSTUNREACH', 'No route to host', 'Destination Host Prohibited'],
  'admin-prohibited': ['unreachable', 'EHOSTUNREACH', 'No route to host', 'Packet filtered'],
  'net-unreachable': ['unreachable', 'ENETUNREACH', 'Network is unreachable', 'Destination Net Unreachable'],
  'net-prohibited': ['unreachable', 'ENETUNREACH', 'Network is unreachable', 'Destination Net Prohibited'],
  'protocol-unreachable': ['unreachable', 'ENOPROTOOPT', 'Protocol not available', 'Destination Protocol Unreachable'],
}

function rejected({ protocol }: Asked, rejection: Rejection, lost: Trace): Symptom {
  const isProhibited6 = rejection.endsWith('-prohibited') && !isIp4(lost.flow.destination)
  const [kind, errno, text, ping] = isProhibited6 ? PROHIBITED6 : SEEN[rejection]
  // The kernel asks for the neighbour three times, a second apart.
  const when = lost.disposition === 'neighbor-unreachable' ? 'after about 3 seconds' : 'at once'
  if (!hasPorts(protocol)) return { kind, words: `ping says "${ping}"` }
  return { kind, words: `"${text}" (${errno}), ${when}`, errno }
}

const NOT_SENT = {
  EPERM: 'Operation not permitted',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
} as const

function notSent(errno: keyof typeof NOT_SENT): Symptom {
  return { kind: 'not-sent', words: `"${NOT_SENT[errno]}" (${errno}) from the sender's own system, at once`, errno }
}

/** What programs that use a port say of a timeout, for those whose words hide that it is one (Learn: Troubleshoot Azure Files). */
const TIMEOUT_WORDS: ReadonlyMap<number, string> = new Map([
  [445, '; mounting a share says "mount error(115): Operation now in progress", Windows "System error 53" or "67"'],
])

function timeout({ protocol, port }: Asked, why: string): Symptom {
  if (protocol === TCP) {
    const more = TIMEOUT_WORDS.get(port) ?? ''
    return { kind: 'timeout', words: `"Connection timed out" (ETIMEDOUT): ${why}${more}`, errno: 'ETIMEDOUT' }
  }
  if (!hasPorts(protocol)) return { kind: 'timeout', words: `ping gets no reply ("100% packet loss"): ${why}` }
  const dns = port === 53 ? ' (dig: "no servers could be reached")' : ''
  return { kind: 'timeout', words: `no answer${dns}, until the program gives up: ${why}` }
}

/** How the rule that refused says so. */
function refusalOf(lost: Trace): Refusal | undefined {
  const last = lost.hops.at(-1)?.steps.at(-1)
  return last?.kind === 'filter' ? last.visits.at(-1)?.rule?.refusal : undefined
}

function refusalSymptom(asked: Asked, refusal: Refusal): Symptom {
  switch (refusal.kind) {
    case 'silence':
      return timeout(asked, 'it is dropped without a word')
    case 'http':
      return { kind: 'service-refusal', words: `HTTP ${refusal.status}: ${refusal.text}`, status: refusal.status }
    case 'protocol':
      return { kind: 'service-refusal', words: `it connects, then: ${refusal.text}` }
    case 'tls-reset':
      return asked.port === 80
        ? { kind: 'service-refusal', words: `HTTP ${refusal.status}: ${refusal.text}`, status: refusal.status }
        : {
            kind: 'reset',
            words:
              'it connects (the firewall itself answers), then TLS is cut off: "Connection reset by peer" (ECONNRESET), "EOF occurred in violation of protocol"',
            errno: 'ECONNRESET',
          }
  }
}
