import { describe, expect, test } from 'vitest'
import type { Match } from '../../../src/model/index.ts'
import { addressesOfRanges, addressSet, ip, NO_ADDRESS } from '../../../src/net/index.ts'
import { codesOf, diagnosticsOf, forwardRule, routerOf, rulesOf } from './router-of.ts'

const LISTS = `/interface bridge
add name=bridge
/interface list
add name=WAN
add name=BOTH include=WAN
/interface list member
add interface=ether1 list=WAN
add interface=bridge list=BOTH
/ip firewall address-list
add address=10.0.0.0/8 list=in
add address=192.168.0.1-192.168.0.9 list=in
add address=10.9.9.9 disabled=yes list=in
add address=MCR.microsoft.com list=named
add address=1.2.3.4 list=named`

const both = (kind: 'source' | 'destination', ...texts: string[]): Match => ({ kind, in: addressSet(...texts) })
const not = (of: Match): Match => ({ kind: 'not', of })
const range = (first: string, last: string) => addressesOfRanges([[ip(first), ip(last)]])
const opaque = (text: string): Match => ({ kind: 'opaque', text })

describe('each matcher of a firewall rule (MikroTik: Common Firewall Matchers and Actions)', () => {
  test.for<[string, Match]>([
    ['src-address=10.0.0.1', both('source', '10.0.0.1')],
    ['dst-address=10.0.0.0/8', both('destination', '10.0.0.0/8')],
    ['dst-address=!10.0.0.0/8', not(both('destination', '10.0.0.0/8'))],
    ['src-address=10.0.0.5-10.0.0.9', { kind: 'source', in: range('10.0.0.5', '10.0.0.9') }],
    ['in-interface=ether1', { kind: 'in-interface', in: ['ether1'] }],
    ['out-interface=!ether1', not({ kind: 'out-interface', in: ['ether1'] })],
    ['in-interface=all-ethernet', { kind: 'in-interface', in: ['ether1'] }],
    ['in-interface-list=WAN', { kind: 'in-interface', in: ['ether1'] }],
    ['in-interface-list=!WAN', not({ kind: 'in-interface', in: ['ether1'] })],
    ['out-interface-list=BOTH', { kind: 'out-interface', in: ['ether1', 'bridge'] }],
    ['out-interface-list=all', { kind: 'out-interface', in: ['*'] }],
    ['in-interface-list=none', { kind: 'in-interface', in: [] }],
    ['protocol=tcp', { kind: 'protocol', in: [6] }],
    ['protocol=ipsec-esp', { kind: 'protocol', in: [50] }],
    ['protocol=!udp', not({ kind: 'protocol', in: [17] })],
    ['protocol=encap', { kind: 'protocol', in: [98] }],
    ['protocol=139', { kind: 'protocol', in: [139] }],
    [
      'dst-port=80,8000-8010',
      {
        kind: 'destination-port',
        in: [
          { first: 80, last: 80 },
          { first: 8000, last: 8010 },
        ],
      },
    ],
    ['src-port=!53', not({ kind: 'source-port', in: [{ first: 53, last: 53 }] })],
    [
      'port=53',
      {
        kind: 'some',
        of: [
          { kind: 'source-port', in: [{ first: 53, last: 53 }] },
          { kind: 'destination-port', in: [{ first: 53, last: 53 }] },
        ],
      },
    ],
    ['connection-state=established,related', { kind: 'session', in: ['established', 'related'] }],
    ['connection-state=!new,related', not({ kind: 'session', in: ['new', 'related'] })],
    ['connection-nat-state=!dstnat', not({ kind: 'translated', which: 'destination' })],
    ['connection-nat-state=srcnat', { kind: 'translated', which: 'source' }],
    ['connection-mark=vpn', { kind: 'session-mark', value: 1, mask: 0xffff }],
    ['connection-mark=no-mark', { kind: 'session-mark', value: 0, mask: 0xffff }],
    ['packet-mark=x', { kind: 'mark', value: 1, mask: 0xffff }],
    ['routing-mark=x', { kind: 'mark', value: 0x10000, mask: 0x3fff0000 }],
    ['dst-address-type=!local', not({ kind: 'destination-type', in: ['local'] })],
    ['src-address-type=local,broadcast', { kind: 'source-type', in: ['local', 'broadcast'] }],
    ['icmp-options=8:0-255', { kind: 'icmp-type', in: [{ type: 8 }] }],
    [
      'icmp-options=3:0-1',
      {
        kind: 'icmp-type',
        in: [
          { type: 3, code: 0 },
          { type: 3, code: 1 },
        ],
      },
    ],
    ['icmp-options=3:4', { kind: 'icmp-type', in: [{ type: 3, code: 4 }] }],
    ['tcp-flags=syn,!ack', { kind: 'tcp-flags', mask: 'SA', set: 'S' }],
    ['tcp-flags=!fin,!syn,!rst,!ack', { kind: 'tcp-flags', mask: 'FSRA', set: '' }],
    ['ipsec-policy=in,ipsec', { kind: 'tunnel', direction: 'in', present: true }],
    ['ipsec-policy=out,none', { kind: 'tunnel', direction: 'out', present: false }],
    [
      'src-address-list=in',
      {
        kind: 'source',
        in: addressesOfRanges([
          [ip('10.0.0.0'), ip('10.255.255.255')],
          [ip('192.168.0.1'), ip('192.168.0.9')],
        ]),
      },
    ],
    [
      'dst-address-list=named',
      {
        kind: 'some',
        of: [
          both('destination', '1.2.3.4'),
          { kind: 'server-name', in: ['mcr.microsoft.com'], lookedUp: { addresses: NO_ADDRESS, complete: false } },
        ],
      },
    ],
    [
      'src-address-list=!named',
      not({
        kind: 'some',
        of: [both('source', '1.2.3.4'), opaque('whether the source is one of mcr.microsoft.com (address list named)')],
      }),
    ],
    ['limit=10,20:packet', { kind: 'any' }],
    ['dst-limit=1,5,dst-address', { kind: 'any' }],
    ['connection-limit=20,32', { kind: 'some', of: [] }],
    ['connection-limit=!20,32', { kind: 'not', of: { kind: 'some', of: [] } }],
    ['psd=21,3s,3,1', { kind: 'some', of: [] }],
    ['connection-bytes=5000000-0', { kind: 'some', of: [] }],
    ['fragment=yes', { kind: 'some', of: [] }],
    ['per-connection-classifier=both-addresses:2/2', { kind: 'some', of: [] }],
    ['per-connection-classifier=both-addresses:2/0', opaque('per-connection-classifier=both-addresses:2/0')],
    ['src-mac-address=!AA:BB:CC:DD:EE:FF', { kind: 'not', of: { kind: 'source-mac', in: ['aa:bb:cc:dd:ee:ff'] } }],
    ['in-bridge-port=ether2', opaque('in-bridge-port=ether2')],
    ['dst-address-type="" connection-state="" src-address=10.0.0.1', both('source', '10.0.0.1')],
    ['!src-address !dst-port protocol=tcp', { kind: 'protocol', in: [6] }],
    ['log=yes log-prefix=x comment=y hw-offload=yes', { kind: 'any' }],
  ])('%s', ([words, match]) => {
    expect(forwardRule(words, LISTS).match).toEqual(match)
  })

  test('matchers of one rule are all needed', () => {
    expect(forwardRule('protocol=tcp dst-port=22', LISTS).match).toEqual({
      kind: 'all',
      of: [
        { kind: 'protocol', in: [6] },
        { kind: 'destination-port', in: [{ first: 22, last: 22 }] },
      ],
    })
  })

  test('what looks into the content never meets the first packet of a TCP connection', () => {
    expect(forwardRule('tls-host=*.example.com', LISTS).match).toEqual({
      kind: 'all',
      of: [{ kind: 'session', in: ['established'] }, opaque('tls-host=*.example.com')],
    })
  })
})

describe('what a rule names and the export does not have', () => {
  test.for([
    ['frobnicate=5', 'NT1215', 'frobnicate=5'],
    ['src-address=<placeholder>', 'NT1218', 'src-address=<placeholder>'],
    ['dst-port=http', 'NT1218', 'dst-port=http'],
    ['protocol=constructor', 'NT1218', 'protocol=constructor'],
    ['in-interface=*F00123', 'NT1210', 'in-interface=*F00123'],
  ] as const)('%s is opaque and said (%s)', ([words, code, text]) => {
    expect(forwardRule(words).match).toEqual(opaque(text))
    const said = diagnosticsOf(`/ip firewall filter\nadd chain=forward ${words}\n`).filter((one) => one.code === code)
    expect(said).toMatchObject([{ severity: 'warning', source: { line: 2, column: 19 } }])
  })

  test.for([
    ['in-interface=vanished', 'NT1210'],
    ['in-interface-list=GONE', 'NT1210'],
    ['dst-address-list=gone', 'NT1213'],
  ] as const)('%s may stand in another part of the configuration (%s)', ([words, code]) => {
    expect(forwardRule(words).match).toEqual({ kind: 'opaque', text: words, othersMissing: true })
    const said = diagnosticsOf(`/ip firewall filter\nadd chain=forward ${words}\n`).filter((one) => one.code === code)
    expect(said).toMatchObject([{ severity: 'warning', othersMissing: true, source: { line: 2, column: 19 } }])
  })

  const WHOLE = '# by RouterOS 7.16\n'

  test('an address list that a whole export never fills holds nobody, and that is noted', () => {
    const text = `${WHOLE}/ip firewall filter\nadd action=drop chain=forward src-address-list=gone\n`
    expect(rulesOf(routerOf(text), 'filter/forward')[0]?.match).toEqual({ kind: 'source', in: NO_ADDRESS })
    expect(codesOf(text)).toContain('NT1214:3')
  })

  test('unless a script has its name', () => {
    const script =
      '/system script\nadd name=fill source="/ip firewall address-list add list=gone address=10.0.0.9 timeout=1d"\n'
    const text = `${WHOLE}${script}/ip firewall filter\nadd action=drop chain=forward src-address-list=gone\n`
    expect(rulesOf(routerOf(text), 'filter/forward')[0]?.match).toEqual(opaque('src-address-list=gone'))
  })

  test('a name is complained about once, not once a rule', () => {
    const rules = 'add chain=forward dst-address-list=gone\n'.repeat(50)
    expect(codesOf(`/ip firewall filter\n${rules}`).filter((code) => code.startsWith('NT1213'))).toEqual(['NT1213:2'])
  })

  test('a list that only rules fill is taken as exported, empty, and noted', () => {
    const text =
      '/ip firewall filter\nadd action=add-src-to-address-list address-list=ban chain=input\nadd action=drop chain=forward src-address-list=ban\n'
    expect(codesOf(text)).toContain('NT1214:2')
    expect(
      forwardRule(
        'src-address-list=ban',
        '/ip firewall raw\nadd action=add-src-to-address-list address-list=ban chain=prerouting',
      ).match,
    ).toEqual({ kind: 'source', in: addressSet() })
  })
})
