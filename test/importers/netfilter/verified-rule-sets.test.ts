import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import { addressSet, addressSetContains, type Ip, ip, TCP, UDP } from '../../../src/net/index.ts'
import { outcomes } from './verdict.ts'

const DATA = process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const CONFIGS = join(DATA, 'configs')
const present = existsSync(join(CONFIGS, 'iptables-verified/oracles.json'))
if (!present) console.warn(`skipped: real rule sets are read from ${CONFIGS}, which is not there (set NETTRACE_DATA)`)

const LOOPBACK = addressSet('127.0.0.0/8')

interface Matrix {
  readonly proto: string
  readonly sport: number
  readonly dport: number
  readonly nodes: Record<string, [string, string][]>
  readonly edges: [string, string][]
}
interface Oracle {
  readonly id: string
  readonly ruleset: string
  readonly chain: string
  readonly matrices: Matrix[]
}

function readOracles(): Oracle[] {
  if (!present) return []
  const all = JSON.parse(readFileSync(join(CONFIGS, 'iptables-verified/oracles.json'), 'utf8')) as {
    service_matrices: Oracle[]
  }
  return all.service_matrices.filter((one) => existsSync(join(CONFIGS, 'iptables-verified', one.ruleset)))
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
}

/** Packets that may come by any interface but only from 127.0.0.0/8 by `lo`, as the proofs assume. */
function mayPass(oracle: Oracle, matrix: Matrix, source: Ip, destination: Ip): boolean {
  const path = join(CONFIGS, 'iptables-verified', oracle.ruleset)
  const [device] = importNetfilter('fw', [{ path: oracle.id, text: readFileSync(path, 'utf8') }]).devices
  if (!device) throw new Error(`${oracle.id} was not read`)
  const packet = {
    source,
    destination,
    protocol: matrix.proto === 'tcp' ? TCP : UDP,
    sourcePort: matrix.sport,
    destinationPort: matrix.dport,
    state: 'new',
    flags: 'S',
    outInterface: 'unknown',
  } as const
  const inInterface = addressSetContains(LOOPBACK, source) ? 'unknown' : 'not lo'
  const found = outcomes(device, `filter/${oracle.chain}`, { ...packet, inInterface })
  return found.includes('accept') || found.includes('unknown')
}

describe.skipIf(!present)('rule sets whose results are proved (fffuu, Iptables_Semantics)', () => {
  const cases = readOracles().flatMap((oracle) =>
    oracle.matrices.map((matrix) => [`${oracle.id} ${matrix.proto}/${matrix.dport}`, oracle, matrix] as const),
  )

  test.for(cases)('%s lets the same pairs of networks through', ([, oracle, matrix]) => {
    const first = (node: string) => ip(matrix.nodes[node]?.[0]?.[0] ?? '')
    const names = Object.keys(matrix.nodes)
    const found = names.flatMap((a) =>
      names.filter((b) => mayPass(oracle, matrix, first(a), first(b))).map((b) => [a, b]),
    )
    expect(found.sort()).toEqual([...matrix.edges].sort())
  })
})

describe.skipIf(!present)('rule sets of real hosts', () => {
  const files = [join(CONFIGS, 'iptables'), join(CONFIGS, 'iptables-verified')].flatMap(filesIn)
  const tables = files.filter((path) => !path.endsWith('.json'))

  test.for(tables.map((path) => [basename(path), path] as const))('%s is read', ([name, path]) => {
    const text = readFileSync(path, 'utf8')
    const part = importNetfilter('fw', [{ path: name, text }])
    const listing = part.diagnostics.some((one) => one.code === 'NT1506') && part.devices.length === 0
    expect(part.devices.length === 1 || listing).toBe(true)
    const [device] = part.devices
    const sets = Object.values(device?.ruleSets ?? {})
    const targets = sets.flatMap((set) =>
      set.rules.flatMap(({ action }) => (action.kind === 'jump' || action.kind === 'goto' ? action.to : [])),
    )
    expect(targets.filter((key) => device?.ruleSets[key] === undefined)).toEqual([])
  })
})
