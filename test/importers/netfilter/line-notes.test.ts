import { describe, expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import { LineLedger } from '../../../src/text/index.ts'

/** What became of the lines of one file of a host. */
function notesOn(text: string): string[] {
  const ledger = new LineLedger()
  importNetfilter('fw', [{ path: 'fw.txt', text, ledger }])
  return ledger.readings(text).map(({ kind, relevant, modelled }) => {
    if (!relevant) return 'cannot matter'
    return modelled ? 'modelled' : kind
  })
}

describe('sysctl -a (ip-sysctl, nf_conntrack-sysctl)', () => {
  test.for([
    ['net.ipv4.ip_forward = 1', 'modelled'],
    ['net.ipv4.conf.eth0.rp_filter = 2', 'modelled'],
    ['net.ipv4.conf.eth0.accept_local = 0', 'modelled'],
    ['net.ipv4.conf.eth0.accept_local = 1', 'understood'],
    ['net.netfilter.nf_conntrack_tcp_loose = 1', 'modelled'],
    ['net.netfilter.nf_conntrack_tcp_loose = 0', 'understood'],
    ['net.bridge.bridge-nf-call-iptables = 1', 'understood'],
    ['net.ipv4.tcp_rmem = 4096 131072 6291456', 'cannot matter'],
    ['vm.swappiness = 60', 'cannot matter'],
  ] as const)('%s is %s', ([line, wanted]) => {
    expect(notesOn(`${line}\n`)).toEqual([wanted])
  })
})

describe('ip -j -p route show table all', () => {
  const rows = (...members: string[]) => notesOn(`[ {\n${members.join(',\n')}\n} ]\n`).slice(1, -1)

  test('what the kernel keeps in table local follows from the addresses', () => {
    expect(
      rows('"type": "local"', '"dst": "10.0.1.1"', '"dev": "eth0"', '"table": "local"', '"protocol": "kernel"'),
    ).not.toContain('ignored')
  })

  test('the source of what the host sends itself is in the model, an MTU is not', () => {
    expect(rows('"dst": "default"', '"gateway": "10.0.1.254"', '"dev": "eth0"', '"prefsrc": "10.9.9.9"')).toEqual([
      'modelled',
      'modelled',
      'modelled',
      'modelled',
    ])
    expect(rows('"dst": "10.0.0.0/8"', '"dev": "eth0"', '"metrics": [ {', '"mtu": 1400 } ]')).toContain('ignored')
  })

  test('how far an address is valid follows from itself', () => {
    expect(rows('"dst": "10.0.1.0/24"', '"dev": "eth0"', '"scope": "link"').at(2)).toBe('cannot matter')
  })
})
