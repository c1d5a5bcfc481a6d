import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importEdgeos } from '../../../src/importers/edgeos/index.ts'
import { diagnosticsOf, interfaces, routerOf } from './estate.ts'

const SEED = 20260101
const DATA = process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const REAL = ['edgeos', 'unifi'].map((name) => join(DATA, 'configs', name))
const present = REAL.every((folder) => existsSync(folder))
if (!present)
  console.warn(`skipped: real EdgeOS files are read from ${REAL[0]}, which is not there (set NETTRACE_DATA)`)

const boot = (text: string, path = 'config.boot') => importEdgeos('edge', [{ path, text }])
const json = (value: unknown) => importEdgeos('edge', [{ path: 'config.json', text: JSON.stringify(value, null, 1) }])
const plain = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one))

describe('the two forms of a configuration', () => {
  const text = `/* made by hand { */
interfaces {
    ethernet eth0 {
        address 192.0.2.1/24
        address 192.0.2.9/24
        description "up {link}"
        vif 10 {
            address dhcp
        }
    }
}
firewall {
    name X {
        rule 20 {
            action drop
        }
        rule 10 {
            action accept
            description "say \\"hi\\""
        }
    }
}
/* === vyatta-config-version: "firewall@5" === */
`
  const tree = {
    interfaces: {
      ethernet: {
        eth0: { address: ['192.0.2.1/24', '192.0.2.9/24'], description: 'up {link}', vif: { 10: { address: 'dhcp' } } },
      },
    },
    firewall: { name: { X: { rule: { 20: { action: 'drop' }, 10: { action: 'accept', description: 'say "hi"' } } } } },
  }

  test('say the same', () => {
    expect(boot(text).diagnostics).toEqual([])
    expect(boot(text).devices[0]?.interfaces.map((one) => [one.name, one.aliases])).toEqual([
      ['eth0', ['up {link}']],
      ['eth0.10', ['VLAN10']],
    ])
    expect(json(tree).devices[0]?.interfaces.map((one) => one.addresses.map((address) => address.ip))).toEqual(
      boot(text).devices[0]?.interfaces.map((one) => one.addresses.map((address) => address.ip)),
    )
    expect(json(tree).devices[0]?.aliases).toEqual(boot(text).devices[0]?.aliases)
  })

  test('keep the place of every fact', () => {
    expect(boot(text).devices[0]?.interfaces[0]?.addresses[1]?.source).toEqual({
      kind: 'line',
      file: 'config.boot',
      line: 5,
      column: 9,
      text: 'address 192.0.2.9/24',
    })
    expect(json(tree).devices[0]?.interfaces[1]?.source).toMatchObject({
      kind: 'pointer',
      pointer: '/interfaces/ethernet/eth0/vif/10/address',
    })
  })
})

test('a later file is laid over an earlier one: values replace, lists add, nothing goes away', () => {
  const part = importEdgeos('edge', [
    { path: 'config.boot', text: interfaces() },
    {
      path: 'config.gateway.json',
      text: JSON.stringify({
        interfaces: { ethernet: { eth1: { address: ['10.5.5.1/24'], mtu: '1400' } } },
        protocols: { static: { route: { '10.8.0.0/16': { 'next-hop': { '192.168.1.9': "''" } } } } },
      }),
    },
  ])
  const eth1 = part.devices[0]?.interfaces.find((one) => one.name === 'eth1')
  expect([eth1?.mtu, eth1?.addresses.length]).toEqual([1400, 2])
  expect(part.devices[0]?.tables[0]?.routes.filter((route) => route.origin === 'static')).toHaveLength(2)
})

test.for([
  ['password hunter2', 'address 192.0.2.1/24'],
  ['pre-shared-secret "hunter2 and 3"', 'address 192.0.2.1/24'],
])('%s never reaches a place', ([secret]) => {
  const text = `interfaces {\n ethernet eth0 {\n address 192.0.2.1/24 {\n ${secret}\n }\n ${secret} x { y {\n`
  expect(plain(boot(text))).not.toContain('hunter2')
})

test('a secret in JSON never reaches a place', () => {
  const one = '{"interfaces":{"ethernet":{"eth0":{"address":"192.0.2.1/24","password":"hunter2"}}}}'
  expect(plain(boot(one, 'c.json'))).not.toContain('hunter2')
})

describe('what cannot be read', () => {
  test.for([
    ['', 'NT1430'],
    ['hello world', 'NT1430'],
    ['{"a": 1}', 'NT1430'],
    ['{"interfaces": {', 'NT1431'],
  ])('%j gives no device and an error', ([text, code]) => {
    const part = boot(text ?? '')
    expect(part.devices).toEqual([])
    expect(part.diagnostics[0]).toMatchObject({ severity: 'error', code })
  })

  test.for([
    ['interfaces {\n ethernet eth0 {\n', ['NT1432']],
    ['interfaces {\n a b c d {\n }\n}\n', ['NT1433']],
    ['service {\n webproxy {\n }\n}\n', ['NT1446']],
    [interfaces({ wan: 'firewall {\n in {\n name GONE\n }\n }' }), ['NT1439']],
  ] as const)('%j is said', ([text, codes]) => {
    expect(diagnosticsOf(text).map((one) => one.code)).toEqual(codes)
  })
})

describe.skipIf(!present)('real files (skipped without the data folder)', () => {
  const files = present
    ? REAL.flatMap((folder) =>
        readdirSync(folder)
          .filter((name) => /boot|gateway\.json$/.test(name))
          .map((name) => join(folder, name)),
      )
    : []
  test.for(files.map((file) => [file.slice(file.lastIndexOf('/') + 1), file] as const))('%s is read', ([, file]) => {
    const part = boot(readFileSync(file, 'utf8'), file)
    expect(part.devices).toHaveLength(1)
    expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    if (file.endsWith('.json')) return
    // A whole configuration is understood without a doubt; an overlay names what lies below it.
    expect(part.diagnostics.filter((one) => one.severity === 'warning')).toEqual([])
  })

  test('never throws on any of them cut anywhere', () => {
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      for (let length = 0; length < text.length; length += 397) boot(text.slice(0, length))
    }
  })
})

describe('reading never throws', () => {
  test('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        boot(text)
        boot(`interfaces {\n${text}`)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('on nodes and values in any place', () => {
    const words =
      'interfaces ethernet eth0 vif 10 address 10.0.0.1/24 dhcp firewall in name X rule 1 action accept drop state new enable source destination port 80 group address-group service nat type masquerade inside-address port-forward forward-to original-port vpn ipsec site-to-site peer tunnel local remote prefix protocols static route next-hop blackhole zone-policy zone from interface modify table dns forwarding name-server options server=/a/1.2.3.4 dhcp-server subnet switch switch-port vlan pvid vid bridge-group bridge br0 __proto__ constructor'.split(
        ' ',
      )
    const word = fc.constantFrom(...words)
    const line = fc.oneof(
      fc.tuple(word, word).map(([a, b]) => `${a} ${b} {`),
      word.map((one) => `${one} {`),
      fc.tuple(word, word).map(([a, b]) => `${a} ${b}`),
      fc.constant('}'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        boot(lines.join('\n'))
      }),
      { seed: SEED, numRuns: 600 },
    )
  })

  test('importing twice gives equal data that survives structuredClone', () => {
    const device = routerOf(interfaces())
    expect(routerOf(interfaces())).toEqual(device)
    expect(structuredClone(device)).toEqual(device)
  })
})
