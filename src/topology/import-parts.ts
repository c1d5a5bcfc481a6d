import type { AzurePart } from '../importers/index.ts'
import type { Device, Diagnostic, NetworkPart } from '../model/index.ts'
import type { OwnFiles } from './host-device.ts'
import { ENDINGS, type Importers } from './importers.ts'
import type { InputFiles } from './input-files.ts'
import type { HostPlan, NamedPath, Plan } from './plan.ts'
import { fault } from './shape.ts'
import type { Report } from './written.ts'

/** What turns the files a plan names into parts of a network. */
export interface Import {
  readonly files: InputFiles
  readonly importers: Importers
  readonly report: Report
}

/** The parts of the plan's devices, in order. A device whose files are not all there is left out. */
export function importDevices({ files, importers, report }: Import, plan: Plan): NetworkPart[] {
  const parts: NetworkPart[] = []
  for (const { name, format, paths, source } of plan.devices) {
    const input = files.files(paths, ENDINGS[format])
    if (!input.complete) continue
    const part = importers.devices[format](name, input.files)
    part.diagnostics.forEach(report)
    parts.push(part)
    if (part.devices.some((one) => one.name === name) || hasError(part.diagnostics)) continue
    fault(report, 'NT1118', `device ${name}: there is no device in its files; are they ${format}?`, source)
  }
  return parts
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error')
}

/** The Azure part of a plan; hosts placed in subnets are in it. `undefined` when there is none, or it cannot be read. */
export function importAzurePart({ files, importers, report }: Import, plan: Plan): AzurePart | undefined {
  const hosts = plan.hosts.flatMap((host) => (host.place.kind === 'subnet' ? [{ host, at: host.place.subnet }] : []))
  const { azure } = plan
  if (!azure) {
    for (const { host, at } of hosts) {
      fault(report, 'NT1108', `host ${host.name} is in a subnet, and there is no "azure:" with resources`, at.source)
    }
    return undefined
  }
  const input = files.files(azure.resources, ENDINGS.azure)
  const serviceTags = azure.serviceTags && files.file(azure.serviceTags)
  const named = azure.deployment?.parameters
  const parameters = named && files.file(named)
  if (!input.complete || (azure.serviceTags && !serviceTags) || (named && !parameters)) return undefined
  const part = importers.azure(input.files, {
    ...(serviceTags && { serviceTags }),
    ...(azure.deployment && { deployment: azure.deployment.place }),
    ...(parameters && { parameters }),
    placements: hosts.map(({ host, at }) => ({
      name: host.name,
      address: host.address.value,
      subnet: at.value,
      source: at.source,
      ...(host.label !== undefined && { label: host.label }),
    })),
    settings: azure.settings,
  })
  part.diagnostics.forEach(report)
  return part
}

/** What a host's own files say; nothing for what could not be read, which is reported. */
export function importOwnFiles({ files, importers, report }: Import, plan: HostPlan): OwnFiles {
  const texts = (paths: readonly NamedPath[]) => {
    const input = paths.length > 0 ? files.files(paths, []) : undefined
    return input?.complete ? input.files : undefined
  }
  const filter = texts(plan.netfilter)
  const part = filter && importers.devices.netfilter(plan.name, filter)
  part?.diagnostics.forEach(report)
  const device: Device | undefined = part?.devices.find((one) => one.name === plan.name)
  const conf = plan.dns.resolvConf && files.file(plan.dns.resolvConf)
  const resolvConf = conf && importers.resolvConf(conf)
  resolvConf?.diagnostics.forEach(report)
  const [first, second] = plan.nameServers
  const configuration = first && texts(first.paths)
  const server = first && configuration && importers.nameServers[first.software](configuration)
  server?.diagnostics.forEach(report)
  if (first && second?.paths[0]) {
    const both = `both "${first.software}" and "${second.software}"`
    const message = `host ${plan.name} has ${both}: one name server answers on port 53, keep one`
    fault(report, 'NT1103', message, second.paths[0].source)
  }
  return {
    ...(device && { device }),
    ...(resolvConf && { resolvConf }),
    ...(server?.resolver && { resolver: server.resolver }),
    ...(server?.ranges && { ranges: server.ranges }),
  }
}
