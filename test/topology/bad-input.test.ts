import { describe, expect, test } from 'vitest'
import { estate, lines } from './small-estate.ts'

const ROUTER = 'if eth0 192.0.2.1/24\nif eth1 10.0.1.1/24 alias=lan\nif eth2 10.0.2.1/24'
const TWO = 'nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\n  sw: { routeros: sw.rsc }\n'
const files = { 'lab/fw.rsc': ROUTER, 'lab/sw.rsc': 'if a1 10.0.1.2/24\nif a2 10.0.9.1/24' }

/** What lab.yaml says after the two devices, and the one message it earns. */
const CASES: readonly (readonly [string, string, string])[] = [
  [
    'a missing file is named where the topology names it',
    '  gone: { uci: etc/config }\n',
    'error NT1002 lab/lab.yaml:5:16 lab/etc/config: there is no such file',
  ],
  [
    'a missing file in a list is named at its place',
    '  gone: { uci: [fw.rsc, none] }\n',
    'error NT1002 lab/lab.yaml:5:25 lab/none: there is no such file',
  ],
  [
    'an unknown device kind',
    '  asa: { cisco: fw.rsc }\n',
    'error NT1104 lab/lab.yaml:5:10 device asa: unknown device kind "cisco": the kinds are routeros, uci, unifi, edgeos, netfilter',
  ],
  [
    'a mistyped device kind',
    '  asa: { routerOS: fw.rsc }\n',
    'error NT1104 lab/lab.yaml:5:10 device asa: unknown device kind "routerOS": did you mean "routeros"?',
  ],
  [
    'two devices with one name in one file',
    '  fw: { routeros: sw.rsc }\n',
    'error NT1105 lab/lab.yaml:5:3 devices: "fw" is there twice; keep one or give one another name (first here: lab/lab.yaml:3:3)',
  ],
  [
    'a host with the name of a device',
    'hosts:\n  FW: { address: 10.0.1.5, on: "fw:eth1" }\n',
    'error NT1105 lab/lab.yaml:6:3 two devices are named "FW": give one another name (the device of that name: lab/lab.yaml:3:3)',
  ],
  [
    'a device named internet',
    '  Internet: { uci: sw.rsc }\n',
    'error NT1105 lab/lab.yaml:5:3 the name "internet" is taken: give it another',
  ],
  [
    'a host with the address of a router',
    'hosts:\n  pc: { address: 10.0.1.1/24, on: "fw:eth1" }\n',
    'error NT1106 lab/lab.yaml:6:18 pc and fw both have 10.0.1.1 on the same link: give one another address (the address of fw: lab/fw.rsc:2:1)',
  ],
  [
    'two hosts with one address',
    'hosts:\n  a: { address: 10.0.1.7, on: "fw:eth1" }\n  b: { address: 10.0.1.7, on: "fw:lan" }\n',
    'error NT1106 lab/lab.yaml:7:17 b and a both have 10.0.1.7 on the same link: give one another address (the address of a: lab/lab.yaml:6:17)',
  ],
  [
    'a host outside the network it is on',
    'hosts:\n  pc: { address: 10.0.3.7/24, on: "fw:eth1" }\n',
    'error NT1107 lab/lab.yaml:6:18 host pc has 10.0.3.7, which is outside 10.0.1.0/24 of fw:eth1 (fw:eth1 has this address: lab/fw.rsc:2:1)',
  ],
  [
    'a private address on the internet',
    'hosts:\n  pc: { address: 10.0.3.7, on: internet }\n',
    'error NT1107 lab/lab.yaml:6:18 host pc is on the internet, and 10.0.3.7 is no public address',
  ],
  [
    'an unknown device in a host',
    'hosts:\n  pc: { address: 10.0.3.7, on: "fx:eth1" }\n',
    'error NT1108 lab/lab.yaml:6:32 unknown device "fx": did you mean "fw" or "sw"?',
  ],
  [
    'an unknown device in a link',
    'links:\n  - [fw:eth2, nowhere:a1]\n',
    'error NT1108 lab/lab.yaml:6:15 unknown device "nowhere": add it under devices: or hosts:',
  ],
  [
    'an unknown interface',
    'links:\n  - [fw:eth22, sw:a2]\n',
    'error NT1109 lab/lab.yaml:6:6 fw has no interface "eth22": did you mean "eth2", "eth0" or "eth1"?',
  ],
  [
    'an interface like no other',
    'links:\n  - internet: ["fw:something-else"]\n',
    'error NT1109 lab/lab.yaml:6:16 fw has no interface "something-else": it has eth0, eth1, lan, eth2',
  ],
  [
    'a link end without an interface',
    'links:\n  - [fw, sw:a2]\n',
    'error NT1109 lab/lab.yaml:6:6 "fw" names no interface: write fw:<interface>, one of eth0, eth1, eth2',
  ],
  [
    'a tunnel of a plain interface',
    'links:\n  - tunnel: ["fw:eth1", "sw:a1"]\n',
    'error NT1109 lab/lab.yaml:6:14 fw:eth1 is no tunnel, and its export has no tunnel',
  ],
  [
    'an interface on two kinds of link',
    'links:\n  - internet: [fw:eth0]\n  - [fw:eth0, sw:a1]\n',
    'error NT1111 lab/lab.yaml:7:6 fw:eth0 is on the internet already: an interface is on one link (the other link: lab/lab.yaml:6:5)',
  ],
  [
    'a link with one end',
    'links:\n  - [fw:eth0]\n',
    'error NT1103 lab/lab.yaml:6:5 a segment link has two ends or more, this one 1',
  ],
  [
    'an MTU that is none',
    'links:\n  - internet: [fw:eth0]\n    mtu: big\n',
    'error NT1102 lab/lab.yaml:7:10 mtu: "big" is not a number of bytes from 68 to 65535',
  ],
  [
    'an unknown key at the top',
    'host:\n  pc: 1\n',
    'error NT1101 lab/lab.yaml:5:1 the topology: unknown key "host": did you mean "hosts"?',
  ],
  [
    'an unknown key in a host',
    'hosts:\n  pc: { address: 10.0.1.7, on: "fw:eth1", gatway: 10.0.1.1 }\n',
    'error NT1101 lab/lab.yaml:6:43 host pc: unknown key "gatway": did you mean "gateway"?',
  ],
  [
    'a list where a map belongs',
    'hosts: [a, b]\n',
    'error NT1102 lab/lab.yaml:5:8 hosts: expected keys and values, found a list',
  ],
  [
    'a map where text belongs',
    'hosts:\n  pc: { address: { ip: 10.0.1.7 }, on: "fw:eth1" }\n',
    'error NT1102 lab/lab.yaml:6:18 the address of host pc: expected text, found keys and values',
  ],
  [
    'no address',
    'hosts:\n  pc: { on: "fw:eth1" }\n',
    'error NT1103 lab/lab.yaml:6:3 host pc has no address: add "address: 10.0.0.10/24"',
  ],
  [
    'an address with a leading zero',
    'hosts:\n  pc: { address: 10.0.01.7, on: "fw:eth1" }\n',
    'error NT1110 lab/lab.yaml:6:18 the address of host pc: "10.0.01.7" is not an IP address with or without a prefix length',
  ],
  [
    'no place',
    'hosts:\n  pc: { address: 10.0.1.7 }\n',
    'error NT1103 lab/lab.yaml:6:3 host pc is nowhere: add "on: device:interface", "on: internet" or "in: vnet/subnet"',
  ],
  [
    'a subnet without Azure',
    'hosts:\n  pc: { address: 10.0.1.7, in: vnet/snet }\n',
    'error NT1108 lab/lab.yaml:6:32 host pc is in a subnet, and there is no "azure:" with resources',
  ],
  [
    'a mistyped Azure setting',
    'azure:\n  settings: { strict-forward-traffic: true }\n',
    'error NT1101 lab/lab.yaml:6:15 azure settings: unknown key "strict-forward-traffic": did you mean "strict-forwarded-traffic"?',
  ],
  [
    'an Azure setting that is no truth value',
    'azure:\n  settings: { strict-forwarded-traffic: yes }\n',
    'error NT1102 lab/lab.yaml:6:41 azure setting strict-forwarded-traffic: unknown word "yes": write true or false',
  ],
  [
    'a folder with no file of the kind',
    'azure:\n  resources: [.]\n',
    'error NT1006 lab/lab.yaml:6:15 lab: there is no file that ends in .json in this folder',
  ],
  [
    'a public name with an address and a cname',
    'public:\n  a.example: { address: 192.0.2.9, cname: b.example }\n',
    'error NT1103 lab/lab.yaml:6:43 the public name a.example has both an address and a cname: keep one (RFC 1034, section 3.6.2)',
  ],
  [
    'a public name that is none',
    'public:\n  a.*.example: 192.0.2.9\n',
    'error NT1110 lab/lab.yaml:6:3 public: "a.*.example" is not a domain name, nor "*." and one',
  ],
  [
    'a public address that is none',
    'public:\n  a.example: [192.0.2.9, 192.0.2]\n',
    'error NT1110 lab/lab.yaml:6:26 the public name a.example: "192.0.2" is not an IP address',
  ],
  [
    'an expectation that lacks its answer',
    'expect:\n  - { from: fw, to: sw }\n',
    'error NT1103 lab/lab.yaml:6:5 an expectation lacks "works"',
  ],
  [
    'an expectation with a word of its own',
    'expect:\n  - { id: a, from: fw, to: sw, works: true }\n',
    'error NT1102 lab/lab.yaml:6:39 "works" of expectation a: unknown word "true": write yes, no, one-way or unknown',
  ],
  [
    'two expectations with one id',
    'expect:\n  - { id: a, from: fw, to: sw, works: yes }\n  - { id: a, from: sw, to: fw, works: no }\n',
    'error NT1105 lab/lab.yaml:7:5 two expectations have the id "a" (the first: lab/lab.yaml:6:5)',
  ],
  [
    'an expectation through nobody',
    'expect:\n  - { id: a, from: fw, to: sw, works: yes, via: [swx] }\n',
    'error NT1108 lab/lab.yaml:6:5 "via" of expectation a: unknown device "swx": did you mean "sw" or "fw"?',
  ],
  [
    'a mistake in the YAML',
    'hosts: { a: [1 }\n',
    'error NT1005 lab/lab.yaml:5:16 not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'an alias inside its own anchor',
    'hosts: &a { b: *a }\n',
    'error NT1005 lab/lab.yaml:5:16 not YAML: "*a" stands inside itself',
  ],
  [
    'a terminal escape in a name is shown, not sent',
    'links:\n  - [fw:eth0, "x\\e[2J:a"]\n',
    'error NT1108 lab/lab.yaml:6:15 unknown device "x\\x1b[2J": add it under devices: or hosts:',
  ],
]

describe('a mistake in a topology earns one error, at its place', () => {
  test.for(CASES)('%s', ([, text, message]) => {
    const { diagnostics } = estate({ ...files, 'lab/lab.yaml': TWO + text })
    expect(lines(diagnostics.filter((one) => one.severity === 'error'))).toEqual([message])
  })

  const yaml = (text: string, more: Record<string, string> = {}) =>
    lines(estate({ ...files, ...more, 'lab/lab.yaml': text }).diagnostics)

  test('a file that is not there at all', () => {
    expect(lines(estate({}).diagnostics)).toEqual(['error NT1002 lab/lab.yaml:1:1 lab/lab.yaml: there is no such file'])
  })

  test('an empty file', () => {
    expect(yaml('# nothing\n')).toEqual([
      'error NT1103 lab/lab.yaml:1:1 the topology is empty: start it with "nettrace: 1"',
    ])
  })

  test('a text that is no topology', () => {
    expect(yaml('hello\n')).toEqual([
      'error NT1102 lab/lab.yaml:1:1 the topology: expected keys and values, found text',
    ])
  })

  test('a format of the future', () => {
    expect(yaml('nettrace: 2\n')).toEqual([
      'error NT1116 lab/lab.yaml:1:11 format "2" is not known: this program reads "nettrace: 1"',
    ])
  })

  test('no format', () => {
    expect(yaml('name: x\n')).toEqual([
      'error NT1103 lab/lab.yaml:1:1 the topology does not say its format: add "nettrace: 1"',
    ])
  })

  test('YAML nested beyond all reason', () => {
    expect(yaml(`nettrace: 1\nhosts: ${'['.repeat(20_000)}`)).toHaveLength(1)
  })

  test('a topology that is too large', () => {
    expect(yaml(`nettrace: 1\n${'#'.repeat(5_000_000)}`)).toEqual([
      'error NT1002 lab/lab.yaml:1:1 lab/lab.yaml: it has 5 MB, and files above 4 MB are not read',
    ])
  })

  test('a binary file instead of an export', () => {
    const text = 'nettrace: 1\ndevices:\n  fw: { routeros: fw.backup }\n'
    expect(yaml(text, { 'lab/fw.backup': 'MikroTik\n\u0088\0\0' })).toEqual([
      'error NT1003 lab/fw.backup:2:2 lab/fw.backup is not text: it holds a NUL byte; is it a binary backup instead of an export? (named here: lab/lab.yaml:3:19)',
    ])
  })

  test('a UTF-16 file', () => {
    const text = 'nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\n'
    expect(yaml(text, { 'lab/fw.rsc': '\ufffd\ufffdi\0f\0' })).toEqual([
      'error NT1003 lab/fw.rsc:1:4 lab/fw.rsc is not UTF-8 text, it looks like UTF-16: save it as UTF-8 (named here: lab/lab.yaml:3:19)',
    ])
  })

  test('an export without the device', () => {
    const text = 'nettrace: 1\ndevices:\n  fw: { unifi: fw.json }\n'
    expect(yaml(text, { 'lab/fw.json': 'nothing' })).toEqual([
      'error NT1118 lab/lab.yaml:3:3 device fw: there is no device in its files; are they unifi?',
    ])
  })

  test('a device that cannot be read is not reported again where it is used', () => {
    const text =
      'nettrace: 1\ndevices:\n  fw: { unifi: none.json }\nhosts:\n  pc: { address: 10.0.1.7, on: "fw:eth1" }\n' +
      'links:\n  - internet: [fw:eth0]\nexpect:\n  - { id: a, from: pc, to: fw, works: yes, via: [fw] }\n'
    expect(yaml(text)).toEqual(['error NT1002 lab/lab.yaml:3:16 lab/none.json: there is no such file'])
  })

  test('a loop of includes is named with both places', () => {
    const loop = {
      'lab/b.yaml': 'nettrace: 1\ninclude: [c.yaml]\n',
      'lab/c.yaml': 'nettrace: 1\ninclude: [lab.yaml]\n',
    }
    expect(yaml('nettrace: 1\ninclude: [b.yaml]\n', loop)).toEqual([
      'error NT1007 lab/c.yaml:2:11 the includes go in a circle: lab/lab.yaml -> lab/b.yaml -> lab/c.yaml -> lab/lab.yaml (the circle starts here: lab/lab.yaml:2:11)',
    ])
  })

  test('a file that includes itself', () => {
    expect(yaml('nettrace: 1\ninclude: lab.yaml\n')).toEqual([
      'error NT1007 lab/lab.yaml:2:10 the includes go in a circle: lab/lab.yaml -> lab/lab.yaml',
    ])
  })

  test('two devices with one name in two files', () => {
    const more = { 'lab/b.yaml': 'nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\n' }
    expect(yaml('nettrace: 1\ninclude: [b.yaml]\ndevices:\n  fw: { routeros: sw.rsc }\n', more)).toContain(
      'error NT1105 lab/lab.yaml:4:3 two devices are named "fw": give one another name (the device of that name: lab/b.yaml:3:3)',
    )
  })
})
