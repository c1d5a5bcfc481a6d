import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importBind } from '../../../src/importers/bind/index.ts'
import type { Resolver } from '../../../src/model/index.ts'
import { formatAddressSet, formatIp } from '../../../src/net/index.ts'
import type { TextFile } from '../../../src/text/index.ts'

const conf = (text: string, path = 'etc/bind/named.conf') => ({ path, text })

function resolverOf(text: string, ...more: TextFile[]): Resolver {
  const { resolver } = importBind([conf(text), ...more])
  if (!resolver) throw new Error('no resolver was read')
  return resolver
}

const forwardsOf = (resolver: Resolver) =>
  resolver.forwards.map((forward) => {
    const to = forward.to.map((target) =>
      target.kind === 'server' ? `${formatIp(target.ip)}${target.port === 53 ? '' : `#${target.port}`}` : target.kind,
    )
    return `${forward.suffix || '.'} -> ${to.join(' ')} (${forward.mode}, ${forward.order})`
  })

describe('where questions go', () => {
  test.for([
    ['options { forwarders { 10.0.0.53; }; };', ['. -> 10.0.0.53 (first, any)']],
    [
      'options { forward only; forwarders { 10.0.0.53; 10.0.0.54 port 5353; }; };',
      ['. -> 10.0.0.53 10.0.0.54#5353 (only, any)'],
    ],
    ['options { forwarders port 8053 { 10.0.0.53; }; };', ['. -> 10.0.0.53#8053 (first, any)']],
    ['zone "Corp.Example." { type forward; forwarders { 10.0.0.53; }; };', ['corp.example -> 10.0.0.53 (first, any)']],
    [
      'zone "corp.example" IN { type forward; forward only; forwarders { 10.0.0.53; }; };',
      ['corp.example -> 10.0.0.53 (only, any)'],
    ],
    ['zone "corp.example" { type forward; forwarders { }; };', ['corp.example -> public (only, any)']],
    [
      'zone "corp.example" { type static-stub; server-addresses { 10.0.0.53; }; }; zone "a.corp.example" { type forward; forwarders { }; };',
      ['a.corp.example -> 10.0.0.53 (only, any)', 'corp.example -> 10.0.0.53 (only, any)'],
    ],
    [
      'zone "corp.example" { type static-stub; server-addresses { 10.0.0.53; }; };',
      ['corp.example -> 10.0.0.53 (only, any)'],
    ],
    ['options { recursion no; forwarders { 10.0.0.53; }; };', []],
    ['zone "." { type hint; file "/usr/share/dns/root.hints"; };', []],
  ] as const)('%s', ([text, forwards]) => {
    expect(forwardsOf(resolverOf(text))).toEqual(forwards)
  })

  test.for([
    ['to the root without forwarders', 'options { };', 'public'],
    ['nowhere without recursion', 'options { recursion no; };', 'refuse'],
  ] as const)('%s', ([, text, otherwise]) => {
    expect(resolverOf(text).otherwise).toBe(otherwise)
  })

  test('the target of a CNAME from elsewhere is asked again', () => {
    expect(resolverOf('options { };').rechasesCname).toBe(true)
  })
})

describe('comments are no configuration', () => {
  test.for([
    ['options { // forward only;\n forwarders { 10.0.0.53; }; };'],
    ['options { # forward only;\n forwarders { 10.0.0.53; }; };'],
    ['options { /* forward\n only; */ forwarders { 10.0.0.53; }; };'],
    ['options{forwarders{10.0.0.53;};};//forward only;'],
  ])('%s', ([text]) => {
    expect(forwardsOf(resolverOf(text ?? ''))).toEqual(['. -> 10.0.0.53 (first, any)'])
  })
})

const zonesOf = (resolver: Resolver) =>
  resolver.zones
    .filter((zone) => !zone.name.endsWith('.arpa'))
    .map((zone) => {
      const records = zone.records.map((record) => {
        const value = typeof record.value === 'string' ? record.value : formatIp(record.value)
        return `${record.name} ${record.type} ${value}`
      })
      return [zone.name, ...records, zone.onMissing]
    })

const ZONE = 'options { recursion no; };\nzone "plant.example" { type master; file "/etc/bind/plant.zone"; };'
const SOA = '@ IN SOA ns hostmaster ( 1 2 3\n 4 ; negative\n 5 )\n'

describe('a zone file', () => {
  test.for([
    ['with names below the origin', 'www IN A 10.0.0.1\n', ['www.plant.example A 10.0.0.1']],
    ['with a full name', 'www.plant.example. IN A 10.0.0.1\n', ['www.plant.example A 10.0.0.1']],
    ['with the origin itself', '@ A 10.0.0.1\n', ['plant.example A 10.0.0.1']],
    [
      'with an owner carried over',
      'www A 10.0.0.1\n    AAAA fd00::1\n',
      ['www.plant.example A 10.0.0.1', 'www.plant.example AAAA fd00::1'],
    ],
    [
      'with TTL and class in any order',
      'a 300 IN A 10.0.0.1\nb IN 1h A 10.0.0.2\nc A 10.0.0.3\n',
      ['a.plant.example A 10.0.0.1', 'b.plant.example A 10.0.0.2', 'c.plant.example A 10.0.0.3'],
    ],
    ['with another origin', '$ORIGIN lab\nwww A 10.0.0.1\n', ['www.lab.plant.example A 10.0.0.1']],
    ['with a full other origin', '$ORIGIN lab.plant.example.\nwww A 10.0.0.1\n', ['www.lab.plant.example A 10.0.0.1']],
    [
      'with aliases',
      'a CNAME b\nc CNAME d.example.\n',
      ['a.plant.example CNAME b.plant.example', 'c.plant.example CNAME d.example'],
    ],
    ['with a wildcard', '*.lab A 10.0.0.1\n', ['*.lab.plant.example A 10.0.0.1']],
    [
      'with mail and text',
      '@ MX 10 mail\n@ TXT "v=spf1 -all ; x"\n',
      ['plant.example MX 10 mail', 'plant.example TXT v=spf1 -all ; x'],
    ],
    ['with a type that changes no path', '@ CAA 0 issue "ca.example"\n', ['plant.example TXT CAA 0 issue ca.example']],
    ['with a default TTL and capitals', '$TTL 1d\nWWW in a 10.0.0.1\n', ['www.plant.example A 10.0.0.1']],
    ['with a record of another zone, which is ignored', 'www.other.example. A 10.0.0.1\n', []],
  ] as const)('%s', ([, text, records]) => {
    const [zone] = zonesOf(resolverOf(ZONE, { path: 'plant.zone', text: SOA + text }))
    expect(zone?.filter((one) => !one.includes(' SOA '))).toEqual(['plant.example', ...records, 'nxdomain'])
  })

  test('is read with the files it includes', () => {
    const files = [
      { path: 'plant.zone', text: `${SOA}$INCLUDE hosts.zone\n` },
      { path: 'hosts.zone', text: 'www A 10.0.0.1\n' },
    ]
    expect(zonesOf(resolverOf(ZONE, ...files))[0]).toContain('www.plant.example A 10.0.0.1')
  })

  test.for([
    ['a line that is no record', 'www hello\n', 'error'],
    ['a record without an address', 'www A 10.0.0\n', 'error'],
    ['a parenthesis that is never closed', 'x SOA a b ( 1 2\n', 'error'],
    ['a file that includes itself', '$INCLUDE plant.zone\n', 'error'],
    ['an included file that was not given', '$INCLUDE more.zone\n', 'warning'],
    ['names that are generated', '$GENERATE 1-9 host$ A 10.0.0.$\n', 'warning'],
  ] as const)('%s makes the zone one we do not have whole', ([, text, severity]) => {
    const part = importBind([conf(ZONE), { path: 'plant.zone', text: SOA + text }])
    expect(part.resolver?.zones[0]?.onMissing).toBe('unknown')
    expect(part.diagnostics).toMatchObject([{ severity, source: { file: 'plant.zone', line: 4, column: 1 } }])
  })
})

describe('a zone without its file is answered here, we do not know what', () => {
  test.for([
    ['zone "plant.example" { type master; file "gone.zone"; };'],
    ['zone "plant.example" { type slave; masters { 10.0.0.1; }; };'],
    ['zone "plant.example" { type secondary; primaries { 10.0.0.1; }; };'],
  ])('%s', ([text]) => {
    const part = importBind([conf(`options { recursion no; };\n${text}`)])
    expect(zonesOf(part.resolver as Resolver)).toEqual([['plant.example', 'unknown']])
    expect(part.diagnostics.map((one) => one.code)).toEqual(['NT1804'])
  })
})

describe('who is answered', () => {
  const clients = (text: string) => {
    const { allows, zonesFor, recursesFor } = resolverOf(text)
    if (allows) return `${formatAddressSet(allows.clients, 9)} else ${allows.otherwise}`
    const own = zonesFor ? `, zones ${formatAddressSet(zonesFor.clients, 9)}` : ''
    return recursesFor || zonesFor
      ? `${recursesFor ? formatAddressSet(recursesFor.clients, 9) : 'anybody'}${own}`
      : undefined
  }
  test.for([
    ['options { allow-recursion { 10.0.0.0/8; }; };', '10.0.0.0/8'],
    ['options { allow-recursion { 10.20/16; 192.168.1.7; }; };', '10.20.0.0/16, 192.168.1.7'],
    ['options { allow-recursion { !10.1.0.0/16; 10.0.0.0/15; }; };', '10.0.0.0/16'],
    [
      'acl plant { 10.20.0.0/16; };\noptions { allow-recursion { plant; localhost; }; };',
      '10.20.0.0/16, 127.0.0.0/8, ::1',
    ],
    ['options { allow-recursion { any; }; };', undefined],
    [
      'options { allow-query { 10.0.0.0/8; }; allow-recursion { 10.20.0.0/16; 172.16.0.0/12; }; };',
      '10.20.0.0/16, 172.16.0.0/12, zones 10.0.0.0/8',
    ],
    ['options { recursion no; allow-query { 10.0.0.0/8; }; };', 'anybody, zones 10.0.0.0/8'],
    ['options { listen-on { 127.0.0.1; }; allow-recursion { any; }; };', '127.0.0.0/8, ::1 else ignore'],
    ['options { allow-recursion { none; }; };', 'nothing'],
  ] as const)('%s', ([text, expected]) => {
    expect(clients(text)).toBe(expected)
  })

  test('is not known where nothing says it, or with localnets; that is said', () => {
    for (const text of ['options { };', 'options { allow-recursion { localnets; }; };']) {
      const resolver = resolverOf(text)
      expect(resolver.allows).toBeUndefined()
      expect(resolver.notModelled).toHaveLength(1)
    }
  })
})

test('deny-answer-addresses makes SERVFAIL of private answers, but for names of some owners', () => {
  const { rebind } = resolverOf('options { deny-answer-addresses { 10.0.0.0/8; } except-from { "Corp.Example"; }; };')
  expect(rebind).toMatchObject({ effect: 'servfail', exemptBy: 'owner', exempt: ['corp.example'] })
  expect(rebind && formatAddressSet(rebind.discards)).toBe('10.0.0.0/8')
})

test('forwarders above a static-stub zone are asked before it: what comes of it is not known', () => {
  const stub = 'zone "corp.example" { type static-stub; server-addresses { 10.0.0.53; }; };'
  const resolver = resolverOf(`options { forwarders { 10.0.0.1; }; }; ${stub}`)
  expect(forwardsOf(resolver)).toEqual(['. -> 10.0.0.1 (first, any)'])
  expect(resolver.zones.find((zone) => zone.name === 'corp.example')?.onMissing).toBe('unknown')
})

test('home.arpa and the reverse names of special addresses are empty zones too', () => {
  const names = resolverOf('options { };').zones.map((zone) => zone.name)
  for (const name of ['home.arpa', '127.in-addr.arpa', '2.0.192.in-addr.arpa', 'b.e.f.ip6.arpa'])
    expect(names).toContain(name)
})

describe('private reverse names are answered NXDOMAIN by themselves', () => {
  const empties = (text: string) => resolverOf(text).zones.map((zone) => zone.name)
  test.for([
    ['with forward first', 'options { forwarders { 10.0.0.53; }; };', true],
    ['not with forward only', 'options { forward only; forwarders { 10.0.0.53; }; };', false],
    ['not when switched off', 'options { disable-empty-zone "10.IN-ADDR.ARPA."; };', false],
    ['not when all are switched off', 'options { empty-zones-enable no; };', false],
    [
      'although a forward zone lies below',
      'zone "20.10.in-addr.arpa" { type forward; forward only; forwarders { 10.0.0.53; }; };',
      true,
    ],
    ['not without recursion', 'options { recursion no; };', false],
  ] as const)('%s', ([, text, there]) => {
    expect(empties(text).includes('10.in-addr.arpa')).toBe(there)
  })
})

describe('views', () => {
  const TWO = `view "inside" { match-clients { 10.0.0.0/8; }; zone "plant.example" { type master; file "a"; }; };
view "outside" { match-clients { any; }; recursion no; };`
  test('each is a server of its own, for its clients', () => {
    const { resolver } = importBind([conf(TWO)])
    expect(resolver?.views?.map((one) => [one.resolver.label, formatAddressSet(one.clients)])).toEqual([
      ['view inside of BIND', '10.0.0.0/8'],
      ['view outside of BIND', 'any'],
    ])
    expect(resolver?.views?.map((one) => one.resolver.zones.some((zone) => zone.name === 'plant.example'))).toEqual([
      true,
      false,
    ])
  })
  test('clients that are not written as addresses are said', () => {
    const part = importBind([conf('view "inside" { match-clients { localnets; }; };')])
    expect(part.diagnostics.map((one) => one.code)).toEqual(['NT1806'])
  })
})

describe('the files of a configuration', () => {
  test('are read in the place of include', () => {
    const resolver = resolverOf(
      'include "/etc/bind/named.conf.options";',
      conf('options { recursion no; };', 'named.conf.options'),
    )
    expect(resolver.otherwise).toBe('refuse')
  })

  test.for([
    ['an include that was not given', 'include "/etc/bind/more.conf";', 'NT1802', 'warning', 1, 1],
    ['one that every Debian ships', 'include "/etc/bind/named.conf.default-zones";', 'NT1802', 'note', 1, 1],
    ['one that includes itself', 'include "named.conf";', 'NT1803', 'error', 1, 1],
    ['a missing semicolon', 'options { recursion no };', 'NT1801', 'error', 1, 24],
    ['a brace that is never closed', 'options {\n  recursion no;\n', 'NT1801', 'error', 1, 9],
    ['a brace that closes nothing', '};', 'NT1801', 'error', 1, 1],
    ['a quote that is never closed', 'zone "x { };', 'NT1801', 'error', 1, 6],
    ['a comment that is never closed', 'options { };\n/* x', 'NT1801', 'error', 1, 13],
    ['a file that is not text', 'options\0', 'NT1800', 'error', 1, 1],
    ['a file that says nothing', '// nothing\n', 'NT1807', 'error', 1, 1],
  ] as const)('%s is said', ([, text, code, severity, line, column]) => {
    const { diagnostics } = importBind([conf(text, 'named.conf')])
    expect(diagnostics[0]).toMatchObject({ code, severity, source: { line, column } })
  })

  test('keys are in no source text', () => {
    const part = importBind([
      conf(
        'options { allow-transfer { key "x" { secret "aGVsbG8="; }; }; };\nkey "x" { algorithm hmac-sha256; secret "aGVsbG8="; };',
      ),
    ])
    expect(JSON.stringify(part, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      'aGVsbG8=',
    )
  })
})

const fixture = join(import.meta.dirname, '../../../fixtures/vision-plant/dns')
const plant = readdirSync(fixture).map((path) => ({ path, text: readFileSync(join(fixture, path), 'utf8') }))

describe('the name server of the plant', () => {
  const part = importBind(plant)
  test('is read without a word of doubt', () => {
    expect(part.diagnostics).toEqual([])
    expect(part.resolver?.notModelled).toEqual([])
  })

  test('sends nineteen names of Azure to the inbound endpoint, and all else to the provider', () => {
    const forwards = forwardsOf(part.resolver as Resolver)
    expect(forwards.filter((forward) => forward.endsWith('-> 10.100.1.4 (only, any)'))).toHaveLength(19)
    expect(forwards.filter((forward) => !forward.includes('10.100.1.4'))).toEqual(['. -> 192.0.2.53 (only, any)'])
  })

  test('answers the plant, and holds its names', () => {
    const { recursesFor, zones } = part.resolver as Resolver
    expect(recursesFor && formatAddressSet(recursesFor.clients)).toBe(
      '10.20.0.0/16, 127.0.0.0/8, 192.168.254.0/24, ::1',
    )
    const fe = zones[0]?.records.find((record) => record.name === 'fe.plant.example')
    expect(fe && typeof fe.value !== 'string' ? formatIp(fe.value) : '').toBe('10.110.8.10')
  })

  test('is the same data twice, and data only', () => {
    expect(importBind(plant)).toEqual(part)
    expect(structuredClone(part)).toEqual(part)
  })
})

const folder = join(
  process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'configs/dnsmasq/bind-mico-m31',
)
const present = existsSync(folder)
if (!present) console.warn(`skipped: a real BIND configuration is not in ${folder}`)

test.skipIf(!present)('a real configuration is read without an error (needs the reference data)', () => {
  const files = readdirSync(folder).map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  const part = importBind(files)
  expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  expect(part.resolver?.zones.map((zone) => `${zone.name} ${zone.onMissing}`)).toEqual([
    'homelab.local unknown',
    'company.local nxdomain',
    '10.10.in-addr.arpa unknown',
  ])
  expect(forwardsOf(part.resolver as Resolver)).toEqual(['. -> 8.8.8.8 1.1.1.1 (only, any)'])
})

test('no text makes the importer throw', () => {
  const words = fc.constantFrom(
    'options',
    'zone',
    '"a"',
    '{',
    '}',
    ';',
    ' ',
    '\n',
    '/*',
    '*/',
    '//',
    '#',
    'type',
    'master',
    'file',
    '"z"',
    'forwarders',
    '10.0.0.1',
    '!',
    'any',
    'acl',
    'view',
    'include "named.conf"',
    '"',
    '\\',
    '\0',
  )
  const lines = fc.constantFrom(
    '@',
    ' ',
    'www',
    'A',
    '10.0.0.1',
    '(',
    ')',
    ';',
    '\n',
    '"',
    '$ORIGIN',
    '$INCLUDE',
    'z',
    'CNAME',
    '.',
    '\\',
    '$TTL',
    'IN',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join(' ')),
  )
  const zone = fc.oneof(
    fc.string(),
    fc.array(lines, { maxLength: 40 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(text, zone, (content, zoneText) => {
      importBind([conf(content), { path: 'z', text: zoneText }])
      importBind([conf('zone "a" { type master; file "z"; };'), { path: 'z', text: zoneText }])
    }),
    { numRuns: 300, seed: 10 },
  )
})

test('no file cut at any byte makes the importer throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...plant), fc.nat(), (file, at) => {
      const cut = { path: file.path, text: file.text.slice(0, at % (file.text.length + 1)) }
      importBind([...plant.filter((one) => one !== file), cut])
    }),
    { numRuns: 200, seed: 11 },
  )
})
