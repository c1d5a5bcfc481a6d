import { posix } from 'node:path'
import { checkPromise } from '../../src/diagnose/index.ts'
import { formatIp } from '../../src/net/index.ts'
import { DISK, type FileReader, loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'

const TOPOLOGY = 'topologies/vision-plant.yaml'
const AZURE = 'fixtures/vision-plant/azure.json'

/** What the vision plant answers to one of its expectations. */
export interface Verdict {
  readonly works: string
  readonly outcome: string
  readonly decidedBy: string
  readonly addresses: readonly string[]
  readonly devices: readonly string[]
  readonly state: string
}

/** The file at `azure: resources:`, or a folder of files in its place, by name. */
export type Shape = string | Readonly<Record<string, string>>

/** What the vision plant answers, and what loading it complains of: errors and warnings as texts, in order of text. */
export interface PlantAnswers {
  readonly verdicts: Readonly<Record<string, Verdict>>
  readonly complaints: readonly string[]
}

/** The answers of the vision plant, with its Azure export replaced by another shape of it. */
export function plantAnswers(shape?: Shape): PlantAnswers {
  const topology = loadTopology(TOPOLOGY, { reader: shape === undefined ? DISK : overlay(shape) })
  const prepared = prepare(topology.network)
  const verdicts: Record<string, Verdict> = {}
  for (const expectation of topology.expectations) {
    const { connection, state } = checkPromise(prepared, expectation)
    verdicts[expectation.id] = {
      works: connection?.works ?? 'not asked',
      outcome: connection?.outcome ?? '',
      decidedBy: connection?.decidedBy.text ?? '',
      addresses: (connection?.resolution?.addresses ?? []).map(formatIp).sort(),
      devices: connection?.paths[0]?.forward.hops.map((hop) => hop.device) ?? [],
      state,
    }
  }
  const complaints = topology.diagnostics.filter((one) => one.severity !== 'note')
  return { verdicts, complaints: complaints.map((one) => `${one.code} ${one.message}`).sort() }
}

/** The disk, with other text or a folder where the Azure export is. */
function overlay(shape: Shape): FileReader {
  const isHere = (path: string) => posix.normalize(path).endsWith(AZURE)
  if (typeof shape === 'string') {
    return { ...DISK, read: (path) => (isHere(path) ? { text: shape } : DISK.read(path)) }
  }
  return {
    list: (folder) => (isHere(folder) ? Object.keys(shape) : DISK.list(folder)),
    read: (path) => {
      const text = isHere(posix.dirname(path)) ? shape[posix.basename(path)] : undefined
      return text === undefined ? DISK.read(path) : { text }
    },
  }
}
