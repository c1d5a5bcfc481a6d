import { describe, expect, test } from 'vitest'
import { deviceText } from '../../src/report/index.ts'
import { estate } from '../topology/small-estate.ts'

const ROUTER = 'if eth0 192.0.2.1/24\nif eth1 10.0.1.1/24'

/** The lines that say whom a host with these settings asks for names. */
function asks(dns: string): string[] {
  const { network } = estate({
    'lab/fw.rsc': ROUTER,
    'lab/lab.yaml': `nettrace: 1
devices: { fw: { routeros: fw.rsc } }
links: [{ internet: ['fw:eth0'] }]
hosts:
  pc: { address: 10.0.1.7, on: 'fw:eth1', dns: ${dns} }`,
  })
  const pc = network.devices.get('pc')
  const lines = pc ? deviceText(network, pc).split('\n') : []
  return lines.flatMap((line) => (line.includes('asks DNS') ? [line.replace(/\s+/g, ' ').trim()] : []))
}

describe('whom a device asks for names', () => {
  test('its servers', () => {
    expect(asks('[10.0.1.53]')).toEqual([expect.stringMatching(/^asks DNS 10\.0\.1\.53 \(/)])
  })

  test("the servers of a rule of Windows' name resolution policy come with their names", () => {
    const lines = asks(
      '{ servers: 10.0.1.53, nrpt: [{ namespace: .corp.example, servers: 10.0.1.54 }, { namespace: db.example, servers: 10.0.1.55 }] }',
    )
    expect(lines).toEqual([
      expect.stringContaining('asks DNS corp.example and below: 10.0.1.54 ('),
      expect.stringContaining('asks DNS db.example itself: 10.0.1.55 ('),
      expect.stringContaining('asks DNS other names: 10.0.1.53 ('),
    ])
  })

  test('the server a browser asks by itself comes first', () => {
    const lines = asks("{ servers: 10.0.1.53, https: 'https://192.0.2.53/dns-query' }")
    expect(lines).toEqual([
      expect.stringMatching(/^asks DNS DNS over HTTPS of pc, 192\.0\.2\.53, first, the others where it has no address/),
      expect.stringContaining('asks DNS 10.0.1.53 ('),
    ])
  })
})
