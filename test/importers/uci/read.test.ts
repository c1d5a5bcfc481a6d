import { describe, expect, test } from 'vitest'
import { readUci } from '../../../src/importers/uci/read.ts'

const read = (text: string, path = 'etc/config/network') => readUci([{ path, text }])
const sections = (text: string, path?: string) =>
  [...read(text, path).packages.values()].flatMap((one) =>
    one.sections.map((section) => ({
      in: one.name,
      type: section.type,
      name: section.name,
      options: Object.fromEntries(
        [...section.options].map(([key, values]) => [key, values.map((value) => value.text)]),
      ),
    })),
  )
const optionsOf = (text: string) => sections(`config interface 'lan'\n${text}`)[0]?.options

describe('a value is written in many ways', () => {
  test.for([
    ['bare', 'option ipaddr 10.0.0.1', '10.0.0.1'],
    ['in single quotes', "option ipaddr '10.0.0.1'", '10.0.0.1'],
    ['in double quotes', 'option ipaddr "10.0.0.1"', '10.0.0.1'],
    ['with tabs before it', '\toption\tipaddr\t\t10.0.0.1', '10.0.0.1'],
    ['with a comment behind it', 'option ipaddr 10.0.0.1 # the LAN', '10.0.0.1'],
    ['with a hash inside quotes', "option ipaddr 'a#b'", 'a#b'],
    ['with an apostrophe pieced in', "option ipaddr 'a'\\''b'", "a'b"],
    ['with an escape in double quotes', 'option ipaddr "a\\"b"', 'a"b'],
    ['with a backslash in single quotes', "option ipaddr 'a\\b'", 'a\\b'],
    ['with a carriage return at the end', "option ipaddr '10.0.0.1'\r", '10.0.0.1'],
    ['over two lines', "option ipaddr 'a\nb'", 'a\nb'],
    ['empty', "option ipaddr ''", ''],
    ['behind a semicolon', 'option proto static; option ipaddr 10.0.0.1', '10.0.0.1'],
  ] as const)('%s', ([, text, value]) => {
    expect(optionsOf(text)?.ipaddr).toEqual([value])
  })
})

test('the last option of a name wins, a list grows', () => {
  const text = "option proto 'dhcp'\noption proto 'static'\nlist dns 1.1.1.1\nlist dns 8.8.8.8"
  expect(optionsOf(text)).toEqual({ proto: ['static'], dns: ['1.1.1.1', '8.8.8.8'] })
})

test('two sections of one type and name are one', () => {
  expect(sections('config interface lan\noption proto static\nconfig interface lan\noption mtu 1400')).toEqual([
    { in: 'network', type: 'interface', name: 'lan', options: { proto: ['static'], mtu: ['1400'] } },
  ])
})

describe('the package of a file', () => {
  test.for([
    ['is its base name', 'etc/config/firewall', 'config rule\n', 'firewall'],
    ['is what a package line says', 'all.txt', 'package firewall\nconfig rule\n', 'firewall'],
    ['is told by its sections', 'router.txt', 'config zone\noption name lan\n', 'firewall'],
    ['is its base name when nothing tells', 'etc/config/luci', 'config core main\n', 'luci'],
  ] as const)('%s', ([, path, text, name]) => {
    expect(sections(text, path)[0]?.in).toBe(name)
  })
})

test('uci show is read as the files are', () => {
  const text = `network.lan=interface
network.lan.proto='static'
network.lan.dns='1.1.1.1' '8.8.8.8'
firewall.@zone[0]=zone
firewall.@zone[0].name='lan'
firewall.cfg02dc81=forwarding
firewall.cfg02dc81.src='lan'
`
  expect(sections(text, 'show.txt')).toEqual([
    { in: 'network', type: 'interface', name: 'lan', options: { proto: ['static'], dns: ['1.1.1.1', '8.8.8.8'] } },
    { in: 'firewall', type: 'zone', name: undefined, options: { name: ['lan'] } },
    { in: 'firewall', type: 'forwarding', name: undefined, options: { src: ['lan'] } },
  ])
})

describe('what uci refuses is one error with its place', () => {
  test.for([
    ['a quote that is never closed', "config interface 'lan'\n\toption proto 'static\n", 2, 15],
    ['an option before any section', "option proto 'static'\n", 1, 1],
    ['a word that is no command', "config interface 'lan'\nproto static\nmtu 1400\n", 2, 1],
    ['an option without a name', "config interface 'lan'\n  option\n", 2, 3],
  ] as const)('%s', ([, text, line, column]) => {
    const { diagnostics } = read(text)
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({ severity: 'error', code: 'NT1301', source: { line, column } })
  })
})

test('a file that is not text is one error', () => {
  expect(read('PK\u0003\u0004\0\0').diagnostics).toMatchObject([{ severity: 'error', code: 'NT1300' }])
})

test('a secret behind an unclosed quote is in no diagnostic', () => {
  const { diagnostics } = read("config interface 'wan'\n\toption password 'hunter2\n")
  expect(JSON.stringify(diagnostics)).not.toContain('hunter2')
})

test.for([
  ["config interface 'wan'\n\toption password 'hunter2'\n", 'hunter2'],
  ["config interface 'wg0'\n\toption private_key 'aGVsbG8='\n", 'aGVsbG8='],
  ["network.wan=interface\nnetwork.wan.password='hunter2'\n", 'hunter2'],
])('a secret is in no source text: %#', ([text, secret]) => {
  const { packages } = read(text ?? '')
  const texts = [...packages.values()].flatMap((one) =>
    one.sections.flatMap((section) =>
      [...section.options.values()].flat().map((value) => JSON.stringify(value.source)),
    ),
  )
  expect(texts.join()).toContain('***')
  expect(texts.join()).not.toContain(secret)
})
