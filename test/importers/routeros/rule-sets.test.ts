import { describe, expect, test } from 'vitest'
import { routerosPipeline } from '../../../src/importers/routeros/pipeline.ts'
import type { Pipeline } from '../../../src/model/index.ts'
import { codesOf, diagnosticsOf, routerOf, rulesOf } from './router-of.ts'

describe('chains', () => {
  const device = routerOf(`# 2025-01-01 00:00:00 by RouterOS 7.16
/ip firewall filter
add action=accept chain=input comment=first
add action=drop chain=forward disabled=yes
add action=jump chain=forward jump-target=mine
add action=drop chain=forward comment="the last \\"one\\""
add action=accept chain=mine
/ip firewall nat
add action=masquerade chain=srcnat
`)

  test('rules are numbered in their chain from 1, disabled ones counted and left out', () => {
    expect(rulesOf(device, 'filter/forward').map((rule) => [rule.name, rule.comment])).toEqual([
      ['#2', undefined],
      ['#3', 'the last "one"'],
    ])
    expect(rulesOf(device, 'filter/input')[0]).toMatchObject({
      name: '#1',
      source: { kind: 'line', file: 'r.rsc', line: 3, column: 1, text: 'add action=accept chain=input comment=first' },
    })
  })

  test('the end of a built-in chain accepts, the end of an own chain returns', () => {
    expect(device.ruleSets['filter/forward']).toMatchObject({
      label: 'filter chain forward',
      policy: { kind: 'accept' },
    })
    expect(device.ruleSets['filter/mine']).toMatchObject({ label: 'filter chain mine', policy: { kind: 'return' } })
    expect(device.ruleSets['filter/forward']?.policySource.kind).toBe('implied')
  })

  test('every rule set of the pipeline is there, even with no rule', () => {
    const named = Object.values(device.pipeline).flatMap((stages) =>
      stages.flatMap((stage) => (stage.kind === 'track' ? [] : [stage.ruleSet])),
    )
    expect(named.filter((name) => !device.ruleSets[name])).toEqual([])
  })

  test('a jump to a chain without rules comes back, and is noted', () => {
    const text = '/ip firewall filter\nadd action=jump chain=forward jump-target=empty\n'
    expect(routerOf(text).ruleSets['filter/empty']).toMatchObject({ rules: [], policy: { kind: 'return' } })
    expect(codesOf(text)).toContain('NT1219:2')
  })
})

describe('the packet flow (MikroTik: Packet Flow in RouterOS)', () => {
  const words = (pipeline: Pipeline) =>
    Object.fromEntries(
      Object.entries(pipeline).map(([hook, stages]) => [
        hook,
        stages.map((stage) => (stage.kind === 'track' ? 'track' : `${stage.kind} ${stage.ruleSet}`)),
      ]),
    )

  test('RouterOS 7', () => {
    expect(words(routerosPipeline(7, true))).toEqual({
      prerouting: ['filter raw/prerouting', 'track', 'mark mangle/prerouting', 'translate nat/dstnat'],
      input: ['mark mangle/input', 'filter filter/input', 'translate nat/input'],
      forward: ['mark mangle/forward', 'filter filter/forward'],
      output: ['filter raw/output', 'track', 'mark mangle/output', 'translate nat/output', 'filter filter/output'],
      postrouting: ['mark mangle/postrouting', 'translate nat/srcnat'],
    })
  })

  test('RouterOS 6 has no nat chains input and output', () => {
    expect(words(routerosPipeline(6, true)).input).toEqual(['mark mangle/input', 'filter filter/input'])
    expect(words(routerosPipeline(6, true)).output).not.toContain('translate nat/output')
  })

  test('a router has the raw and mangle stages that have rules, and always both translations', () => {
    const text = '/ip firewall mangle\nadd action=accept chain=forward\nadd action=accept chain=input disabled=yes\n'
    expect(words(routerOf(`# by RouterOS 6.49\n${text}`).pipeline)).toEqual({
      prerouting: ['track', 'translate nat/dstnat'],
      input: ['filter filter/input'],
      forward: ['mark mangle/forward', 'filter filter/forward'],
      output: ['track', 'filter filter/output'],
      postrouting: ['translate nat/srcnat'],
    })
  })

  test('without connection tracking nothing is tracked', () => {
    expect(words(routerOf('/ip firewall connection tracking\nset enabled=no').pipeline).prerouting).toEqual([
      'translate nat/dstnat',
    ])
  })

  test.for([
    ['# by RouterOS 7.1.1\n/ip dns set servers=1.1.1.1', true],
    ['# RouterOS 6.48.3\n/ip dns set servers=1.1.1.1', false],
    ['/ip route\nadd gateway=1.1.1.1 routing-mark=x', false],
    ['/ip route rule\nadd table=x', false],
    ['/routing table\nadd name=x fib', true],
    ['/ip dns set servers=1.1.1.1', true],
  ] as const)('%j asks the marked table before its own addresses: %s', ([text, before]) => {
    expect(routerOf(text).tableBeforeLocal).toBe(before)
  })
})

describe('fasttrack', () => {
  const fasttrack = 'add action=fasttrack-connection chain=forward connection-state=established,related\n'
  const twin = 'add action=accept chain=forward connection-state=established,related,untracked\n'
  const warnings = (text: string) => diagnosticsOf(text).filter((one) => one.code === 'NT1217').length

  test.for([
    ['with its twin behind it', `/ip firewall filter\n${fasttrack}${twin}`, 0],
    ['without its twin', `/ip firewall filter\n${fasttrack}`, 1],
    [
      'beside mark-routing',
      `/ip firewall filter\n${fasttrack}${twin}/ip firewall mangle\nadd action=mark-routing chain=prerouting new-routing-mark=x\n`,
      1,
    ],
    [
      'in front of IPsec',
      `/ip firewall filter\n${fasttrack}${twin}/ip ipsec policy\nadd dst-address=10.0.0.0/8 sa-dst-address=1.1.1.1 tunnel=yes\n`,
      1,
    ],
    [
      'behind accepts for IPsec',
      `/ip firewall filter\nadd chain=forward ipsec-policy=in,ipsec\nadd chain=forward ipsec-policy=out,ipsec\n${fasttrack}${twin}/ip ipsec policy\nadd dst-address=10.0.0.0/8 sa-dst-address=1.1.1.1 tunnel=yes\n`,
      0,
    ],
  ] as const)('%s: %s', ([, text, count]) => {
    expect(warnings(text)).toBe(count)
  })
})
