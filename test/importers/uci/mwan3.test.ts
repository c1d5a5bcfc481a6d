import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device } from '../../../src/model/index.ts'
import { type Flow, formatPrefix, ip, TCP, UDP } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'

const NETWORK = `config interface 'lan'\noption device 'br-lan'\noption proto 'static'\noption ipaddr '192.168.1.1/24'
config interface 'wan'\noption device 'eth1'\noption proto 'static'\noption ipaddr '203.0.113.2/24'\noption gateway '203.0.113.1'\noption metric '10'
config interface 'wanb'\noption device 'eth2'\noption proto 'static'\noption ipaddr '198.51.100.2/24'\noption gateway '198.51.100.1'\noption metric '20'
config route\noption interface 'lan'\noption target '10.0.0.0/8'\noption gateway '192.168.1.9'
`
const MWAN3 = `config interface 'wan'\noption enabled '1'\noption family 'ipv4'
config interface 'wanb'\noption enabled '1'
config member 'first'\noption interface 'wan'\noption metric '1'
config member 'second'\noption interface 'wanb'\noption metric '2'
config member 'equal'\noption interface 'wanb'\noption metric '1'
config policy 'failover'\nlist use_member 'first'\nlist use_member 'second'
config policy 'balanced'\nlist use_member 'first'\nlist use_member 'equal'\noption last_resort 'blackhole'
config policy 'only_b'\nlist use_member 'second'
config rule 'web'\noption proto 'tcp'\noption dest_port '443'\noption use_policy 'only_b'
config rule 'voice'\noption proto 'udp'\noption dest_port '5060'\noption use_policy 'balanced'
config rule 'rest'\noption dest_ip '0.0.0.0/0'\noption use_policy 'failover'
`

function deviceOf(mwan3: string): Device {
  const [device] = importUci('router', [
    { path: 'network', text: NETWORK },
    { path: 'mwan3', text: mwan3 },
  ]).devices
  if (!device) throw new Error('no device was read')
  return device
}

/** The interfaces a packet from the LAN may leave by. */
function exits(device: Device, destination: string, protocol: number, port: number): string[] {
  const network = { name: 'n', devices: new Map([[device.name, device]]), links: [], services: [], diagnostics: [] }
  const flow: Flow = {
    protocol,
    source: ip('192.168.1.1'),
    sourcePort: 40000,
    destination: ip(destination),
    destinationPort: port,
  }
  const steps = trace(prepare(network), device.name, flow).flatMap((one) => one.hops.flatMap((hop) => hop.steps))
  const routes = steps.flatMap((step) => (step.kind === 'route' && step.route ? [step.route.nextHop] : []))
  return routes.map((hop) => (hop.kind === 'via' || hop.kind === 'connected' ? (hop.interface ?? '') : hop.kind))
}

describe('mwan3 chooses the uplink (OpenWrt: mwan3)', () => {
  test.for([
    ['by the first rule that fits', '192.0.2.7', TCP, 443, ['eth2']],
    ['of a policy the members of the lowest metric', '192.0.2.7', TCP, 80, ['eth1']],
    ['of several such members any', '192.0.2.7', UDP, 5060, ['eth1', 'eth2']],
    ['but never for networks that are routed otherwise', '10.1.2.3', TCP, 443, ['br-lan']],
    ['nor for those it is on', '198.51.100.9', TCP, 80, ['eth2']],
  ] as const)('%s', ([, destination, protocol, port, expected]) => {
    expect(exits(deviceOf(MWAN3), destination, protocol, port).sort()).toEqual(expected)
  })

  test('an interface that is switched off there is no member', () => {
    const off = MWAN3.replace(
      "config interface 'wan'\noption enabled '1'",
      "config interface 'wan'\noption enabled '0'",
    )
    expect(exits(deviceOf(off), '192.0.2.7', TCP, 80)).toEqual(['eth2'])
  })

  test('without any member the last resort decides', () => {
    const table = (name: string) => deviceOf(MWAN3.replaceAll("'1'", "'0'")).tables.find((one) => one.name === name)
    const shown = (name: string) =>
      table(name)?.routes.map((route) => `${formatPrefix(route.prefix)} ${JSON.stringify(route.nextHop)}`)
    expect(shown('mwan3 policy failover')).toEqual([
      '0.0.0.0/0 {"kind":"discard","answer":"unreachable"}',
      '::/0 {"kind":"discard","answer":"unreachable"}',
    ])
    expect(shown('mwan3 policy balanced')?.[0]).toContain('silent')
  })

  test('a rule of a policy that is not there is left out and said', () => {
    const text = `${MWAN3}config rule 'odd'\noption use_policy 'nowhere'\n`
    const part = importUci('router', [
      { path: 'network', text: NETWORK },
      { path: 'mwan3', text },
    ])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1318')
    expect(part.devices[0]?.tableRules.map((rule) => rule.name)).toEqual([
      'mwan3 connected networks',
      'mwan3 rule web',
      'mwan3 rule voice',
      'mwan3 rule rest',
    ])
  })
})
