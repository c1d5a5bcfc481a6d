import { describe, expect, test } from 'vitest'
import { body, ref } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { allowing, application, behind, collection, dnat, group, network } from './firewall-bodies.ts'

/** An expression of a template that stays one. */
const EXPRESSION = "[parameters('unknown')]"
const allow = collection('allow', 100, 'Allow', [network('443')])
const deny = (priority: string | number) => collection('deny', priority, 'Deny', [network('443')])
const ipGroup = { sourceAddresses: [], sourceIpGroups: [ref('ipGroups/plant')] }
const one = (rule: ReturnType<typeof network>) => [group('policy', 'g', 200, [collection('c', 100, 'Allow', [rule])])]

describe('what of a firewall cannot be read, and decides, leaves the answer open and is named', () => {
  test.for<readonly [string, Example, RegExp]>([
    [
      'the priority of a collection',
      behind({}, [group('policy', 'g', 200, [allow, deny(EXPRESSION)])]),
      /priority|deny/,
    ],
    [
      'the priority of a group',
      behind({}, [group('policy', 'g', 200, [allow]), group('policy', 'h', EXPRESSION, [deny(100)])]),
      /priority|group h/,
    ],
    [
      'the rules of a collection',
      behind({}, one(network('443')).concat(group('policy', 'a', 100, [collection('x', 1, 'Deny', EXPRESSION)]))),
      /rules/,
    ],
    ['the collections of a group', behind({}, [group('policy', 'g', 200, EXPRESSION)]), /ruleCollections|group g/],
    [
      'the policy’s id',
      behind({}, allowing(), [], { firewall: { firewallPolicy: {} } }),
      /firewallPolicy|basePolicy|without an id/,
    ],
    ['the parent policy’s id', behind({ basePolicy: {} }, allowing()), /firewallPolicy|basePolicy|without an id/],
    ['the policy', behind(undefined, []), /firewall policy policy is not in the export/],
    ['the parent policy', behind({ basePolicy: ref('firewallPolicies/base') }, allowing()), /firewall policy base/],
    ['a port', behind({}, allowing(EXPRESSION)), /destinationPorts|port/],
    ['an address', behind({}, allowing('443', { sourceAddresses: [EXPRESSION] })), /sourceAddresses|address/],
    ['an address that is an object', behind({}, allowing('443', { destinationAddresses: [{ x: 1 }] })), /destination/],
    ['an IP group', behind({}, allowing('443', ipGroup)), /IP group plant/],
    [
      'the addresses of an IP group',
      behind({}, allowing('443', ipGroup), [body('ipGroups/plant', { ipAddresses: EXPRESSION })]),
      /plant|ipAddresses/,
    ],
    ['a name', behind({}, one(application(EXPRESSION))), /targetFqdns|name/],
    [
      'the port of a protocol',
      behind({}, one(application('plant.example', { protocolType: 'Https', port: EXPRESSION }))),
      /port/,
    ],
    ['a private range', behind({ snat: { privateRanges: [EXPRESSION] } }, allowing()), /private range|privateRanges/],
  ])('%s', ([, example, named]) => {
    const answer = asked(example, 'vm', 'plant.example:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringMatching(named)])
  })

  test('a DNAT rule to a name is as unknown as the name’s address', () => {
    const named = dnat('web', { translatedAddress: undefined, translatedFqdn: 'web.corp.example' })
    const groups = [group('policy', 'g', 200, [collection('in', 100, 'DNAT', [named])])]
    const answer = asked(behind({}, groups), 'internet', '198.51.100.20:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('web.corp.example')])
  })
})

describe('whether and whom the DNS proxy asks is not guessed', () => {
  const dns = { spokeDns: ['10.100.0.4'] }
  test.for<readonly [string, Example, string, RegExp]>([
    ['the policy is not in the export', behind(undefined, [], [], dns), 'unknown', /firewall policy policy/],
    ['dnsSettings cannot be read', behind({ dnsSettings: EXPRESSION }, allowing(), [], dns), 'unknown', /dnsSettings/],
    [
      'a server cannot be read',
      behind({ dnsSettings: { enableProxy: true, servers: [EXPRESSION] } }, allowing(), [], dns),
      'unknown',
      /DNS server|servers/,
    ],
    ['the proxy is off', behind({}, allowing(), [], dns), 'no', /DNS proxy is off/],
    ['the proxy is on', behind({ dnsSettings: { enableProxy: true } }, allowing(), [], dns), 'yes', /./],
    [
      'its server is unreachable',
      behind({ dnsSettings: { enableProxy: true, servers: ['10.100.5.4'] } }, allowing(), [], dns),
      'no',
      /10\.100\.5\.4/,
    ],
  ])('%s', ([, example, works, named]) => {
    const answer = asked(example, 'vm', 'plant.example:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringMatching(named)])
  })
})
