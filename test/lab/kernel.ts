import { execFile, spawnSync } from 'node:child_process'
import type { TextFile } from '../../src/text/index.ts'
import {
  type LabDevice,
  type LabNetwork,
  OPEN_PORTS,
  type Outcome,
  type Probe,
  type Result,
  restoreText,
} from './lab-network.ts'
import type { Prober, ProberAnswer } from './prober.ts'

/** What the devices of a network printed of themselves, by device. */
export type Captures = ReadonlyMap<string, readonly TextFile[]>

/** A rule or policy that has a verdict, and the packets it has met. */
export interface Counted {
  readonly table: string
  readonly verdict: string
  readonly packets: number
  readonly text: string
}

/** By device, by line of its iptables-save. */
export type Counters = ReadonlyMap<string, ReadonlyMap<number, Counted>>

/** A network that exists in the kernel. */
export interface RaisedNetwork {
  /** What the rules have counted until now. */
  counters(): Promise<Counters>
  readonly captures: Captures
  probe(probes: readonly Probe[]): Promise<Outcome[]>
  /** Removes every namespace of it; never throws. */
  remove(): Promise<void>
}

let raised = 0
const standing = new Set<string>()

// Whatever ends this process, its namespaces go with it.
process.on('exit', () => {
  for (const name of standing) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
})

/** Builds a network in namespaces of its own. Throws when a tool refuses; what was made until then is gone again. */
export async function raise(network: LabNetwork, prober: Prober): Promise<RaisedNetwork> {
  const prefix = `nt${process.pid}-${raised++}-`
  const namespaces = network.devices.map((device) => prefix + device.name)
  const all = [...namespaces, `${prefix}sw`]
  for (const name of all) standing.add(name)
  const remove = async () => {
    await prober.close(namespaces).catch(() => undefined)
    await shell(`${all.map((name) => `ip netns del ${name} 2>/dev/null`).join('\n')}\ntrue`).catch(() => undefined)
    for (const name of all) standing.delete(name)
  }
  try {
    await shell(wiring(network, prefix))
    await Promise.all(network.devices.map((device) => inside(prefix + device.name, setUp(device, network))))
    await prober.listen(namespaces, OPEN_PORTS)
    const texts = await Promise.all(
      network.devices.map((device) => inside(prefix + device.name, captureScript(device))),
    )
    const captures = new Map(network.devices.map((device, at) => [device.name, filesOf(device, texts[at] ?? '')]))
    const counters = async () => {
      const busy = network.devices.filter((device) => device.tables.length > 0)
      const saved = await Promise.all(busy.map((device) => inside(prefix + device.name, 'iptables-save -c')))
      return new Map(busy.map((device, at) => [device.name, countedLines(saved[at] ?? '')]))
    }
    return { captures, counters, remove, probe: (probes) => ask(prober, prefix, probes) }
  } catch (problem) {
    await remove()
    throw problem
  }
}

/** Cables for links with two ends, a bridge in a namespace of its own for those with more. */
function wiring(network: LabNetwork, prefix: string): string {
  const lines = network.devices.map((device) => `ip netns add ${prefix}${device.name}`)
  lines.push(`ip netns add ${prefix}sw`)
  const links: string[] = []
  const inSwitch: string[] = []
  for (const [link, ends] of linkEnds(network)) {
    const [first, second] = ends
    if (first && second && ends.length === 2) {
      links.push(cable(first.interface, prefix + first.device, second.interface, prefix + second.device))
      continue
    }
    inSwitch.push(`link add ${link} type bridge forward_delay 0 mcast_snooping 0`, `link set ${link} up`)
    ends.forEach((end, at) => {
      const port = `${link}p${at}`
      links.push(cable(end.interface, prefix + end.device, port, `${prefix}sw`))
      inSwitch.push(`link set ${port} master ${link}`, `link set ${port} up`)
    })
  }
  const off = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
  for (const device of network.devices) lines.push(`nsenter --net=/run/netns/${prefix}${device.name} sh -c '${off}'`)
  lines.push(`ip -batch - <<'END'`, ...links, 'END')
  lines.push(`ip -n ${prefix}sw -batch - <<'END'`, ...inSwitch, 'END')
  return lines.join('\n')
}

/** The links of a network and who is on them, in the order they are met. */
export function linkEnds(network: LabNetwork): Map<string, { device: string; interface: string }[]> {
  const links = new Map<string, { device: string; interface: string }[]>()
  for (const device of network.devices) {
    for (const one of device.interfaces) {
      const ends = links.get(one.link) ?? []
      ends.push({ device: device.name, interface: one.name })
      links.set(one.link, ends)
    }
  }
  return links
}

function cable(a: string, inA: string, b: string, inB: string): string {
  return `link add ${a} netns ${inA} type veth peer name ${b} netns ${inB}`
}

// Neighbours that do not answer are given up after a tenth of a second, and no ICMP error is held back: a probe waits
// for a fraction of a second only.
const QUICK = [
  'for f in /proc/sys/net/ipv4/neigh/*/retrans_time_ms; do echo 40 > $f; done',
  'for f in /proc/sys/net/ipv4/neigh/*/mcast_solicit; do echo 2 > $f; done',
  // A redirect would change the sender's next probe.
  'for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done',
  'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit',
  'echo 100000 > /proc/sys/net/ipv4/icmp_msgs_per_sec 2>/dev/null || true',
  'echo 10000 > /proc/sys/net/ipv4/icmp_msgs_burst 2>/dev/null || true',
  'echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range',
  // A half-open connection must not speak again while the next probe is counted.
  'echo 0 > /proc/sys/net/ipv4/tcp_synack_retries',
]

/** The hardware address of an interface, the same in every run. */
function hardware(network: LabNetwork, device: string, port: string): string {
  const at = network.devices.findIndex((one) => one.name === device)
  const number = network.devices[at]?.interfaces.findIndex((one) => one.name === port) ?? 0
  return `02:00:00:00:${at.toString(16).padStart(2, '0')}:${number.toString(16).padStart(2, '0')}`
}

/**
 * Everybody on a link knows everybody. Whether a box answers an ARP question depends on its rp_filter and on who asked
 * whom before; a probe is not about that.
 */
function acquaintances(device: LabDevice, network: LabNetwork): string[] {
  return device.interfaces.flatMap((near) =>
    network.devices.flatMap((other) =>
      other.interfaces
        .filter((far) => other !== device && far.link === near.link)
        .flatMap((far) =>
          far.addresses.map((address) => {
            const [ip] = address.split('/')
            return `neigh replace ${ip} lladdr ${hardware(network, other.name, far.name)} dev ${near.name} nud permanent`
          }),
        ),
    ),
  )
}

function setUp(device: LabDevice, network: LabNetwork): string {
  const batch = [
    'link set lo up',
    ...device.interfaces.flatMap((one) => [
      ...one.addresses.map((address) => `addr add ${address} brd + dev ${one.name}`),
      `link set ${one.name} address ${hardware(network, device.name, one.name)} up`,
    ]),
    ...acquaintances(device, network),
    ...device.routes.map((route) => `route add ${route}`),
    ...device.rules.map((rule) => `rule add ${rule}`),
  ]
  const settings = Object.entries({ 'net.ipv4.ip_forward': device.forwards ? '1' : '0', ...device.settings })
  const lines = [...QUICK, ...settings.map(([name, value]) => `sysctl -q -w ${name}=${value}`)]
  lines.push(`ip -batch - <<'END'`, ...batch, 'END')
  const text = restoreText(device.tables)
  if (text !== '') lines.push(`iptables-restore <<'END'`, `${text}END`)
  return lines.join('\n')
}

const PARTS = ['iptables-save', 'addr.json', 'route.json', 'rule.json', 'sysctl'] as const
const CUT = '=====cut====='

function captureScript(device: LabDevice): string {
  const settings = ['net.ipv4.ip_forward']
  for (const name of ['all', 'default', ...device.interfaces.map((one) => one.name)]) {
    settings.push(`net.ipv4.conf.${name}.rp_filter`, `net.ipv4.conf.${name}.forwarding`)
    settings.push(`net.ipv4.conf.${name}.route_localnet`)
  }
  const commands = [
    'iptables-save',
    'ip -j addr',
    'ip -j route show table all',
    'ip -j rule',
    `sysctl ${settings.join(' ')}`,
  ]
  return commands.join(`\necho; echo ${CUT}\n`)
}

/** Counters stand before rules and behind policies, so that lines are those of the output without them. */
function countedLines(saved: string): Map<number, Counted> {
  const lines = new Map<number, Counted>()
  let table = ''
  for (const [at, line] of saved.split('\n').entries()) {
    if (line.startsWith('*')) table = line.slice(1)
    const policy = /^(:\S+ (DROP|ACCEPT)) \[(\d+):/.exec(line)
    const rule = /^\[(\d+):\d+\] (-A .*-j (DROP|ACCEPT|REJECT)\b.*)$/.exec(line)
    const [text, verdict, packets] = policy ? policy.slice(1) : [rule?.[2], rule?.[3], rule?.[1]]
    if (text !== undefined && verdict !== undefined)
      lines.set(at + 1, { table, verdict, packets: Number(packets), text })
  }
  return lines
}

function filesOf(device: LabDevice, text: string): TextFile[] {
  const parts = text.split(`${CUT}\n`)
  return PARTS.map((part, at) => ({ path: `${device.name}/${part}`, text: parts[at] ?? '' }))
}

async function ask(prober: Prober, prefix: string, probes: readonly Probe[]): Promise<Outcome[]> {
  const answers = await Promise.all(probes.map((probe) => prober.probe({ ...probe, namespace: prefix + probe.from })))
  return answers.map((answer, at) => outcomeOf(answer, prefix, probes[at]?.protocol === 'tcp'))
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['answered', 'answered'],
  ['silent', 'silent'],
  ['ECONNREFUSED', 'refused'],
  ['ENETUNREACH', 'net-unreachable'],
  ['EHOSTUNREACH', 'host-unreachable'],
  ['ENOPROTOOPT', 'protocol-unreachable'],
  ['EPERM', 'not-sent'],
  ['EACCES', 'not-sent'],
  ['EINVAL', 'not-sent'],
  // Only a connection that was open can be reset.
  ['ECONNRESET', 'open-silent'],
])

function outcomeOf(answer: ProberAnswer, prefix: string, isTcp: boolean): Outcome {
  const open = answer.outcome.startsWith('open ')
  const result = open ? 'open-silent' : RESULTS.get(answer.outcome)
  if (result === undefined) throw new Error(`the prober says ${answer.outcome}, which has no name here`)
  // A TCP server sees a connection only when the whole handshake was done.
  if (!answer.seen || (isTcp && result !== 'answered')) return { result }
  const { namespace, ...rest } = answer.seen
  return { result, seen: { device: namespace.slice(prefix.length), ...rest } }
}

function inside(namespace: string, script: string): Promise<string> {
  return run('nsenter', [`--net=/run/netns/${namespace}`, 'sh', '-c', `set -eu\n${script}`])
}

function shell(script: string): Promise<string> {
  return run('sh', ['-c', `set -u\n${script}`])
}

function run(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, words, { timeout: 20_000, maxBuffer: 1 << 24 }, (problem, stdout, stderr) => {
      if (problem) reject(new Error(`${problem.message.slice(0, 4000)}\n${stderr}`))
      else resolve(stdout)
    })
  })
}
