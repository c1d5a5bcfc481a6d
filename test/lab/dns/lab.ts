import { type Bench, type Fabric, openFabric } from './bench.ts'
import { scenarioOf } from './generate.ts'
import { type Played, play } from './play.ts'
import {
  clientAddress,
  type Place,
  type Scenario,
  type Software,
  serverAddress,
  textOf,
  upstreamAddress,
} from './scenario.ts'
import { type Shrunk, shrunk } from './shrink.ts'

export { missingForLab } from './bench.ts'

export interface LabOptions {
  readonly seed: number
  readonly questions: number
  /** Questions of one configuration; how many configurations there are follows. */
  readonly perConfiguration: number
  /** Benches side by side. */
  readonly benches: number
  /** The file of the wire's process. */
  readonly script: string
  /** No new configuration is begun after so many milliseconds. */
  readonly limit?: number
  /** How many differences are shrunk; the others are only counted. */
  readonly shrinks?: number
  /** The number of the first configuration; one case can be played again by itself. */
  readonly first?: number
  readonly say?: (line: string) => void
}

/** The figures of one kind of server. */
export interface Figures {
  questions: number
  configurations: number
  unknown: number
  differences: number
}

export interface LabReport {
  readonly by: Readonly<Record<Software, Figures>>
  readonly kinds: Readonly<Record<string, number>>
  /** Why the engine could not tell, in words without names and addresses, and how often. */
  readonly unknowns: Readonly<Record<string, number>>
  readonly failures: readonly string[]
  readonly cases: readonly string[]
  readonly differences: number
  readonly questions: number
  readonly configurations: number
}

/** Plays configurations until the questions are asked; ends with no namespace left. */
export async function runLab(options: LabOptions): Promise<LabReport> {
  const tally = newTally()
  const fabric = await openFabric(options.benches, options.script)
  const onSignal = () => {
    fabric.close().finally(() => process.exit(130))
  }
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    let next = options.first ?? 0
    const started = performance.now()
    const goesOn = () =>
      tally.asked < options.questions && performance.now() - started < (options.limit ?? Number.POSITIVE_INFINITY)
    await Promise.all(
      fabric.benches.map(async (bench) => {
        while (goesOn()) {
          const count = Math.min(options.perConfiguration, options.questions - tally.asked)
          tally.asked += count
          await one(fabric, bench, scenarioOf(options.seed, next++, count), options, tally)
        }
      }),
    )
  } finally {
    process.removeListener('SIGINT', onSignal)
    process.removeListener('SIGTERM', onSignal)
    await fabric.close()
  }
  const all = Object.values(tally.by)
  const sum = (of: (figures: Figures) => number) => all.reduce((total, figures) => total + of(figures), 0)
  return {
    by: tally.by,
    kinds: tally.kinds,
    unknowns: tally.unknowns,
    failures: tally.failures,
    cases: tally.cases,
    differences: sum((figures) => figures.differences),
    questions: sum((figures) => figures.questions),
    configurations: sum((figures) => figures.configurations),
  }
}

function newTally() {
  const none = (): Figures => ({ questions: 0, configurations: 0, unknown: 0, differences: 0 })
  const by: Record<Software, Figures> = { dnsmasq: none(), unbound: none(), bind: none() }
  const kinds: Record<string, number> = {}
  const unknowns: Record<string, number> = {}
  return { by, kinds, unknowns, failures: [] as string[], cases: [] as string[], asked: 0 }
}

async function one(
  fabric: Fabric,
  bench: Bench,
  scenario: Scenario,
  options: LabOptions,
  tally: ReturnType<typeof newTally>,
): Promise<void> {
  const { played, failure } = await play(fabric, bench, scenario)
  if (failure !== undefined) tally.failures.push(`${scenario.name}: ${failure}`)
  for (const server of scenario.servers) tally.by[server.software].configurations++
  for (const each of played) {
    const software = scenario.servers[each.question.server]?.software ?? 'dnsmasq'
    const figures = tally.by[software]
    figures.questions++
    if (each.engine.kind === 'unknown') {
      figures.unknown++
      const why = `${software}: ${reasonOf(each.engine.because ?? '')}`
      tally.unknowns[why] = (tally.unknowns[why] ?? 0) + 1
    }
    tally.kinds[each.real.kind] = (tally.kinds[each.real.kind] ?? 0) + 1
    if (each.difference === undefined) continue
    figures.differences++
    if (tally.cases.length >= (options.shrinks ?? 3)) {
      options.say?.(`${scenario.name}, ${shownQuestion(scenario, each.question)}: ${each.difference}`)
      continue
    }
    const at = tally.cases.push('') - 1
    const text = shownCase(bench, await shrunk(fabric, bench, scenario, each))
    tally.cases[at] = text
    options.say?.(text)
  }
}

function reasonOf(because: string): string {
  return because.replace(/[\w*-]+(\.[\w*-]+)+/g, '...').replace(/says .*?(?=, \.\.\.|$)/g, 'says something')
}

function shownQuestion(scenario: Scenario, question: Played['question']): string {
  const software = scenario.servers[question.server]?.software
  return `c${question.client} asks r${question.server + 1} (${software}) ${question.name} ${question.type}`
}

/** A case as a person reads it: what differs, the configurations, and what the world around holds. */
function shownCase(place: Place, { scenario, played }: Shrunk): string {
  const lines = [
    `--- ${scenario.name}: ${shownQuestion(scenario, played.question)}`,
    played.difference ?? '',
    `engine: ${played.engine.kind} [${played.engine.records.join(' | ')}] asked ${played.engine.asked.flat().join(', ')}`,
    `  because ${played.engine.because ?? ''}`,
    `real:   ${played.real.kind} [${played.real.records.join(' | ')}] asked ${[...played.real.asked].join(', ')}`,
  ]
  scenario.servers.forEach((server, index) => {
    for (const file of server.files) {
      if (file.path.endsWith('.hints')) continue
      if (file.pieces.every((piece) => piece.fixed)) continue
      const pieces = file.pieces.filter((piece) => !piece.fixed)
      lines.push(`r${index + 1} ${server.software} ${file.path}:`)
      lines.push(
        textOf({ ...file, pieces }, index, place)
          .trimEnd()
          .replace(/^/gm, '    '),
      )
    }
  })
  const text = named(place, lines.join('\n'))
  for (const upstream of scenario.upstreams) {
    if (!text.includes(`{u${upstream.at}}`)) continue
    const rows = upstream.zones.flatMap((zone) => zone.records.map((row) => `${row.join(' ')}`))
    const zones = upstream.zones.map((zone) => zone.name).join(', ')
    lines.push(`u${upstream.at} ${upstream.behaviour}, else ${upstream.otherwise} (${zones}): ${rows.join(' | ')}`)
  }
  lines.push(`public: ${scenario.publicRecords.map((row) => row.join(' ')).join(' | ')}`)
  return named(place, lines.join('\n'))
}

/** Addresses of the bench by their short names. */
function named(place: Place, text: string): string {
  let made = text
  for (let at = 9; at >= 1; at--) {
    made = made.replaceAll(upstreamAddress(place.bench, at), `{u${at}}`)
    if (at <= 3) made = made.replaceAll(serverAddress(place.bench, at - 1), `{r${at}}`)
    if (at <= 2) made = made.replaceAll(clientAddress(at), `{c${at}}`)
  }
  return made
}
