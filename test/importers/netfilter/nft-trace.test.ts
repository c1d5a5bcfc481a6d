import { describe, expect, test } from 'vitest'
import type { Device } from '../../../src/model/index.ts'
import { type Flow, ip } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'
import { device, host as neighbour, network, port, segment } from '../../trace/small-network.ts'
import { host } from './host-text.ts'

const chain = (name: string, hook: string, ...rules: string[]) =>
  `chain ${name} {\n\ttype ${hook}\n\t${rules.join('\n\t')}\n}\n`

/** What becomes of a packet from the client to the server behind a router with this rule set. */
function through(text: string, flow: Partial<Flow> = {}) {
  const { ruleSets, pipeline }: Device = host(text).device
  const router = device('fw', [port('lan', '10.0.1.1/24'), port('dmz', '10.0.2.1/24')], [], { ruleSets, pipeline })
  const client = neighbour('client', '10.0.1.10/24', '10.0.1.1')
  const server = neighbour('server', '10.0.2.20/24', '10.0.2.1')
  const links = [segment('lan', 'fw:lan', 'client:eth0'), segment('dmz', 'fw:dmz', 'server:eth0')]
  const asked: Flow = {
    protocol: 17,
    source: ip('10.0.1.10'),
    sourcePort: 40000,
    destination: ip('10.0.2.20'),
    destinationPort: 6000,
    ...flow,
  }
  const [first] = trace(prepare(network([router, client, server], links)), 'client', asked)
  return { disposition: first?.disposition, end: first?.hops.at(-1)?.device, trace: first }
}

describe('accept ends one base chain, drop is final', () => {
  const first = chain('f', 'filter hook forward priority filter; policy accept;', 'udp dport 6000 accept')

  test('an accepted packet is dropped by a later chain of the same hook', () => {
    const later = chain('k', 'filter hook forward priority filter + 10; policy accept;', 'udp dport 6000 drop')
    expect(through(`table ip a {\n${first}}\ntable ip b {\n${later}}\n`).disposition).toBe('denied')
  })

  test('and by the table filter of iptables, which has priority 0', () => {
    const saved = '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n'
    const early = first.replace('priority filter', 'priority -10')
    expect(through(`table ip a {\n${early}}\n${saved}`).disposition).toBe('denied')
  })

  test('a packet that an early chain drops reaches no later one', () => {
    const early = chain('k', 'filter hook forward priority -10; policy drop;')
    expect(through(`table ip a {\n${first}${early}}\n`).disposition).toBe('denied')
    expect(through(`table ip a {\n${first}}\n`).disposition).toBe('accepted')
  })
})

test('of two chains with one priority the one registered last runs first: mark after reject-if-mark passes', () => {
  const forward = 'filter hook forward priority filter; policy accept;'
  const marks = chain('mark', forward, 'meta mark set 1')
  const rejects = chain('judge', forward, 'meta mark 1 reject')
  expect(through(`table ip a {\n${marks}}\ntable ip b {\n${rejects}}\n`).disposition).toBe('accepted')
  expect(through(`table ip b {\n${rejects}}\ntable ip a {\n${marks}}\n`).disposition).toBe('rejected')
})

describe('a walk through chains', () => {
  const forward = 'filter hook forward priority filter; policy accept;'
  const walk = (...rules: string[]) =>
    `table inet t {\nchain back {\nreturn\ndrop\n}\nchain no {\ndrop\n}\nchain end {\n}\n${chain('f', forward, ...rules)}}\n`

  test.for([
    ['jump comes back after a return', ['jump back', 'drop'], 'denied'],
    ['goto does not come back', ['goto end', 'drop'], 'accepted'],
    ['a return in a base chain is its policy', ['return', 'drop'], 'accepted'],
    ['a map of verdicts jumps', ['udp dport vmap { 6000 : jump no, 6001 : accept }'], 'denied'],
    ['a packet that no element of a map fits goes on', ['udp dport vmap { 6001 : accept }', 'drop'], 'denied'],
    ['continue goes on', ['udp dport vmap { 6000 : continue }', 'drop'], 'denied'],
    ['reject with tcp reset is for TCP alone', ['reject with tcp reset', 'accept'], 'accepted'],
    [
      'a rule that fails after it set the mark has set it',
      ['meta mark set 7 tcp dport 1 drop', 'meta mark 7 drop'],
      'denied',
    ],
    ['a rule that changes the mark it tested still decides', ['meta mark 0 meta mark set 7 drop'], 'denied'],
    ['one connection is under a limit', ['limit rate 5/second accept', 'drop'], 'accepted'],
    ['one connection is not over a limit', ['limit rate over 5/second drop', 'accept'], 'accepted'],
    ['one connection is not over a number of connections', ['ct count over 20 reject', 'accept'], 'accepted'],
    [
      'one connection of an address is not over a limit',
      ['update @s { ip saddr limit rate over 5/second } drop', 'accept'],
      'accepted',
    ],
    ['a quota is unknown where it would decide', ['quota over 25 mbytes drop', 'accept'], 'unknown'],
    ['an unknown test of a rule that changes nothing is no matter', ['meta skuid 0 accept', 'accept'], 'accepted'],
  ] as const)('%s', ([, rules, expected]) => {
    expect(through(walk(...rules)).disposition).toBe(expected)
  })
})

describe('translation', () => {
  const dnat = (...rules: string[]) =>
    `table inet t {\nmap m {\ntype inet_service : ipv4_addr . inet_service\nelements = { 80 : 10.0.2.20 . 8080 }\n}\n${chain('d', 'nat hook prerouting priority dstnat; policy accept;', ...rules)}${chain('f', 'filter hook forward priority filter; policy drop;', 'ct status dnat tcp dport 8080 ct original proto-dst 80 accept')}}\n`
  const web = { protocol: 6, destination: ip('10.0.1.1'), destinationPort: 80 }

  test('by a map is judged by its new port, and its old one is still known', () => {
    const { disposition, end } = through(dnat('dnat ip to tcp dport map @m'), web)
    expect([disposition, end]).toEqual(['accepted', 'server'])
  })

  test('does not happen to a packet the map does not know', () => {
    expect(through(dnat('dnat ip to tcp dport map @m'), { ...web, destinationPort: 81 }).end).toBe('fw')
  })

  test('is over after accept', () => {
    expect(through(dnat('tcp dport 80 accept', 'dnat ip to tcp dport map @m'), web).end).toBe('fw')
  })
})
