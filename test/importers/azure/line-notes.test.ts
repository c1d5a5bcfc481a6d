import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/index.ts'

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network'

/** The note on the line of a member of a lone body. */
function lineOf(type: string, properties: object, member: string, more: object = {}) {
  const id = `${GROUP}/${type}/one`
  const body = { id, name: 'one', type: `Microsoft.Network/${type}`, ...more, properties }
  const text = JSON.stringify([body], undefined, 1)
  const [file] = readLines([{ path: 'body.json', text }], 'azure').files
  return file?.lines[text.split('\n').findIndex((line) => line.includes(`"${member}"`))]
}

const RULE = { priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: '*' }
const NSG = {
  securityRules: [
    { name: 'r', properties: { ...RULE, destinationAddressPrefix: '*', destinationPortRange: '22', x: 1 } },
  ],
}
const ROUTES = {
  routes: [{ name: 'r', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'None', hasBgpOverride: false } }],
}

const CASES = [
  ['networkSecurityGroups', NSG, 'access', true, true],
  ['networkSecurityGroups', NSG, 'destinationPortRange', true, true],
  ['networkSecurityGroups', NSG, 'x', true, false],
  ['routeTables', ROUTES, 'nextHopType', true, true],
  ['routeTables', ROUTES, 'hasBgpOverride', false, false],
  ['localNetworkGateways', { localNetworkAddressSpace: { addressPrefixes: ['10.0.0.0/8'] } }, '10.0.0.0/8', true, true],
  ['madeUpTypes', { decides: 'everything' }, 'decides', true, false],
  ['networkWatchers', { decides: 'nothing' }, 'decides', false, false],
  ['ipGroups', { ipAddresses: ['10.0.0.0/8'], provisioningState: 'Succeeded' }, 'provisioningState', false, false],
] as const

describe('lines of Azure', () => {
  test.for(CASES)('of a lone body of %s, %o, the member %s', ([type, properties, member, relevant, modelled]) => {
    expect(lineOf(type, properties, member)).toMatchObject({ relevant, modelled })
  })

  test('tags matter to nobody', () => {
    expect(lineOf('routeTables', ROUTES, 'estate', { tags: { estate: 'x' } })).toMatchObject({ relevant: false })
  })

  test('a rule with a service tag is understood without the list of service tags', () => {
    const rules = {
      securityRules: [
        { name: 'r', properties: { ...RULE, destinationAddressPrefix: 'Storage', destinationPortRange: '*' } },
      ],
    }
    expect(lineOf('networkSecurityGroups', rules, 'destinationAddressPrefix')).toMatchObject({ modelled: true })
  })

  test('parameters and variables of a template count where something that counts takes its value from them', () => {
    const template = {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      parameters: { hop: { type: 'string', defaultValue: 'None' }, owner: { type: 'string', defaultValue: 'me' } },
      variables: { everywhere: '0.0.0.0/0', unused: 'x' },
      resources: [
        {
          type: 'Microsoft.Network/routeTables',
          apiVersion: '2023-09-01',
          name: 'rt',
          tags: { owner: "[parameters('owner')]" },
          properties: {
            routes: [
              {
                name: 'r',
                properties: { addressPrefix: "[variables('everywhere')]", nextHopType: "[parameters('hop')]" },
              },
            ],
          },
        },
      ],
    }
    const text = JSON.stringify(template, undefined, 1)
    const [file] = readLines([{ path: 'main.json', text }], 'azure').files
    const modelled = (words: string) =>
      file?.lines[text.split('\n').findIndex((line) => line.includes(words))]?.modelled
    expect(modelled('"defaultValue": "None"')).toBe(true)
    expect(modelled('"everywhere"')).toBe(true)
    expect(modelled("variables('everywhere')")).toBe(true)
    expect(modelled('"defaultValue": "me"')).toBe(false)
    expect(modelled('"unused"')).toBe(false)
  })

  test.for([
    ['azure.json', 'azure', 97],
    ['template.json', 'azure', 97],
    ['terraform.json', 'azure', 97],
    ['service-tags.json', 'service-tags', 100],
  ] as const)('of the plant, %s (%s) is modelled to %i percent', ([name, format, percent]) => {
    const text = readFileSync(new URL(`../../../fixtures/vision-plant/${name}`, import.meta.url), 'utf8')
    const [file] = readLines([{ path: name, text }], format).files
    const relevant = file?.lines.filter((one) => one.relevant) ?? []
    const share = (100 * relevant.filter((one) => one.modelled).length) / relevant.length
    console.log(`${name}: ${share.toFixed(1)} % of ${relevant.length} lines`)
    expect(share).toBeGreaterThanOrEqual(percent)
  })
})
