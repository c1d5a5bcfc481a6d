import { describe, expect, test } from 'vitest'
import type { AzurePart } from '../../../src/importers/azure/index.ts'
import { ip, TCP } from '../../../src/net/index.ts'
import { judge, prepare } from '../../../src/trace/index.ts'
import { imported, networkOf, nextHop, nic, nsg, ref, rule, vnet } from '../../importers/azure/arm.ts'
import { asked } from './asked.ts'

const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const machine = (space = ['10.0.0.0/16']): AzurePart =>
  imported([
    vnet('v', space, { s: { addressPrefix: '10.0.0.0/24', ...group } }),
    nsg('n1'),
    nic('vm', 'v/s', '10.0.0.4'),
  ])

/** IP flow verify of the machine's NIC: the rule that decides, and how. */
function verified(direction: 'in' | 'out', local: number, remote: string, port: number): string {
  const here = { ip: ip('10.0.0.4'), port: local }
  const there = { ip: ip(remote), port }
  const [from, to] = direction === 'in' ? [there, here] : [here, there]
  const flow = { protocol: TCP, source: from.ip, sourcePort: from.port, destination: to.ip, destinationPort: to.port }
  const hook = direction === 'in' ? 'prerouting' : 'postrouting'
  const { steps, stop } = judge(prepare(networkOf(machine())), 'vm', hook, 'vnet:v', flow)
  const last = steps.filter((step) => step.kind === 'filter').at(-1)
  return `${stop ? 'Deny' : 'Allow'} ${last?.visits.at(-1)?.rule?.name ?? 'nothing'}`
}

describe('Learn: Quickstart, diagnose a virtual machine network traffic filter problem', () => {
  test('T11.1: to an address of the internet the default allows', () => {
    expect(verified('out', 60000, '13.107.21.200', 80)).toBe('Allow rule 65001 AllowInternetOutBound')
  })
  test('T11.2: a private address outside the VNet is not in Internet, and the last default denies', () => {
    expect(verified('out', 60000, '172.31.0.100', 80)).toBe('Deny rule 65500 DenyAllOutBound')
  })
  test('T11.3: from there the last inbound default denies', () => {
    expect(verified('in', 80, '172.31.0.100', 60000)).toBe('Deny rule 65500 DenyAllInBound')
  })
})

describe('Learn: Tutorial, diagnose a virtual machine network routing problem', () => {
  test.for([
    [['10.0.0.0/16'], '13.107.21.200', 'Internet'],
    [['10.0.0.0/16'], '172.31.0.100', 'None'],
    [['10.0.0.0/16', '172.16.0.0/12'], '172.31.0.100', 'VnetLocal'],
  ] as const)('T11.4: in %j the next hop to %s is %s, by a system route', ([space, destination, wanted]) => {
    expect(nextHop(machine([...space]), 'v/s', destination)).toBe(wanted)
  })
})

describe('Learn: Connection troubleshoot overview', () => {
  test('T11.5: a rule at the source is named, with its direction and place', () => {
    const denied = rule('Outbound', 100, 'Deny', 'Tcp', '*', '*', '80')
    const bodies = [
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.0.0/24', ...group },
        t: { addressPrefix: '10.0.1.0/24' },
      }),
      nsg('n1', { ...(denied as object), name: 'Port80' }),
      nic('vm', 'v/s', '10.0.0.4'),
      nic('far', 'v/t', '10.0.1.4'),
    ]
    const answer = asked({ bodies }, 'vm', 'far:80')
    expect(answer.works).toBe('no')
    expect(answer.there).toEqual(['vm'])
    expect(answer.decision).toContain('NSG n1 outbound rule 100 Port80 drops')
  })
})
