import { posix } from 'node:path'
import type { Source } from '../model/index.ts'
import type { InputFiles } from './input-files.ts'
import { type AzurePlan, EMPTY_PLAN, type NamedPath, type Plan } from './plan.ts'
import { readPlan } from './read-plan.ts'
import { fault, quoted } from './shape.ts'
import { type Report, readYaml, YAML_LIMIT } from './written.ts'

/**
 * The plan of a topology file and of all it includes, those first and in the order they are named. A file that is
 * included twice counts once; one that includes itself, directly or not, is an error with both places.
 */
export function loadPlan(path: string, files: InputFiles, report: Report): Plan {
  const visit: Visit = { files, report, open: new Map(), done: new Set() }
  const source: Source = { kind: 'line', file: path, line: 1, column: 1, text: '' }
  const plan = planOf(visit, { path, source })
  reportRepeats(plan, report)
  return plan
}

interface Visit {
  readonly files: InputFiles
  readonly report: Report
  /** Files whose includes are being read, and the line that named each. */
  readonly open: Map<string, Source>
  readonly done: Set<string>
}

function planOf(visit: Visit, named: NamedPath): Plan {
  const { files, report, open, done } = visit
  const file = files.file(named, YAML_LIMIT)
  const root = file && readYaml(file, report)
  done.add(named.path)
  if (!root) return EMPTY_PLAN
  const { plan, includes } = readPlan(root, posix.dirname(named.path), report)
  open.set(named.path, named.source)
  let before = EMPTY_PLAN
  for (const include of includes) {
    if (open.has(include.path)) reportCircle(visit, include)
    else if (!done.has(include.path)) before = merged(before, planOf(visit, include))
  }
  open.delete(named.path)
  return merged(before, plan)
}

function reportCircle({ open, report }: Visit, closing: NamedPath): void {
  const paths = [...open.keys()]
  const ring = paths.slice(paths.indexOf(closing.path))
  const message = `the includes go in a circle: ${[...ring, closing.path].join(' -> ')}`
  const entered = open.get(ring[1] ?? '')
  fault(report, 'NT1007', message, closing.source, entered && ['the circle starts here', entered])
}

/** Two plans, one after the other. The later one's name, settings and public names count. */
function merged(first: Plan, second: Plan): Plan {
  const name = second.name ?? first.name
  const azure = mergedAzure(first.azure, second.azure)
  const renamed = new Set(second.publicNames.map((one) => one.name))
  return {
    ...(name !== undefined && { name }),
    devices: [...first.devices, ...second.devices],
    ...(azure && { azure }),
    hosts: [...first.hosts, ...second.hosts],
    links: [...first.links, ...second.links],
    publicNames: [...first.publicNames.filter((one) => !renamed.has(one.name)), ...second.publicNames],
    expectations: [...first.expectations, ...second.expectations],
    declared: [...first.declared, ...second.declared],
  }
}

function mergedAzure(first: AzurePlan | undefined, second: AzurePlan | undefined): AzurePlan | undefined {
  if (!first || !second) return first ?? second
  const serviceTags = second.serviceTags ?? first.serviceTags
  const deployment = second.deployment ?? first.deployment
  return {
    resources: [...first.resources, ...second.resources],
    ...(serviceTags && { serviceTags }),
    ...(deployment && { deployment }),
    settings: { ...first.settings, ...second.settings },
  }
}

/** Names given to two things, in one file or in two; case does not tell names apart. */
function reportRepeats(plan: Plan, report: Report): void {
  const named = new Map<string, { what: string; source: Source }>()
  const things = [
    ...plan.devices.map((one) => ({ what: 'device', name: one.name, source: one.source })),
    ...plan.hosts.map((one) => ({ what: 'host', name: one.name, source: one.source })),
  ]
  for (const { what, name, source } of things) {
    const key = name.toLowerCase()
    const first = named.get(key)
    if (key === 'internet') fault(report, 'NT1105', 'the name "internet" is taken: give it another', source)
    else if (first) {
      const message = `two devices are named ${quoted(name)}: give one another name`
      fault(report, 'NT1105', message, source, [`the ${first.what} of that name`, first.source])
    } else named.set(key, { what, source })
  }
  const ids = new Map<string, Source>()
  for (const { id, source } of plan.expectations) {
    const first = ids.get(id)
    if (first) fault(report, 'NT1105', `two expectations have the id ${quoted(id)}`, source, ['the first', first])
    else ids.set(id, source)
  }
}
