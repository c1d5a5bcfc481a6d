import type { Bench, Fabric } from './bench.ts'
import { type Played, play } from './play.ts'
import type { LabQuestion, Scenario } from './scenario.ts'

/** The smallest case found. */
export interface Shrunk {
  readonly scenario: Scenario
  readonly played: Played
}

const TRIES = 160
/** A case that waits for silence is shrunk less. */
const LONGEST = 45_000

/**
 * Leaves out lines, records and servers while the question keeps ending differently; a case that does not come back by
 * itself is given back whole. Bounded.
 */
export async function shrunk(fabric: Fabric, bench: Bench, scenario: Scenario, first: Played): Promise<Shrunk> {
  let best: Shrunk = { scenario: only(scenario, first.question), played: first }
  const kind = (first.difference ?? '').split(':')[0]
  let tries = 0
  const started = performance.now()
  const attempt = async (smaller: Scenario): Promise<boolean> => {
    if (tries++ >= TRIES || performance.now() - started > LONGEST) return false
    const { played } = await play(fabric, bench, smaller)
    const [again] = played
    if (again?.difference === undefined || again.difference.split(':')[0] !== kind) return false
    best = { scenario: smaller, played: again }
    return true
  }
  if (!(await attempt(best.scenario))) return { scenario, played: first }
  for (let progress = true; progress && tries < TRIES; ) {
    progress = false
    for (const cut of CUTS) {
      for (let size = Math.max(1, cut.count(best.scenario) >> 1); size >= 1; size >>= 1) {
        for (let at = 0; at < cut.count(best.scenario); ) {
          if (await attempt(cut.without(best.scenario, at, size))) progress = true
          else at += size
        }
      }
    }
  }
  return best
}

const only = (scenario: Scenario, question: LabQuestion): Scenario => ({ ...scenario, questions: [question] })

interface Cut {
  count(scenario: Scenario): number
  without(scenario: Scenario, at: number, size: number): Scenario
}

const PIECES: Cut = {
  count: (scenario) => scenario.servers.flatMap((one) => one.files.flatMap((file) => file.pieces.filter(loose))).length,
  without: (scenario, at, size) => {
    let number = -1
    const servers = scenario.servers.map((server) => ({
      ...server,
      files: server.files.map((file) => ({
        ...file,
        pieces: file.pieces.filter((piece) => {
          if (!loose(piece)) return true
          number++
          return number < at || number >= at + size
        }),
      })),
    }))
    return { ...scenario, servers }
  },
}

const PUBLIC: Cut = {
  count: (scenario) => scenario.publicRecords.length,
  without: (scenario, at, size) => ({ ...scenario, publicRecords: without(scenario.publicRecords, at, size) }),
}

const WORLD: Cut = {
  count: (scenario) => scenario.upstreams.flatMap((one) => one.zones.flatMap((zone) => zone.records)).length,
  without: (scenario, at, size) => {
    let number = -1
    const upstreams = scenario.upstreams.map((one) => ({
      ...one,
      zones: one.zones.map((zone) => ({
        ...zone,
        records: zone.records.filter(() => {
          number++
          return number < at || number >= at + size
        }),
      })),
    }))
    return { ...scenario, upstreams }
  },
}

const CUTS: readonly Cut[] = [PIECES, WORLD, PUBLIC]

const loose = (piece: { readonly fixed?: true }) => piece.fixed === undefined

function without<T>(from: readonly T[], at: number, size: number): T[] {
  return from.filter((_, index) => index < at || index >= at + size)
}
