import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/dns/index.ts'
import type { StubResolver } from '../../src/model/index.ts'
import { formatIp, TCP } from '../../src/net/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { estate, lines } from './small-estate.ts'

const ROUTER = 'if eth0 192.0.2.1/24\nif eth1 10.0.1.1/24 dhcp=10.0.1.9 gateway=10.0.1.1'

function withDns(dns: string, more: Readonly<Record<string, string>> = {}, host = '') {
  const text = `nettrace: 1\ndevices: { fw: { routeros: fw.rsc } }\nlinks: [{ internet: ['fw:eth0'] }]
public: { www.example.org: 198.51.100.7 }
hosts:\n  pc: { address: 10.0.1.7, on: 'fw:eth1', ${host}dns: ${dns} }`
  return estate({ 'lab/fw.rsc': ROUTER, ...more, 'lab/lab.yaml': text })
}

function stubOf(dns: string, more: Readonly<Record<string, string>> = {}, host = ''): StubResolver {
  const topology = withDns(dns, more, host)
  const stub = topology.network.devices.get('pc')?.stubResolver
  if (!stub) throw new Error(lines(topology.diagnostics).join('\n'))
  return stub
}

const routesOf = (stub: StubResolver) =>
  (stub.routes ?? []).map(
    ({ suffix, exact, servers }) =>
      `${exact ? '=' : ''}${suffix || '.'} ${servers.map((one) => formatIp(one.ip)).join(' ')}`,
  )

describe('resolv.conf of a host', () => {
  const FILE = [
    '# made by hand',
    '; and so is this',
    'domain lost.example',
    'nameserver 10.0.1.53',
    'nameserver fe80::1%eth0',
    'search Corp.Example. lab.example',
    'options ndots:3 rotate timeout:1',
    'options edns0 use-vc',
    'sortlist 10.0.0.0/8',
  ].join('\n')
  const read = (text: string, dns = '{ resolv-conf: r.conf }', host = '') => stubOf(dns, { 'lab/r.conf': text }, host)

  test('says whom it asks, what it appends and how', () => {
    const stub = read(FILE)
    expect(stub.servers.map((one) => formatIp(one.ip))).toEqual(['10.0.1.53', 'fe80::1'])
    expect(stub).toMatchObject({
      search: ['corp.example', 'lab.example'],
      ndots: 3,
      rotate: true,
      room: 1200,
      overTcp: true,
      label: 'resolv.conf of pc',
    })
  })
  test('gives way to what the topology says', () => {
    const stub = read(
      FILE,
      '{ resolv-conf: r.conf, servers: 10.0.1.54, options: ["ndots:1"] }',
      'search: own.example, ',
    )
    expect(stub.servers.map((one) => formatIp(one.ip))).toEqual(['10.0.1.54'])
    expect(stub).toMatchObject({ search: ['own.example'], ndots: 1, label: 'dns of pc' })
  })
  test('without a server leaves the servers of DHCP', () => {
    const stub = read('search corp.example')
    expect(stub).toMatchObject({ search: ['corp.example'], label: 'DHCP of fw' })
  })
  test.for([
    ['nameserver dns.example', 'NT1881', '"dns.example" is no address of a name server'],
    ['resolver 10.0.0.1', 'NT1880', '"resolver" is no keyword of resolv.conf'],
    ['options ndots', 'NT1882', '"ndots" is no option of resolv.conf'],
  ] as const)('%s', ([text, code, message]) => {
    const { diagnostics } = withDns('{ resolv-conf: r.conf }', { 'lab/r.conf': text })
    expect(diagnostics.map((one) => [one.code, one.message.split(';')[0]])).toContainEqual([code, message])
  })
})

describe('names that go to servers of their own', () => {
  test('links of systemd-resolved: a domain with ~ keeps other names away', () => {
    const stub = stubOf(
      '{ links: [{ name: eth0, servers: 10.0.1.53 }, { name: tun0, servers: 10.20.0.53, domains: [~corp.local, plant.example] }] }',
    )
    expect(routesOf(stub)).toEqual(['. 10.0.1.53', 'corp.local 10.20.0.53', 'plant.example 10.20.0.53'])
    expect(stub.search).toEqual(['lab.example', 'plant.example'])
    expect(stub.multicastNames).toBe(true)
  })
  test('default-route decides against the domains', () => {
    const link = '{ name: tun0, servers: 10.20.0.53, domains: [~corp.local], default-route: true }'
    expect(routesOf(stubOf(`{ servers: 10.0.1.53, links: ${link} }`))).toEqual([
      'corp.local 10.20.0.53',
      '. 10.20.0.53',
      '. 10.0.1.53',
    ])
  })
  test('rules of NRPT: a dot before the name takes all below it', () => {
    const rules =
      '[{ namespace: .corp.local, servers: 10.20.0.53 }, { namespace: srv.corp.local, servers: 10.20.0.54 }]'
    expect(routesOf(stubOf(`{ servers: 10.0.1.53, nrpt: ${rules} }`))).toEqual([
      'corp.local 10.20.0.53',
      '=srv.corp.local 10.20.0.54',
    ])
  })
})

describe('DNS over HTTPS of a browser', () => {
  test.for([
    ['https://192.0.2.1/dns-query', '192.0.2.1', true],
    ['"https://[2001:db8::1]:443/dns-query"', '2001:db8::1', true],
    ['{ server: 192.0.2.1, fallback: false }', '192.0.2.1', false],
  ] as const)('%s', ([text, server, fallsBack]) => {
    const { https } = stubOf(`{ https: ${text} }`)
    expect([https && formatIp(https.server), https?.fallsBack]).toEqual([server, fallsBack])
  })
  test('leaves the servers that DHCP gave', () => {
    expect(stubOf('{ https: 192.0.2.1 }').label).toBe('DHCP of fw')
  })
  test('is asked over TCP to port 443, and answers from public DNS', () => {
    const pc = 'pc: { address: 198.51.100.20, on: internet, dns: { servers: 203.0.113.66, https: 198.51.100.1 } }'
    const text = `nettrace: 1\npublic: { www.example.org: 198.51.100.7 }\nhosts: { ${pc} }`
    const { network } = estate({ 'lab/lab.yaml': text })
    const { queries, addresses } = resolve(prepare(network), { device: 'pc', name: 'www.example.org' })
    expect(queries.map((query) => [query.server && formatIp(query.server), query.answeredBy])).toEqual([
      ['198.51.100.1', 'internet'],
    ])
    expect(queries[0]?.transport[0]?.flow).toMatchObject({ protocol: TCP, destinationPort: 443 })
    expect(addresses.map(formatIp)).toEqual(['198.51.100.7'])
  })
})

test.for([
  ['{ https: https://dns.example/dns-query }', 'NT1110', 'holds no address'],
  ['{ https: { fallback: true } }', 'NT1103', 'has no server'],
  ['{ nrpt: [{ servers: 10.0.1.53 }] }', 'NT1103', 'has no namespace'],
  ['{ links: [{ server: 10.0.1.53 }] }', 'NT1101', 'did you mean "servers"'],
  ['{ servers: dns }', 'NT1110', 'is not an IP address'],
  ['{ resolv-conf: gone.conf }', 'NT1002', 'gone.conf'],
] as const)('%s is refused', ([dns, code, words]) => {
  const { diagnostics } = withDns(dns)
  const found = diagnostics.map((one) => `${one.code} ${one.message}`).join('\n')
  expect(found).toContain(words)
  expect(found).toContain(code)
})
