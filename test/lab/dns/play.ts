import { type Bench, type Fabric, start } from './bench.ts'
import { difference, type Observed, observed } from './compare.ts'
import { engineOf, expected, type Outcome } from './expectation.ts'
import { clientAddress, folderOf, type LabQuestion, type Scenario, serverAddress, textOf } from './scenario.ts'

/** What became of one question. */
export interface Played {
  readonly question: LabQuestion
  readonly engine: Outcome
  readonly real: Observed
  /** Absent when they agree. */
  readonly difference?: string
}

export interface Playing {
  /** The lab's own mistake: a server that did not start. */
  readonly failure?: string
  readonly played: readonly Played[]
}

/** Long enough for the servers' own patience, which ends in SERVFAIL; shorter where the engine expects silence. */
const PATIENCE = 14_000
const SILENCE = 4000
const QUIET = 3000

/** Asks every question of a scenario, one after the other, of the real servers and of the engine. */
export async function play(fabric: Fabric, bench: Bench, scenario: Scenario): Promise<Playing> {
  const engine = engineOf(scenario, bench)
  const running = await start(fabric, bench, scenario)
  try {
    if (running.failure !== undefined) return { failure: running.failure, played: [] }
    const played: Played[] = []
    const stale = new Set<string>(ownServersOfStubs(scenario, bench))
    const earlier = new Set<string>()
    const addresses = scenario.servers.map((_, index) => serverAddress(bench.bench, index))
    for (const question of scenario.questions) {
      await emptied(fabric, bench, scenario)
      const outcome = expected(engine, bench, question)
      const heard = await heardBy(fabric, bench, scenario, question, outcome)
      const real = observed(heard, question)
      const found = difference(outcome, real, stale, earlier)
      played.push({ question, engine: outcome, real, ...(found !== undefined && { difference: found }) })
      for (const one of real.asked) earlier.add(one)
      // BIND works at the second copy of a question when the first is answered.
      if (real.kind === 'timeout' || real.kind === 'servfail' || heard.sent > 1) {
        for (const one of [...real.asked, ...outcome.asked.flat()]) stale.add(one)
      }
      // Nobody waits any more, and the servers still ask: what they ask then belongs to this question.
      if (real.kind === 'timeout') await fabric.wire.quiet(addresses, QUIET, PATIENCE)
    }
    return { played }
  } finally {
    await running.stop()
  }
}

async function emptied(fabric: Fabric, bench: Bench, scenario: Scenario): Promise<void> {
  for (const [index, server] of scenario.servers.entries()) {
    if (server.software === 'unbound') await fabric.wire.flush(`${folderOf(bench, index)}/control`)
  }
}

function heardBy(fabric: Fabric, bench: Bench, scenario: Scenario, question: LabQuestion, outcome: Outcome) {
  return fabric.wire.ask({
    from: clientAddress(question.client),
    to: serverAddress(bench.bench, question.server),
    name: question.name,
    type: question.type,
    wait: outcome.kind === 'timeout' ? SILENCE : PATIENCE,
    servers: scenario.servers.map((_, index) => serverAddress(bench.bench, index)),
  })
}

/** BIND looks for the addresses of a static-stub zone's server, which it calls by the zone's own name. */
function ownServersOfStubs(scenario: Scenario, bench: Bench): string[] {
  return scenario.servers.flatMap((server, index) =>
    [
      ...server.files
        .map((file) => textOf(file, index, bench))
        .join('\n')
        .matchAll(STATIC_STUB),
    ].map(([, zone, address]) => `${serverAddress(bench.bench, index)}>${address} ${zone}`),
  )
}

const STATIC_STUB = /zone "([^"]+)" \{ type static-stub; server-addresses \{ ([\d.]+)/g
