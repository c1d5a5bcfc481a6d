import { describe, expect, test } from 'vitest'
import { nearRules } from '../../src/diagnose/near-rule.ts'
import { allOf, type Match } from '../../src/model/index.ts'
import { addressSet, type Flow, ip, singlePort, TCP, UDP } from '../../src/net/index.ts'
import { ACCEPT, DROP, established, rules, tcpTo } from '../trace/small-network.ts'

const FLOW: Flow = {
  protocol: TCP,
  source: ip('10.1.0.9'),
  sourcePort: 40000,
  destination: ip('10.2.0.4'),
  destinationPort: 443,
  serverName: 'acct.blob.core.windows.net',
}
const tcp: Match = { kind: 'protocol', in: [TCP] }
const from = (...texts: string[]): Match => ({ kind: 'source', in: addressSet(...texts) })
const to = (...texts: string[]): Match => ({ kind: 'destination', in: addressSet(...texts) })
const port = (number: number): Match => ({ kind: 'destination-port', in: [singlePort(number)] })

describe('a rule that nearly accepts a packet', () => {
  test.for<[string, Match, string[]]>([
    ['another port', tcpTo(80, '10.2.0.0/24'), ['port']],
    ['another destination', tcpTo(443, '10.3.0.0/24'), ['destination']],
    ['another source', allOf(tcp, from('10.9.0.0/16'), port(443)), ['source']],
    ['another protocol', allOf({ kind: 'protocol', in: [UDP] }, port(443)), ['protocol']],
    ['another name', allOf(tcp, { kind: 'server-name', in: ['*.azurecr.io'] }), ['server name']],
    ['a name below the one in the rule', allOf(tcp, { kind: 'server-name', in: ['*.core.windows.net'] }), []],
    ['a destination it takes out', allOf(tcp, { kind: 'not', of: to('10.2.0.4') }), ['destination']],
    ['a destination it does not take out', allOf(tcp, { kind: 'not', of: to('10.7.0.4') }, port(80)), ['port']],
    ['two things', allOf(tcp, from('10.9.0.0/16'), port(80)), []],
    [
      'the nearest of some ports',
      { kind: 'some', of: [allOf(tcp, port(80)), allOf(from('10.9.0.1'), port(1))] },
      ['port'],
    ],
    ['an interface, which is not looked at', allOf(port(80), { kind: 'in-interface', in: ['eth0'] }), []],
    ['something that cannot be evaluated', allOf(port(80), { kind: 'opaque', text: '-m time' }), []],
    ['the state of the connection', established, []],
  ])('lacks %s', ([, match, lacks]) => {
    const set = rules('forward', DROP, [match, ACCEPT])
    expect(nearRules(set, undefined, FLOW).map((one) => one.lacks)).toEqual(lacks)
  })

  test('stands before the one that decided, and accepts', () => {
    const near = tcpTo(80)
    const set = rules('forward', DROP, [near, DROP], [near, ACCEPT], [{ kind: 'any' }, DROP], [near, ACCEPT])
    expect(nearRules(set, set.rules[2], FLOW).map((one) => one.rule.name)).toEqual(['#2'])
  })
})
