import { describe, expect, test } from 'vitest'
import type { Match } from '../../../src/model/index.ts'
import { addressSet, ip } from '../../../src/net/index.ts'
import { rule } from './host-text.ts'

const tcp: Match = { kind: 'protocol', in: [6] }
const udp: Match = { kind: 'protocol', in: [17] }
const icmp: Match = { kind: 'protocol', in: [1] }
const source = (...texts: string[]): Match => ({ kind: 'source', in: addressSet(...texts) })
const destination = (...texts: string[]): Match => ({ kind: 'destination', in: addressSet(...texts) })
const port = (first: number, last = first): Match => ({ kind: 'destination-port', in: [{ first, last }] })
const all = (...of: Match[]): Match => ({ kind: 'all', of })
const some = (...of: Match[]): Match => ({ kind: 'some', of })
const not = (of: Match): Match => ({ kind: 'not', of })
const opaque = (text: string) => ({ kind: 'opaque', text }) as const
const notGiven = (text: string) => ({ ...opaque(text), othersMissing: true }) as const
const session = (...states: ('new' | 'established' | 'related' | 'invalid' | 'untracked')[]): Match => ({
  kind: 'session',
  in: states,
})
const TRACKED = not(session('invalid', 'untracked'))
const never = some()
const any: Match = { kind: 'any' }
const cameIn: Match = { kind: 'in-interface', in: ['*'] }

describe('the tests of one rule', () => {
  test.for<[string, Match]>([
    ['-p tcp', tcp],
    ['-p 6', tcp],
    ['-p all', any],
    ['! -p tcp', not(tcp)],
    ['-p ! tcp', not(tcp)],
    ['-s 10.1.2.3/16', source('10.1.0.0/16')],
    ['-s 10.0.0.0/255.0.0.0', source('10.0.0.0/8')],
    ['-s 0.0.0.0/0', any],
    ['! -d 0.0.0.0/0', never],
    ['-s 10.0.0.3/255.0.0.255', { kind: 'source-bits', value: ip('10.0.0.3'), mask: ip('255.0.0.255') }],
    ['-d 1.2.3.1/255.0.0.255', { kind: 'destination-bits', value: ip('1.0.0.1'), mask: ip('255.0.0.255') }],
    ['-s 10.0.0.1,10.0.0.9', source('10.0.0.1', '10.0.0.9')],
    ['! -d 10.0.0.0/8', not(destination('10.0.0.0/8'))],
    ['-d ! 10.0.0.0/8', not(destination('10.0.0.0/8'))],
    ['! -s 10.0.0.0/8 ! -d 10.0.0.0/8', all(not(source('10.0.0.0/8')), not(destination('10.0.0.0/8')))],
    ['-s www.example.org', notGiven('-s www.example.org')],
    ['-s x.x.x.x/32', notGiven('-s x.x.x.x/32')],
    ['-s 300.1.2.3', opaque('-s 300.1.2.3')],
    ['-m mac --mac-source 00:11:22:AA:BB:CC', { kind: 'source-mac', in: ['00:11:22:aa:bb:cc'] }],
    ['-m mac ! --mac-source 0:11:22:AA:BB:C', not({ kind: 'source-mac', in: ['00:11:22:aa:bb:0c'] })],
    ['-m mac --mac-source XX:XX:XX:XX:XX:XX', notGiven('--mac-source XX:XX:XX:XX:XX:XX')],
    ['-i eth0', { kind: 'in-interface', in: ['eth0'] }],
    ['-i eth+', { kind: 'in-interface', in: ['eth*'] }],
    ['-i +', any],
    ['! -o lo', not({ kind: 'out-interface', in: ['lo'] })],
    ['-f', never],
    ['! -f', any],
    ['-p tcp --dport 22', all(tcp, port(22))],
    ['-p tcp -m tcp --dport 1024:', all(tcp, port(1024, 65535))],
    ['-p tcp -m state --state NEW --dport 22', all(tcp, port(22), session('new'))],
    ['-p tcp -m tcp ! --dport 80', all(tcp, not(port(80)))],
    ['-p tcp --dport https', all(tcp, port(443))],
    ['-p udp -m udp --sport :1023', all(udp, { kind: 'source-port', in: [{ first: 0, last: 1023 }] })],
    [
      '-p tcp -m multiport --dports 80,443,8000:8010',
      all(tcp, {
        kind: 'destination-port',
        in: [
          { first: 80, last: 80 },
          { first: 443, last: 443 },
          { first: 8000, last: 8010 },
        ],
      }),
    ],
    [
      '-p tcp -m multiport --ports 25',
      all(tcp, some({ kind: 'source-port', in: [{ first: 25, last: 25 }] }, port(25))),
    ],
    ['-p tcp -m tcp --syn', all(tcp, { kind: 'tcp-flags', mask: 'FSRA', set: 'S' })],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', all(tcp, { kind: 'tcp-flags', mask: 'FSRA', set: 'S' })],
    ['-p tcp -m tcp --tcp-flags ! SYN SYN', all(tcp, not({ kind: 'tcp-flags', mask: 'S', set: 'S' }))],
    ['-p tcp -m tcp ! --tcp-flags ALL NONE', all(tcp, not({ kind: 'tcp-flags', mask: 'FSRPAU', set: '' }))],
    ['-p icmp -m icmp --icmp-type 8', all(icmp, { kind: 'icmp-type', in: [{ type: 8 }] })],
    ['-p icmp --icmp-type echo-request', all(icmp, { kind: 'icmp-type', in: [{ type: 8 }] })],
    ['-p icmp --icmp-type fragmentation-needed', all(icmp, { kind: 'icmp-type', in: [{ type: 3, code: 4 }] })],
    ['-p icmp --icmp-type 3/4', all(icmp, { kind: 'icmp-type', in: [{ type: 3, code: 4 }] })],
    ['-p icmp --icmp-type any', icmp],
    ['-p icmp --icmp-type strange', all(icmp, opaque('--icmp-type strange'))],
    ['-m state --state RELATED,ESTABLISHED', session('related', 'established')],
    ['-m conntrack ! --ctstate INVALID', not(session('invalid'))],
    ['-m conntrack --ctstate UNTRACKED', session('untracked')],
    ['-m conntrack --ctstate DNAT', { kind: 'translated', which: 'destination' }],
    ['-m conntrack --ctstate NEW,SNAT', some(session('new'), { kind: 'translated', which: 'source' })],
    ['-m conntrack --ctorigdst 203.0.113.1', { kind: 'original-destination', in: addressSet('203.0.113.1') }],
    ['-m conntrack --ctorigsrc 10.0.0.0/8', { kind: 'original-source', in: addressSet('10.0.0.0/8') }],
    ['-m conntrack --ctorigdstport 8080', { kind: 'original-destination-port', in: [{ first: 8080, last: 8080 }] }],
    [
      '-m conntrack ! --ctorigdst 203.0.113.1',
      all(TRACKED, not({ kind: 'original-destination', in: addressSet('203.0.113.1') })),
    ],
    ['-m conntrack --ctorigsrcport 68', { kind: 'original-source-port', in: [{ first: 68, last: 68 }] }],
    ['-m pkttype --pkt-type broadcast', { kind: 'frame-type', in: ['broadcast'] }],
    ['-m pkttype ! --pkt-type UNICAST', not({ kind: 'frame-type', in: ['unicast'] })],
    ['-m pkttype --pkt-type strange', opaque('--pkt-type strange')],
    ['-m conntrack --ctdir REPLY', { kind: 'direction', is: 'reply' }],
    ['-m conntrack --ctstatus ASSURED', opaque('--ctstatus ASSURED')],
    ['-m mark --mark 0x1/0xff', { kind: 'mark', value: 1, mask: 255 }],
    ['-m mark ! --mark 16', not({ kind: 'mark', value: 16, mask: 0xffffffff })],
    ['-m connmark --mark 2', { kind: 'session-mark', value: 2, mask: 0xffffffff }],
    ['-m connmark ! --mark 2', all(TRACKED, not({ kind: 'session-mark', value: 2, mask: 0xffffffff }))],
    [
      '-m iprange --src-range 10.0.0.1-10.0.0.2 ! --dst-range 10.1.0.0-10.1.0.255',
      all(source('10.0.0.1', '10.0.0.2'), not(destination('10.1.0.0/24'))),
    ],
    ['-m addrtype --dst-type LOCAL', { kind: 'destination-type', in: ['local'] }],
    ['-m addrtype ! --src-type BROADCAST,MULTICAST', not({ kind: 'source-type', in: ['broadcast', 'multicast'] })],
    ['-m addrtype --dst-type LOCAL --limit-iface-in', opaque('-m addrtype --dst-type LOCAL --limit-iface-in')],
    ['-m policy --dir in --pol ipsec', { kind: 'tunnel', direction: 'in', present: true }],
    ['-m policy --dir out --pol none', { kind: 'tunnel', direction: 'out', present: false }],
    [
      '-m policy --dir in --pol ipsec --proto esp',
      all({ kind: 'tunnel', direction: 'in', present: true }, opaque('--proto esp')),
    ],
    ['-m rpfilter --loose --invert', { kind: 'reverse-path', mode: 'loose', passes: false }],
    ['-m comment --comment "-j DROP it"', any],
    // A question is about one connection, which is under every limit.
    ['-m limit --limit 1/sec --limit-burst 5', any],
    ['-m hashlimit --hashlimit-upto 5/sec --hashlimit-name x', any],
    ['-m hashlimit --hashlimit-above 5/sec --hashlimit-name x', never],
    ['-m connlimit --connlimit-above 3 --connlimit-mask 32', never],
    ['-m connlimit --connlimit-above 0', any],
    ['-m connlimit --connlimit-upto 3', any],
    ['-m connlimit ! --connlimit-above 3', any],
    ['-m recent --set --name SSH --rsource', any],
    ['-m recent --update --seconds 60 --name SSH', opaque('-m recent --update --seconds 60 --name SSH')],
    // What came in has no socket here, and so no owner.
    [
      '-p tcp -m owner --uid-owner 0 --dport 25',
      all(tcp, port(25), all(not(cameIn), opaque('-m owner --uid-owner 0'))),
    ],
    ['-m owner ! --uid-owner 0', some(cameIn, opaque('-m owner ! --uid-owner 0'))],
    ['-m geoip ! --src-cc DE', opaque('-m geoip ! --src-cc DE')],
    ['-p tcp -m tcp --cts tate', all(tcp, opaque('--cts tate'))],
    ['-p tcp --dport 99999', all(tcp, opaque('--dport 99999'))],
    ['-s 10.0.0.1 stray', all(source('10.0.0.1'), opaque('stray'))],
  ])('%s', ([words, match]) => {
    expect(rule(`${words} -j DROP`).match).toEqual(match)
  })
})

describe('ipset', () => {
  const set = (lines: string, test: string) => rule(`${test} -j ACCEPT`, 'filter', 'FORWARD', `${lines}\n`).match

  test('an address set of any size is one test', () => {
    const lines = ['create lan hash:net family inet', 'add lan 10.0.0.0/8', 'add lan 192.168.1.0/24']
    expect(set(lines.join('\n'), '-m set --match-set lan src')).toEqual(source('10.0.0.0/8', '192.168.1.0/24'))
    expect(set(lines.join('\n'), '-m set ! --match-set lan dst')).toEqual(
      not(destination('10.0.0.0/8', '192.168.1.0/24')),
    )
  })

  test('a nomatch entry is an exception to a wider one, and a smaller entry overrules it again', () => {
    const lines = ['create s hash:net family inet', 'add s 10.1.2.3', 'add s 10.0.0.0/8', 'add s 10.1.0.0/16 nomatch']
    expect(set(lines.join('\n'), '-m set --match-set s dst')).toEqual(
      some(all(some(some(), destination('10.0.0.0/8')), not(destination('10.1.0.0/16'))), destination('10.1.2.3')),
    )
  })

  test('each dimension has its own direction', () => {
    const lines = 'create web hash:ip,port family inet\nadd web 10.0.0.1,tcp:80\nadd web 10.0.0.2,tcp:80'
    expect(set(lines, '-m set --match-set web dst,dst')).toEqual(
      all(destination('10.0.0.1', '10.0.0.2'), all(tcp, port(80))),
    )
    const pair = 'create p hash:net,iface family inet\nadd p 10.0.0.0/8,eth1'
    expect(set(pair, '-m set --match-set p src,src')).toEqual(
      all(source('10.0.0.0/8'), { kind: 'in-interface', in: ['eth1'] }),
    )
  })

  test('a list is its members', () => {
    const lines = 'create a hash:ip family inet\nadd a 10.0.0.1\ncreate l list:set size 8\nadd l a'
    expect(set(lines, '-m set --match-set l src')).toEqual(some(source('10.0.0.1')))
  })

  test('a set that is not in the export, or of a kind nobody can test, is opaque', () => {
    expect(set('', '-m set --match-set gone src')).toEqual(notGiven('--match-set gone src'))
    expect(set('create m hash:mac\nadd m 00:11:22:33:44:55', '-m set --match-set m src')).toEqual(
      opaque('--match-set m src'),
    )
  })
})
