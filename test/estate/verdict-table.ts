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

/** The verdicts of the vision plant, by expectation, with its Azure export replaced by another shape of it. */
export function verdictTable(shape?: Shape): Record<string, Verdict> {
  const topology = loadTopology(TOPOLOGY, { reader: shape === undefined ? DISK : overlay(shape) })
  const prepared = prepare(topology.network)
  const table: Record<string, Verdict> = {}
  for (const expectation of topology.expectations) {
    const { connection, state } = checkPromise(prepared, expectation)
    table[expectation.id] = {
      works: connection?.works ?? 'not asked',
      outcome: connection?.outcome ?? '',
      decidedBy: connection?.decidedBy.text ?? '',
      addresses: (connection?.resolution?.addresses ?? []).map(formatIp).sort(),
      devices: connection?.paths[0]?.forward.hops.map((hop) => hop.device) ?? [],
      state,
    }
  }
  return table
}

/** Errors and warnings of loading, as texts. */
export function complaints(shape?: Shape): string[] {
  const { diagnostics } = loadTopology(TOPOLOGY, { reader: shape === undefined ? DISK : overlay(shape) })
  return diagnostics.filter((one) => one.severity !== 'note').map((one) => `${one.code} ${one.message}`)
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
