import { posix } from 'node:path'
import {
  type Device,
  type Diagnostic,
  type Expectation,
  implied,
  type Network,
  type NetworkPart,
  type RuleSet,
  type Service,
} from '../model/index.ts'
import { reportSharedAddresses } from './address-owners.ts'
import type { Known } from './endpoint.ts'
import type { FileReader } from './file-reader.ts'
import { type Import, importAzurePart, importDevices } from './import-parts.ts'
import type { Importers } from './importers.ts'
import { InputFiles } from './input-files.ts'
import { INTERNET, INTERNET_INTERFACE, internetDevice } from './internet.ts'
import { joinPublicInterfaces, joinSegments } from './join-links.ts'
import { joinTunnels } from './join-tunnels.ts'
import { LinkTable } from './link-table.ts'
import { loadPlan } from './load-plan.ts'
import { reportLooseEnds } from './loose-ends.ts'
import { withNameAddresses } from './name-addresses.ts'
import { placeHosts } from './place-hosts.ts'
import type { Plan } from './plan.ts'
import { publicAddresses, publicResolver } from './public-dns.ts'
import { withStandIns } from './public-stand-in.ts'
import { serviceDevices } from './service-device.ts'
import { fault, quoted, suggestion } from './shape.ts'
import { withoutUnjoined } from './standing-by.ts'
import type { Report } from './written.ts'

/** What a topology file and everything it names come to. */
export interface Topology {
  /** Usable as far as it goes even when there are errors. */
  readonly network: Network
  /** What the topology promises, in order. */
  readonly expectations: readonly Expectation[]
  /** Everything about the input: the topology's own and the importers'. An error means: do not answer from this. */
  readonly diagnostics: readonly Diagnostic[]
  /** The files that were read, in order, as messages name them. */
  readonly files: readonly string[]
}

/** Reads a topology with given importers. Never throws for bad input. */
export function buildTopology(path: string, reader: FileReader, importers: Importers): Topology {
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic)
  const files = new InputFiles(reader, report)
  const plan = loadPlan(path, files, report)
  const joined = join({ files, importers, report }, plan, () => diagnostics.some((one) => one.severity === 'error'))
  const name = plan.name ?? posix.basename(path).replace(/\.ya?ml$/, '')
  return {
    network: { name, ...joined, diagnostics },
    expectations: plan.expectations,
    diagnostics,
    files: files.paths,
  }
}

type JoinedNetwork = Omit<Network, 'name' | 'diagnostics'>

function join(tools: Import, plan: Plan, isFaulty: () => boolean): JoinedNetwork {
  const { report } = tools
  const azure = importAzurePart(tools, plan)
  const parts = [...importDevices(tools, plan), ...(azure ? [azure] : [])]
  const { devices, exportOf } = devicesOf(parts, plan, report)
  const declared = new Set(plan.declared)
  const links = new LinkTable()
  for (const link of parts.flatMap((part) => part.links)) links.add(link)
  const hosts = new Set(plan.hosts.map((host) => host.name))
  const [ofHosts, ofDevices] = partition(plan.links, (link) =>
    link.ends.some((end) => startsWithOneOf(end.value, hosts)),
  )
  joinSegments(ofDevices, { devices, declared }, links, report)
  placeHosts(plan.hosts, devices, declared, links, tools)
  joinSegments(ofHosts, { devices, declared }, links, report)
  for (const changed of joinTunnels(plan.links, { devices, declared }, links, report))
    devices.set(changed.name, changed)
  for (const device of devices.values()) {
    const changed = withoutUnjoined(device, links)
    if (changed) devices.set(changed.name, changed)
  }
  const own = [...devices.values()].filter((one) => exportOf.get(one.name) !== azure)
  joinPublicInterfaces(own, links, report)
  const services = addOutside(
    devices,
    links,
    [...parts.flatMap((part) => part.services), ...aliased(plan)],
    plan,
    report,
  )
  const network = { devices, links: links.links(), services }
  reportSharedAddresses(network.links, devices, exportOf, report)
  reportUnknownVia(plan.expectations, { devices, declared }, report)
  if (!isFaulty()) reportLooseEnds(network, new Set(own.map((one) => one.name)), report)
  return { ...network, ...(azure?.serviceTags && { serviceTags: azure.serviceTags }) }
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))]
}

function startsWithOneOf(endpoint: string, names: ReadonlySet<string>): boolean {
  for (let colon = endpoint.indexOf(':'); colon !== -1; colon = endpoint.indexOf(':', colon + 1)) {
    if (names.has(endpoint.slice(0, colon))) return true
  }
  return names.has(endpoint)
}

/** The devices of some parts by name, and the part each came from. One whose name is taken is reported and left out. */
function devicesOf(
  parts: readonly NetworkPart[],
  plan: Plan,
  report: Report,
): { devices: Map<string, Device>; exportOf: Map<string, NetworkPart> } {
  const devices = new Map<string, Device>()
  const exportOf = new Map<string, NetworkPart>()
  const plans = new Map(plan.hosts.flatMap((host) => (host.place.kind === 'subnet' ? [] : [[host.name, host.source]])))
  for (const part of parts) {
    for (const device of part.devices) {
      const { name, source } = device
      const first = devices.get(name)?.source ?? plans.get(name)
      if (name === INTERNET)
        fault(report, 'NT1105', 'a device of this export is named "internet", which is taken', source)
      else if (first) {
        const message = `two devices are named ${quoted(name)}: give one another name`
        fault(report, 'NT1105', message, source, ['the other device of that name', first])
      }
      if (name === INTERNET || devices.has(name)) continue
      devices.set(name, device)
      exportOf.set(name, part)
    }
  }
  return { devices, exportOf }
}

/** Services that exist only because a public name says whom it serves; their front door is open. */
function aliased(plan: Plan): Service[] {
  return plan.publicNames.flatMap(({ name, serves, source }): Service[] => {
    if (serves === undefined) return []
    const policySource = implied('the topology names it, and says of no rule there')
    const gate: RuleSet = { name: 'gate', label: name, rules: [], policy: { kind: 'accept' }, policySource }
    const shared = { names: [name], port: 443, gate, records: [], stamps: [], source }
    return [{ name, label: `resource of ${serves}`, aliases: [], ...shared }]
  })
}

/** Adds what lies outside: the internet, public DNS, services that send. Gives back the services with public addresses. */
function addOutside(
  devices: Map<string, Device>,
  links: LinkTable,
  services: readonly Service[],
  plan: Plan,
  report: Report,
): Service[] {
  const resolver = withStandIns(publicResolver(plan.publicNames, services), services)
  const end = { device: INTERNET, interface: INTERNET_INTERFACE }
  links.join('internet', INTERNET, [end], implied('everything outside the topology is one link, the internet'))
  for (const device of serviceDevices(services, resolver, (name) => devices.has(name), report)) {
    devices.set(device.name, device)
    const ends = device.interfaces.map((one) => ({ device: device.name, interface: one.name }))
    links.join('internet', INTERNET, ends, device.source)
  }
  for (const [name, device] of devices) devices.set(name, withNameAddresses(device, resolver))
  devices.set(INTERNET, internetDevice([...devices.values()], services, resolver))
  return services.map((service) => {
    const [first] = service.names.flatMap((name) => publicAddresses(resolver, name))
    return first ? { ...service, publicAddress: first.ip } : service
  })
}

/** Devices on the way that an expectation names and nobody has. */
function reportUnknownVia(expectations: readonly Expectation[], { devices, declared }: Known, report: Report): void {
  const others = new Map<string, boolean>()
  for (const device of devices.values()) for (const alias of device.aliases) others.set(alias.toLowerCase(), true)
  for (const { id, via, source } of expectations) {
    for (const name of via) {
      if (devices.has(name) || declared.has(name) || others.has(name.toLowerCase())) continue
      const hint = suggestion(name, devices.keys(), '')
      fault(report, 'NT1108', `"via" of expectation ${id}: unknown device ${quoted(name)}${hint}`, source)
    }
  }
}
