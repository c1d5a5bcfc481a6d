import { posix } from 'node:path'
import { DEVICE_FORMATS, type DevicePlan, type NamedPath, type PathReader, type Plan } from './plan.ts'
import { readAzurePlan } from './read-azure-plan.ts'
import { readExpectations } from './read-expectations.ts'
import { readHosts } from './read-hosts.ts'
import { readLinks } from './read-links.ts'
import { readPublicNames } from './read-public-names.ts'
import { entriesOf, fault, membersOf, quoted, suggestion, textOf, textsOf } from './shape.ts'
import type { Member, Report, Written } from './written.ts'

const KEYS = ['nettrace', 'name', 'devices', 'azure', 'hosts', 'links', 'include', 'public', 'expect'] as const

/** What one topology file says, before what it includes is added. */
export interface FilePlan {
  readonly plan: Plan
  /** Other topologies, to be read before this one. */
  readonly includes: readonly NamedPath[]
}

/** Reads one topology file. `folder` is its own: paths in it start there. */
export function readPlan(root: Written, folder: string, report: Report): FilePlan {
  const members = membersOf(root, 'the topology', KEYS, report)
  readVersion(root, members.get('nettrace'), report)
  const pathsOf: PathReader = (value, what) =>
    textsOf(value, what, report).map((text) => ({ path: joined(folder, text.value), source: text.source }))
  const name = textOf(members.get('name'), 'the name of the topology', report)
  const azure = readAzurePlan(members.get('azure'), pathsOf, report)
  return {
    plan: {
      ...(name && { name: name.value }),
      devices: readDevices(members.get('devices'), pathsOf, report),
      ...(azure && { azure }),
      hosts: readHosts(members.get('hosts'), pathsOf, report),
      links: readLinks(members.get('links'), report),
      publicNames: readPublicNames(members.get('public'), report),
      expectations: readExpectations(members.get('expect'), report),
      declared: [...keysOf(members.get('devices')), ...keysOf(members.get('hosts'))],
    },
    includes: pathsOf(members.get('include'), 'include'),
  }
}

function keysOf(value: Written | undefined): string[] {
  return value?.kind === 'map' ? value.members.map((member) => member.key) : []
}

/** A path as people would type it from where they are: the topology's folder, then the entry. */
function joined(folder: string, entry: string): string {
  return posix.isAbsolute(entry) ? posix.normalize(entry) : posix.join(folder, entry)
}

function readVersion(root: Written, value: Written | undefined, report: Report): void {
  if (root.kind === 'nothing') {
    fault(report, 'NT1103', 'the topology is empty: start it with "nettrace: 1"', root.source)
    return
  }
  if (root.kind !== 'map') return
  const version = textOf(value, 'nettrace', report)
  if (!value) fault(report, 'NT1103', 'the topology does not say its format: add "nettrace: 1"', root.source)
  else if (version && version.value !== '1') {
    const message = `format ${quoted(version.value)} is not known: this program reads "nettrace: 1"`
    fault(report, 'NT1116', message, version.source)
  }
}

function readDevices(value: Written | undefined, pathsOf: PathReader, report: Report): DevicePlan[] {
  if (!value) return []
  const plans: DevicePlan[] = []
  for (const [name, member] of entriesOf(value, 'devices', report)) {
    const plan = readDevice(name, member, pathsOf, report)
    if (plan) plans.push(plan)
  }
  return plans
}

function readDevice(name: string, member: Member, pathsOf: PathReader, report: Report): DevicePlan | undefined {
  const what = `device ${name}`
  const entries = [...entriesOf(member.value, what, report)]
  const [first, second] = entries
  if (!first) {
    const found = member.value.kind === 'map' || member.value.kind === 'nothing'
    const message = `${what} does not say what it is read from: write one of ${DEVICE_FORMATS.join(', ')} and a path`
    if (found) fault(report, 'NT1103', message, member.source)
    return undefined
  }
  const format = DEVICE_FORMATS.find((one) => one === first[0])
  if (!format) {
    const hint = suggestion(first[0], DEVICE_FORMATS, `: the kinds are ${DEVICE_FORMATS.join(', ')}`)
    fault(report, 'NT1104', `${what}: unknown device kind ${quoted(first[0])}${hint}`, first[1].source)
    return undefined
  }
  if (second) {
    const message = `${what} is read from one format, and ${quoted(second[0])} is a second one: make it a device of its own`
    fault(report, 'NT1104', message, second[1].source, ['the first', first[1].source])
  }
  const { value } = first[1]
  const paths = pathsOf(value, `the files of ${what}`)
  if (value.kind === 'list' && value.items.length === 0)
    fault(report, 'NT1103', `${what} names no file to be read from`, first[1].source)
  return paths.length === 0 ? undefined : { name, format, paths, source: member.source }
}
