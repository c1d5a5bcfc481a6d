import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { body, flow, id, imported, type Json, nic, nsg, publicIp, ref, rule, story, subnetRef, vnet } from './arm.ts'
import type { Member } from './consulted-members.ts'
import { DECISIVE_ESTATES } from './decisive-estates.ts'
import { EXPRESSION, poolOf } from './plausible-values.ts'
import { membersOf, type Subject, tryMembers } from './unreadable-law.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/vision-plant', import.meta.url))
const read = (name: string) => readFileSync(join(FIXTURES, name), 'utf8')

const PLANT: Subject = {
  name: 'the vision plant',
  bodies: JSON.parse(read('azure.json')),
  options: { serviceTags: { path: 'service-tags.json', text: read('service-tags.json') } },
}

/** With NETTRACE_SWEEP every member is tried, and one of each kind in the vision plant; it takes minutes. */
const SWEEP = process.env.NETTRACE_SWEEP !== undefined
const SEED = 7

/** Every n-th of the members, the same in every run. */
function sampled(members: readonly Member[], stride: number): readonly Member[] {
  return members.filter((_, index) => SWEEP || index % stride === SEED % stride)
}

/** The first member of each path, so that forty rules of one kind count once. */
function oneOfEach(members: readonly Member[]): readonly Member[] {
  const seen = new Set<string>()
  return members.filter(({ path, accessor }) => !seen.has(`${path} ${accessor}`) && seen.add(`${path} ${accessor}`))
}

describe('a member that is there and cannot be read is never guessed', () => {
  const estates = DECISIVE_ESTATES.map((one) => ({ ...one, members: oneOfEach(membersOf(one)) }))
  const pool = poolOf(estates)

  test.for(estates)('in $name', { timeout: 600_000 }, (estate) => {
    const { tried, decide, violations } = tryMembers(estate, sampled(estate.members, 7), pool)
    console.info(`${estate.name}: ${tried} members tried, ${decide} decide, ${violations.length} guesses`)
    expect(violations).toEqual([])
    expect(tried).toBeGreaterThan(0)
  })

  test('in the vision plant', () => {
    const members = oneOfEach(membersOf(PLANT))
    const { tried, decide, violations } = tryMembers(
      PLANT,
      SWEEP ? members : sampled(members, 240),
      poolOf([{ ...PLANT, members }]),
    )
    console.info(`${PLANT.name}: ${tried} members tried, ${decide} decide, ${violations.length} guesses`)
    expect(violations).toEqual([])
  }, 1_200_000)
})

const LB = id('loadBalancers/lb')
const POOL = `${LB}/backendAddressPools/p`

/** A machine behind a Standard balancer, without a way out of its own. */
const balanced = (disableOutboundSnat: Json): Json[] => [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
  publicIp('pip', '20.1.1.1'),
  body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        {
          id: `${LB}/frontendIPConfigurations/f`,
          name: 'f',
          properties: { publicIPAddress: ref('publicIPAddresses/pip') },
        },
      ],
      backendAddressPools: [{ id: POOL, name: 'p', properties: {} }],
      loadBalancingRules: [
        {
          name: 'web',
          properties: {
            frontendIPConfiguration: { id: `${LB}/frontendIPConfigurations/f` },
            backendAddressPool: { id: POOL },
            ...{ protocol: 'Tcp', frontendPort: 443, backendPort: 443, disableOutboundSnat },
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  ),
  nic('a', 'v/s', '10.0.1.4', {}, { loadBalancerBackendAddressPools: [{ id: POOL }] }),
  nic('b', 'v/s', '10.0.1.5'),
]

/** A NIC with two addresses; which is its first decides as whom it sends. */
const twoAddresses = (first: Json, second: Json): Json[] => [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
  body('networkInterfaces/a', {
    ipConfigurations: [['one', '10.0.1.4', first, 'p1'] as const, ['two', '10.0.1.5', second, 'p2'] as const].map(
      ([name, privateIPAddress, primary, address]) => ({
        id: id(`networkInterfaces/a/ipConfigurations/${name}`),
        name,
        properties: {
          privateIPAddress,
          primary,
          subnet: subnetRef('v/s'),
          publicIPAddress: ref(`publicIPAddresses/${address}`),
        },
      }),
    ),
  }),
  publicIp('p1', '20.1.1.1'),
  publicIp('p2', '20.1.1.2'),
]

const guarded = (securityRules: Json): Json[] => [
  vnet('v', ['10.0.0.0/16'], {
    s: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/n') },
  }),
  body('networkSecurityGroups/n', { securityRules }),
  nic('a', 'v/s', '10.0.1.4'),
  nic('b', 'v/s', '10.0.1.5'),
]

describe('what could be either way is unknown, and the member is named', () => {
  const out = flow('10.0.1.4', '8.8.8.8', 443)
  test.for<readonly [string, (value: Json) => Json[], string, typeof out]>([
    ['disableOutboundSnat of a load-balancing rule', balanced, 'disableOutboundSnat', out],
    ['the rules of an NSG', guarded, 'securityRules', flow('10.0.1.4', '10.0.1.5', 22)],
  ])('%s', ([, make, member, asked]) => {
    const part = imported(make(EXPRESSION))
    expect(story(part, 'a', asked).there).toBe('unknown')
    expect(JSON.stringify(part.devices, (_, one) => (typeof one === 'bigint' ? String(one) : one))).toContain(
      `${member} of`,
    )
  })

  test('a switch that changes nothing for a question leaves its answer alone', () => {
    expect(story(imported(balanced(EXPRESSION)), 'a', flow('10.0.1.4', '10.0.1.5', 443)).there).toBe('accepted')
  })

  test('a member whose values all mean the same leaves the answer alone', () => {
    const part = imported(twoAddresses(EXPRESSION, false))
    expect(story(part, 'a', flow('10.0.1.4', '8.8.8.8', 443)).there).toBe('exits-network')
  })

  test('many unreadable members are varied together', () => {
    const rules = Array.from({ length: 12 }, (_, index) =>
      rule('Inbound', 100 + index, 'Deny', 'Tcp', '*', '*', '22', { access: EXPRESSION }),
    )
    const part = imported([
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/n') },
      }),
      nsg('n', ...rules),
      nic('a', 'v/s', '10.0.1.4'),
      nic('b', 'v/s', '10.0.1.5'),
    ])
    expect(story(part, 'a', flow('10.0.1.4', '10.0.1.5', 22)).there).toBe('unknown')
    expect(story(part, 'a', flow('10.0.1.4', '10.0.1.5', 443)).there).toBe('accepted')
  })
})
