import { describe, expect, test } from 'vitest'
import { ANY, type Device, type Match, NO_STAGES, type Pipeline, type RuleSet } from '../../src/model/index.ts'
import { addressSet, type Flow, formatIp, ip, TCP, UDP } from '../../src/net/index.ts'
import {
  prepare,
  type Trace,
  trace,
  traceAcknowledgement,
  traceRejection,
  traceReply,
  traceServerData,
} from '../../src/trace/index.ts'
import { ACCEPT, DROP, device, here, host, network, port, rules, segment, via } from './small-network.ts'

// What netfilter's trace of a real kernel said and the tracer did not, each made small by the lab (test/lab).

const flow = (source: string, destination: string, protocol = UDP): Flow => ({
  protocol,
  source: ip(source),
  sourcePort: 40000,
  destination: ip(destination),
  destinationPort: 80,
})

/** The trace of a packet from a host, or from the router between two hosts. */
function through(
  from: 'a' | 'r',
  asked: Flow,
  pipeline: Partial<Pipeline>,
  sets: RuleSet[],
  more: Partial<Device> = {},
) {
  const router = device('r', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')], [], {
    pipeline: { ...NO_STAGES, ...pipeline },
    ruleSets: Object.fromEntries(sets.map((set) => [set.name, set])),
    ...more,
  })
  const devices = [host('a', '10.0.1.10/24', '10.0.1.1'), host('b', '10.0.2.10/24', '10.0.2.1'), router]
  const links = [segment('l1', 'a:eth0', 'r:eth0'), segment('l2', 'b:eth0', 'r:eth1')]
  const [only] = trace(prepare(network(devices, links)), from, asked)
  if (!only) throw new Error('no trace')
  return only
}

/** The rule sets that judged it, in order. */
function met(found: Trace): string[] {
  return found.hops.flatMap((hop) => hop.steps.flatMap((step) => (step.kind === 'filter' ? step.ruleSet.name : [])))
}

const TRACK = { kind: 'track' } as const
const to = (address: string) => ({ kind: 'address', first: ip(address), last: ip(address) }) as const

test('a rule that maps a source to what it was is the only one asked', () => {
  const found = through(
    'a',
    flow('10.0.1.10', '10.0.2.10'),
    {
      prerouting: [TRACK],
      postrouting: [
        { kind: 'translate', ruleSet: 'one' },
        { kind: 'translate', ruleSet: 'two' },
      ],
    },
    [
      rules('one', ACCEPT, [ANY, { kind: 'rewrite-source', to: to('10.0.1.10') }]),
      rules('two', ACCEPT, [ANY, { kind: 'rewrite-source', to: to('10.0.2.1') }]),
    ],
  )
  expect(found.arrival?.flow.source).toBe(ip('10.0.1.10'))
})

test('a packet from one of the own addresses meets the rules of prerouting before it is dropped', () => {
  const found = through(
    'a',
    flow('10.0.2.1', '10.0.2.10'),
    { prerouting: [TRACK, { kind: 'filter', ruleSet: 'pre' }] },
    [rules('pre', ACCEPT)],
  )
  expect([found.causeCode, ...met(found)]).toEqual(['own-source', 'pre'])
})

describe('before tracking has looked at a packet', () => {
  const states = (...found: readonly ('invalid' | 'untracked' | 'new')[]): Match => ({ kind: 'session', in: found })
  const raw = { prerouting: [{ kind: 'filter', ruleSet: 'raw' }, TRACK] } as const

  test.for([
    ['invalid', 'denied'],
    ['untracked', 'accepted'],
    ['new', 'accepted'],
  ] as const)('it is not %s: %s', ([state, disposition]) => {
    const found = through('a', flow('10.0.1.10', '10.0.2.10'), raw, [rules('raw', ACCEPT, [states(state), DROP])])
    expect(found.disposition).toBe(disposition)
  })

  test('it is untracked as soon as a rule says so', () => {
    const set = rules('raw', ACCEPT, [ANY, { kind: 'no-track' }], [states('untracked'), DROP])
    expect(through('a', flow('10.0.1.10', '10.0.2.10'), raw, [set]).disposition).toBe('denied')
  })
})

describe("a box's own packet", () => {
  const output = [TRACK, { kind: 'translate', ruleSet: 'nat' }, { kind: 'filter', ruleSet: 'filter' }] as const

  test('that translation leaves without a route meets no later chain', () => {
    const found = through('r', flow('10.0.2.1', '10.0.2.10'), { output }, [
      rules('nat', ACCEPT, [ANY, { kind: 'rewrite-destination', to: to('192.0.2.1') }]),
      rules('filter', ACCEPT),
    ])
    expect([found.disposition, ...met(found)]).toEqual(['no-route', ''].filter(Boolean))
  })

  test.for([
    ['mark', 'null-routed'],
    ['filter', 'accepted'],
  ] as const)('whose mark a stage of kind %s sets is %s', ([kind, disposition]) => {
    const table = {
      name: '100',
      routes: [
        {
          prefix: { ip: ip('0.0.0.0'), length: 0 },
          nextHop: { kind: 'discard', answer: 'silent' } as const,
          distance: 0,
          metric: 0,
          origin: 'blackhole',
          source: here,
        },
      ],
    }
    const rule = {
      name: 'ip rule 100',
      match: { kind: 'mark', value: 1, mask: 1 } as const,
      action: { kind: 'lookup', table: '100', onMiss: 'continue' } as const,
      source: here,
    }
    const base = device('r', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')])
    const found = through(
      'r',
      flow('10.0.2.1', '10.0.2.10'),
      { output: [TRACK, { kind, ruleSet: 'marks' }] },
      [rules('marks', ACCEPT, [ANY, { kind: 'mark', value: 1, mask: 1 }])],
      { tables: [...base.tables, table], tableRules: [rule] },
    )
    expect(found.disposition).toBe(disposition)
  })

  test.for([
    [true, 'denied'],
    [undefined, 'accepted'],
  ] as const)('to itself meets a filter of postrouting only if that sees the loopback: %s', ([sees, disposition]) => {
    const stage = { kind: 'filter', ruleSet: 'post', ...(sees && { seesLoopback: sees }) } as const
    const found = through('r', flow('10.0.1.1', '10.0.1.1', TCP), { postrouting: [stage] }, [rules('post', DROP)])
    expect(found.disposition).toBe(disposition)
  })
})

test('a packet to everybody on another network of the box is kept, not passed on', () => {
  const found = through('a', flow('10.0.1.10', '10.0.2.255'), {}, [])
  expect([found.disposition, found.causeCode]).toEqual(['denied', 'directed-broadcast'])
})

test.for([
  [true, 'accepted'],
  [undefined, 'no-route'],
] as const)('the address of an interface that is down is its own if it is kept: %s', ([keeps, disposition]) => {
  const eth1 = { ...port('eth1', '10.0.2.1/24'), disabled: true, ...(keeps && { ownsWhenDisabled: keeps }) }
  const { tables } = device('r', [port('eth0', '10.0.1.1/24')])
  const interfaces = [port('eth0', '10.0.1.1/24'), eth1]
  expect(through('a', flow('10.0.1.10', '10.0.2.1'), {}, [], { interfaces, tables }).disposition).toBe(disposition)
})

test('the word of a rejection is asked about the port of the connection it is about', () => {
  const pipeline: Pipeline = {
    ...NO_STAGES,
    prerouting: [TRACK],
    input: [{ kind: 'filter', ruleSet: 'in' }],
    output: [TRACK, { kind: 'filter', ruleSet: 'out' }],
  }
  const port80 = { kind: 'original-destination-port', in: [{ first: 80, last: 80 }] } as const
  const sets = [
    rules('in', ACCEPT, [ANY, { kind: 'reject', with: 'port-unreachable' }]),
    rules('out', ACCEPT, [port80, DROP]),
  ]
  const router = device('r', [port('eth0', '10.0.1.1/24')], [], {
    pipeline,
    ruleSets: Object.fromEntries(sets.map((set) => [set.name, set])),
  })
  const links = [segment('l1', 'a:eth0', 'r:eth0')]
  const prepared = prepare(network([host('a', '10.0.1.10/24', '10.0.1.1'), router], links))
  const [forward] = trace(prepared, 'a', flow('10.0.1.10', '10.0.1.1'))
  const [told] = forward ? traceRejection(prepared, forward) : []
  expect([forward?.disposition, told?.trace.disposition]).toEqual(['rejected', 'denied'])
})

test('a route that refuses is asked before a source that is its own', () => {
  const base = device('r', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')])
  const refuse = { ...via('192.0.2.0/24', '10.0.2.9'), nextHop: { kind: 'discard', answer: 'unreachable' } as const }
  const tables = [{ name: 'main', routes: [...(base.tables[0]?.routes ?? []), refuse] }]
  const found = through('a', flow('10.0.2.1', '192.0.2.1'), {}, [], { tables })
  expect([found.disposition, found.rejection]).toEqual(['rejected', 'host-unreachable'])
})

test('an ICMP error goes each of several equal ways with the address it has there', () => {
  const ports = [port('eth0', '10.0.2.1/24'), port('eth1', '10.0.3.1/24')]
  const router = device('r', ports, [via('10.0.1.0/24', '10.0.2.9'), via('10.0.1.0/24', '10.0.3.9')])
  const near = (name: string, own: string, link: string) =>
    device(name, [port('eth0', own), port('eth1', link)], [via('0.0.0.0/0', link.replace(/9\/24$/, '1'))])
  const devices = [
    host('a', '10.0.1.10/24', '10.0.1.2'),
    near('x', '10.0.1.2/24', '10.0.2.9/24'),
    near('y', '10.0.1.3/24', '10.0.3.9/24'),
    router,
  ]
  const links = [
    segment('l1', 'a:eth0', 'x:eth0', 'y:eth0'),
    segment('l2', 'x:eth1', 'r:eth0'),
    segment('l3', 'y:eth1', 'r:eth1'),
  ]
  const prepared = prepare(network(devices, links))
  const [forward] = trace(prepared, 'a', flow('10.0.1.10', '192.0.2.1'))
  const told = forward ? traceRejection(prepared, forward) : []
  expect(told.map((one) => formatIp(one.trace.hops[1]?.flow.source ?? ip('0.0.0.0')))).toEqual(['10.0.2.1', '10.0.3.1'])
  expect(told.map((one) => one.trace.hops[1]?.device)).toEqual(['x', 'y'])
})

/** A router that sends what is for its own hosts to another router, which sends it back. */
function detour(sets: RuleSet[], pipeline: Partial<Pipeline>) {
  const base = device('r', [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24'), port('eth2', '10.0.9.1/24')])
  const away = { name: '100', routes: [via('10.0.1.0/24', '10.0.9.2')] }
  const rule = {
    name: 'ip rule 100',
    match: { kind: 'not', of: { kind: 'in-interface', in: ['eth0', 'eth2'] } } as const,
    action: { kind: 'lookup', table: '100', onMiss: 'continue' } as const,
    source: here,
  }
  const router = {
    ...base,
    tables: [...base.tables, away],
    tableRules: [rule],
    pipeline: { ...NO_STAGES, ...pipeline },
    ruleSets: Object.fromEntries(sets.map((set) => [set.name, set])),
  }
  const other = device('o', [port('eth0', '10.0.9.2/24')], [via('0.0.0.0/0', '10.0.9.1')])
  const devices = [host('a', '10.0.1.10/24', '10.0.1.1'), host('b', '10.0.2.10/24', '10.0.2.1'), router, other]
  const links = [
    segment('l1', 'a:eth0', 'r:eth0'),
    segment('l2', 'b:eth0', 'r:eth1'),
    segment('l9', 'r:eth2', 'o:eth0'),
  ]
  return prepare(network(devices, links))
}

test('a reset that comes back to the box that made it is not of a connection it has', () => {
  const prepared = detour([rules('in', ACCEPT, [ANY, { kind: 'reject', with: 'tcp-reset' }])], {
    prerouting: [TRACK],
    input: [{ kind: 'filter', ruleSet: 'in' }],
    output: [TRACK],
  })
  const [forward] = trace(prepared, 'a', flow('10.0.1.10', '10.0.1.1', TCP))
  const [told] = forward ? traceRejection(prepared, forward) : []
  const back = told?.trace.hops.filter((hop) => hop.device === 'r') ?? []
  const states = back.flatMap((hop) => hop.steps.flatMap((step) => (step.kind === 'session' ? [step.state] : [])))
  expect(states).toEqual(['related', 'invalid'])
})

test('what a translated server says gets another port when it comes back to the box that translates', () => {
  const nat = { kind: 'translate', ruleSet: 'nat' } as const
  const prepared = detour(
    [
      rules('nat', ACCEPT, [
        { kind: 'source', in: addressSet('10.0.1.0/24') },
        { kind: 'rewrite-destination', to: to('10.0.2.10') },
      ]),
      rules('post', ACCEPT),
    ],
    { prerouting: [TRACK, nat], postrouting: [{ kind: 'translate', ruleSet: 'post' }] },
  )
  const [forward] = trace(prepared, 'a', flow('10.0.1.10', '192.0.2.1', TCP))
  const [answer] = forward ? traceReply(prepared, forward) : []
  const [third] = forward && answer ? traceAcknowledgement(prepared, forward, answer) : []
  const [data] = forward && third ? traceServerData(prepared, forward, third) : []
  // Its SYN+ACK is no first packet of a connection, and keeps its port.
  expect([answer?.disposition, third?.disposition]).toEqual(['accepted', 'accepted'])
  expect([data?.disposition, data?.causeCode]).toEqual(['denied', 'answer-from-elsewhere'])
})
