import { describe, expect, test } from 'vitest'
import { tooBig } from '../../src/diagnose/segment-size.ts'
import { type Link, NO_STAGES } from '../../src/model/index.ts'
import { type Flow, ip, TCP, UDP } from '../../src/net/index.ts'
import { prepare, trace, traceReply } from '../../src/trace/index.ts'
import { device, network, port, segment } from '../trace/small-network.ts'

type Fragments = Link['fragmentationNeeded']

/** What becomes of a connection over a segment of some MTU: the disposition there and back. */
function over(mtu: number, fragmentationNeeded: Fragments, rest: Partial<Flow>): string[] {
  const host = { kind: 'host', pipeline: NO_STAGES } as const
  const near = device('near', [port('eth0', '10.0.0.1/24')], [], host)
  const far = device('far', [port('eth0', '10.0.0.2/24')], [], host)
  const link: Link = {
    ...segment('narrow', 'near:eth0', 'far:eth0'),
    mtu,
    ...(fragmentationNeeded && { fragmentationNeeded }),
  }
  const prepared = prepare(network([near, far], [link]))
  const ends = { source: ip('10.0.0.1'), sourcePort: 40000, destination: ip('10.0.0.2'), destinationPort: 443 }
  const [forward] = trace(prepared, 'near', { protocol: TCP, ...ends, ...rest })
  if (!forward) return []
  const checked = tooBig(forward, traceReply(prepared, forward))
  return [checked.forward.disposition, ...checked.replies.map((one) => one.disposition)]
}

describe('full-size segments', () => {
  test.for<[string, number, Fragments, Partial<Flow>, string[]]>([
    ['are lost where nobody hears that they are too big', 1400, 'lost', {}, ['too-big']],
    ['are made smaller where the sender hears of it', 1400, 'sent', {}, ['accepted', 'accepted']],
    ['fit a link as wide as the sender', 1500, 'lost', {}, ['accepted', 'accepted']],
    ['are no matter for UDP', 1400, 'lost', { protocol: UDP }, ['accepted', 'accepted']],
    ['are rare in DNS over TCP', 1400, 'lost', { destinationPort: 53 }, ['accepted', 'accepted']],
  ])('%s', ([, mtu, fragments, rest, dispositions]) => {
    expect(over(mtu, fragments, rest)).toEqual(dispositions)
  })
})
