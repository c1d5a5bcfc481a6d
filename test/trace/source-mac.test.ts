import { describe, expect, test } from 'vitest'
import type { Interface } from '../../src/model/index.ts'
import { ip, TCP } from '../../src/net/index.ts'
import { prepare, trace } from '../../src/trace/index.ts'
import { ACCEPT, DROP, device, host, network, port, rules, segment, via } from './small-network.ts'

const HOST = '00:11:22:33:44:55'
const ROUTER = '00:aa:bb:cc:dd:ee'

const withMac = (one: Interface, mac: string | undefined): Interface => (mac === undefined ? one : { ...one, mac })

/** From a over the routers first and second to b; `second` or `first` lets pass what has one Ethernet address. */
function fate(filtering: 'first' | 'second', allowed: string, sender: string | undefined): string | undefined {
  const filter = {
    ruleSets: { f: rules('f', DROP, [{ kind: 'source-mac', in: [allowed] }, ACCEPT]) },
    pipeline: { prerouting: [], input: [], forward: [{ kind: 'filter', ruleSet: 'f' }], output: [], postrouting: [] },
  } as const
  const a = host('a', '10.0.1.10/24', '10.0.1.1')
  const prepared = prepare(
    network(
      [
        { ...a, interfaces: a.interfaces.map((one) => withMac(one, sender)) },
        device(
          'first',
          [port('in', '10.0.1.1/24'), withMac(port('out', '10.0.9.1/24'), ROUTER)],
          [via('10.0.2.0/24', '10.0.9.2')],
          filtering === 'first' ? filter : {},
        ),
        device(
          'second',
          [port('in', '10.0.9.2/24'), port('out', '10.0.2.1/24')],
          [],
          filtering === 'second' ? filter : {},
        ),
        host('b', '10.0.2.10/24', '10.0.2.1'),
      ],
      [
        segment('left', 'a:eth0', 'first:in'),
        segment('between', 'first:out', 'second:in'),
        segment('right', 'second:out', 'b:eth0'),
      ],
    ),
  )
  const flow = {
    source: ip('10.0.1.10'),
    destination: ip('10.0.2.10'),
    protocol: TCP,
    sourcePort: 40000,
    destinationPort: 80,
  }
  return trace(prepared, 'a', flow)[0]?.disposition
}

describe('a test of the Ethernet source sees who sent the packet on this link (Linux: xt_mac)', () => {
  test.for<['first' | 'second', string, string | undefined, string]>([
    ['first', HOST, HOST, 'accepted'],
    ['first', HOST, '00:11:22:33:44:66', 'denied'],
    ['first', HOST, undefined, 'unknown'],
    ['second', ROUTER, HOST, 'accepted'],
    ['second', HOST, HOST, 'denied'],
  ])('the %s router lets pass %s, the host is %s: %s', ([filtering, allowed, sender, expected]) => {
    expect(fate(filtering, allowed, sender)).toBe(expected)
  })
})
