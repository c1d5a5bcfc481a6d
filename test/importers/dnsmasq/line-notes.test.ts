import { describe, expect, test } from 'vitest'
import { importDnsmasq } from '../../../src/importers/dnsmasq/index.ts'
import { readLines } from '../../../src/importers/index.ts'
import { formatIp } from '../../../src/net/index.ts'

const CASES = [
  ['server=/corp.example/10.0.0.53', 'understood', true, true],
  ['domain-needed', 'understood', true, true],
  ['dhcp-range=10.0.0.100,10.0.0.200,12h', 'understood', true, true],
  ['dhcp-option=3,10.0.0.1', 'understood', true, true],
  ['dhcp-option=option:dns-server,10.0.0.53', 'understood', true, true],
  ['dhcp-option=121,10.9.0.0/16,10.0.0.2', 'understood', true, false],
  ['dhcp-option=tag:guests,6,9.9.9.9', 'understood', true, false],
  ['dhcp-host=aa:bb:cc:dd:ee:ff,printer,10.0.0.9', 'understood', true, false],
  ['dnssec', 'understood', true, false],
  ['cache-size=1000', 'ignored', false, false],
  ['log-queries', 'ignored', false, false],
  ['conf-file=/etc/elsewhere.conf', 'understood', true, true],
  ['# a comment', 'ignored', false, false],
  ['made-up-option=1', 'ignored', true, false],
  ['server=eth0 what is this', 'understood', true, false],
] as const

describe('lines of dnsmasq', () => {
  test.for(CASES)('%s is %s', ([line, kind, relevant, modelled]) => {
    const [file] = readLines([{ path: 'dnsmasq.conf', text: `port=53\n${line}\n` }], 'dnsmasq').files
    expect(file?.lines[1]).toMatchObject({ kind, relevant, modelled })
  })

  test('a range tells clients the gateway and name server of its options, else its own address', () => {
    const of = (text: string) => importDnsmasq([{ path: 'dnsmasq.conf', text }]).ranges?.[0]
    const told = of('dhcp-range=10.0.0.100,10.0.0.200,12h\ndhcp-option=3,10.0.0.1\ndhcp-option=6,10.0.0.2,10.0.0.3\n')
    expect(told?.offer.gateway === undefined ? '' : formatIp(told.offer.gateway)).toBe('10.0.0.1')
    expect(told?.offer.nameServers.map(formatIp)).toEqual(['10.0.0.2', '10.0.0.3'])
    expect(of('dhcp-range=10.0.0.100,10.0.0.200\n')).toMatchObject({ gatewayIsOwn: true, nameServerIsOwn: true })
    expect(of('dhcp-range=10.0.0.100,10.0.0.200\ndhcp-option=3\n')).not.toHaveProperty('gatewayIsOwn')
  })
})
