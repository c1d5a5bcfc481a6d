import { expect, test } from 'vitest'
import type { Encapsulation } from '../../src/model/index.ts'
import { addressSet, type Flow, ip, singlePort, TCP } from '../../src/net/index.ts'
import { prepare, trace } from '../../src/trace/index.ts'
import { device, here, host, network, port, segment } from './small-network.ts'

const POLICY: Encapsulation = {
  name: 'policy',
  local: addressSet('10.1.0.0/24'),
  remote: addressSet('10.2.0.0/24'),
  protocol: TCP,
  remotePorts: singlePort(443),
  action: 'discard',
  source: here,
}
const BYPASS: Encapsulation = { ...POLICY, name: 'bypass', local: addressSet('10.1.0.9/32'), action: 'bypass' }
const ENCRYPT: Encapsulation = { ...POLICY, name: 'encrypt', action: 'encrypt' }

function tried(policies: readonly Encapsulation[], from: string, to: string, portNumber: number, sourcePort = 40000) {
  const router = device('router', [port('a', '10.1.0.1/24'), port('b', '10.2.0.1/24')], [], {
    encapsulations: policies,
  })
  const hosts = [
    host('one', '10.1.0.9/24', '10.1.0.1'),
    host('two', '10.2.0.9/24', '10.2.0.1'),
    host('three', '10.1.0.7/24', '10.1.0.1'),
  ]
  const links = [segment('A', 'router:a', 'one:eth0', 'three:eth0'), segment('B', 'router:b', 'two:eth0')]
  const flow: Flow = {
    protocol: TCP,
    source: ip(from),
    sourcePort,
    destination: ip(to),
    destinationPort: portNumber,
  }
  const start = { '10.1.0.9': 'one', '10.2.0.9': 'two', '10.1.0.7': 'three' }[from] ?? ''
  return trace(prepare(network([router, ...hosts], links)), start, flow)[0]
}

// RFC 4301 section 4.4.1: a policy selects by addresses, protocol and ports; the first that fits decides, both ways.
test.for([
  ["a packet to the port of a policy is the policy's", [POLICY], '10.1.0.9', '10.2.0.9', 443, 40000, 'denied'],
  ['one to another port is not', [POLICY], '10.1.0.9', '10.2.0.9', 80, 40000, 'accepted'],
  ['clear text that should have been encrypted is dropped', [ENCRYPT], '10.2.0.9', '10.1.0.9', 50000, 443, 'denied'],
  ['clear text from another port is not', [ENCRYPT], '10.2.0.9', '10.1.0.9', 50000, 80, 'accepted'],
  [
    'a policy in front may let a pair pass in the clear',
    [BYPASS, ENCRYPT],
    '10.2.0.9',
    '10.1.0.9',
    50000,
    443,
    'accepted',
  ],
  ['and only that pair', [BYPASS, ENCRYPT], '10.2.0.9', '10.1.0.7', 50000, 443, 'denied'],
] as const)('%s', ([, policies, from, to, portNumber, sourcePort, disposition]) => {
  expect(tried(policies, from, to, portNumber, sourcePort)?.disposition).toBe(disposition)
})
