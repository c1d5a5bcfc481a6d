import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importUnifi } from '../../../src/importers/unifi/index.ts'
import { formatIp, ip, TCP, UDP } from '../../../src/net/index.ts'
import { outcomes } from '../netfilter/verdict.ts'

const path = join(import.meta.dirname, '../../../fixtures/vision-plant/usg.json')
const part = importUnifi('usg', [{ path: 'fixtures/vision-plant/usg.json', text: readFileSync(path, 'utf8') }])
const [usg] = part.devices
if (!usg) throw new Error('the fixture has no gateway')

describe('the gateway of the plant', () => {
  test('has an uplink without NAT and four networks', () => {
    expect(
      usg.interfaces.map((one) => [
        one.name,
        one.aliases[0],
        one.aliases[1],
        formatIp(one.addresses[0]?.ip ?? ip('0.0.0.0')),
      ]),
    ).toEqual([
      ['eth0', 'wan', 'WAN', '192.168.254.6'],
      ['eth1.20', 'eng', 'VLAN20', '10.20.20.1'],
      ['eth1.30', 'iot', 'VLAN30', '10.20.30.1'],
      ['eth1.40', 'guest', 'VLAN40', '10.20.40.1'],
      ['eth1.99', 'mgmt', 'VLAN99', '10.20.99.1'],
    ])
    expect([usg.pipeline.postrouting, usg.pipeline.prerouting]).toEqual([[], [{ kind: 'track' }]])
    expect(usg.tables[0]?.routes.at(-1)?.nextHop).toEqual({
      kind: 'via',
      gateway: ip('192.168.254.5'),
      interface: 'eth0',
    })
  })

  test('tells every network to ask the plant’s name server', () => {
    const offers = usg.interfaces.flatMap((one) => one.dhcp ?? [])
    expect(offers.map((one) => one.nameServers)).toEqual(Array.from({ length: 4 }, () => [ip('10.20.10.10')]))
  })

  test('says nothing that keeps an answer from being given', () => {
    expect(part.diagnostics.filter((one) => one.severity !== 'note')).toEqual([])
  })

  test.for([
    ['LAN_IN', '10.20.30.11', '10.20.10.10', UDP, 53, 'accept'],
    ['LAN_IN', '10.20.30.11', '10.120.0.4', TCP, 5671, 'accept'],
    ['LAN_IN', '10.20.30.11', '10.120.0.4', TCP, 8883, 'accept'],
    ['LAN_IN', '10.20.30.11', '10.120.0.4', TCP, 443, 'accept'],
    ['LAN_IN', '10.20.30.11', '10.110.0.31', TCP, 443, 'accept'],
    ['LAN_IN', '10.20.30.11', '10.110.0.32', TCP, 443, 'drop'],
    ['LAN_IN', '10.20.30.11', '10.120.0.64', TCP, 443, 'drop'],
    ['LAN_IN', '10.20.30.100', '10.110.0.4', TCP, 443, 'drop'],
    ['LAN_IN', '10.20.30.11', '20.50.2.3', TCP, 443, 'accept'],
    ['LAN_IN', '10.20.20.50', '10.110.0.4', TCP, 445, 'accept'],
    ['LAN_IN', '10.20.99.10', '10.20.30.100', TCP, 22, 'accept'],
    ['GUEST_IN', '10.20.40.77', '10.20.10.10', UDP, 53, 'accept'],
    ['GUEST_IN', '10.20.40.77', '10.110.0.10', TCP, 443, 'drop'],
    ['GUEST_IN', '10.20.40.77', '93.184.216.34', TCP, 443, 'accept'],
    ['GUEST_LOCAL', '10.20.40.77', '10.20.40.1', TCP, 22, 'drop'],
    ['GUEST_LOCAL', '10.20.40.77', '10.20.40.1', UDP, 53, 'accept'],
    ['WAN_IN', '10.110.0.4', '10.20.20.50', TCP, 445, 'drop'],
    ['WAN_LOCAL', '192.168.254.5', '192.168.254.6', TCP, 22, 'drop'],
  ] as const)(
    '%s: a new connection %s -> %s protocol %i port %i: %s',
    ([set, source, destination, protocol, port, verdict]) => {
      const packet = {
        source: ip(source),
        destination: ip(destination),
        protocol,
        sourcePort: 40000,
        destinationPort: port,
        state: 'new',
      } as const
      expect(outcomes(usg, set, packet)).toEqual([verdict])
    },
  )

  test.for([
    ['WAN_IN', '10.120.0.4', '10.20.30.11'],
    ['LAN_IN', '10.20.30.100', '10.20.20.50'],
  ] as const)('%s: the reply %s -> %s passes', ([set, source, destination]) => {
    const packet = {
      source: ip(source),
      destination: ip(destination),
      protocol: TCP,
      sourcePort: 443,
      destinationPort: 40000,
      state: 'established',
    } as const
    expect(outcomes(usg, set, packet)).toEqual(['accept'])
  })
})
