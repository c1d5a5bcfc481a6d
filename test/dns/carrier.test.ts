import { describe, expect, test } from 'vitest'
import { resolve, resolveOver, type Transport } from '../../src/dns/index.ts'
import { allOf, implied, type Network } from '../../src/model/index.ts'
import { ip, singlePort, TCP, UDP } from '../../src/net/index.ts'
import { prepare } from '../../src/trace/index.ts'
import {
  ACCEPT,
  DROP,
  host,
  port,
  device as routed,
  rules,
  segment,
  network as traced,
} from '../trace/small-network.ts'
import {
  asking,
  device,
  everythingArrives,
  forward,
  network,
  outcome,
  resolver,
  type Software,
  stub,
  zone,
} from './small-network.ts'

const many = (count: number) => Array.from({ length: count }, (_, at) => `big A 10.1.${at >> 8}.${at & 255}`)
// 28 addresses are 478 bytes with the name big.x, 40 are 670, 80 are 1310.
const UP = device('up', ['10.0.0.11'], {
  resolver: resolver('other', {
    zones: [
      zone('x', 'nxdomain', ...many(40), 'small A 10.1.0.1', ...many(80).map((line) => line.replace('big', 'huge'))),
    ],
  }),
})

/** Everything arrives, but packets of one kind to one address. */
function but(on: Network, over: 'udp' | 'tcp', address: string): Transport {
  const open = everythingArrives(on)
  const shut = everythingArrives(on, { dead: [address] })
  return (from, server, at, how) => (how === over ? shut : open)(from, server, at, how)
}

function heard(on: Network, transport: Transport, name: string): [string, string] {
  const { answer } = resolveOver(on, transport, { device: 'pc', name })
  return [answer.kind, answer.because]
}

describe('UDP and TCP to port 53 are filtered apart', () => {
  const client = (rest: Parameters<typeof stub>[1] = {}) =>
    network([device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.11'], rest) }), UP])

  test('without UDP nothing is asked over TCP, and the answer says that TCP would pass', () => {
    const on = client()
    const [kind, because] = heard(on, but(on, 'udp', '10.0.0.11'), 'small.x')
    expect(kind).toBe('timeout')
    expect(because).toContain('TCP would pass, but is tried only after an answer over UDP that was cut short')
  })
  test.for([
    ['a small answer needs no TCP', {}, 'small.x', 'answer'],
    ['a large one does', {}, 'big.x', 'timeout'],
    ['with EDNS it does not', { room: 1232 }, 'big.x', 'answer'],
    ['a larger one does again', { room: 1232 }, 'huge.x', 'timeout'],
  ] as const)('without TCP: %s', ([, rest, name, kind]) => {
    const on = client(rest)
    expect(heard(on, but(on, 'tcp', '10.0.0.11'), name)[0]).toBe(kind)
    expect(heard(on, everythingArrives(on), name)[0]).toBe('answer')
  })
  test('the size and what stops TCP are told', () => {
    const on = client()
    const [, because] = heard(on, but(on, 'tcp', '10.0.0.11'), 'big.x')
    expect(because).toBe(
      '10.0.0.11: 663 bytes are more than the 512 of UDP, and over TCP there is no answer: rule 4000 drops udp 53 to 10.0.0.11',
    )
  })
  test('use-vc asks over TCP alone', () => {
    const on = client({ overTcp: true })
    expect(heard(on, but(on, 'udp', '10.0.0.11'), 'small.x')[0]).toBe('answer')
    expect(heard(on, but(on, 'tcp', '10.0.0.11'), 'small.x')[0]).toBe('timeout')
  })
})

describe('a forwarder whose own TCP is filtered', () => {
  test.for([
    // BIND and unbound offer 1232 bytes themselves, whatever the client has room for.
    ['bind', 'big.x', 'answer'],
    ['unbound', 'big.x', 'answer'],
    ['bind', 'huge.x', 'servfail'],
    // dnsmasq passes the client's question on as it came.
    ['dnsmasq', 'big.x', 'timeout'],
    ['dnsmasq', 'small.x', 'answer'],
  ] as const)('%s, %s: %s', ([software, name, kind]) => {
    const on = asking(resolver(software as Software, { forwards: [forward('', ['10.0.0.11'])] }), [UP])
    expect(heard(on, but(on, 'tcp', '10.0.0.11'), name)[0]).toBe(kind)
    expect(outcome(on, name).startsWith('10.1.')).toBe(true)
  })
})

describe('a router between the client and its name server', () => {
  const big = zone('x', 'nxdomain', ...many(40), 'small A 10.1.0.1')
  const between = (protocol: typeof TCP) => {
    const dns = allOf({ kind: 'protocol', in: [protocol] }, { kind: 'destination-port', in: [singlePort(53)] })
    const router = routed('r1', [port('lan', '10.1.0.1/24'), port('srv', '10.2.0.1/24')], [], {
      ruleSets: { forward: rules('forward', ACCEPT, [dns, DROP]) },
    })
    const pc = host('pc', '10.1.0.9/24', '10.1.0.1', { stubResolver: stub(['10.2.0.53']) })
    const ns = host('ns', '10.2.0.53/24', '10.2.0.1', { resolver: resolver('bind', { zones: [big] }) })
    const links = [segment('lan', 'pc:eth0', 'r1:lan'), segment('srv', 'ns:eth0', 'r1:srv')]
    const filtered = {
      ...router,
      pipeline: { ...router.pipeline, forward: [{ kind: 'filter', ruleSet: 'forward' } as const] },
    }
    return prepare(traced([pc, ns, filtered], links))
  }
  test.for([
    [TCP, 'small.x', 'answer', 2],
    [TCP, 'big.x', 'timeout', 3],
    [UDP, 'small.x', 'timeout', 1],
  ] as const)('drops protocol %s: %s ends in %s', ([protocol, name, kind, paths]) => {
    const { answer, queries } = resolve(between(protocol), { device: 'pc', name })
    expect([answer.kind, queries[0]?.transport.length]).toEqual([kind, paths])
    if (kind === 'timeout') expect(answer.because).toContain('forward')
  })
})

describe('whom a host asks for which name', () => {
  const corp = device('corp', ['10.0.0.21'], {
    resolver: resolver('other', { zones: [zone('corp.local', 'nxdomain', 'www A 10.5.0.1', 'only A 10.5.0.2')] }),
  })
  const home = device('home', ['10.0.0.22'], {
    resolver: resolver('other', {
      zones: [zone('x', 'nxdomain', 'www A 10.6.0.1'), zone('corp.local', 'nxdomain', 'www A 10.6.0.2')],
      otherwise: 'nxdomain',
    }),
  })
  const source = implied('made by hand')
  const route = (suffix: string, address: string, exact?: true) => ({
    suffix,
    servers: stub([address]).servers,
    label: `link ${address}`,
    source,
    ...(exact && { exact }),
  })
  const answer = (rest: Parameters<typeof stub>[1], name: string, servers = ['10.0.0.22']) =>
    outcome(network([device('pc', ['10.0.0.9'], { stubResolver: stub(servers, rest) }), corp, home]), name)
  const toCorp = { routes: [route('corp.local', '10.0.0.21')] }
  test.for([
    ['the longest suffix takes the name', toCorp, 'www.corp.local', '10.5.0.1'],
    ['other names go to the servers of all', toCorp, 'www.x', '10.6.0.1'],
    ['a dead link is not made up for', { routes: [route('corp.local', '10.0.0.66')] }, 'www.corp.local', 'timeout'],
    [
      'a rule for one name leaves its neighbours',
      { routes: [route('only.corp.local', '10.0.0.21', true)] },
      'www.corp.local',
      '10.6.0.2',
    ],
    ['and takes its own', { routes: [route('only.corp.local', '10.0.0.21', true)] }, 'only.corp.local', '10.5.0.2'],
    [
      'two links of one domain that differ',
      { routes: [route('corp.local', '10.0.0.21'), route('corp.local', '10.0.0.22')] },
      'www.corp.local',
      'unknown',
    ],
    ['systemd-resolved asks nobody for .local', { multicastNames: true }, 'www.corp.local', 'nxdomain'],
    ['but where a link has a domain there', { multicastNames: true, ...toCorp }, 'www.corp.local', '10.5.0.1'],
    ['nor for a name without a dot', { multicastNames: true }, 'x', 'nxdomain'],
  ] as const)('%s', ([, rest, name, expected]) => {
    expect(answer(rest, name)).toBe(expected)
  })
  test('with rotate any server may be the first asked', () => {
    expect(answer({ rotate: true }, 'www.corp.local', ['10.0.0.21', '10.0.0.22'])).toBe('unknown')
    expect(answer({}, 'www.corp.local', ['10.0.0.21', '10.0.0.22'])).toBe('10.5.0.1')
    expect(answer({ rotate: true }, 'www.corp.local', ['10.0.0.66', '10.0.0.22'])).toBe('10.6.0.2')
  })
  test('a browser with DNS over HTTPS asks its own server first, hosts files aside', () => {
    const https = (fallsBack: boolean) => ({
      https: { server: ip('10.0.0.21'), fallsBack, label: 'DNS over HTTPS', source },
    })
    expect(answer(https(true), 'www.corp.local')).toBe('10.5.0.1')
    expect(answer(https(true), 'www.x')).toBe('10.6.0.1')
    expect(answer(https(false), 'www.x')).toBe('refused')
    const hosts = [{ name: 'www.corp.local', type: 'A' as const, value: ip('10.7.7.7'), source }]
    expect(answer({ ...https(true), hosts }, 'www.corp.local')).toBe('10.7.7.7')
  })
})
