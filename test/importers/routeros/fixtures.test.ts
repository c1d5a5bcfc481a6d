import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importRouteros } from '../../../src/importers/routeros/index.ts'
import { formatIp, formatPrefix } from '../../../src/net/index.ts'
import { interfaceOf, routesOf, rulesOf } from './router-of.ts'

function fixture(path: string, name: string) {
  const text = readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url), 'utf8')
  const part = importRouteros(name, [{ path, text }])
  const [device] = part.devices
  if (!device) throw new Error('no device')
  return { text, device, diagnostics: part.diagnostics }
}

const PATHS = ['vision-plant/ros-core.rsc', 'home-lab/router.rsc']

describe('the exports that ship', () => {
  test.for(PATHS)('%s reads without a complaint and looks like an export', (path) => {
    const { text, diagnostics } = fixture(path, 'r')
    expect(diagnostics).toEqual([])
    expect(text.split('\n').filter((line) => line.length > 79)).toEqual([])
    expect(text).not.toMatch(/secret=|password=|private-key=/)
    expect(text.startsWith('# 2026-')).toBe(true)
  })

  test.for(PATHS)('%s read twice gives the same bytes', (path) => {
    const bytes = () =>
      JSON.stringify(fixture(path, 'r').device, (_key, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      )
    expect(bytes()).toBe(bytes())
  })

  test.for(PATHS)('%s survives structuredClone', (path) => {
    const { device } = fixture(path, 'r')
    expect(structuredClone(device)).toEqual(device)
  })
})

describe('ros-core', () => {
  const { device } = fixture('vision-plant/ros-core.rsc', 'ros-core')

  test('is a RouterOS 7 router', () => {
    expect([device.kind, device.label, device.tableBeforeLocal]).toEqual([
      'router',
      'RouterOS 7.16.1 (RB5009UG+S+)',
      true,
    ])
  })

  test('has its interfaces, addresses and aliases', () => {
    expect(
      device.interfaces
        .filter((one) => one.addresses.length > 0)
        .map((one) => [one.name, one.aliases, one.addresses.map((at) => `${formatIp(at.ip)}/${at.prefix.length}`)]),
    ).toEqual([
      ['ether1-WAN', ['ether1'], ['203.0.113.10/29']],
      ['transit-lede', ['ether3'], ['192.168.254.1/30']],
      ['transit-usg', ['ether4'], ['192.168.254.5/30']],
      ['vlan10-servers', ['ether2.10'], ['10.20.10.1/24']],
    ])
  })

  test('has its routes', () => {
    const shown = routesOf(device)
      .filter((route) => route.origin === 'static')
      .map((route) => [formatPrefix(route.prefix), route.nextHop.kind === 'via' ? formatIp(route.nextHop.gateway) : ''])
    expect(shown).toEqual([
      ['0.0.0.0/0', '203.0.113.9'],
      ['10.20.50.0/24', '192.168.254.2'],
      ['10.20.20.0/24', '192.168.254.6'],
      ['10.20.30.0/24', '192.168.254.6'],
      ['10.20.40.0/24', '192.168.254.6'],
      ['10.20.99.0/24', '192.168.254.6'],
    ])
  })

  test('forward rules stand in the order that keeps SMB in: R11 before R6', () => {
    const order = rulesOf(device, 'filter/forward').map((rule) => `${rule.comment?.split(' ')[0]} ${rule.action.kind}`)
    expect(order).toEqual([
      'R1 accept',
      'R2 accept',
      'R3 pass',
      'R4 accept',
      'R5 drop',
      'DNS accept',
      'DNS accept',
      'R11 drop',
      'R6 accept',
      'R7 accept',
      'R8 accept',
      'R8 accept',
      'R8 accept',
      'R9 accept',
      'R9 accept',
      'R10 accept',
      'R12 drop',
    ])
  })

  test('names in its lists are met by the server name', () => {
    expect(JSON.stringify(rulesOf(device, 'filter/forward')[10]?.match)).toContain('"mcr.microsoft.com"')
    expect(JSON.stringify(rulesOf(device, 'filter/forward')[11]?.match)).toContain(
      '"global.azure-devices-provisioning.net"',
    )
  })

  test('translates to the internet only, and what goes into the tunnel not', () => {
    expect(rulesOf(device, 'nat/srcnat').map((rule) => [rule.comment?.slice(0, 2), rule.action.kind])).toEqual([
      ['N1', 'accept'],
      ['N2', 'rewrite-source'],
    ])
  })

  test('clamps the MSS both ways', () => {
    expect(rulesOf(device, 'mangle/forward').map((rule) => rule.action)).toEqual([
      { kind: 'clamp-mss', to: 1350 },
      { kind: 'clamp-mss', to: 1350 },
    ])
    expect(JSON.stringify(rulesOf(device, 'mangle/forward'))).not.toContain('opaque')
  })

  test('has one tunnel with three selectors', () => {
    const { tunnel } = interfaceOf(device, 'ipsec:azure-hub')
    expect(tunnel?.selectors).toHaveLength(3)
    expect([tunnel?.local, tunnel?.remote].map((one) => (one === undefined ? '' : formatIp(one)))).toEqual([
      '203.0.113.10',
      '198.51.100.4',
    ])
    expect(tunnel?.arrivesAs).toBe('ether1-WAN')
    expect(device.encapsulations.map((one) => one.name)).toEqual([
      'IPsec policy 10.20.0.0/16 to 10.100.0.0/22',
      'IPsec policy 10.20.0.0/16 to 10.110.0.0/20',
      'IPsec policy 10.20.0.0/16 to 10.120.0.0/22',
    ])
  })

  test('servers learn the plant DNS by DHCP', () => {
    expect(interfaceOf(device, 'vlan10-servers').dhcp?.nameServers.map(formatIp)).toEqual(['10.20.10.10'])
    expect(device.stubResolver?.servers.map((one) => formatIp(one.ip))).toEqual(['10.20.10.10'])
  })

  test('no rule is opaque', () => {
    expect(
      JSON.stringify(device.ruleSets, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('opaque')
  })
})

describe('the home router', () => {
  const { device } = fixture('home-lab/router.rsc', 'home')

  test('serves its bridge', () => {
    expect(interfaceOf(device, 'bridge').aliases).toEqual(['ether2', 'ether3', 'ether4', 'ether5'])
    expect(interfaceOf(device, 'bridge').dhcp?.nameServers.map(formatIp)).toEqual(['192.168.88.1'])
    expect(device.resolver).not.toHaveProperty('allows')
    expect(device.resolver?.zones[0]?.records.map((one) => one.name)).toEqual(['router.lan'])
  })

  test('goes to Azure by IPsec, untranslated', () => {
    expect(interfaceOf(device, 'ipsec:azure').tunnel).toMatchObject({ kind: 'ipsec', arrivesAs: 'ether1' })
    expect(rulesOf(device, 'nat/srcnat').map((rule) => rule.action.kind)).toEqual(['accept', 'rewrite-source'])
    expect(rulesOf(device, 'nat/srcnat')[1]?.match).toEqual({
      kind: 'all',
      of: [
        { kind: 'tunnel', direction: 'out', present: false },
        { kind: 'out-interface', in: ['ether1'] },
      ],
    })
  })
})
