import { execFile, spawnSync } from 'node:child_process'
import type { TextFile } from '../../src/text/index.ts'
import { type KernelTrace, LAB_TABLE } from './kernel-trace.ts'
import {
  type LabDevice,
  type LabNetwork,
  nftText,
  OPEN_PORTS,
  type Outcome,
  type Probe,
  type Result,
  restoreText,
  setText,
} from './lab-network.ts'
import type { Prober, ProberAnswer } from './prober.ts'
import { type RulePlaces, rulePlaces } from './rule-places.ts'

/** What the devices of a network printed of themselves, by device. */
export type Captures = ReadonlyMap<string, readonly TextFile[]>

/** A network that exists in the kernel. */
export interface RaisedNetwork {
  readonly captures: Captures
  /** By device, where its rules are. */
  readonly places: ReadonlyMap<string, RulePlaces>
  probe(probes: readonly Probe[]): Promise<Probed>
  /** Removes every namespace of it; never throws. */
  remove(): Promise<void>
}

/** What came of some probes, and what netfilter said of their packets. */
export interface Probed {
  readonly outcomes: readonly Outcome[]
  /** The longest that the prober could not run while it waited, in seconds. */
  readonly lags: readonly number[]
  readonly trace: KernelTrace
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
    await shell(settled(network, prefix))
    await prober.listen(namespaces, OPEN_PORTS, network.six === true)
    const texts = await Promise.all(
      network.devices.map((device) => inside(prefix + device.name, captureScript(device, network.six === true))),
    )
    const printed = new Map(
      network.devices.map((device, at) => [device.name, printedBy(device, texts[at] ?? '', network.six === true)]),
    )
    const captures = new Map([...printed].map(([name, one]) => [name, one.files]))
    const places = new Map([...printed].map(([name, one]) => [name, one.places]))
    await prober.trace(namespaces)
    await Promise.all(namespaces.map((name) => inside(name, traced(network.six ? ['ip', 'ip6'] : ['ip']))))
    return { captures, places, remove, probe: (probes) => ask(prober, prefix, network, probes) }
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
  const off = network.six
    ? 'cd /proc/sys/net/ipv6/conf/default; echo 0 > accept_dad; echo 0 > dad_transmits; echo 0 > accept_ra'
    : 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
  for (const device of network.devices) lines.push(`nsenter --net=/run/netns/${prefix}${device.name} sh -c '${off}'`)
  lines.push(`ip -batch - <<'END'`, ...links, 'END')
  lines.push(`ip -n ${prefix}sw -batch - <<'END'`, ...inSwitch, 'END')
  return lines.join('\n')
}

/** Waits until every port of a bridge passes frames on; what comes before that is lost without a word. */
function settled(network: LabNetwork, prefix: string): string {
  const bridging = network.devices.filter((one) => one.interfaces.some((port) => port.bridge !== undefined))
  return [...bridging.map((one) => prefix + one.name), `${prefix}sw`]
    .map(
      (name) =>
        `n=0; while bridge -n ${name} link | grep -v 'state forwarding' | grep -q .; do sleep 0.02; n=$((n+1)); [ $n -lt 250 ] || { echo 'a bridge of ${name} does not pass frames on' >&2; exit 1; }; done`,
    )
    .join('\n')
}

/** The links of a network and who is on them, in the order they are met. */
export function linkEnds(network: LabNetwork): Map<string, { device: string; interface: string }[]> {
  const links = new Map<string, { device: string; interface: string }[]>()
  for (const device of network.devices) {
    for (const one of device.interfaces) {
      if (one.link === '') continue
      const ends = links.get(one.link) ?? []
      ends.push({ device: device.name, interface: one.name })
      links.set(one.link, ends)
    }
  }
  return links
}

/** The segments as a reader sees them: what is joined by a bridge is one, and the bridge is on it. */
export function segments(network: LabNetwork): Map<string, { device: string; interface: string }[]> {
  const links = linkEnds(network)
  for (const device of network.devices) {
    for (const bridge of device.interfaces.filter((one) => one.link === '')) {
      const ports = device.interfaces.filter((one) => one.bridge === bridge.name)
      const ends = ports.flatMap((port) =>
        (links.get(port.link) ?? []).filter((end) => end.device !== device.name || end.interface !== port.name),
      )
      for (const port of ports) links.delete(port.link)
      links.set(bridge.name, [{ device: device.name, interface: bridge.name }, ...ends])
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
  const own = (name: string) => device.interfaces.find((one) => one.name === name)
  return [...segments(network).values()].flatMap((ends) => {
    const near = ends.filter((end) => end.device === device.name && own(end.interface)?.addresses.length !== 0)
    return near.flatMap((here) =>
      ends
        .filter((end) => end.device !== device.name)
        .flatMap((end) => {
          const far = network.devices.find((one) => one.name === end.device)
          const addresses = far?.interfaces.find((one) => one.name === end.interface)?.addresses ?? []
          return addresses.map((address) => {
            const [ip] = address.split('/')
            return `neigh replace ${ip} lladdr ${hardware(network, end.device, end.interface)} dev ${here.interface} nud permanent`
          })
        }),
    )
  })
}

function setUp(device: LabDevice, network: LabNetwork): string {
  const batch = [
    'link set lo up',
    ...device.interfaces
      .filter((one) => one.link === '')
      .map((one) => `link add ${one.name} type bridge forward_delay 0`),
    ...device.interfaces.flatMap((one) => (one.bridge ? [`link set ${one.name} master ${one.bridge}`] : [])),
    ...device.interfaces.flatMap((one) => [
      ...one.addresses.map(
        (address) => `addr add ${address} ${address.includes(':') ? 'nodad' : 'brd +'} dev ${one.name}`,
      ),
      `link set ${one.name} address ${hardware(network, device.name, one.name)} up`,
    ]),
    ...acquaintances(device, network),
    ...device.routes.map((route) => `route add ${route}`),
    ...device.rules.map((rule) => `rule add ${rule}`),
  ]
  const forwards6 = network.six ? { 'net.ipv6.conf.all.forwarding': device.forwards ? '1' : '0' } : {}
  const settings = Object.entries({
    'net.ipv4.ip_forward': device.forwards ? '1' : '0',
    ...forwards6,
    ...device.settings,
  })
  const bridges = device.interfaces.some((one) => one.link === '')
  // Frames between two ports of a bridge do not meet the tables of iptables (br_netfilter's default where it is not loaded).
  const quiet = bridges ? ['echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || true'] : []
  const lines = [...QUICK, ...quiet, ...settings.map(([name, value]) => `sysctl -q -w ${name}=${value}`)]
  lines.push(`ip -batch - <<'END'`, ...batch, 'END')
  if (device.sets?.length) lines.push(`ipset restore <<'END'`, setText(device.sets), 'END')
  if (device.nft?.length) lines.push(`nft -f - <<'END'`, nftText(device.nft), 'END')
  const text = restoreText(device.tables)
  if (text !== '') lines.push(`iptables-restore <<'END'`, `${text}END`)
  const text6 = restoreText(device.tables6 ?? [])
  if (text6 !== '') lines.push(`ip6tables-restore <<'END'`, `${text6}END`)
  lines.push(...(device.after ?? []))
  return lines.join('\n')
}

const CUT = '=====cut====='

/** What is asked of a device, by the file it becomes; files of no name are for the lab alone. */
function questions(device: LabDevice, six: boolean): [file: string, command: string][] {
  const settings = ['net.ipv4.ip_forward', ...(six ? ['net.ipv6.conf.all.forwarding'] : [])]
  for (const name of ['all', 'default', ...device.interfaces.map((one) => one.name)]) {
    settings.push(`net.ipv4.conf.${name}.rp_filter`, `net.ipv4.conf.${name}.forwarding`)
    settings.push(`net.ipv4.conf.${name}.route_localnet`)
  }
  const nft = device.nft?.length ?? 0
  const asText = device.nftAs === 'text'
  return [
    ['iptables-save', 'iptables-save'],
    ...(six ? [['ip6tables-save', 'ip6tables-save'] as [string, string]] : []),
    ...(device.sets?.length ? [['ipset', 'ipset save'] as [string, string]] : []),
    ...(nft > 0 ? [[asText ? 'nft' : 'nft.json', `nft ${asText ? '' : '-j '}list ruleset`] as [string, string]] : []),
    ['addr.json', 'ip -j addr'],
    ['route.json', 'ip -j route show table all'],
    ['rule.json', 'ip -j rule'],
    ['sysctl', `sysctl ${settings.join(' ')}`],
    ...(device.tables.length + (device.tables6?.length ?? 0) + nft > 0
      ? [['', 'nft -j list ruleset'] as [string, string]]
      : []),
    ...(nft > 0 && asText ? [['', 'nft -a list ruleset'] as [string, string]] : []),
  ]
}

function captureScript(device: LabDevice, six: boolean): string {
  return questions(device, six)
    .map(([, command]) => command)
    .join(`\necho; echo ${CUT}\n`)
}

/** Every packet is traced, from before all other chains to behind them. It is added when all is captured. */
function traced(families: readonly ('ip' | 'ip6')[]): string {
  const hook = (name: string, at: string, priority: number) =>
    `chain ${name} {\ntype filter hook ${at} priority ${priority}\n${priority < 0 ? 'meta nftrace set 1\n' : ''}}`
  const chains = [
    hook('pre', 'prerouting', -500),
    hook('out', 'output', -500),
    hook('in', 'input', 500),
    hook('post', 'postrouting', 500),
  ]
  const tables = families.map((family) => `table ${family} ${LAB_TABLE} {\n${chains.join('\n')}\n}`)
  return `nft -f - <<'END'\n${tables.join('\n')}\nEND`
}

interface Printed {
  readonly files: readonly TextFile[]
  readonly places: RulePlaces
}

function printedBy(device: LabDevice, text: string, six: boolean): Printed {
  const parts = text.split(`${CUT}\n`)
  const answers = questions(device, six).map(([file], at) => ({ file, text: parts[at] ?? '' }))
  const files = answers
    .filter((one) => one.file !== '')
    .map((one) => ({ path: `${device.name}/${one.file}`, text: one.text }))
  const [listed, withHandles] = answers.filter((one) => one.file === '').map((one) => one.text)
  return { files, places: rulePlaces(listed ?? '', withHandles ?? '', files) }
}

async function ask(prober: Prober, prefix: string, network: LabNetwork, probes: readonly Probe[]): Promise<Probed> {
  const answers = await Promise.all(probes.map((probe) => prober.probe({ ...probe, namespace: prefix + probe.from })))
  const told = await prober.traced(network.devices.map((device) => prefix + device.name))
  return {
    outcomes: answers.map((answer, at) => outcomeOf(answer, prefix, probes[at]?.protocol === 'tcp')),
    lags: answers.map((answer) => answer.lag),
    trace: new Map(Object.entries(told).map(([name, one]) => [name.slice(prefix.length), one])),
  }
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
  const errno = /E[A-Z]+$/.exec(answer.outcome)?.[0]
  const told = { result, ...(errno !== undefined && { errno }) }
  // A TCP server sees a connection only when the whole handshake was done.
  if (!answer.seen || (isTcp && result !== 'answered')) return told
  const { namespace, ...rest } = answer.seen
  return { ...told, seen: { device: namespace.slice(prefix.length), ...rest } }
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
