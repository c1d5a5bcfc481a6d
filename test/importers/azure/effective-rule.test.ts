import { expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { body, nic, nsg, ref, rule, vnet } from './arm.ts'

test('a rule that Azure printed alone takes its place by number, behind those for platform addresses', () => {
  const estate = [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
    nsg(
      'n',
      rule('Outbound', 100, 'Allow', '*', '*', '10.9.0.0/16', '*'),
      rule('Outbound', 300, 'Deny', '*', '*', 'AzurePlatformDNS', '*'),
      rule('Outbound', 400, 'Deny', '*', '*', '*', '*'),
    ),
    nic('vm', 'v/s', '10.0.1.4', { networkSecurityGroup: ref('networkSecurityGroups/n') }),
    body('networkWatchers/w', {}),
  ]
  const printed = [100, 200, 300, 400].map((priority) => ({
    ...{ name: `securityRules/r${priority}`, priority, direction: 'Outbound' },
    access: priority < 300 ? 'Allow' : 'Deny',
  }))
  const answer = {
    association: { networkInterface: ref('networkInterfaces/vm') },
    effectiveSecurityRules: printed,
    networkSecurityGroup: ref('networkSecurityGroups/n'),
  }
  const files = [
    { path: 'azure.json', text: JSON.stringify(estate) },
    { path: 'vm.effective-nsg.json', text: JSON.stringify({ value: [answer] }) },
  ]
  const vm = importAzure(files, { placements: [] }).devices.find((one) => one.name === 'vm')
  const names = vm?.ruleSets['n/outbound']?.rules.map((one) => one.name) ?? []
  expect(names.slice(1, 6)).toEqual([
    'rule 300 r300',
    'platform addresses',
    'rule 100 r100',
    'rule 200 r200',
    'rule 400 r400',
  ])
})
