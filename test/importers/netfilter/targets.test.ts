import { describe, expect, test } from 'vitest'
import type { Action } from '../../../src/model/index.ts'
import { type Ip, ip, prefix } from '../../../src/net/index.ts'
import { codes, host, rule } from './host-text.ts'

const at = (first: Ip, last = first) => ({ kind: 'address', first, last }) as const
const opaque = (text: string): Action => ({ kind: 'opaque', text })

describe('what a target does', () => {
  test.for<[string, Action]>([
    ['', { kind: 'pass' }],
    ['-j ACCEPT', { kind: 'accept' }],
    ['-j DROP', { kind: 'drop' }],
    ['-j RETURN', { kind: 'return' }],
    ['-j OTHER', { kind: 'jump', to: 'filter/OTHER' }],
    ['-g OTHER', { kind: 'goto', to: 'filter/OTHER' }],
    ['--jump ACCEPT', { kind: 'accept' }],
    ['-jACCEPT', { kind: 'accept' }],
    ['-j REJECT', { kind: 'reject', with: 'port-unreachable' }],
    ['-j REJECT --reject-with tcp-reset', { kind: 'reject', with: 'tcp-reset' }],
    ['-j REJECT --reject-with icmp-net-unreachable', { kind: 'reject', with: 'net-unreachable' }],
    ['-j REJECT --reject-with icmp-host-unreachable', { kind: 'reject', with: 'host-unreachable' }],
    ['-j REJECT --reject-with icmp-proto-unreachable', { kind: 'reject', with: 'protocol-unreachable' }],
    ['-j REJECT --reject-with icmp-net-prohibited', { kind: 'reject', with: 'net-prohibited' }],
    ['-j REJECT --reject-with icmp-host-prohibited', { kind: 'reject', with: 'host-prohibited' }],
    ['-j REJECT --reject-with icmp-admin-prohibited', { kind: 'reject', with: 'admin-prohibited' }],
    ['-j LOG --log-prefix "dropped: "', { kind: 'pass' }],
    ['-j NFLOG --nflog-group 5', { kind: 'pass' }],
    ['-j CHECKSUM --checksum-fill', { kind: 'pass' }],
    ['-j NFQUEUE --queue-num 1 --queue-bypass', opaque('-j NFQUEUE --queue-num 1 --queue-bypass')],
    ['-j TPROXY --on-port 3128', opaque('-j TPROXY --on-port 3128')],
    ['-j MASQUERADE', opaque('-j MASQUERADE')],
  ])('filter: %s', ([words, action]) => {
    expect(rule(words).action).toEqual(action)
  })

  test.for<[string, Action]>([
    ['-j MARK --set-mark 0x1', { kind: 'mark', value: 1, mask: 0xffffffff }],
    ['-j MARK --set-xmark 0x1/0xff', { kind: 'mark', value: 1, mask: 0xff }],
    ['-j MARK --set-mark 0x101/0xff', { kind: 'mark', value: 0x101, mask: 0x1ff }],
    ['-j MARK --set-xmark 0x100/0xff', opaque('-j MARK --set-xmark 0x100/0xff')],
    ['-j MARK --and-mark 0xf0', { kind: 'mark', value: 0, mask: 0xffffff0f }],
    ['-j MARK --or-mark 0x4', { kind: 'mark', value: 4, mask: 4 }],
    ['-j MARK --xor-mark 0x4', opaque('-j MARK --xor-mark 0x4')],
    ['-j CONNMARK --set-mark 0x2', { kind: 'session-mark', value: 2, mask: 0xffffffff }],
    ['-j CONNMARK --save-mark', { kind: 'save-mark', mask: 0xffffffff }],
    ['-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff', { kind: 'restore-mark', mask: 0xff }],
    ['-j CONNMARK --restore-mark --mask 0xf', { kind: 'restore-mark', mask: 0xf }],
    [
      '-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xff',
      opaque('-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xff'),
    ],
    ['-j TCPMSS --set-mss 1350', { kind: 'clamp-mss', to: 1350 }],
    ['-j TCPMSS --clamp-mss-to-pmtu', { kind: 'clamp-mss', to: 'path' }],
    ['-j TTL --ttl-set 64', { kind: 'pass' }],
  ])('mangle: %s', ([words, action]) => {
    expect(rule(words, 'mangle').action).toEqual(action)
  })

  test.for<[string, string, Action]>([
    ['PREROUTING', '-j DNAT --to-destination 10.0.0.1', { kind: 'rewrite-destination', to: at(ip('10.0.0.1')) }],
    [
      'PREROUTING',
      '-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9:80-90',
      { kind: 'rewrite-destination', to: at(ip('10.0.0.1'), ip('10.0.0.9')), ports: { first: 80, last: 90 } },
    ],
    [
      'PREROUTING',
      '-p tcp -j DNAT --to 10.0.0.1:80',
      { kind: 'rewrite-destination', to: at(ip('10.0.0.1')), ports: { first: 80, last: 80 } },
    ],
    [
      'PREROUTING',
      '-p tcp -j DNAT --to-destination :8080',
      { kind: 'rewrite-destination', to: { kind: 'same' }, ports: { first: 8080, last: 8080 } },
    ],
    ['PREROUTING', '-j DNAT --to-destination 192.16', opaque('-j DNAT --to-destination 192.16')],
    ['POSTROUTING', '-j DNAT --to-destination 10.0.0.1', opaque('-j DNAT --to-destination 10.0.0.1')],
    [
      'PREROUTING',
      '-p tcp -j REDIRECT --to-ports 3128',
      { kind: 'rewrite-destination', to: { kind: 'own-address' }, ports: { first: 3128, last: 3128 } },
    ],
    ['OUTPUT', '-p tcp -j REDIRECT', { kind: 'rewrite-destination', to: at(ip('127.0.0.1')) }],
    ['POSTROUTING', '-j SNAT --to-source 203.0.113.1', { kind: 'rewrite-source', to: at(ip('203.0.113.1')) }],
    ['POSTROUTING', '-j MASQUERADE --random', { kind: 'rewrite-source', to: { kind: 'own-address' } }],
    [
      'POSTROUTING',
      '-p tcp -j MASQUERADE --to-ports 1024-2048',
      { kind: 'rewrite-source', to: { kind: 'own-address' }, ports: { first: 1024, last: 2048 } },
    ],
    [
      'POSTROUTING',
      '-s 10.0.0.0/24 -j NETMAP --to 10.9.0.0/24',
      { kind: 'rewrite-source', to: { kind: 'prefix', prefix: prefix('10.9.0.0/24') } },
    ],
    [
      'PREROUTING',
      '-d 10.9.0.0/24 -j NETMAP --to 10.0.0.0/24',
      { kind: 'rewrite-destination', to: { kind: 'prefix', prefix: prefix('10.0.0.0/24') } },
    ],
    ['POSTROUTING', '-j ACCEPT', { kind: 'accept' }],
  ])('nat %s: %s', ([chain, words, action]) => {
    expect(rule(words, 'nat', chain).action).toEqual(action)
  })

  test.for<[string, Action]>([
    ['-j NOTRACK', { kind: 'no-track' }],
    ['-j CT --notrack', { kind: 'no-track' }],
    ['-p tcp -j CT --helper ftp', { kind: 'pass' }],
    ['-j CT --zone 7', opaque('-j CT --zone 7')],
  ])('raw: %s', ([words, action]) => {
    expect(rule(words, 'raw', 'PREROUTING').action).toEqual(action)
  })
})

test('NETMAP in a chain of the user takes its side from the chains that lead there', () => {
  const { device } = host(
    '*nat\n:POSTROUTING ACCEPT\n:MAP - [0:0]\n-A POSTROUTING -j MAP\n-A MAP -j NETMAP --to 10.9.0.0/24\nCOMMIT',
  )
  expect(device.ruleSets['nat/MAP']?.rules[0]?.action.kind).toBe('rewrite-source')
})

test('a jump to a chain that is not in the file is doubtful and said once', () => {
  const { device, diagnostics } = host('*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j GONE\n-A FORWARD -j GONE\nCOMMIT')
  expect(device.ruleSets['filter/FORWARD']?.rules.map((one) => one.action)).toEqual([
    opaque('-j GONE'),
    opaque('-j GONE'),
  ])
  expect(codes(diagnostics)).toEqual(['NT1514'])
})

test('a loop of chains, which no kernel loads, is cut where it closes', () => {
  const { device, diagnostics } = host(
    '*filter\n:FORWARD DROP\n:A -\n:B -\n-A FORWARD -j A\n-A A -j B\n-A B -j A\nCOMMIT',
  )
  expect(device.ruleSets['filter/B']?.rules[0]?.action).toEqual(opaque('-j A'))
  expect(codes(diagnostics)).toEqual(['NT1518'])
})
