import { describe, expect, test } from 'vitest'
import {
  ANY,
  type Device,
  type Match,
  type NextHop,
  NO_STAGES,
  type Pipeline,
  type Rejection,
  type RuleSet,
  type TableRule,
} from '../../src/model/index.ts'
import { addressSet, type Flow, formatIp, ICMP, ip, TCP, UDP } from '../../src/net/index.ts'
import {
  prepare,
  sourceAddress,
  trace,
  traceAcknowledgement,
  traceRejection,
  traceReply,
  traceServerData,
} from '../../src/trace/index.ts'
import { ACCEPT, DROP, device, here, host, network, port, rules, segment, via } from './small-network.ts'

// What a real kernel did and the tracer did not, each made small by the lab (test/lab).

const flow = (protocol: number, source: string, destination: string, to = 80): Flow => ({
  protocol,
  source: ip(source),
  sourcePort: 40000,
  destination: ip(destination),
  destinationPort: to,
})

const PIPELINE: Pipeline = {
  prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: 'nat/PREROUTING' }],
  input: [{ kind: 'filter', ruleSet: 'filter/INPUT' }],
  forward: [{ kind: 'filter', ruleSet: 'filter/FORWARD' }],
  output: [
    { kind: 'track' },
    { kind: 'mark', ruleSet: 'mangle/OUTPUT' },
    { kind: 'translate', ruleSet: 'nat/OUTPUT' },
    { kind: 'filter', ruleSet: 'filter/OUTPUT' },
  ],
  postrouting: [{ kind: 'translate', ruleSet: 'nat/POSTROUTING' }],
}

const RAW = { kind: 'filter', ruleSet: 'raw/PREROUTING' } as const

const CHAINS = [
  'nat/PREROUTING',
  'nat/OUTPUT',
  'nat/POSTROUTING',
  'mangle/OUTPUT',
  'filter/INPUT',
  'filter/FORWARD',
  'filter/OUTPUT',
]

function filtering(...sets: RuleSet[]): Partial<Device> {
  const all = [...CHAINS.map((name) => rules(name, ACCEPT)), ...sets]
  return { ruleSets: Object.fromEntries(all.map((set) => [set.name, set])), pipeline: PIPELINE }
}

function routed(more: Partial<Device>, routes = [via('10.9.0.0/16', '10.0.2.9')]) {
  const devices = [
    host('a', '10.0.1.10/24', '10.0.1.1'),
    host('b', '10.0.2.10/24', '10.0.2.1'),
    device('r', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')], routes, more),
  ]
  return prepare(network(devices, [segment('l1', 'a:eth0', 'r:eth0'), segment('l2', 'b:eth0', 'r:eth1')]))
}

const only = <T>(list: readonly T[]): T => {
  const [first] = list
  if (!first || list.length > 1) throw new Error(`${list.length} where one was expected`)
  return first
}

const lookup = (match: TableRule['match'], table: string): TableRule => ({
  name: 'ip rule 100',
  match,
  action: { kind: 'lookup', table, onMiss: 'continue' },
  source: here,
})

describe('rules', () => {
  test('a packet that leaves a built-in chain by goto meets the policy of that chain', () => {
    const sets = [
      rules('filter/FORWARD', DROP, [ANY, { kind: 'goto', to: 'filter/U' }]),
      rules('filter/U', { kind: 'return' }),
    ]
    expect(only(trace(routed(filtering(...sets)), 'a', flow(TCP, '10.0.1.10', '10.0.2.10'))).disposition).toBe('denied')
  })

  test('a connection rewritten to what it was is not a translated one', () => {
    const same = rules('nat/PREROUTING', ACCEPT, [ANY, { kind: 'rewrite-destination', to: { kind: 'own-address' } }])
    const set = rules('filter/INPUT', DROP, [{ kind: 'translated', which: 'destination' }, ACCEPT])
    const found = trace(routed(filtering(same, set)), 'a', flow(TCP, '10.0.1.10', '10.0.1.1'))
    expect(only(found).disposition).toBe('denied')
  })

  test('an IPv4 address behind a blackhole route is still unicast', () => {
    const set = rules('filter/FORWARD', ACCEPT, [{ kind: 'source-type', in: ['unicast'] }, DROP])
    const discard: NextHop = { kind: 'discard', answer: 'silent' }
    const prepared = routed(filtering(set), [{ ...via('10.0.1.8/29', '10.0.2.9'), nextHop: discard }])
    expect(only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.2.10'))).disposition).toBe('denied')
  })
})

describe('routing', () => {
  const blackhole = (answer: 'silent' | 'unreachable' | 'prohibited'): TableRule => ({
    name: 'ip rule 100',
    match: { kind: 'destination', in: addressSet('10.0.2.0/24') },
    action: { kind: 'discard', answer },
    source: here,
  })

  test.for([
    ['silent', 'null-routed', undefined],
    ['unreachable', 'no-route', undefined],
    ['prohibited', 'rejected', 'admin-prohibited'],
  ] as const)('a policy rule that says %s ends a packet as %s', ([answer, disposition, rejection]) => {
    const found = only(trace(routed({ tableRules: [blackhole(answer)] }), 'a', flow(TCP, '10.0.1.10', '10.0.2.10')))
    expect([found.disposition, found.rejection]).toEqual([disposition, rejection])
  })

  test('a throw with no rule behind it is no route', () => {
    const broken: NextHop = { kind: 'broken', because: 'throw ends the lookup', code: 'no-route' }
    const prepared = routed({}, [{ ...via('10.9.0.0/16', '10.0.2.9'), nextHop: broken }])
    expect(only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.9.0.1'))).disposition).toBe('no-route')
  })

  test('the reverse path is checked for packets to the box itself', () => {
    const reversePath = { default: 'strict', interfaces: {} } as const
    const prepared = routed({ reversePath }, [via('10.0.1.10/32', '10.0.2.9')])
    expect(only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.1.1'))).causeCode).toBe('reverse-path')
  })

  test('the reverse path is looked up with the ends swapped in policy rules', () => {
    const away = { name: '100', routes: [via('0.0.0.0/0', '10.0.2.9')] }
    const toThere = lookup({ kind: 'destination', in: addressSet('10.9.0.0/16') }, '100')
    const more = { reversePath: { default: 'strict', interfaces: {} } as const, tableRules: [toThere] }
    const prepared = routed({ ...more, tables: [...main(), away] })
    expect(only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.9.0.1'))).causeCode).not.toBe('reverse-path')
  })

  const main = () => device('x', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')]).tables

  test('a source is chosen before policy rules can ask for it', () => {
    const away = { name: '100', routes: [via('0.0.0.0/0', '10.0.1.10')] }
    const notFromThere = lookup({ kind: 'not', of: { kind: 'source', in: addressSet('10.0.2.0/24') } }, '100')
    const prepared = routed({ tableRules: [notFromThere], tables: [...main(), away] })
    expect(formatIp(sourceAddress(prepared, 'r', ip('10.0.2.10')) ?? ip('0.0.0.0'))).toBe('10.0.1.1')
  })

  test('a mark set at output sends a packet by another table', () => {
    const away = { name: '100', routes: [via('0.0.0.0/0', '10.0.1.10')] }
    const marked = lookup({ kind: 'mark', value: 1, mask: 0xffffffff }, '100')
    const set = rules('mangle/OUTPUT', ACCEPT, [ANY, { kind: 'mark', value: 1, mask: 0xffffffff }])
    const prepared = routed({ ...filtering(set), tableRules: [marked], tables: [...main(), away] })
    const found = only(trace(prepared, 'r', flow(TCP, '10.0.2.1', '10.0.2.10')))
    expect(found.hops.map((hop) => hop.device)).toEqual(['r', 'a'])
  })

  test('a packet to the box itself is source-translated on its way over lo', () => {
    const to = { kind: 'address', first: ip('10.0.1.77'), last: ip('10.0.1.77') } as const
    const set = rules('nat/POSTROUTING', ACCEPT, [ANY, { kind: 'rewrite-source', to }])
    const found = only(trace(routed(filtering(set)), 'r', flow(TCP, '10.0.1.1', '10.0.1.1')))
    expect(formatIp(found.arrival?.flow.source ?? ip('0.0.0.0'))).toBe('10.0.1.77')
  })

  test('a box talks to its second address in a network from its first', () => {
    const ports = [port('eth0', '10.0.1.1/24', '10.0.1.200/24', '203.0.113.1/32')]
    const prepared = prepare(network([device('r', ports)], []))
    const from = (to: string) => formatIp(sourceAddress(prepared, 'r', ip(to)) ?? ip('0.0.0.0'))
    expect([from('10.0.1.200'), from('203.0.113.1'), from('127.0.0.1')]).toEqual([
      '10.0.1.1',
      '203.0.113.1',
      '127.0.0.1',
    ])
  })

  test('a packet to the box itself meets the table raw once more when it comes in by lo', () => {
    const sets = filtering(rules('raw/PREROUTING', DROP))
    const pipeline = { ...PIPELINE, prerouting: [RAW, ...PIPELINE.prerouting] }
    const found = only(trace(routed({ ...sets, pipeline }), 'r', flow(TCP, '10.0.1.1', '10.0.1.1')))
    expect(found.disposition).toBe('denied')
  })
})

describe('the loopback', () => {
  const to = { kind: 'address', first: ip('127.0.0.1'), last: ip('127.0.0.1') } as const
  const toLoopback = rules('nat/PREROUTING', ACCEPT, [ANY, { kind: 'rewrite-destination', to }])

  test.for([
    [undefined, 'denied'],
    [['eth0'], 'accepted'],
    [['*'], 'accepted'],
    [['eth1'], 'denied'],
  ] as const)('reached over %o, a packet translated to it is %s', ([loopbackOver, disposition]) => {
    const prepared = routed({ ...filtering(toLoopback), ...(loopbackOver && { loopbackOver }) })
    const forward = only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.9.9')))
    expect(forward.disposition).toBe(disposition)
    expect(traceReply(prepared, forward).map((one) => one.disposition)).toEqual(
      disposition === 'accepted' ? ['accepted'] : [],
    )
  })

  test('a packet from it that translation sends out is dropped', () => {
    const out = { kind: 'address', first: ip('10.0.2.10'), last: ip('10.0.2.10') } as const
    const set = rules('nat/OUTPUT', ACCEPT, [ANY, { kind: 'rewrite-destination', to: out }])
    const found = only(trace(routed(filtering(set)), 'r', flow(TCP, '127.0.0.1', '127.0.0.1')))
    expect(found.causeCode).toBe('loopback-address')
  })
})

describe('forwarding', () => {
  test.for([
    [true, 'eth0', 'denied'],
    [true, 'eth1', 'accepted'],
    [false, 'eth0', 'accepted'],
    [false, 'eth1', 'denied'],
  ] as const)('of a box is %s and the other way round on %s: a packet in by eth0 is %s', ([enabled, name, end]) => {
    const prepared = routed({ forwards: { enabled, source: here, except: { [name]: here } } })
    expect(only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.2.10'))).disposition).toBe(end)
  })

  test('that is off on the way in leaves a packet without a route unanswered', () => {
    const prepared = routed({ forwards: { enabled: true, source: here, except: { eth0: here } } })
    const forward = only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.8.0.1')))
    expect(traceRejection(prepared, forward)).toEqual([])
  })
})

describe('echo', () => {
  const echo: Flow = { ...flow(ICMP, '10.0.1.10', '10.0.1.10', 0), sourcePort: 0, icmpType: 8, icmpCode: 0 }

  test('the answer of a box to its own ping is established', () => {
    const client = filtering(rules('filter/INPUT', ACCEPT, [{ kind: 'session', in: ['established'] }, DROP]))
    const devices = [host('a', '10.0.1.10/24', '10.0.1.1', client)]
    const prepared = prepare(network(devices, [segment('l1', 'a:eth0')]))
    expect(only(traceReply(prepared, only(trace(prepared, 'a', echo)))).disposition).toBe('denied')
  })

  test('an echo reply is taken from an address that was not asked', () => {
    const to = { kind: 'address', first: ip('10.0.1.11'), last: ip('10.0.1.11') } as const
    const set = rules('nat/PREROUTING', ACCEPT, [ANY, { kind: 'rewrite-destination', to }])
    const devices = [
      host('a', '10.0.1.10/24', '10.0.1.1'),
      host('n', '10.0.1.11/24', '10.0.1.1'),
      device('r', [port('eth0', '10.0.1.1/24')], [], filtering(set)),
    ]
    const prepared = prepare(network(devices, [segment('l1', 'a:eth0', 'n:eth0', 'r:eth0')]))
    const forward = only(trace(prepared, 'a', { ...echo, destination: ip('10.8.0.1') }))
    expect(only(traceReply(prepared, forward)).disposition).toBe('accepted')
  })
})

test('a client whose policy rules refuse a packet without a source has no route', () => {
  const refuse: TableRule = {
    name: 'ip rule 100',
    match: { kind: 'not', of: { kind: 'source', in: addressSet('10.0.1.0/24') } },
    action: { kind: 'discard', answer: 'unreachable' },
    source: here,
  }
  const prepared = routed({ tableRules: [refuse] })
  expect(only(trace(prepared, 'r', flow(TCP, '10.0.1.1', '10.0.1.10'))).disposition).toBe('no-route')
})

describe('the word of a rejection', () => {
  const rejecting = (rejection: Rejection, ...sets: RuleSet[]) =>
    routed(filtering(rules('filter/FORWARD', ACCEPT, [ANY, { kind: 'reject', with: rejection }]), ...sets))

  test.for([['tcp-reset'], ['port-unreachable'], ['host-unreachable']] as const)(
    '%s reaches the sender',
    ([rejection]) => {
      const prepared = rejecting(rejection)
      const forward = only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.2.10')))
      const refusal = only(traceRejection(prepared, forward))
      expect([refusal.rejection, refusal.trace.arrival?.device]).toEqual([rejection, 'a'])
    },
  )

  test('an output rule of the rejecting box turns it into a timeout', () => {
    const prepared = rejecting('port-unreachable', rules('filter/OUTPUT', DROP))
    const forward = only(trace(prepared, 'a', flow(UDP, '10.0.1.10', '10.0.2.10')))
    expect(only(traceRejection(prepared, forward)).trace.arrival).toBeUndefined()
  })

  test('a sender that takes established packets only never hears of it, one that takes related ones does', () => {
    for (const [states, heard] of [
      [['established'], false],
      [['established', 'related'], true],
    ] as const) {
      const client = filtering(rules('filter/INPUT', DROP, [{ kind: 'session', in: states }, ACCEPT]))
      const devices = [
        host('a', '10.0.1.10/24', '10.0.1.1', client),
        device('r', [port('eth0', '10.0.1.1/24')], [], { pipeline: NO_STAGES }),
      ]
      const prepared = prepare(network(devices, [segment('l1', 'a:eth0', 'r:eth0')]))
      const forward = only(trace(prepared, 'a', flow(UDP, '10.0.1.10', '10.8.0.1')))
      expect(forward.disposition).toBe('no-route')
      expect(only(traceRejection(prepared, forward)).trace.arrival !== undefined).toBe(heard)
    }
  })

  test('a sender of an echo takes it for any destination, a sender of a datagram for its own only', () => {
    const first = ip('10.0.1.99')
    const to = { kind: 'address', first, last: first } as const
    const set = rules('nat/PREROUTING', ACCEPT, [ANY, { kind: 'rewrite-destination', to }])
    const devices = [
      host('a', '10.0.1.10/24', '10.0.1.1'),
      device('near', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')], [via('0.0.0.0/0', '10.0.2.2')]),
      device('far', [port('eth0', '10.0.2.2/24')], [via('10.0.1.0/24', '10.0.2.1')], filtering(set)),
    ]
    const prepared = prepare(
      network(devices, [segment('l1', 'a:eth0', 'near:eth0'), segment('l2', 'near:eth1', 'far:eth0')]),
    )
    const echo: Flow = { ...flow(ICMP, '10.0.1.10', '10.8.0.1', 0), sourcePort: 0, icmpType: 8, icmpCode: 0 }
    for (const [asked, heard] of [
      [echo, true],
      [flow(UDP, '10.0.1.10', '10.8.0.1'), false],
    ] as const) {
      const forward = only(trace(prepared, 'a', asked))
      expect(forward.disposition).toBe('neighbor-unreachable')
      expect(only(traceRejection(prepared, forward)).trace.arrival !== undefined).toBe(heard)
    }
  })

  test('it finds its way back through source translation', () => {
    const set = rules('nat/POSTROUTING', ACCEPT, [ANY, { kind: 'rewrite-source', to: { kind: 'own-address' } }])
    const prepared = routed(filtering(set))
    const forward = only(trace(prepared, 'a', flow(UDP, '10.0.1.10', '10.0.2.99')))
    expect(forward.disposition).toBe('neighbor-unreachable')
    expect(only(traceRejection(prepared, forward)).trace.arrival?.device).toBe('a')
  })
})

describe('a box that sees one direction of a handshake only', () => {
  const answerer = device('b', [port('eth0', '10.0.2.10/24')], [via('0.0.0.0/0', '10.0.2.2')], {
    forwards: { enabled: false, source: here },
  })
  const third = (match: Match) => {
    const set = rules('filter/FORWARD', ACCEPT, [
      { kind: 'all', of: [{ kind: 'session', in: ['invalid'] }, match] },
      DROP,
    ])
    const devices = [
      host('a', '10.0.1.10/24', '10.0.1.1'),
      answerer,
      device('there', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')], [], filtering(set)),
      device('back', [port('eth0', '10.0.1.2/24'), port('eth1', '10.0.2.2/24')]),
    ]
    const links = [
      segment('l1', 'a:eth0', 'there:eth0', 'back:eth0'),
      segment('l2', 'b:eth0', 'there:eth1', 'back:eth1'),
    ]
    const prepared = prepare(network(devices, links))
    const forward = only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.2.10')))
    return only(traceAcknowledgement(prepared, forward, only(traceReply(prepared, forward)))).disposition
  }

  test('finds its third packet invalid', () => expect(third(ANY)).toBe('denied'))

  test.for<[string, Match]>([
    ['direction', { kind: 'direction', is: 'original' }],
    ['first destination', { kind: 'original-destination', in: addressSet('10.0.2.10') }],
    ['connection mark', { kind: 'session-mark', value: 0, mask: 0xffffffff }],
  ])('and an invalid packet has no %s', ([, match]) => expect(third(match)).toBe('accepted'))
})

test('a box that only sees the answers takes what the server says after the handshake for a new connection', () => {
  const set = rules('filter/FORWARD', ACCEPT, [{ kind: 'session', in: ['new'] }, DROP])
  const server = device('b', [port('eth0', '10.0.2.10/24')], [via('0.0.0.0/0', '10.0.2.2')], {
    forwards: { enabled: false, source: here },
  })
  const devices = [
    host('a', '10.0.1.10/24', '10.0.1.1'),
    server,
    device('there', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')]),
    device('back', [port('eth0', '10.0.1.2/24'), port('eth1', '10.0.2.2/24')], [], filtering(set)),
  ]
  const links = [segment('l1', 'a:eth0', 'there:eth0', 'back:eth0'), segment('l2', 'b:eth0', 'there:eth1', 'back:eth1')]
  const prepared = prepare(network(devices, links))
  const forward = only(trace(prepared, 'a', flow(TCP, '10.0.1.10', '10.0.2.10')))
  const acknowledgement = only(traceAcknowledgement(prepared, forward, only(traceReply(prepared, forward))))
  expect(acknowledgement.disposition).toBe('accepted')
  expect(only(traceServerData(prepared, forward, acknowledgement)).disposition).toBe('denied')
})
