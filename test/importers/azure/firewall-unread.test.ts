import { describe, expect, test } from 'vitest'
import { collection, dnat, hubFirewall, network, type Probe, probe, withPolicy } from './firewall-probe.ts'

/** An expression of a template that stays one. */
const EXPRESSION = "[parameters('unknown')]" as unknown as number
const EXPRESSIONS = EXPRESSION as unknown as []
const rule = network('r', ['*'], ['443'])
const allow = collection('allow', 100, [rule])
const disposition = (collections: unknown[], probed: Probe = { to: '20.60.1.1' }) =>
  probe(hubFirewall(withPolicy(collections)), probed).forward.disposition

describe('a collection that cannot be read stands at its place', () => {
  test.for<readonly [string, unknown[], string]>([
    ['behind one that allows', [allow, collection('x', 200, EXPRESSIONS, 'Deny')], 'accepted'],
    ['before one that allows', [allow, collection('x', 50, EXPRESSIONS, 'Deny')], 'unknown'],
    ['and alone', [collection('x', 50, EXPRESSIONS, 'Allow')], 'unknown'],
  ])('%s', ([, collections, expected]) => {
    expect(disposition(collections)).toBe(expected)
  })

  test('without a priority it counts first or last: unknown only where that makes a difference', () => {
    expect(disposition([allow, collection('deny', EXPRESSION, [rule], 'Deny')])).toBe('unknown')
    expect(disposition([allow, collection('same', EXPRESSION, [rule])])).toBe('accepted')
    expect(disposition([collection('alone', EXPRESSION, [rule])])).toBe('accepted')
  })

  test('DNAT rules that cannot be read concern the firewall’s own addresses alone', () => {
    const unread = collection('in', 50, EXPRESSIONS, 'DNAT')
    expect(disposition([unread, allow])).toBe('accepted')
    expect(disposition([unread, allow], { from: 'caller', to: '198.51.100.20' })).toBe('unknown')
    const known = collection('in', 50, [dnat('web')], 'DNAT')
    expect(disposition([known], { from: 'caller', to: '198.51.100.20', port: 8443 })).toBe('accepted')
  })
})
