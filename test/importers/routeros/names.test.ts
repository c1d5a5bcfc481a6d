import { describe, expect, test } from 'vitest'
import { addressSet, formatIp, ip } from '../../../src/net/index.ts'
import { codesOf, interfaceOf, routerOf } from './router-of.ts'

const LAN = '/ip address\nadd address=192.168.88.1/24 interface=ether2\n/ip dhcp-server\nadd interface=ether2 name=d\n'

describe('what DHCP offers (MikroTik: DHCP)', () => {
  const offer = (text: string) => interfaceOf(routerOf(text), 'ether2').dhcp
  const servers = (text: string) => offer(text)?.nameServers.map(formatIp)

  test.for<[string, string[] | undefined]>([
    [
      '/ip dhcp-server network\nadd address=192.168.88.0/24 dns-server=1.1.1.1,8.8.8.8 gateway=192.168.88.1',
      ['1.1.1.1', '8.8.8.8'],
    ],
    [
      '/ip dhcp-server network\nadd address=192.168.88.0/24\n/ip dns\nset allow-remote-requests=yes servers=9.9.9.9',
      ['192.168.88.1'],
    ],
    ['/ip dhcp-server network\nadd address=192.168.88.0/24\n/ip dns\nset servers=9.9.9.9', ['9.9.9.9']],
    ['/ip dhcp-server network\nadd address=192.168.88.0/24 dns-none=yes', []],
    ['/ip dhcp-server network\nadd address=10.0.0.0/24 dns-server=1.1.1.1', undefined],
  ])('%j offers the name servers %j', ([text, wanted]) => {
    expect(servers(`${LAN}${text}\n`)).toEqual(wanted)
  })

  test('the gateway and the search domain come along', () => {
    expect(
      offer(`${LAN}/ip dhcp-server network\nadd address=192.168.88.0/24 domain=Home.Example gateway=192.168.88.1\n`),
    ).toMatchObject({
      gateway: ip('192.168.88.1'),
      search: ['home.example'],
      source: { line: 6 },
    })
  })

  test('a network without a server on the interface offers nothing', () => {
    expect(
      offer(
        '/ip address\nadd address=192.168.88.1/24 interface=ether2\n/ip dhcp-server network\nadd address=192.168.88.0/24 dns-server=1.1.1.1\n',
      ),
    ).toBeUndefined()
  })
})

describe('the router as a name server (MikroTik: DNS)', () => {
  const resolver = (text: string) => {
    const { resolver: found } = routerOf(`${text}\n`)
    if (!found) throw new Error('no resolver')
    return found
  }

  test('without allow-remote-requests nobody is answered', () => {
    expect(resolver('/ip dns\nset servers=1.1.1.1').allows).toMatchObject({
      clients: addressSet(),
      otherwise: 'ignore',
    })
    expect(resolver('/ip dns\nset allow-remote-requests=yes servers=1.1.1.1').allows).toBeUndefined()
  })

  test('servers are asked in order and are the end', () => {
    expect(resolver('/ip dns\nset allow-remote-requests=yes servers=1.1.1.1,9.9.9.9').forwards).toMatchObject([
      {
        suffix: '',
        mode: 'only',
        order: 'in-order',
        to: [
          { kind: 'server', ip: ip('1.1.1.1'), port: 53 },
          { kind: 'server', ip: ip('9.9.9.9'), port: 53 },
        ],
        source: { line: 2, column: 31 },
      },
    ])
  })

  test.for([
    ['no servers at all', '/ip dns\nset allow-remote-requests=yes', 'refuse', 0],
    ['servers from the provider', '/ip dhcp-client\nadd interface=ether1', 'unknown', 0],
    ['the provider is not asked', '/ip dhcp-client\nadd interface=ether1 use-peer-dns=no', 'refuse', 0],
    ['both', '/ip dhcp-client\nadd interface=ether1\n/ip dns\nset servers=1.1.1.1', 'unknown', 1],
    ['DNS over HTTPS', '/ip dns\nset servers=1.1.1.1 use-doh-server=https://1.1.1.1/dns-query', 'refuse', 1],
  ] as const)('%s', ([, text, otherwise, doubts]) => {
    expect(resolver(text).otherwise).toBe(otherwise)
    expect(resolver(text).notModelled).toHaveLength(doubts)
  })

  test('DNS over HTTPS takes the place of the servers', () => {
    expect(resolver('/ip dns\nset servers=1.1.1.1 use-doh-server=https://1.1.1.1/dns-query').forwards[0]?.to).toEqual([
      { kind: 'public' },
    ])
  })

  const DNS = '/ip dns\nset allow-remote-requests=yes servers=1.1.1.1\n/ip dns static\n'
  const records = (text: string) =>
    resolver(DNS + text).zones.flatMap((zone) =>
      zone.records.map(
        (one) =>
          `${zone.name}|${one.name} ${one.type} ${typeof one.value === 'string' ? one.value : formatIp(one.value)}`,
      ),
    )

  test.for<[string, string[]]>([
    ['add address=10.0.0.1 name=Router.LAN', ['|router.lan A 10.0.0.1']],
    ['add address=10.0.0.1 match-subdomain=yes name=x', ['|x A 10.0.0.1', '|*.x A 10.0.0.1']],
    ['add address=fd00::1 name=x type=AAAA', ['|x AAAA fd00::1']],
    ['add cname=b.example. name=a.example type=CNAME', ['|a.example CNAME b.example']],
    ['add name=x text=hello type=TXT', []],
    ['add address=10.0.0.1 disabled=yes name=x', []],
    [
      'add name=corp.example match-subdomain=yes type=NXDOMAIN\nadd address=10.0.0.1 name=a.corp.example',
      ['corp.example|a.corp.example A 10.0.0.1'],
    ],
  ])('static entry %j', ([line, wanted]) => {
    expect(records(line)).toEqual(wanted)
  })

  test('static names go on upstream when they are not there', () => {
    expect(resolver(`${DNS}add address=10.0.0.1 name=x`).zones).toMatchObject([{ name: '', onMissing: 'forward' }])
  })

  test('FWD with match-subdomain is a forward of the tree', () => {
    expect(
      resolver(`${DNS}add forward-to=10.0.0.53,10.0.0.54 match-subdomain=yes name=blob.core.windows.net type=FWD`)
        .forwards,
    ).toMatchObject([
      { suffix: 'blob.core.windows.net', to: [{ ip: ip('10.0.0.53') }, { ip: ip('10.0.0.54') }], source: { line: 4 } },
      { suffix: '' },
    ])
  })

  test('FWD to a named forwarder and to localhost', () => {
    const text = `${DNS}add forward-to=azure match-subdomain=yes name=a.example type=FWD\nadd forward-to=localhost match-subdomain=yes name=b.example type=FWD\n/ip dns forwarders\nadd dns-servers=10.0.0.53 name=azure`
    expect(
      resolver(text).forwards.map((one) => [
        one.suffix,
        one.to.map((to) => (to.kind === 'server' ? formatIp(to.ip) : to.kind)),
      ]),
    ).toEqual([
      ['a.example', ['10.0.0.53']],
      ['b.example', ['1.1.1.1']],
      ['', ['1.1.1.1']],
    ])
  })

  test('without match-subdomain FWD and NXDOMAIN are of the one name alone', () => {
    const text = `${DNS}add forward-to=10.0.0.53 name=blob.core.windows.net type=FWD
add name=ads.example type=NXDOMAIN
add address=10.0.0.1 name=a.ads.example
`
    const found = resolver(text)
    expect(found.forwards[0]).toMatchObject({ suffix: 'blob.core.windows.net', exact: true })
    expect(found.zones).toMatchObject([
      { name: 'ads.example', exact: true, onMissing: 'nxdomain', records: [] },
      { name: '', onMissing: 'forward', records: [{ name: 'a.ads.example' }] },
    ])
    expect(found.notModelled).toEqual([])
  })

  test.for<[string, string, string[]]>([
    [
      'the domain and all below it',
      '^(.*\\\\.)?corp\\\\.local\\$',
      ['|corp.local A 10.0.0.1', '|*.corp.local A 10.0.0.1'],
    ],
    [
      'the domain and all below it',
      '(^|\\\\.)corp\\\\.local\\$',
      ['|corp.local A 10.0.0.1', '|*.corp.local A 10.0.0.1'],
    ],
    ['what is below the domain', '.*\\\\.corp\\\\.local\\$', ['|*.corp.local A 10.0.0.1']],
    ['what is below the domain, open at its end', '.*\\\\.corp\\\\.local', ['|*.corp.local A 10.0.0.1']],
    ['one name', '^www\\\\.corp\\\\.local\\$', ['|www.corp.local A 10.0.0.1']],
  ])('a pattern that stands for %s: %s', ([, pattern, wanted]) => {
    expect(records(`add address=10.0.0.1 regexp="${pattern}"`)).toEqual(wanted)
  })

  test.for(['corp\\\\.local\\$', '^ad[sv]+\\\\.', '.*tracker.*', 'a|b', '\\\\.lan'])(
    'the pattern %s is in doubt',
    (pattern) => {
      const text = `${DNS}add address=10.0.0.1 regexp="${pattern}"`
      const doubts = resolver(text).doubtfulNames?.map((one) => one.pattern)
      expect(doubts).toEqual([pattern.replaceAll('\\\\', '\\').replace('\\$', '$')])
      expect(codesOf(text)).toContain('NT1221:4')
    },
  )

  test('patterns come before names (MikroTik: DNS, Static)', () => {
    const text = 'add address=10.0.0.1 name=www.corp.local\nadd address=10.0.0.2 regexp=".*\\\\.corp\\\\.local\\$"'
    expect(records(text)).toEqual(['|*.corp.local A 10.0.0.2'])
  })

  test('a pattern may forward what is below a domain and not the domain itself', () => {
    const text = `${DNS}add forward-to=10.0.0.53 regexp=".*\\\\.corp\\\\.local\\$" type=FWD`
    expect(resolver(text).forwards[0]).toMatchObject({ suffix: '*.corp.local' })
  })

  test('the router itself asks its servers, static names first', () => {
    expect(routerOf(`${DNS}add address=10.0.0.1 name=x\n`).stubResolver).toMatchObject({
      servers: [{ ip: ip('1.1.1.1'), source: { line: 2, column: 31 } }],
      hosts: [{ name: 'x', value: ip('10.0.0.1') }],
    })
  })
})

describe('what the router answers on', () => {
  const listeners = (text: string) =>
    (routerOf(`${text}\n`).listeners ?? []).map(
      (one) => `${one.protocol}/${one.ports.first} ${one.label}${one.from ? ' limited' : ''}`,
    )
  const DEFAULT = [
    '6/23 /ip service telnet',
    '6/21 /ip service ftp',
    '6/80 /ip service www',
    '6/22 /ip service ssh',
    '6/8728 /ip service api',
    '6/8291 /ip service winbox',
    '6/8729 /ip service api-ssl',
    '6/2000 bandwidth test',
  ]

  test.for<[string, string[], string[]]>([
    ['/ip dns\nset servers=1.1.1.1', [], []],
    ['/ip dns\nset allow-remote-requests=yes', ['17/53 DNS', '6/53 DNS'], []],
    [
      '/ip service\nset telnet disabled=yes\nset www-ssl disabled=no',
      ['6/443 /ip service www-ssl'],
      ['6/23 /ip service telnet'],
    ],
    ['/ip service\ndisable telnet,ftp', [], ['6/23 /ip service telnet', '6/21 /ip service ftp']],
    ['/ip service\nset ssh address=10.0.0.0/8 port=2222', ['6/2222 /ip service ssh limited'], ['6/22 /ip service ssh']],
    ['/ip ipsec peer\nadd address=1.1.1.1/32 name=p', ['17/500 IKE', '17/4500 IKE'], []],
    ['/tool bandwidth-server\nset enabled=no', [], ['6/2000 bandwidth test']],
    ['/interface wireguard\nadd listen-port=51820 name=wg', ['17/51820 WireGuard wg'], []],
    ['/snmp\nset enabled=yes', ['17/161 SNMP'], []],
  ])('%j', ([text, more, less]) => {
    expect(listeners(text).sort()).toEqual([...DEFAULT.filter((one) => !less.includes(one)), ...more].sort())
  })
})
