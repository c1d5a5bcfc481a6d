import { describe, expect, test } from 'vitest'
import { ANY, type Device, type Match, type Pipeline, type RuleSet } from '../../src/model/index.ts'
import { addressSet, type Flow, ip, TCP } from '../../src/net/index.ts'
import { prepare, trace, traceAcknowledgement, traceReply } from '../../src/trace/index.ts'
import {
  ACCEPT,
  DROP,
  device,
  established,
  here,
  host,
  network,
  port,
  rules,
  segment,
  tcpTo,
  via,
} from './small-network.ts'

const tcp = (source: string, destination: string, to: number): Flow => ({
  protocol: TCP,
  source: ip(source),
  sourcePort: 40000,
  destination: ip(destination),
  destinationPort: to,
})

const linuxPipeline: Pipeline = {
  prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: 'nat/PREROUTING' }],
  input: [{ kind: 'filter', ruleSet: 'filter/INPUT' }],
  forward: [{ kind: 'filter', ruleSet: 'filter/FORWARD' }],
  output: [{ kind: 'track' }],
  postrouting: [{ kind: 'translate', ruleSet: 'nat/POSTROUTING' }],
}

function firewall(sets: RuleSet[], more: Partial<Device> = {}): Device {
  const all = [
    rules('nat/PREROUTING', ACCEPT),
    rules('nat/POSTROUTING', ACCEPT),
    rules('filter/INPUT', ACCEPT),
    rules('filter/FORWARD', ACCEPT),
    ...sets,
  ]
  return device('fw', [port('lan', '10.0.2.1/24'), port('wan', '203.0.113.1/24')], [], {
    ruleSets: Object.fromEntries(all.map((set) => [set.name, set])),
    pipeline: linuxPipeline,
    ...more,
  })
}

function estate(fw: Device) {
  const outside = host('outside', '203.0.113.9/24', '203.0.113.1')
  const server = host('server', '10.0.2.20/24', '10.0.2.1')
  const client = host('client', '10.0.2.30/24', '10.0.2.1')
  const links = [segment('lan', 'fw:lan', 'server:eth0', 'client:eth0'), segment('wan', 'fw:wan', 'outside:eth0')]
  return prepare(network([fw, outside, server, client], links))
}

const forwardPort: [Match, RuleSet['policy']] = [
  tcpTo(8080),
  {
    kind: 'rewrite-destination',
    to: { kind: 'address', first: ip('10.0.2.20'), last: ip('10.0.2.20') },
    ports: { first: 80, last: 80 },
  },
]

describe('a port forward', () => {
  test('is blocked when the filter names the public port, because the filter sees the translated one', () => {
    const fw = firewall([
      rules('nat/PREROUTING', ACCEPT, forwardPort),
      rules('filter/FORWARD', DROP, [established, ACCEPT], [tcpTo(8080), ACCEPT]),
    ])
    const [only] = trace(estate(fw), 'outside', tcp('203.0.113.9', '203.0.113.1', 8080))
    expect(only?.disposition).toBe('denied')
    expect(only?.decision?.text).toBe('filter/FORWARD: no rule matches, the default drops')
  })

  test('works there and back when the filter names the inside port, and the answer comes from the public address', () => {
    const fw = firewall([
      rules('nat/PREROUTING', ACCEPT, forwardPort),
      rules('filter/FORWARD', DROP, [established, ACCEPT], [tcpTo(80, '10.0.2.20'), ACCEPT]),
    ])
    const prepared = estate(fw)
    const [there] = trace(prepared, 'outside', tcp('203.0.113.9', '203.0.113.1', 8080))
    expect(there?.arrival).toMatchObject({
      device: 'server',
      flow: { destination: ip('10.0.2.20'), destinationPort: 80 },
    })
    const [back] = there ? traceReply(prepared, there) : []
    expect(back?.disposition).toBe('accepted')
    expect(back?.arrival?.flow).toMatchObject({ source: ip('203.0.113.1'), sourcePort: 8080 })
  })

  test('fails for a client beside the server without source translation, because the answer comes from elsewhere', () => {
    const prepared = estate(firewall([rules('nat/PREROUTING', ACCEPT, forwardPort)]))
    const [there] = trace(prepared, 'client', tcp('10.0.2.30', '203.0.113.1', 8080))
    expect(there?.arrival?.device).toBe('server')
    const [back] = there ? traceReply(prepared, there) : []
    expect(back?.causeCode).toBe('answer-from-elsewhere')
  })

  test('works for a client beside the server with source translation', () => {
    const hairpin: [Match, RuleSet['policy']] = [
      { kind: 'source', in: addressSet('10.0.2.0/24') },
      { kind: 'rewrite-source', to: { kind: 'own-address' } },
    ]
    const prepared = estate(
      firewall([rules('nat/PREROUTING', ACCEPT, forwardPort), rules('nat/POSTROUTING', ACCEPT, hairpin)]),
    )
    const [there] = trace(prepared, 'client', tcp('10.0.2.30', '203.0.113.1', 8080))
    expect(there?.arrival?.flow.source).toBe(ip('10.0.2.1'))
    const [back] = there ? traceReply(prepared, there) : []
    expect(back?.disposition).toBe('accepted')
  })
})

describe('a stateful filter', () => {
  test('that accepts one way and no state lets the packet through and drops the answer', () => {
    const prepared = estate(firewall([rules('filter/FORWARD', DROP, [tcpTo(443), ACCEPT])]))
    const [there] = trace(prepared, 'outside', tcp('203.0.113.9', '10.0.2.20', 443))
    expect(there?.disposition).toBe('accepted')
    const [back] = there ? traceReply(prepared, there) : []
    expect(back?.disposition).toBe('denied')
  })

  test('that saw the first packet and not its answer calls the third one invalid', () => {
    const invalid: Match = { kind: 'session', in: ['invalid'] }
    const fw = firewall([rules('filter/FORWARD', ACCEPT, [invalid, DROP])])
    const other = device('other', [port('lan', '10.0.2.2/24'), port('wan', '203.0.113.2/24')])
    const server = host('server', '10.0.2.20/24', '10.0.2.2')
    const outside = host('outside', '203.0.113.9/24', '203.0.113.1')
    const links = [
      segment('lan', 'fw:lan', 'other:lan', 'server:eth0'),
      segment('wan', 'fw:wan', 'other:wan', 'outside:eth0'),
    ]
    const prepared = prepare(network([fw, other, server, outside], links))
    const [there] = trace(prepared, 'outside', tcp('203.0.113.9', '10.0.2.20', 443))
    const [back] = there ? traceReply(prepared, there) : []
    expect(back?.disposition).toBe('accepted')
    const [third] = there && back ? traceAcknowledgement(prepared, there, back) : []
    expect(third?.disposition).toBe('denied')
    expect(third?.decision?.text).toBe('filter/FORWARD #1 drops')
  })
})

describe('a rule that cannot be evaluated', () => {
  const opaque: Match = { kind: 'opaque', text: 'recent --rcheck' }
  test.for([
    [
      'makes the answer unknown when it could have dropped',
      rules('filter/FORWARD', ACCEPT, [opaque, DROP]),
      443,
      'unknown',
    ],
    [
      'makes the answer unknown when it could have accepted',
      rules('filter/FORWARD', DROP, [opaque, ACCEPT]),
      443,
      'unknown',
    ],
    [
      'changes nothing when it would have done the same',
      rules('filter/FORWARD', ACCEPT, [opaque, ACCEPT]),
      443,
      'accepted',
    ],
    [
      'changes nothing when a later check drops in any case',
      rules('filter/FORWARD', ACCEPT, [opaque, ACCEPT], [tcpTo(443), DROP]),
      22,
      'accepted',
    ],
    [
      'changes nothing behind a rule that decides first',
      rules('filter/FORWARD', ACCEPT, [tcpTo(443), DROP], [opaque, ACCEPT]),
      443,
      'denied',
    ],
  ] as const)('%s', ([_title, set, to, disposition]) => {
    const [only] = trace(estate(firewall([set])), 'outside', tcp('203.0.113.9', '10.0.2.20', to))
    expect(only?.disposition).toBe(disposition)
    if (disposition === 'unknown') expect(only?.unknowns[0]?.text).toContain('#1')
  })
})

describe('chains', () => {
  const walk = (sets: RuleSet[]) =>
    trace(estate(firewall(sets)), 'outside', tcp('203.0.113.9', '10.0.2.20', 443))[0]?.disposition
  const user = (name: string, ...list: [Match, RuleSet['policy']][]) => rules(name, { kind: 'return' }, ...list)

  test.for([
    [
      'a jump comes back to the next rule',
      [rules('filter/FORWARD', ACCEPT, [ANY, { kind: 'jump', to: 'a' }], [ANY, DROP]), user('a')],
      'denied',
    ],
    [
      'a goto comes back to the policy of the chain above',
      [rules('filter/FORWARD', ACCEPT, [ANY, { kind: 'goto', to: 'a' }], [ANY, DROP]), user('a')],
      'accepted',
    ],
    [
      'a return in a built-in chain applies the policy',
      [rules('filter/FORWARD', DROP, [ANY, { kind: 'return' }], [ANY, ACCEPT])],
      'denied',
    ],
    [
      'a goto inside a jump returns behind the jump',
      [
        rules('filter/FORWARD', ACCEPT, [ANY, { kind: 'jump', to: 'a' }], [ANY, DROP]),
        user('a', [ANY, { kind: 'goto', to: 'b' }], [ANY, ACCEPT]),
        user('b'),
      ],
      'denied',
    ],
    [
      'a policy of a chain that is jumped to ends the walk when it decides',
      [rules('filter/FORWARD', ACCEPT, [ANY, { kind: 'jump', to: 'a' }]), rules('a', DROP)],
      'denied',
    ],
  ] as [string, RuleSet[], string][])('%s', ([_title, sets, disposition]) => {
    expect(walk(sets)).toBe(disposition)
  })
})

describe('routing', () => {
  test('a policy table with a default route hides connected networks', () => {
    const fw = firewall([], {
      tables: [
        { name: 'main', routes: firewall([]).tables[0]?.routes ?? [] },
        { name: '100', routes: [via('0.0.0.0/0', '203.0.113.9')] },
      ],
      tableRules: [
        {
          name: 'ip rule 1',
          match: { kind: 'in-interface', in: ['wan'] },
          action: { kind: 'lookup', table: '100', onMiss: 'continue' },
          source: here,
        },
      ],
    })
    const [only] = trace(estate(fw), 'outside', tcp('203.0.113.9', '10.0.2.20', 443))
    expect(only?.hops.map((hop) => hop.device)).toEqual(['outside', 'fw', 'outside'])
  })

  test('two routers that send to each other are a loop', () => {
    const a = device('a', [port('x', '10.1.0.1/24')], [via('0.0.0.0/0', '10.1.0.2')])
    const b = device('b', [port('x', '10.1.0.2/24')], [via('0.0.0.0/0', '10.1.0.1')])
    const client = host('client', '10.1.0.9/24', '10.1.0.1')
    const prepared = prepare(network([a, b, client], [segment('x', 'a:x', 'b:x', 'client:eth0')]))
    const [only] = trace(prepared, 'client', tcp('10.1.0.9', '10.9.9.9', 443))
    expect(only?.disposition).toBe('loop')
  })

  test('an address nobody on the link has is unreachable', () => {
    const [only] = trace(estate(firewall([])), 'client', tcp('10.0.2.30', '10.0.2.99', 443))
    expect(only?.disposition).toBe('neighbor-unreachable')
    expect(only?.decision?.text).toBe('nobody on lan has the address 10.0.2.99')
  })

  test('a network survives structuredClone and traces the same', () => {
    const fw = firewall([rules('filter/FORWARD', DROP, [tcpTo(443), ACCEPT])])
    const data = estate(fw).network
    const flow = tcp('203.0.113.9', '10.0.2.20', 443)
    expect(trace(prepare(structuredClone(data)), 'outside', flow)).toEqual(trace(prepare(data), 'outside', flow))
  })
})
