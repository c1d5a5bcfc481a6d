import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inFolder, nettrace } from './command-line.ts'

const ROUTER = `# 2026-01-02 by RouterOS 7.16.1
/ip address
add address=10.1.0.1/24 interface=ether2
add address=203.0.113.2/24 interface=ether1
/ip firewall address-list
add address=blocked.example list=bad
/ip firewall filter
add action=drop chain=forward dst-address-list=bad
/ip firewall nat
add action=masquerade chain=srcnat out-interface=ether1
/ip route
add dst-address=0.0.0.0/0 gateway=203.0.113.1
`

const TOPOLOGY = `nettrace: 1
name: lists
devices:
  r: { routeros: r.rsc }
hosts:
  pc: { address: 10.1.0.10/24, on: 'r:ether2', gateway: 10.1.0.1, dns: [192.0.2.53] }
links:
  - internet: [r:ether1]
public:
PUBLIC
`

function ask(names: string, to: string): number {
  return inFolder(() => {
    writeFileSync('r.rsc', ROUTER)
    writeFileSync('t.yaml', TOPOLOGY.replace('PUBLIC', names))
    return nettrace(`from pc to ${to} -t t.yaml`).code
  })
}

const KNOWN = '  blocked.example: 192.0.2.66\n  twin.example: 192.0.2.66\n  other.example: 192.0.2.77'

describe('a router compares addresses with the names of its address lists (MikroTik: Address Lists)', () => {
  test.for([
    ['blocked.example:443', 1],
    // Another name of the same address is stopped too.
    ['twin.example:443', 1],
    ['192.0.2.66:443', 1],
    ['other.example:443', 0],
    ['192.0.2.77:443', 0],
  ] as const)('to %s: exit code %i', ([to, code]) => {
    expect(ask(KNOWN, to)).toBe(code)
  })

  test('while the address of a name is not known, any other destination is unknown', () => {
    expect(ask('  other.example: 192.0.2.77', 'other.example:443')).toBe(2)
  })
})
