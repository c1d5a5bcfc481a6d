import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/dns/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { memory } from '../topology/small-estate.ts'

/** What a RouterOS with these static entries answers a client for a name. */
function asked(name: string, entries: string): { kind: string; because: string; place: string } {
  const files = {
    'net.yaml': `nettrace: 1
devices:
  core: { routeros: core.rsc }
hosts:
  pc: { address: 10.0.10.50/24, on: core:ether2, gateway: 10.0.10.1, dns: [10.0.10.1] }
links:
  - internet: [core:ether1]
`,
    'core.rsc': `# 2025-11-02 10:11:12 by RouterOS 7.16.2
/ip address
add address=10.0.10.1/24 interface=ether2
add address=203.0.113.2/24 interface=ether1
/ip route
add gateway=203.0.113.1
/ip dns
set allow-remote-requests=yes servers=192.0.2.53
/ip dns static
${entries}
`,
  }
  const { network } = loadTopology('net.yaml', { reader: memory(files) })
  const { answer } = resolve(prepare(network), { device: 'pc', name })
  const { source } = answer
  return { kind: answer.kind, because: answer.because, place: source.kind === 'line' ? `${source.line}` : '' }
}

describe('a static entry with a regular expression comes before all names (MikroTik: DNS, Static)', () => {
  const CAMERAS = 'add address=10.0.20.99 regexp="^cam[0-9]+\\\\.lan\\$"\nadd address=10.0.20.20 name=nas.lan'

  test('for names it takes nobody can tell, and the answer says which entry it is', () => {
    expect(asked('cam12.lan', CAMERAS)).toEqual({
      kind: 'unknown',
      because: expect.stringContaining('by the regular expression ^cam[0-9]+\\.lan$'),
      place: '10',
    })
  })

  test('other names are answered as if it were not there', () => {
    expect(asked('nas.lan', CAMERAS).kind).toBe('answer')
    expect(asked('cam.lan', CAMERAS).kind).toBe('nxdomain')
  })

  test.for(['(a+)+b', '[', '^[[:alpha:]]+x', 'x*y*z*a*b*c*'])(
    'one that cannot be tried takes every name: %s',
    (pattern) => {
      expect(asked('nas.lan', `add address=10.0.20.99 regexp="${pattern}"`).kind).toBe('unknown')
    },
  )
})
