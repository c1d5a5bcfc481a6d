import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ip } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'
import { device, host as neighbour, network, port, segment } from '../../trace/small-network.ts'
import { host } from './host-text.ts'

const CHAINS = 4
const PROBES = [
  { to: '10.9.0.7', port: 53 },
  { to: '10.9.0.7', port: 443 },
  { to: '10.9.0.9', port: 60 },
]
const tests = fc.constantFrom(
  'udp dport 53',
  'udp dport 50-80',
  'ip daddr 10.9.0.7',
  'ip daddr != 10.9.0.7',
  'meta mark 0',
  'meta mark & 0x3 != 0x2',
  'ct mark 2',
  'ct state new',
  'oifname "veth*"',
)
const changes = fc.constantFrom(
  'meta mark set 1',
  'ct mark set 2',
  'meta mark set ct mark',
  'ct mark set meta mark',
  'meta mark set meta mark & 0xfffffffe | 2',
)

function verdicts(from: number) {
  const jumps = Array.from({ length: CHAINS - 1 - from }, (_, at) => [
    `jump c${from + at + 1}`,
    `goto c${from + at + 1}`,
  ])
  return fc.constantFrom('accept', 'drop', 'return', ...jumps.flat(), ...jumps.flat())
}

function rules(from: number) {
  const verdict = verdicts(from)
  const map = fc.tuple(verdict, verdict).map(([a, b]) => `udp dport vmap { 53 : ${a}, 60-443 : ${b} }`)
  const change = fc.tuple(changes, fc.option(verdict, { nil: '' })).map((words) => words.join(' '))
  const action = fc.oneof(verdict, verdict, change, map)
  return fc.tuple(fc.array(tests, { maxLength: 2 }), action).map(([some, end]) => [...some, end].join(' '))
}

/** Two base chains of one hook, each with chains to jump to. */
const ruleSets = fc
  .tuple(...['filter', 'filter + 5'].map((priority) => fc.tuple(fc.constant(priority), ...chainBodies())))
  .map((tables) =>
    tables
      .map(([priority, ...chains], table) => {
        const names = chains.map((_, at) => (at === 0 ? '' : `\tchain c${at} {\n\t}\n`)).join('')
        const bodies = chains.map((lines, at) => {
          const hook = at === 0 ? `\t\ttype filter hook output priority ${priority}; policy accept;\n` : ''
          return `\tchain c${at} {\n${hook}${(lines as string[]).map((line) => `\t\t${line}\n`).join('')}\t}\n`
        })
        return `table ip t${table} {\n${names}${bodies.join('')}}\n`
      })
      .join(''),
  )

function chainBodies() {
  return Array.from({ length: CHAINS }, (_, at) => fc.array(rules(at), { minLength: 1, maxLength: 4 }))
}

const SETUP = `ip link add veth0 type veth peer name veth1 && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && ip link set veth1 up &&
ip addr add 10.9.0.1/24 dev veth0 && ip link set veth0 up || exit 9
for one in 7 9; do ip neigh add 10.9.0.$one lladdr 02:00:00:00:00:07 dev veth0 || exit 9; done
`
const LATE =
  'table ip zz {\n chain z {\n type filter hook output priority 300; policy accept;\n udp dport 1-1000 counter\n }\n}\n'

/** One shell script for all of it: per rule set one line, `1` and `0` for the probes that left, or nothing where it was refused. */
function script(texts: readonly string[]): string {
  const runs = texts.map((text) => {
    const probes = PROBES.map(
      ({ to, port: number }) =>
        `nft delete table ip zz 2>/dev/null; nft -f - <<'END'\n${LATE}END\necho x > /dev/udp/${to}/${number}\n` +
        `nft list table ip zz | grep -q 'packets 1 ' && printf 1 || printf 0\n`,
    )
    return `nft flush ruleset\nif nft -f - 2>/dev/null <<'END'\n${text}END\nthen\n${probes.join('')}fi\necho\n`
  })
  return SETUP + runs.join('')
}

function ours(text: string): string {
  const { ruleSets: made, pipeline } = host(text).device
  const self = device('self', [port('veth0', '10.9.0.1/24')], [], { ruleSets: made, pipeline })
  const others = ['10.9.0.7', '10.9.0.9'].map((address) => neighbour(address, `${address}/24`, '10.9.0.1'))
  const link = segment('l', 'self:veth0', ...others.map((one) => `${one.name}:eth0`))
  const prepared = prepare(network([self, ...others], [link]))
  return PROBES.map(({ to, port: number }) => {
    const flow = {
      protocol: 17,
      source: ip('10.9.0.1'),
      sourcePort: 40000,
      destination: ip(to),
      destinationPort: number,
    }
    const [first] = trace(prepared, 'self', flow)
    return first?.disposition === 'unknown' ? '?' : first?.disposition === 'denied' ? '0' : '1'
  }).join('')
}

const texts = fc.sample(ruleSets, { seed: 20260103, numRuns: 100 })
const run =
  process.getuid?.() === 0
    ? spawnSync('unshare', ['--net', 'bash'], { input: script(texts), encoding: 'utf8' })
    : undefined
const possible = run?.status === 0
if (!possible) console.warn('skipped: verdicts are not compared with a kernel, which needs root, nft and veth devices')

describe.skipIf(!possible)('a kernel (skipped without root, nft and veth)', () => {
  test('judges packets of random rule sets as the model does', () => {
    const answers = (run?.stdout ?? '').split('\n').slice(0, texts.length)
    const loaded = texts.flatMap((text, at) => (answers[at] ? [{ text, kernel: answers[at] }] : []))
    expect(loaded.length).toBeGreaterThan(40)
    for (const { text, kernel } of loaded) expect({ text, verdicts: ours(text) }).toEqual({ text, verdicts: kernel })
    // Both outcomes are seen, so that the comparison says something.
    expect(new Set(loaded.flatMap((one) => [...one.kernel]))).toEqual(new Set(['0', '1']))
  })
})
