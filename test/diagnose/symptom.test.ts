import { describe, expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import {
  ANY,
  type Device,
  type Link,
  type Match,
  type Pipeline,
  type Refusal,
  type Rejection,
  type Route,
  type Rule,
  type RuleSet,
} from '../../src/model/index.ts'
import { ip } from '../../src/net/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { ACCEPT, DROP, device, here, host, network, port, rules, segment, via } from '../trace/small-network.ts'

const PIPELINE: Pipeline = {
  prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: 'nat/PREROUTING' }],
  input: [{ kind: 'filter', ruleSet: 'filter/INPUT' }],
  forward: [{ kind: 'filter', ruleSet: 'filter/FORWARD' }],
  output: [{ kind: 'track' }, { kind: 'filter', ruleSet: 'filter/OUTPUT' }],
  postrouting: [{ kind: 'translate', ruleSet: 'nat/POSTROUTING' }],
}
const CHAINS = ['nat/PREROUTING', 'nat/POSTROUTING', 'filter/INPUT', 'filter/FORWARD', 'filter/OUTPUT']

function filtering(...sets: RuleSet[]): Partial<Device> {
  const all = [...CHAINS.map((name) => rules(name, ACCEPT)), ...sets]
  return { ruleSets: Object.fromEntries(all.map((set) => [set.name, set])), pipeline: PIPELINE }
}

const states = (...of: Extract<Match, { kind: 'session' }>['in'][number][]): Match => ({ kind: 'session', in: of })
const reject = (name: string, rejection: Rejection) =>
  filtering(rules(name, ACCEPT, [ANY, { kind: 'reject', with: rejection }]))
const drop = (name: string) => filtering(rules(name, DROP))

interface Change {
  readonly client?: Partial<Device>
  readonly router?: Partial<Device>
  readonly server?: Partial<Device>
  readonly routes?: readonly Route[]
  readonly clientRoutes?: readonly Route[]
}

const route = (to: string, answer: 'silent' | 'unreachable' | 'prohibited'): Route => ({
  ...via(to, '10.0.0.1'),
  nextHop: { kind: 'discard', answer },
})

/** A client, a router, a server behind it: what the client sees that asks for something. */
function seen(to: string, change: Change, links: Partial<Link> = {}) {
  const client = device(
    'client',
    [port('eth0', '10.0.1.10/24')],
    [...(change.clientRoutes ?? []), via('0.0.0.0/0', '10.0.1.1')],
    { kind: 'host', forwards: { enabled: false, source: here }, ...change.client },
  )
  const server = host('server', '10.0.2.10/24', '10.0.2.1', change.server ?? {})
  const router = device(
    'router',
    [port('eth0', '10.0.1.1/24'), port('eth1', '10.0.2.1/24')],
    change.routes ?? [],
    change.router ?? {},
  )
  const near = segment('near', 'client:eth0', 'router:eth0')
  const far = { ...segment('far', 'server:eth0', 'router:eth1'), ...links }
  return connect(prepare(network([client, router, server], [near, far])), 'client', to).symptom
}

const TCP = 'server:80'
const UDP = 'server:53/udp'
const PING = 'server'

// What a Linux client was measured to see of each of these.
describe('a client that is kept from a server sees', () => {
  test.for<[string, string, Change, string, string | undefined]>([
    ['nothing of a dropped packet', TCP, { router: drop('filter/FORWARD') }, 'timeout', 'ETIMEDOUT'],
    ['nothing of a dropped datagram', UDP, { router: drop('filter/FORWARD') }, 'timeout', undefined],
    ['nothing of a dropped ping', PING, { router: drop('filter/FORWARD') }, 'timeout', undefined],
    [
      'a port-unreachable as refused',
      TCP,
      { router: reject('filter/FORWARD', 'port-unreachable') },
      'refused',
      'ECONNREFUSED',
    ],
    [
      'a port-unreachable for a datagram as refused',
      UDP,
      { router: reject('filter/FORWARD', 'port-unreachable') },
      'refused',
      'ECONNREFUSED',
    ],
    ['a reset as refused', TCP, { router: reject('filter/FORWARD', 'tcp-reset') }, 'refused', 'ECONNREFUSED'],
    ['a reset by the server itself as refused', TCP, { server: { listeners: [] } }, 'refused', 'ECONNREFUSED'],
    ['a closed port of datagrams as refused', UDP, { server: { listeners: [] } }, 'refused', 'ECONNREFUSED'],
    [
      'a host-unreachable as no route to host',
      TCP,
      { router: reject('filter/FORWARD', 'host-unreachable') },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'a host-prohibited as no route to host',
      TCP,
      { router: reject('filter/FORWARD', 'host-prohibited') },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'a host-prohibited for a datagram as no route to host',
      UDP,
      { router: reject('filter/FORWARD', 'host-prohibited') },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'an admin-prohibited as no route to host',
      TCP,
      { router: reject('filter/FORWARD', 'admin-prohibited') },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'a net-unreachable as network is unreachable',
      TCP,
      { router: reject('filter/FORWARD', 'net-unreachable') },
      'unreachable',
      'ENETUNREACH',
    ],
    [
      'a net-prohibited as network is unreachable',
      TCP,
      { router: reject('filter/FORWARD', 'net-prohibited') },
      'unreachable',
      'ENETUNREACH',
    ],
    [
      'a protocol-unreachable as protocol not available',
      TCP,
      { router: reject('filter/FORWARD', 'protocol-unreachable') },
      'unreachable',
      'ENOPROTOOPT',
    ],
    ['a router without a route as network is unreachable', '10.9.0.1:80', {}, 'unreachable', 'ENETUNREACH'],
    ['a host that is not there as no route to host', '10.0.2.99:80', {}, 'unreachable', 'EHOSTUNREACH'],
    ['a neighbour that is not there as no route to host', '10.0.1.99:80', {}, 'unreachable', 'EHOSTUNREACH'],
    [
      'an unreachable route as no route to host',
      '10.9.0.1:80',
      { routes: [route('10.9.0.0/16', 'unreachable')] },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'a prohibit route as no route to host',
      '10.9.0.1:80',
      { routes: [route('10.9.0.0/16', 'prohibited')] },
      'unreachable',
      'EHOSTUNREACH',
    ],
    ['nothing of a blackhole', '10.9.0.1:80', { routes: [route('10.9.0.0/16', 'silent')] }, 'timeout', 'ETIMEDOUT'],
    [
      'its own unreachable route as no route to host',
      '10.9.0.1:80',
      { clientRoutes: [route('10.9.0.0/16', 'unreachable')] },
      'unreachable',
      'EHOSTUNREACH',
    ],
    [
      'its own prohibit route as permission denied',
      '10.9.0.1:80',
      { clientRoutes: [route('10.9.0.0/16', 'prohibited')] },
      'not-sent',
      'EACCES',
    ],
    [
      'its own blackhole as invalid argument',
      '10.9.0.1:80',
      { clientRoutes: [route('10.9.0.0/16', 'silent')] },
      'not-sent',
      'EINVAL',
    ],
    [
      'nothing of a router that does not forward',
      TCP,
      { router: { forwards: { enabled: false, source: here } } },
      'timeout',
      'ETIMEDOUT',
    ],
    [
      'nothing of a strict reverse path',
      TCP,
      {
        router: {
          reversePath: { default: 'strict', interfaces: {} },
          tables: [{ name: 'main', routes: [via('10.0.2.0/24', '10.0.2.10')] }],
        },
      },
      'timeout',
      'ETIMEDOUT',
    ],
    ['nothing of its own output rules over TCP', TCP, { client: drop('filter/OUTPUT') }, 'timeout', 'ETIMEDOUT'],
    [
      'its own output rules over UDP as operation not permitted',
      UDP,
      { client: drop('filter/OUTPUT') },
      'not-sent',
      'EPERM',
    ],
    [
      'its own output rules for a ping as operation not permitted',
      PING,
      { client: drop('filter/OUTPUT') },
      'not-sent',
      'EPERM',
    ],
  ])('%s', ([, to, change, kind, errno]) => {
    const symptom = seen(to, change)
    expect([symptom?.kind, symptom?.errno]).toEqual([kind, errno])
    if (errno !== undefined) expect(symptom?.words).toContain(errno)
  })
})

describe('a rejection whose word is lost on its way back is a timeout', () => {
  const REFUSES: [Match, { kind: 'reject'; with: Rejection }] = [ANY, { kind: 'reject', with: 'port-unreachable' }]

  test('at the output rules of the box that rejects', () => {
    const router = filtering(rules('filter/FORWARD', ACCEPT, REFUSES), rules('filter/OUTPUT', DROP))
    const symptom = seen(TCP, { router })
    expect([symptom?.kind, symptom?.errno]).toEqual(['timeout', 'ETIMEDOUT'])
    expect(symptom?.words).toContain('filter/OUTPUT')
  })

  test('at a client that takes established packets only, and not at one that takes related ones', () => {
    const router = filtering(rules('filter/FORWARD', ACCEPT, REFUSES))
    const client = (...of: Parameters<typeof states>) => filtering(rules('filter/INPUT', DROP, [states(...of), ACCEPT]))
    expect(seen(TCP, { router, client: client('established') })?.kind).toBe('timeout')
    expect(seen(TCP, { router, client: client('established', 'related') })?.kind).toBe('refused')
  })
})

describe('a server whose answer is lost', () => {
  test('looks like one that is not there', () => {
    const router = filtering(rules('filter/FORWARD', DROP, [{ kind: 'in-interface', in: ['eth0'] }, ACCEPT]))
    for (const [to, errno] of [
      [TCP, 'ETIMEDOUT'],
      [UDP, undefined],
      [PING, undefined],
    ] as const) {
      const symptom = seen(to, { router })
      expect([symptom?.kind, symptom?.errno]).toEqual(['timeout', errno])
    }
  })

  test('looks so too where the answer is rejected: the word of it goes to the server', () => {
    const back: [Match, { kind: 'reject'; with: Rejection }] = [
      { kind: 'in-interface', in: ['eth1'] },
      { kind: 'reject', with: 'admin-prohibited' },
    ]
    expect(seen(TCP, { router: filtering(rules('filter/FORWARD', ACCEPT, back)) })?.kind).toBe('timeout')
  })
})

describe('a connection that is made and then', () => {
  test('carries no full segment hangs', () => {
    expect(seen(TCP, {}, { mtu: 1400, fragmentationNeeded: 'lost' })?.kind).toBe('hang')
  })

  const thirdPacket: Match = {
    kind: 'all',
    of: [
      { kind: 'tcp-flags', mask: 'SA', set: 'A' },
      { kind: 'in-interface', in: ['eth0'] },
    ],
  }

  test('loses its third packet hangs', () => {
    expect(seen(TCP, { router: filtering(rules('filter/FORWARD', ACCEPT, [thirdPacket, DROP])) })?.kind).toBe('hang')
  })

  test('has its third packet reset is reset', () => {
    const symptom = seen(TCP, {
      router: filtering(rules('filter/FORWARD', ACCEPT, [thirdPacket, { kind: 'reject', with: 'tcp-reset' }])),
    })
    expect([symptom?.kind, symptom?.errno]).toEqual(['reset', 'ECONNRESET'])
  })
})

describe('what refuses after the connection is made', () => {
  function gate(refusal: Refusal | undefined): Partial<Device> {
    const rule: Rule = { name: 'says no', match: ANY, action: DROP, source: here, ...(refusal && { refusal }) }
    const set: RuleSet = { name: 'gate', label: 'the service', rules: [rule], policy: DROP, policySource: here }
    return {
      ruleSets: { gate: set },
      pipeline: {
        ...PIPELINE,
        prerouting: [],
        forward: [],
        output: [],
        postrouting: [],
        input: [{ kind: 'gate', ruleSet: 'gate' }],
      },
    }
  }

  test.for<[string, Refusal | undefined, string, number | undefined, string]>([
    [
      'says so in HTTP',
      { kind: 'http', status: 403, text: 'AuthorizationFailure' },
      'service-refusal',
      403,
      'AuthorizationFailure',
    ],
    [
      'says so in its own words',
      { kind: 'protocol', text: 'the sign-in is refused' },
      'service-refusal',
      undefined,
      'the sign-in is refused',
    ],
    ['says nothing', { kind: 'silence' }, 'timeout', undefined, 'ETIMEDOUT'],
    ['says we do not know what', undefined, 'service-refusal', undefined, 'refuses'],
  ])('%s', ([, refusal, kind, status, words]) => {
    const symptom = seen(TCP, { server: gate(refusal) })
    expect([symptom?.kind, symptom?.status]).toEqual([kind, status])
    expect(symptom?.words).toContain(words)
  })

  test('a firewall that reads names answers the handshake itself', () => {
    const refusal: Refusal = { kind: 'tls-reset', status: 470, text: 'Action: Deny' }
    const rule: Rule = { name: 'default deny', match: ANY, action: DROP, source: here, refusal }
    const set: RuleSet = { name: 'filter/FORWARD', label: 'firewall', rules: [rule], policy: DROP, policySource: here }
    const symptom = seen('server:443', { router: filtering(set) })
    expect([symptom?.kind, symptom?.errno]).toEqual(['reset', 'ECONNRESET'])
    expect(seen('server:80', { router: filtering(set) })).toMatchObject({ kind: 'service-refusal', status: 470 })
  })
})

test('a cloud fabric says nothing of what it drops for want of a route', () => {
  const router = { kind: 'subnet' } as const
  expect(seen('10.9.0.1:80', { router })?.kind).toBe('timeout')
  expect(seen('10.0.2.99:80', { router })?.kind).toBe('timeout')
})

test('what works, and what cannot be told, has no symptom', () => {
  expect(seen(TCP, {})).toBeUndefined()
  const opaque: Match = { kind: 'opaque', text: 'the moon is full' }
  expect(seen(TCP, { router: filtering(rules('filter/FORWARD', ACCEPT, [opaque, DROP])) })).toBeUndefined()
})

test('a rule that may drop the packet first makes what is seen unsure', () => {
  const opaque: Match = { kind: 'opaque', text: 'the moon is full' }
  const router = filtering(rules('filter/FORWARD', ACCEPT, [opaque, DROP]))
  const symptom = seen('10.0.2.99:80', { router })
  expect(symptom?.kind).toBe('unreachable')
  expect(symptom?.words).toContain('or something else, should filter/FORWARD #1 match')
})

describe('a name without an address', () => {
  // What getaddrinfo of glibc 2.36 was measured to say of each answer.
  test.for<[string, Partial<NonNullable<Device['resolver']>>, string, string]>([
    ['is not known where the zone says so', { otherwise: 'nxdomain' }, 'name-not-found', 'Name or service not known'],
    ['fails where the server refuses', { otherwise: 'refuse' }, 'name-failure', 'Temporary failure in name resolution'],
    [
      'has none where the name is there without one',
      {
        zones: [
          {
            name: 'example.org',
            label: 'zone',
            records: [{ name: 'x.example.org', type: 'TXT', value: 't', source: here }],
            onMissing: 'nxdomain',
            source: here,
          },
        ],
      },
      'no-address',
      'No address associated with hostname',
    ],
    [
      'fails after a while where nobody answers',
      { allows: { clients: { v4: new Uint32Array(), v6: [] }, otherwise: 'ignore', source: here } },
      'name-timeout',
      'Temporary failure in name resolution',
    ],
  ])('%s', ([, resolver, kind, words]) => {
    const server: Partial<Device> = {
      resolver: {
        label: 'DNS',
        zones: [],
        forwards: [],
        rechasesCname: false,
        otherwise: 'nxdomain',
        notModelled: [],
        source: here,
        ...resolver,
      },
    }
    const client: Partial<Device> = {
      stubResolver: {
        servers: [{ ip: ip('10.0.2.10'), source: here }],
        hosts: [],
        search: [],
        ndots: 1,
        label: 'by hand',
      },
    }
    const symptom = seen('x.example.org:443', { server, client })
    expect(symptom?.kind).toBe(kind)
    expect(symptom?.words).toContain(words)
  })
})

test('a file share that is kept from its port 445 is known by the words of those who mount it', () => {
  const symptom = seen('server:445', { router: drop('filter/FORWARD') })
  expect(symptom?.kind).toBe('timeout')
  expect(symptom?.words).toContain('mount error(115)')
})
