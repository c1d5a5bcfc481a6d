import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device } from '../../../src/model/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { routerOf, through, ZONES } from './router.ts'
import { verdictOf } from './verdict.ts'

describe('what leaves a masquerading zone', () => {
  test('is never invalid: it would keep its private source', () => {
    const decided = verdictOf(routerOf(ZONES), 'forward', through('br-lan', 'eth1', { state: 'invalid' }))
    expect(decided).toEqual({ verdict: 'drop', by: 'masquerading zone wan: no invalid packets' })
  })

  test('takes the address of the device', () => {
    const router = routerOf(ZONES)
    const rules = router.ruleSets['nat/zone_wan_postrouting']?.rules
    expect(rules?.map((one) => [one.name, one.action])).toEqual([
      ['masquerading of zone wan', { kind: 'rewrite-source', to: { kind: 'own-address' } }],
    ])
    expect(router.pipeline.prerouting).toContainEqual({ kind: 'translate', ruleSet: 'nat/PREROUTING' })
    expect(router.pipeline.postrouting).toContainEqual({ kind: 'translate', ruleSet: 'nat/POSTROUTING' })
  })

  test('has its MSS clamped both ways with mtu_fix', () => {
    const clamps = routerOf(ZONES).ruleSets['mangle/FORWARD']?.rules.map((one) => one.action)
    expect(clamps).toEqual([
      { kind: 'clamp-mss', to: 'path' },
      { kind: 'clamp-mss', to: 'path' },
    ])
  })

  test('is not translated at all without masq and redirects', () => {
    const router = routerOf(ZONES.replace("option masq '1'", "option masq '0'"))
    expect(Object.keys(router.ruleSets).filter((key) => key.startsWith('nat/'))).toEqual([])
    expect(router.pipeline.postrouting).toEqual([])
  })
})

describe('a redirect', () => {
  const redirect = (...options: string[]) => `config redirect\n${options.map((option) => `${option}\n`).join('')}`
  const WEB = [
    "option src 'wan'",
    "option dest 'lan'",
    "option proto 'tcp'",
    "option src_dport '8443'",
    "option dest_ip '192.168.1.10'",
    "option dest_port '443'",
  ]
  const rewrites = (router: Device, key: string) =>
    router.ruleSets[key]?.rules.flatMap((one) => {
      const { action } = one
      if (action.kind !== 'rewrite-destination' && action.kind !== 'rewrite-source') return []
      const to = action.to.kind === 'address' ? formatIp(action.to.first) : action.to.kind
      return [`${one.name}: ${to}${action.ports ? `:${action.ports.first}` : ''}`]
    })

  test('rewrites the destination of what comes from its zone', () => {
    expect(rewrites(routerOf(ZONES + redirect(...WEB)), 'nat/zone_wan_prerouting')).toEqual([
      'redirect @redirect[0]: 192.168.1.10:443',
    ])
  })

  test('is reflected for the hosts of the zone it leads to, whose source becomes the router', () => {
    const router = routerOf(ZONES + redirect(...WEB))
    expect(rewrites(router, 'nat/zone_lan_prerouting')).toEqual([
      'redirect @redirect[0] (reflection): 192.168.1.10:443',
    ])
    expect(rewrites(router, 'nat/zone_lan_postrouting')).toEqual(['redirect @redirect[0] (reflection): 192.168.1.1'])
    expect(rewrites(router, 'nat/zone_iot_prerouting')).toBeUndefined()
  })

  test('is reflected for other zones where it says so', () => {
    const router = routerOf(ZONES + redirect(...WEB, "list reflection_zone 'iot'"))
    expect(rewrites(router, 'nat/zone_iot_prerouting')).toEqual([
      'redirect @redirect[0] (reflection): 192.168.1.10:443',
    ])
    expect(rewrites(router, 'nat/zone_lan_prerouting')).toBeUndefined()
  })

  test.for([
    ['with reflection switched off', "option reflection '0'", ZONES],
    ['where the source zone does not masquerade', '', ZONES.replace("option masq '1'", '')],
  ] as const)('is not reflected %s', ([, option, zones]) => {
    expect(rewrites(routerOf(zones + redirect(...WEB, option)), 'nat/zone_lan_prerouting')).toBeUndefined()
  })

  test('without an inside address leads to the device itself', () => {
    const router = routerOf(
      ZONES + redirect("option src 'lan'", "option proto 'udp'", "option src_dport '53'", "option dest_port '5353'"),
    )
    expect(rewrites(router, 'nat/zone_lan_prerouting')).toEqual(['redirect @redirect[0]: own-address:5353'])
  })

  test('of kind SNAT rewrites the source of what leaves by its zone', () => {
    const router = routerOf(
      ZONES +
        redirect(
          "option target 'SNAT'",
          "option dest 'wan'",
          "option src_ip '192.168.1.0/24'",
          "option src_dip '203.0.113.9'",
        ),
    )
    expect(rewrites(router, 'nat/zone_wan_postrouting')).toEqual([
      'redirect @redirect[0]: 203.0.113.9',
      'masquerading of zone wan: own-address',
    ])
  })

  test('of kind SNAT without an address is left out and said', () => {
    const part = importUci('router', [
      { path: 'firewall', text: ZONES + redirect("option target 'SNAT'", "option dest 'wan'") },
    ])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1323')
  })
})
