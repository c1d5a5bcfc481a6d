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
interface Approximation {
  readonly id: string
  readonly chain: string
  readonly ruleset: string
  readonly lower_file: string
  readonly upper_file: string
}
interface Oracle {
  readonly id: string
  readonly ruleset: string
  readonly chain: string
  readonly matrices: Matrix[]
}

const VERIFIED = join(CONFIGS, 'iptables-verified')

interface Oracles {
  readonly service_matrices: Oracle[]
  readonly approximations: Approximation[]
}

function readOracles(): Oracles {
  if (!present) return { service_matrices: [], approximations: [] }
  return JSON.parse(readFileSync(join(VERIFIED, 'oracles.json'), 'utf8')) as Oracles
}

/** Oracles that cannot be replayed, and why. */
const SET_ASIDE: Readonly<Record<string, string>> = {
  'docker_dfwfw/FORWARD': 'its rule set is not among the configs (only its proved result is)',
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

/** Where the networks behind a rule set's interfaces were given to the proof; sources of no such network come by another. */
const NETWORKS: Readonly<Record<string, readonly (readonly [network: string, name: string])[]>> = {
  'config_home_user/typical_home_user.Ln.FWD': [
    ...Array.from({ length: 15 }, (_, at) => [`192.168.${at + 10}.0/24`, `eth0.${at + 10}`] as const),
    ['10.0.0.0/8', 'other'],
    ['172.16.0.0/12', 'other'],
    ['192.168.0.0/16', 'other'],
    ['127.0.0.0/8', 'lo'],
    ['0.0.0.0/0', 'eth1'],
  ],
  'openvpn.eu/iptables-save.Ln.FWD': [
    ['192.168.0.0/24', 'eth0'],
    ['192.168.2.0/24', 'eth1'],
    ['127.0.0.0/8', 'lo'],
    ['0.0.0.0/0', 'other'],
  ],
}

/** Closures between which everything lies. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set(['pastebin.com_bbWXHaTn/iptables-save.Ln.FWD'])

function interfaceOf(id: string, source: Ip): string {
  const known = NETWORKS[id]?.find(([network]) => addressSetContains(addressSet(network), source))
  return known?.[1] ?? (addressSetContains(LOOPBACK, source) ? 'lo' : 'not lo')
}

interface Line {
  readonly accepts: boolean
  readonly protocol: number | undefined
  readonly source: string
  readonly destination: string
  readonly sourcePort: readonly [number, number]
  readonly destinationPort: readonly [number, number]
}
interface Sample {
  readonly protocol: number
  readonly source: Ip
  readonly destination: Ip
  readonly sourcePort: number
  readonly destinationPort: number
}

const PROTOCOLS: Readonly<Record<string, number | undefined>> = { all: undefined, tcp: TCP, udp: UDP, icmp: 1 }

/** The lines of a chain in the manner of `iptables -L -n`, which is how the closures are written; its policy is the last. */
function readListing(text: string, chain: string): Line[] {
  const part = text.split(/^Chain /m).find((one) => one.startsWith(`${chain} `)) ?? ''
  const [head = '', , ...lines] = part.split('\n').filter((line) => line.trim() !== '')
  const range = (words: string, name: string): readonly [number, number] => {
    const found = new RegExp(`${name}s?:(\\d+)(?::(\\d+))?`).exec(words)
    return found ? [Number(found[1]), Number(found[2] ?? found[1])] : [0, 65535]
  }
  const read = lines.map((line): Line => {
    const [verdict = '', protocol = '', , source = '', destination = '', ...rest] = line.trim().split(/\s+/)
    if (!(protocol in PROTOCOLS)) throw new Error(`unknown protocol in ${line}`)
    const words = rest.join(' ')
    return {
      accepts: verdict === 'ACCEPT',
      protocol: PROTOCOLS[protocol],
      source,
      destination,
      sourcePort: range(words, 'spt'),
      destinationPort: range(words, 'dpt'),
    }
  })
  const any = '0.0.0.0/0'
  const all = [0, 65535] as const
  const accepts = head.includes('policy ACCEPT')
  return [
    ...read,
    { accepts, protocol: undefined, source: any, destination: any, sourcePort: all, destinationPort: all },
  ]
}

/** Flows at the corners of every line: its protocol, an address inside, a port inside, and strangers to each. */
function samples(lines: readonly Line[]): Sample[] {
  const found: Sample[] = []
  const first = (text: string) => (text === '0.0.0.0/0' ? '198.18.7.9' : (text.split('/')[0] ?? ''))
  for (const line of lines) {
    for (const protocol of line.protocol === undefined ? [TCP, UDP, 1] : [line.protocol]) {
      for (const source of [first(line.source), '203.0.113.77']) {
        for (const destination of [first(line.destination), '192.0.2.77']) {
          for (const port of [line.destinationPort[0], line.destinationPort[1], 22, 8080]) {
            const sourcePort = line.sourcePort[0] === 0 ? 40000 : line.sourcePort[0]
            const ports = protocol === 1 ? { sourcePort: 0, destinationPort: 0 } : { sourcePort, destinationPort: port }
            found.push({ protocol, source: ip(source), destination: ip(destination), ...ports })
          }
        }
      }
    }
  }
  const keys = new Map(found.map((one) => [Object.values(one).join(), one]))
  return [...keys.values()]
}

function verdictIn(lines: readonly Line[], flow: Sample): boolean {
  const inside = ([from, to]: readonly [number, number], port: number) => port >= from && port <= to
  const line = lines.find(
    (one) =>
      (one.protocol === undefined || one.protocol === flow.protocol) &&
      addressSetContains(addressSet(one.source), flow.source) &&
      addressSetContains(addressSet(one.destination), flow.destination) &&
      (flow.protocol === 1 ||
        (inside(one.sourcePort, flow.sourcePort) && inside(one.destinationPort, flow.destinationPort))),
  )
  return line?.accepts ?? true
}

describe.skipIf(!present)('rule sets whose results are proved (fffuu, Iptables_Semantics)', () => {
  const { service_matrices: oracles, approximations } = readOracles()
  const cases = oracles
    .filter((oracle) => SET_ASIDE[oracle.id] === undefined)
    .flatMap((oracle) =>
      oracle.matrices.map((matrix) => [`${oracle.id} ${matrix.proto}/${matrix.dport}`, oracle, matrix] as const),
    )

  test('only those set aside lack their rule set', () => {
    const missing = oracles.filter((one) => !existsSync(join(VERIFIED, one.ruleset))).map((one) => one.id)
    expect(missing).toEqual(Object.keys(SET_ASIDE))
    expect(cases.length + approximations.length).toBeGreaterThan(10)
  })

  test.for(approximations.map((one) => [one.id, one] as const))(
    '%s accepts what its lower closure accepts and refuses what its upper closure refuses',
    ([id, one]) => {
      const text = readFileSync(join(VERIFIED, one.ruleset), 'utf8')
      const [device] = importNetfilter('fw', [{ path: id, text }]).devices
      if (!device) throw new Error(`${id} was not read`)
      const lower = readListing(readFileSync(join(VERIFIED, one.lower_file), 'utf8'), one.chain)
      const upper = readListing(readFileSync(join(VERIFIED, one.upper_file), 'utf8'), one.chain)
      const wrong: string[] = []
      let [accepted, refused] = [0, 0]
      for (const flow of samples([...lower, ...upper])) {
        const found = outcomes(device, `filter/${one.chain}`, {
          ...flow,
          state: 'new',
          flags: 'S',
          icmp: { type: 8, code: 0 },
          inInterface: interfaceOf(id, flow.source),
          outInterface: 'unknown',
        })
        const [mustPass, mayPassAtAll] = [verdictIn(lower, flow), verdictIn(upper, flow)]
        if (mustPass) accepted++
        if (!mayPassAtAll) refused++
        const right = (!mustPass || found.join() === 'accept') && (mayPassAtAll || found.join() === 'drop')
        if (!right) wrong.push(`${JSON.stringify(flow)}: ${found.join()}, lower ${mustPass}, upper ${mayPassAtAll}`)
      }
      expect(wrong).toEqual([])
      // A pair of closures that leaves everything open shows nothing.
      expect(accepted + refused > 20 || SHOWS_NOTHING.has(id)).toBe(true)
    },
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
