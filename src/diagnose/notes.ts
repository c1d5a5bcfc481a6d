import type { Resolution } from '../dns/index.ts'
import { formatSource } from '../model/index.ts'
import type { PreparedNetwork, Trace } from '../trace/index.ts'
import type { Path } from './connection.ts'
import { leaningOf } from './leaning.ts'
import { serviceTagsNote } from './service-tags-used.ts'

/** What an answer assumes or does not look at: sentences about the devices it touches, each once, in path order. */
export function notesOn(
  prepared: PreparedNetwork,
  paths: readonly Path[],
  resolution: Resolution | undefined,
): string[] {
  const notes = new Set<string>()
  const warnings = warningsByFile(prepared)
  const devices = new Set(
    paths.flatMap((path) => [path.forward, ...path.replies]).flatMap((one) => one.hops.map((hop) => hop.device)),
  )
  for (const name of devices) {
    for (const one of prepared.network.devices.get(name)?.notModelled ?? []) notes.add(`${name}: not modelled: ${one}`)
  }
  for (const path of paths) {
    const { arrival, disposition } = path.forward
    const device = arrival && prepared.network.devices.get(arrival.device)
    if (device && disposition === 'accepted' && !device.listeners && device.kind === 'host') {
      const without = device.notModelled.length > 0 ? '' : ', with no firewall of its own in the way'
      notes.add(`${device.name}: something is assumed to answer${without}`)
    }
  }
  for (const name of devices) {
    const device = prepared.network.devices.get(name)
    // One export of a whole cloud says nothing about one device of it; a device's own export does.
    const file = device?.source.kind === 'line' ? device.source.file : undefined
    const [first, ...rest] = (file === undefined ? undefined : warnings.get(file)) ?? []
    if (first !== undefined)
      notes.add(
        `${name}: its export was not fully understood: ${first}${rest.length > 0 ? `, and ${rest.length} more` : ''}`,
      )
  }
  const answeredBy = new Set(resolution?.queries.map((query) => query.answeredBy))
  for (const name of answeredBy) {
    const resolver = name === undefined ? undefined : prepared.network.devices.get(name)?.resolver
    for (const one of resolver?.notModelled ?? []) notes.add(`${resolver?.label}: not modelled: ${one}`)
  }
  const traces = paths.flatMap((path) => [path.forward, ...path.replies, ...path.acknowledgements, ...path.data])
  for (const { forward } of paths) for (const one of standInNotes(prepared, forward)) notes.add(one)
  for (const one of balancedNotes(prepared, paths)) notes.add(one)
  for (const one of leaningOf(prepared, traces, resolution)) notes.add(one)
  const list = serviceTagsNote(prepared.network, traces)
  if (list !== undefined) notes.add(list)
  return [...notes]
}

/** What the answers depend on where a load balancer chose among several devices that pass packets on. */
function balancedNotes({ network }: PreparedNetwork, paths: readonly Path[]): string[] {
  const isBalancer = (name: string | undefined) => network.devices.get(name ?? '')?.kind === 'load-balancer'
  const chosen = new Map<string, Set<string>>()
  const back = new Set<string>()
  for (const { forward, replies } of paths) {
    const names = forward.hops.map((hop) => hop.device)
    const at = names.findIndex((name, index) => isBalancer(name) && index < names.length - 2)
    const [balancer, next] = names.slice(at, at + 2)
    if (at === -1 || balancer === undefined || next === undefined) continue
    chosen.set(balancer, (chosen.get(balancer) ?? new Set()).add(next))
    for (const { device } of replies.flatMap((one) => one.hops)) if (isBalancer(device)) back.add(device)
  }
  return [...chosen].flatMap(([balancer, members]) => {
    if (members.size < 2) return []
    const names = [...members].join(', ')
    const others = [...back].filter((one) => one !== balancer)
    if (others.length > 0)
      return [
        `the answer comes back through ${others.join(', ')}, which may choose another of ${names} than ${balancer} did: one that tracks connections drops it, unless it translates the client's address`,
      ]
    if (!back.has(balancer)) return []
    return [
      `${names}: the one that has the connection gets its answers only because both ways lead through ${balancer}`,
    ]
  })
}

/** Whose address is not known, of those the packet was sent between. */
function standInNotes({ standIns }: PreparedNetwork, { flow, arrival }: Trace): string[] {
  const found = [flow.source, flow.destination, arrival?.flow.destination].map((ip) =>
    ip === undefined ? undefined : standIns.get(ip),
  )
  return found.flatMap((one) => (one ? [`${one.owner}: its address is not known: ${one.because}`] : []))
}

const warningsOf = new WeakMap<object, Map<string, string[]>>()

/** Warnings of the whole network by the file they are about, gathered once. */
function warningsByFile(prepared: PreparedNetwork): Map<string, string[]> {
  const known = warningsOf.get(prepared)
  if (known) return known
  const made = new Map<string, string[]>()
  for (const one of prepared.network.diagnostics) {
    if (one.severity !== 'warning' || one.source.kind === 'implied') continue
    const list = made.get(one.source.file) ?? []
    made.set(one.source.file, list)
    list.push(`${one.message} (${formatSource(one.source)})`)
  }
  warningsOf.set(prepared, made)
  return made
}
