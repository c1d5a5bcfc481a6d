import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  clientAddress,
  folderOf,
  type Place,
  type Scenario,
  SERVERS_PER_BENCH,
  type Software,
  serverAddress,
  textOf,
  UPSTREAMS_PER_BENCH,
  upstreamAddress,
} from './scenario.ts'
import { openWire, type Wire } from './wire.ts'

/** The namespaces of a run: a bridge, the clients, the world around, and benches of name servers side by side. */
export interface Fabric {
  readonly wire: Wire
  readonly benches: readonly Bench[]
  close(): Promise<void>
}

/** Where one scenario is played at a time. */
export interface Bench extends Place {
  readonly namespaces: readonly string[]
}

/** A running set of servers. */
export interface Running {
  /** What a server that did not start had to say; absent when all run. */
  readonly failure?: string
  stop(): Promise<void>
}

/** What this machine lacks for the lab, in words; `undefined` when nothing. */
export function missingForLab(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  for (const [tool, package_] of TOOLS) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
    } catch {
      return `needs ${tool} (${package_})`
    }
  }
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import dns.message'], { stdio: 'ignore' })
  } catch {
    return 'needs python3-dnspython'
  }
  const probe = `ntd${process.pid}probe`
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'del', probe], { stdio: 'ignore' })
  } catch {
    return 'may not make network namespaces'
  }
  return undefined
}

const TOOLS = [
  ['ip', 'iproute2'],
  ['dnsmasq', 'dnsmasq-base'],
  ['unbound', 'unbound'],
  ['named', 'bind9'],
] as const

/** Makes the namespaces; they go when the wire's process ends, however this one does. */
export async function openFabric(count: number, script: string): Promise<Fabric> {
  const prefix = `ntd${process.pid}`
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-lab-dns-'))
  const benches = Array.from({ length: count }, (_, bench): Bench => {
    const namespaces = Array.from({ length: SERVERS_PER_BENCH }, (_, index) => `${prefix}b${bench}r${index + 1}`)
    return { bench, folder: join(folder, `b${bench}`), namespaces }
  })
  const fabric = `${prefix}fabric`
  const client = `${prefix}client`
  const upstream = `${prefix}world`
  const upstreams = benches.flatMap(({ bench }) =>
    Array.from({ length: UPSTREAMS_PER_BENCH }, (_, at) => upstreamAddress(bench, at + 1)),
  )
  const hosts: [string, readonly string[]][] = [
    [client, [clientAddress(1), clientAddress(2)]],
    [upstream, upstreams],
    ...benches.flatMap((bench) =>
      bench.namespaces.map((name, index): [string, string[]] => [name, [serverAddress(bench.bench, index)]]),
    ),
  ]
  const namespaces = [fabric, ...hosts.map(([name]) => name)]
  try {
    layOut(fabric, hosts)
    const wire = await openWire({ script, fabric, client, upstream, upstreams, namespaces })
    const close = async () => {
      await wire.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { wire, benches, close }
  } catch (error) {
    for (const name of namespaces) quietly('ip', ['netns', 'del', name])
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function layOut(fabric: string, hosts: readonly (readonly [string, readonly string[]])[]): void {
  const lines = [
    'set -e',
    `ip netns add ${fabric}`,
    `ip -n ${fabric} link add br0 type bridge`,
    `ip -n ${fabric} link set br0 up`,
  ]
  hosts.forEach(([name, addresses], index) => {
    lines.push(
      `ip netns add ${name}`,
      `ip -n ${fabric} link add v${index} type veth peer name eth0 netns ${name}`,
      `ip -n ${fabric} link set v${index} master br0 up`,
      `ip -n ${name} link set lo up`,
      `ip -n ${name} link set eth0 up`,
      ...addresses.map((address) => `ip -n ${name} addr add ${address}/16 dev eth0`),
    )
  })
  execFileSync('sh', ['-c', lines.join('\n')], { stdio: ['ignore', 'ignore', 'pipe'] })
}

function quietly(command: string, words: readonly string[]): void {
  try {
    execFileSync(command, words, { stdio: 'ignore' })
  } catch {
    // What is not there need not go.
  }
}

interface Started {
  readonly child: ChildProcess
  readonly failure: string | undefined
}

/** Writes the files of a scenario and starts its servers; the world around is told its part. */
export async function start(fabric: Fabric, bench: Bench, scenario: Scenario): Promise<Running> {
  const { wire } = fabric
  rmSync(bench.folder, { recursive: true, force: true })
  await wire.serve(
    scenario.publicRecords,
    scenario.upstreams.map((one) => {
      const ip = upstreamAddress(bench.bench, one.at)
      return one.at === 1 ? { ...one, ip, root: ip } : { ...one, ip }
    }),
  )
  const started = await Promise.all(
    scenario.servers.map((server, index) => {
      const folder = folderOf(bench, index)
      mkdirSync(folder, { recursive: true })
      for (const file of server.files) writeFileSync(join(folder, file.path), textOf(file, index, bench))
      return launch(server.software, bench.namespaces[index] ?? '', folder)
    }),
  )
  const failure = started.find((one) => one.failure !== undefined)?.failure
  const stop = async () => {
    await Promise.all(started.map(({ child }) => ended(child)))
  }
  return failure === undefined ? { stop } : { failure, stop }
}

const COMMANDS: Readonly<Record<Software, (folder: string) => readonly string[]>> = {
  dnsmasq: (folder) => [
    'dnsmasq',
    '--keep-in-foreground',
    '--user=root',
    `--conf-file=${folder}/dnsmasq.conf`,
    `--pid-file=${folder}/pid`,
    '--log-facility=-',
  ],
  unbound: (folder) => ['unbound', '-d', '-v', '-c', `${folder}/unbound.conf`],
  bind: (folder) => ['named', '-g', '-n', '1', '-c', `${folder}/named.conf`],
}

const RUNS: Readonly<Record<Software, RegExp>> = {
  dnsmasq: /started, version/,
  unbound: /start of service/,
  bind: / running$/m,
}

const START_LIMIT = 15_000

/** The named of the lab refuses a zone it cannot load and goes on; here that is a mistake of the lab. */
const REFUSED = /not loaded due to errors|loading from master file .* failed/

function launch(software: Software, namespace: string, folder: string): Promise<Started> {
  const child = spawn('ip', ['netns', 'exec', namespace, ...COMMANDS[software](folder)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  return new Promise((resolve) => {
    let said = ''
    const end = (failure: string | undefined) => {
      clearTimeout(timer)
      resolve({ child, failure })
    }
    const timer = setTimeout(() => end(`${software} does not start:\n${said.slice(-1500)}`), START_LIMIT)
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString()
      if (RUNS[software].test(said))
        end(REFUSED.test(said) ? `${software} refuses a zone:\n${said.slice(-2500)}` : undefined)
    })
    child.once('exit', (code) => end(`${software} ended with ${code}:\n${said.slice(-1500)}`))
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
