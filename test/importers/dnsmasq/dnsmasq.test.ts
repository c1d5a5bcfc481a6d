import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DNSMASQ_HABITS, importDnsmasq } from '../../../src/importers/dnsmasq/index.ts'
import { reverseZones } from '../../../src/importers/dnsmasq/server-value.ts'
import type { Resolver } from '../../../src/model/index.ts'
import { formatAddressSet, formatIp } from '../../../src/net/index.ts'
import type { TextFile } from '../../../src/text/index.ts'

const RESOLV = { path: 'etc/resolv.conf', text: '# by hand\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n' }
const conf = (text: string, path = 'etc/dnsmasq.conf') => ({ path, text })

function resolverOf(text: string, ...more: TextFile[]): Resolver {
  const { resolver } = importDnsmasq([conf(text), ...more])
  if (!resolver) throw new Error('no resolver was read')
  return resolver
}

const forwardsOf = (resolver: Resolver) =>
  resolver.forwards.map((forward) => {
    const to = forward.to.map((target) =>
      target.kind === 'server' ? `${formatIp(target.ip)}${target.port === 53 ? '' : `#${target.port}`}` : target.kind,
    )
    return `${forward.suffix || '.'} -> ${to.join(' ') || 'nobody'} (${forward.mode}, ${forward.order})`
  })

describe('where questions go', () => {
  test.for([
    ['server=10.0.0.53', ['. -> 10.0.0.53 (only, any)']],
    ['server=10.0.0.53#5353', ['. -> 10.0.0.53#5353 (only, any)']],
    ['server=10.0.0.53@eth1', ['. -> 10.0.0.53 (only, any)']],
    ['server=2001:db8::53', ['. -> 2001:db8::53 (only, any)']],
    ['server=10.0.0.53\nserver=10.0.0.54', ['. -> 10.0.0.53 10.0.0.54 (only, any)']],
    ['strict-order\nserver=10.0.0.53\nserver=10.0.0.54', ['. -> 10.0.0.53 10.0.0.54 (only, in-order)']],
    ['server=/Corp.Example/10.0.0.53', ['corp.example -> 10.0.0.53 (only, any)']],
    [
      'server=/a.example/b.example/10.0.0.53',
      ['a.example -> 10.0.0.53 (only, any)', 'b.example -> 10.0.0.53 (only, any)'],
    ],
    // Measured with 2.90: the names below, corp.example itself left out.
    ['server=/*.corp.example/10.0.0.53', ['*.corp.example -> 10.0.0.53 (only, any)']],
    ['server=/.corp.example/10.0.0.53', ['corp.example -> 10.0.0.53 (only, any)']],
    ['local=/lan/', ['lan -> nobody (only, any)']],
    ['server=/lan/', ['lan -> nobody (only, any)']],
    [
      'server=10.0.0.53\nserver=/example/10.0.0.54\nserver=/www.example/#',
      ['example -> 10.0.0.54 (only, any)', 'www.example -> 10.0.0.53 (only, any)', '. -> 10.0.0.53 (only, any)'],
    ],
    [
      'server=10.0.0.53\nserver=/example/10.0.0.54\nserver=/example/#',
      ['example -> 10.0.0.53 (only, any)', '. -> 10.0.0.53 (only, any)'],
    ],
    ['rev-server=10.20.0.0/16,10.0.0.53', ['20.10.in-addr.arpa -> 10.0.0.53 (only, any)']],
    ['domain=lan,192.168.1.0/24,local', ['lan -> nobody (only, any)']],
    ['server=/#/10.0.0.53', ['. -> 10.0.0.53 (only, any)']],
  ] as const)('%s', ([text, forwards]) => {
    expect(forwardsOf(resolverOf(`no-resolv\n${text}\n`))).toEqual(forwards)
  })

  test('without a server and with no-resolv everything is refused', () => {
    expect(resolverOf('no-resolv\n').otherwise).toBe('refuse')
  })

  test('to the servers of the resolv-file, where it was given', () => {
    expect(forwardsOf(resolverOf('cache-size=100\n', RESOLV))).toEqual(['. -> 192.0.2.53 192.0.2.54 (only, any)'])
  })

  test('to servers we do not know, where it was not', () => {
    const resolver = resolverOf('resolv-file=/run/resolv.conf.upstream\n')
    expect(resolver.otherwise).toBe('unknown')
    expect(resolver.notModelled).toEqual(['servers of /run/resolv.conf.upstream, which was not given'])
  })

  test('to a server given by its name: unknown, never guessed', () => {
    const resolver = resolverOf('no-resolv\nserver=/corp.example/dns.corp.example\n')
    expect(resolver.zones.find((zone) => zone.name === 'corp.example')?.onMissing).toBe('unknown')
    expect(resolver.notModelled).toEqual(['server /corp.example/dns.corp.example'])
  })

  test('private reverse names stay here with bogus-priv, but for those with a server of their own', () => {
    const forwards = forwardsOf(resolverOf('no-resolv\nbogus-priv\nserver=/20.10.in-addr.arpa/10.0.0.53\n'))
    expect(forwards).toContain('10.in-addr.arpa -> nobody (only, any)')
    expect(forwards).toContain('31.172.in-addr.arpa -> nobody (only, any)')
    expect(forwards).toContain('20.10.in-addr.arpa -> 10.0.0.53 (only, any)')
  })

  test('bogus-priv holds back PTR alone, also of documentation, loopback and link-local addresses', () => {
    const { forwards } = resolverOf('no-resolv\nbogus-priv\n')
    expect(forwards.every((forward) => forward.types?.join() === 'PTR')).toBe(true)
    const suffixes = forwards.map((forward) => forward.suffix)
    for (const zone of ['127', '0', '2.0.192', '100.51.198', '113.0.203', '255.255.255.255', '254.169'])
      expect(suffixes).toContain(`${zone}.in-addr.arpa`)
    for (const zone of ['d.f', 'b.e.f', '8.b.d.0.1.0.0.2']) expect(suffixes).toContain(`${zone}.ip6.arpa`)
    expect(suffixes).not.toContain('c.f.ip6.arpa')
  })

  test('a server for a wider reverse name switches bogus-priv off below it', () => {
    const forwards = forwardsOf(resolverOf('no-resolv\nbogus-priv\nserver=/in-addr.arpa/10.0.0.53\n'))
    expect(forwards).not.toContain('10.in-addr.arpa -> nobody (only, any)')
    expect(forwards).toContain('d.f.ip6.arpa -> nobody (only, any)')
  })
})

test.for([
  ['10.0.0.0/8', ['10.in-addr.arpa']],
  ['192.168.7.0/24', ['7.168.192.in-addr.arpa']],
  ['192.168.7.9', ['9.7.168.192.in-addr.arpa']],
  ['172.16.0.0/14', ['16.172.in-addr.arpa', '17.172.in-addr.arpa', '18.172.in-addr.arpa', '19.172.in-addr.arpa']],
  ['fd00::/8', ['d.f.ip6.arpa']],
  ['no network', []],
] as const)('the reverse zones of %s', ([network, zones]) => {
  expect(reverseZones(network)).toEqual(zones)
})

/** `zone: name type value, ...; what is missing` */
const zonesOf = (resolver: Resolver) =>
  resolver.zones.flatMap((zone) => {
    if (zone.typesOnly) return []
    const records = zone.records.map((record) => {
      const value = typeof record.value === 'string' ? record.value : formatIp(record.value)
      return `${record.name} ${record.type} ${value}`
    })
    return [`${zone.name || '.'}: ${[...records, zone.onMissing].join('; ')}`]
  })

describe('what dnsmasq answers itself', () => {
  test.for([
    ['host-record=nas.lan,192.168.1.5,fd00::5', ['.: nas.lan A 192.168.1.5; nas.lan AAAA fd00::5; forward']],
    ['host-record=nas.lan,nas,192.168.1.5,3600', ['.: nas.lan A 192.168.1.5; nas A 192.168.1.5; forward']],
    [
      'host-record=nas.lan,192.168.1.5\ncname=files.lan,nas.lan',
      ['.: nas.lan A 192.168.1.5; files.lan CNAME nas.lan; forward'],
    ],
    [
      'host-record=nas.lan,192.168.1.5\ncname=a.lan,b.lan\ncname=b.lan,nas.lan',
      ['.: nas.lan A 192.168.1.5; a.lan CNAME b.lan; b.lan CNAME nas.lan; forward'],
    ],
    ['address=/ads.example/0.0.0.0', ['ads.example: ads.example A 0.0.0.0; *.ads.example A 0.0.0.0; forward']],
    ['address=/ads.example/', []],
    [
      'address=/ads.example/10.0.0.1\nserver=/ok.ads.example/10.0.0.53',
      ['ads.example: ads.example A 10.0.0.1; *.ads.example A 10.0.0.1; forward'],
    ],
    [
      'address=/corp.example/10.0.0.1\nhost-record=www.corp.example,10.0.0.2',
      [
        'corp.example: www.corp.example A 10.0.0.2; forward',
        '.: www.corp.example A 10.0.0.2; forward',
        'corp.example: corp.example A 10.0.0.1; *.corp.example A 10.0.0.1; forward',
      ],
    ],
    [
      'txt-record=example,hello\nsrv-host=_ldap._tcp.example,dc.example,389',
      ['.: example TXT hello; _ldap._tcp.example SRV dc.example,389; forward'],
    ],
  ] as const)('%s', ([text, zones]) => {
    expect(zonesOf(resolverOf(`no-resolv\n${text}\n`))).toEqual(zones)
  })

  test('names of hosts files, with the domain appended by expand-hosts', () => {
    const hosts = { path: 'etc/hosts', text: '127.0.0.1 localhost # loop\n192.168.1.5 nas files\n' }
    expect(zonesOf(resolverOf('no-resolv\ndomain=lan\nexpand-hosts\n', hosts))).toEqual([
      '.: localhost A 127.0.0.1; localhost.lan A 127.0.0.1; nas A 192.168.1.5; nas.lan A 192.168.1.5; files A 192.168.1.5; files.lan A 192.168.1.5; forward',
    ])
  })

  test('an alias of a name it does not hold is served where no DHCP client can bring the name', () => {
    const part = importDnsmasq([conf('no-resolv\ncname=web.lan,host.lan\n')])
    expect(zonesOf(part.resolver as Resolver)).toEqual(['.: web.lan CNAME host.lan; forward'])
    expect(part.diagnostics).toEqual([])
  })

  test('an alias goes before an address of the same name', () => {
    expect(
      zonesOf(
        resolverOf('no-resolv\nhost-record=web.lan,10.0.0.1\nhost-record=nas.lan,10.0.0.2\ncname=web.lan,nas.lan\n'),
      ),
    ).toEqual(['.: nas.lan A 10.0.0.2; web.lan CNAME nas.lan; forward'])
  })

  test('a wildcard alias is not served, only the names above it are known; that is said', () => {
    const part = importDnsmasq([conf('no-resolv\nhost-record=nas.lan,10.0.0.2\ncname=*.web.lan,nas.lan\n')])
    expect(zonesOf(part.resolver as Resolver)).toEqual(['.: nas.lan A 10.0.0.2; \\052.web.lan CNAME nas.lan; forward'])
    expect(part.diagnostics.map((one) => one.code)).toEqual(['NT1367'])
  })

  test('an alias of a name it does not hold: only a DHCP client could bring it', () => {
    const part = importDnsmasq([conf('no-resolv\ndhcp-range=192.168.1.100,192.168.1.150\ncname=web.lan,host.lan\n')])
    expect(zonesOf(part.resolver as Resolver)).toEqual(['web.lan: unknown'])
    expect(part.diagnostics.map((one) => one.code)).toEqual(['NT1363'])
  })
})

describe('answers with private addresses', () => {
  test('are emptied with stop-dns-rebind; 100.64.0.0/10 passes', () => {
    const { rebind } = resolverOf('stop-dns-rebind\nrebind-domain-ok=/blob.core.windows.net/corp.example/\n')
    expect(rebind).toMatchObject({
      effect: 'empty',
      exemptBy: 'queried',
      exempt: ['blob.core.windows.net', 'corp.example'],
    })
    const discards = rebind ? formatAddressSet(rebind.discards, 20) : ''
    expect(discards).toBe(
      '0.0.0.0/8, 10.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.2.0/24, 192.168.0.0/16, 198.51.100.0/24, 203.0.113.0/24, 255.255.255.255, ::/127, 2001:db8::/32, fd00::/8, fe80::/10',
    )
  })

  test('of loopback pass with rebind-localhost-ok', () => {
    const { rebind } = resolverOf('stop-dns-rebind\nrebind-localhost-ok\n')
    expect(rebind && formatAddressSet(rebind.discards, 20)).not.toContain('127.')
  })

  test('pass without it', () => {
    expect(resolverOf('no-resolv\n').rebind).toBeUndefined()
  })
})

describe('what could change an answer and is not modelled is said', () => {
  test.for([
    ['alias=10.0.0.0,10.1.0.0,255.0.255.0', 'alias 10.0.0.0,10.1.0.0,255.0.255.0'],
    ['bogus-nxdomain=nobody', 'bogus-nxdomain nobody'],
    ['filterwin2k', 'filterwin2k'],
    ['interface=eth1', 'interface eth1'],
    ['local-service', 'local-service: only clients on networks this device is attached to are answered'],
  ] as const)('%s', ([text, words]) => {
    expect(resolverOf(`no-resolv\n${text}\n`).notModelled).toContain(words)
  })

  test('local-service counts for nothing beside an interface', () => {
    expect(resolverOf('no-resolv\nlocal-service\ninterface=eth1\n').notModelled).toEqual(['interface eth1'])
  })
})

describe('the files of a configuration', () => {
  test('included by conf-file and conf-dir are read in their place', () => {
    const resolver = resolverOf(
      'no-resolv\nconf-file=/etc/more.conf\nconf-dir=/etc/dnsmasq.d\n',
      conf('server=10.0.0.1\n', 'etc/more.conf'),
      conf('server=10.0.0.2\n', 'etc/dnsmasq.d/a.conf'),
    )
    expect(forwardsOf(resolver)).toEqual(['. -> 10.0.0.1 10.0.0.2 (only, any)'])
  })

  test.for([
    ['one that was not given', 'conf-file=/etc/more.conf\n', 'NT1361', 'warning'],
    ['one that includes itself', 'conf-file=/etc/dnsmasq.conf\n', 'NT1362', 'error'],
    ['a line that is no option', '<html>\n', 'NT1360', 'error'],
    ['an option nobody knows', 'frobnicate=1\n', 'NT1364', 'warning'],
    ['a hosts file that was not given', 'addn-hosts=/etc/more.hosts\n', 'NT1365', 'warning'],
    ['a file that is not text', 'server=\0\n', 'NT1366', 'error'],
  ] as const)('%s is said', ([, text, code, severity]) => {
    const { diagnostics } = importDnsmasq([conf(text)])
    expect(diagnostics).toMatchObject([{ code, severity, source: { file: 'etc/dnsmasq.conf', line: 1, column: 1 } }])
  })

  test('comments begin with a hash at the start of a word; quotes keep it', () => {
    const resolver = resolverOf('no-resolv # by hand\nserver=10.0.0.53#5353 # odd port\ntxt-record=example,"a # b"\n')
    expect(forwardsOf(resolver)).toEqual(['. -> 10.0.0.53#5353 (only, any)'])
    expect(zonesOf(resolver)).toEqual(['.: example TXT a # b; forward'])
  })
})

test('the target of a CNAME from elsewhere is not asked again', () => {
  expect(resolverOf('no-resolv\n').rechasesCname).toBe(false)
})

test('port 0 is no name server', () => {
  expect(importDnsmasq([conf('port=0\n')]).resolver).toBeUndefined()
})

const folder = join(
  process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'configs/dnsmasq',
)
const present = existsSync(folder)
if (!present) console.warn(`skipped: real dnsmasq configurations are not in ${folder}`)

describe.skipIf(!present)('a real configuration (needs the reference data)', () => {
  test.for(present ? readdirSync(folder).filter((name) => name.endsWith('.conf')) : [])(
    '%s is read without an error',
    (name) => {
      const part = importDnsmasq([conf(readFileSync(join(folder, name), 'utf8'), name)])
      expect(part.resolver?.habits).toEqual(DNSMASQ_HABITS)
      expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    },
  )
})

test('no text makes the importer throw', () => {
  const words = fc.constantFrom(
    'server=',
    'address=',
    '/',
    '#',
    '@',
    ',',
    'local=',
    'cname=',
    'a',
    'b.',
    '10.0.0.1',
    '::',
    '\n',
    '"',
    '\\',
    'rev-server=',
    '/8',
    'conf-file=',
    'dnsmasq.conf',
    'domain=',
    '\0',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (content) => {
      const part = importDnsmasq([conf(content), RESOLV])
      expect(structuredClone(part)).toEqual(part)
    }),
    { numRuns: 300, seed: 9 },
  )
})
