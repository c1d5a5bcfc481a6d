import { describe, expect, test } from 'vitest'
import { missing, resolve } from '../../src/dns/index.ts'
import { ANY, allOf, type Device, type Match, NO_STAGES } from '../../src/model/index.ts'
import { addressSet, formatIp, ip, singlePort, UDP } from '../../src/net/index.ts'
import { prepare } from '../../src/trace/index.ts'
import {
  ACCEPT,
  DROP,
  established,
  here,
  host,
  network,
  port,
  device as routed,
  rules,
  segment,
  via,
} from '../trace/small-network.ts'
import { forward, internet, resolver, shown, stub, zone } from './small-network.ts'

// pc and ns behind one router, which translates towards the internet. Every query is a packet through its filter.
const dns: Match = allOf({ kind: 'protocol', in: [UDP] }, { kind: 'destination-port', in: [singlePort(53)] })
const translate = {
  ...NO_STAGES,
  prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: 'dstnat' }],
  forward: [{ kind: 'filter', ruleSet: 'forward' }],
  postrouting: [{ kind: 'translate', ruleSet: 'srcnat' }],
} as const
const translations = {
  dstnat: rules('dstnat', ACCEPT),
  srcnat: rules('srcnat', ACCEPT, [
    { kind: 'out-interface', in: ['wan'] },
    { kind: 'rewrite-source', to: { kind: 'own-address' } },
  ]),
}

interface Setting {
  readonly servers: readonly string[]
  readonly filter?: ReturnType<typeof rules>
  readonly nsGateway?: string
  readonly forwards?: ReturnType<typeof forward>[]
  readonly allows?: ReturnType<typeof addressSet>
}

function plant(setting: Setting) {
  const filter = setting.filter ?? rules('forward', DROP, [established, ACCEPT], [ANY, ACCEPT])
  const own = resolver('bind', {
    label: 'BIND on ns',
    zones: [zone('plant.test', 'nxdomain', 'www A 10.9.9.9')],
    forwards: setting.forwards ?? [],
    ...(setting.allows && { allows: { clients: setting.allows, otherwise: 'refuse', source: here } }),
  })
  const world: Device = {
    ...routed('internet', [{ ...port('out'), name: 'out' }], [], { kind: 'internet' }),
    ...{ resolver: internet('www.example.com A 192.0.2.80').resolver ?? own },
    tables: [
      { name: 'main', routes: [{ ...via('0.0.0.0/0', '0.0.0.0'), nextHop: { kind: 'connected', interface: 'out' } }] },
    ],
  }
  const router = routed(
    'r1',
    [port('lan', '10.1.0.1/24'), port('srv', '10.2.0.1/24'), port('wan', '203.0.113.10/29')],
    [via('0.0.0.0/0', '203.0.113.9')],
    { pipeline: translate, ruleSets: { ...translations, forward: filter } },
  )
  const net = network(
    [
      host('pc', '10.1.0.9/24', '10.1.0.1', { stubResolver: stub(setting.servers) }),
      host('ns', '10.2.0.53/24', setting.nsGateway ?? '10.2.0.1', { resolver: own }),
      router,
      world,
    ],
    [
      segment('lan', 'pc:eth0', 'r1:lan'),
      segment('srv', 'ns:eth0', 'r1:srv'),
      { ...segment('internet', 'r1:wan', 'internet:out'), kind: 'internet' },
    ],
  )
  return prepare(net)
}

function ask(setting: Setting, name: string) {
  const prepared = plant(setting)
  const got = resolve(prepared, { device: 'pc', name })
  return { got, causes: missing(prepared, got) }
}

describe('a query is a packet', () => {
  test('it is traced to the server and back', () => {
    const { got } = ask({ servers: ['10.2.0.53'] }, 'www.plant.test')
    expect(shown(got)).toBe('10.9.9.9')
    const [there, back] = got.queries[0]?.transport ?? []
    expect(there?.hops.map((hop) => hop.device)).toEqual(['pc', 'r1', 'ns'])
    expect(back?.hops.map((hop) => hop.device)).toEqual(['ns', 'r1', 'pc'])
    expect(there?.flow.destinationPort).toBe(53)
  })
  test('a filter that drops it makes a timeout that names the rule', () => {
    const filter = rules('forward', ACCEPT, [established, ACCEPT], [dns, DROP])
    const { got, causes } = ask({ servers: ['10.2.0.53'], filter }, 'www.plant.test')
    expect(got.answer).toMatchObject({ kind: 'timeout', cause: 'DnsServerUnreachable' })
    expect(got.answer.because).toMatch(/^10\.2\.0\.53: no answer: .*forward.*#2/)
    expect(causes).toMatchObject([{ code: 'DnsServerUnreachable', source: here }])
  })
  test('an answer that does not find back makes a timeout that says so', () => {
    const { got } = ask({ servers: ['10.2.0.53'], nsGateway: '10.2.0.254' }, 'www.plant.test')
    expect(got.answer.kind).toBe('timeout')
    expect(got.answer.because).toContain('the answer does not come back')
  })
  test('a filter rule nobody can evaluate makes the answer unknown', () => {
    const filter = rules('forward', ACCEPT, [established, ACCEPT], [{ kind: 'opaque', text: 'layer7=dns' }, DROP])
    const { got } = ask({ servers: ['10.2.0.53'], filter }, 'www.plant.test')
    expect(got.answer.kind).toBe('unknown')
  })
  test('a public server is reached through the translation, and the internet answers', () => {
    const { got } = ask({ servers: ['8.8.8.8'] }, 'www.example.com')
    expect(shown(got)).toBe('192.0.2.80')
    expect(got.queries[0]).toMatchObject({ answeredBy: 'internet' })
  })
  test("Azure's own address does not answer on the internet", () => {
    const { got } = ask({ servers: ['168.63.129.16'] }, 'www.example.com')
    expect(got.answer.kind).toBe('timeout')
    expect(got.answer.because).toContain('168.63.129.16 answers only inside a VNet')
  })
  test('a forwarded query starts at the server', () => {
    const { got } = ask({ servers: ['10.2.0.53'], forwards: [forward('', ['9.9.9.9'])] }, 'www.example.com')
    expect(shown(got)).toBe('192.0.2.80')
    const inner = got.queries[0]?.asked[0]
    expect(inner?.by).toBe('ns')
    expect(inner?.transport[0]?.hops[0]?.device).toBe('ns')
  })
  test('who may ask is judged by the address the server sees', () => {
    expect(ask({ servers: ['10.2.0.53'], allows: addressSet('10.1.0.0/24') }, 'www.plant.test').got.answer.kind).toBe(
      'answer',
    )
    const { got } = ask({ servers: ['10.2.0.53'], allows: addressSet('10.2.0.0/24') }, 'www.plant.test')
    expect(got.answer.because).toBe(`BIND on ns: ${formatIp(ip('10.1.0.9'))} is not among those who may ask: REFUSED`)
  })
  test('a second name goes the way of the first', () => {
    const prepared = plant({ servers: ['10.2.0.53'] })
    const first = resolve(prepared, { device: 'pc', name: 'www.plant.test' })
    const second = resolve(prepared, { device: 'pc', name: 'no.plant.test' })
    expect(second.queries[0]?.transport[0]).toBe(first.queries[0]?.transport[0])
  })
})
