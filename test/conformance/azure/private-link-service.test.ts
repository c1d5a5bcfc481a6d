import { describe, expect, test } from 'vitest'
import { type Json, nsg, type Properties, ref, rule } from '../../importers/azure/arm.ts'
import { asked, type Example, reported } from './asked.ts'
import { ALIAS, consumer, endpoint, provider, SERVICE, service } from './private-link-bodies.ts'

const AUTOMATIC = 'privateLinkServiceConnections'
const MANUAL = 'manualPrivateLinkServiceConnections'
const whole = (...parts: readonly (readonly Json[] | Json)[]): Example => ({ bodies: parts.flat() as Json[] })
const ask = (example: Example, port = 443) => asked(example, 'client', `10.1.0.4:${port}`)

describe('Learn: What is Azure Private Link service?', () => {
  const example = whole(consumer(), endpoint('Approved', AUTOMATIC), service(), provider())

  test('a connection goes through the endpoint, the service and its load balancer to a backend, and back', () => {
    const answer = ask(example)
    expect([answer.works, answer.outcome]).toEqual(['yes', expect.anything()])
    expect(answer.there).toEqual(['client', 'consumer/s', 'pe', 'pls', 'lb', 'web'])
    expect(answer.back.slice(-1)).toEqual(['client'])
  })

  test('the backend sees a NAT address of the service as the source, not the consumer', () => {
    expect(ask(example).seen).toBe('10.9.2.5')
  })

  test('the NSG of the backends is asked about the NAT address', () => {
    const group = (source: string) =>
      nsg(
        'backends',
        rule('Inbound', 100, 'Allow', 'Tcp', source, '*', '8443'),
        rule('Inbound', 110, 'Allow', '*', 'AzureLoadBalancer', '*', '*'),
        rule('Inbound', 4000, 'Deny', '*', '*', '*', '*'),
      )
    const with_ = (source: string) =>
      ask(whole(consumer(), endpoint('Approved', AUTOMATIC), service(), provider(group(source))))
    expect(with_('10.9.2.0/24').works).toBe('yes')
    const closed = with_('10.1.0.0/16')
    expect([closed.works, closed.decision]).toEqual(['no', expect.stringContaining('backends')])
    expect(closed.there.at(-1)).toBe('web')
  })

  test('a port the load balancer has no rule for is the load balancer’s no', () => {
    const answer = ask(example, 22)
    expect([answer.works, answer.there.at(-1)]).toEqual(['no', 'lb'])
  })

  test('backends whose probes are kept out are the load balancer’s fault', () => {
    const group = nsg('backends', rule('Inbound', 4000, 'Deny', '*', '*', '*', '*'))
    const answer = ask(whole(consumer(), endpoint('Approved', AUTOMATIC), service(), provider(group)))
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('health probes')])
  })

  test('an NSG of the consumer at the endpoint is the consumer’s fault', () => {
    const closed = nsg('at-pe', rule('Inbound', 100, 'Deny', 'Tcp', '*', '*', '443'))
    const answer = ask(whole(consumer('10.1', 'at-pe'), closed, endpoint('Approved', AUTOMATIC), service(), provider()))
    expect([answer.works, answer.decision, answer.there.at(-1)]).toEqual(['no', expect.stringContaining('at-pe'), 'pe'])
  })

  test('consumer and provider may have the same addresses', () => {
    const same = JSON.parse(
      JSON.stringify(whole(consumer(), endpoint('Approved', AUTOMATIC), service(), provider())).replaceAll(
        '"10.9.',
        '"10.1.',
      ),
    ) as Example
    const answer = ask(same)
    expect([answer.works, answer.seen, answer.there.at(-1)]).toEqual(['yes', '10.1.2.5', 'web'])
  })

  test('a provider cannot open a connection to a consumer', () => {
    const answer = asked(example, 'web', '10.9.2.5:443')
    expect(answer.works).toBe('no')
  })

  test('an endpoint may name the service by its alias', () => {
    const answer = ask(whole(consumer(), endpoint('Approved', MANUAL, ALIAS), service(), provider()))
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'web'])
  })

  test.for([SERVICE, ALIAS])('a service that is not in the export (%s) leaves open what is behind it', (target) => {
    const answer = ask(whole(consumer(), endpoint('Approved', MANUAL, target)))
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('not in the export')])
  })

  test('without NAT addresses in the export an address of their subnet stands for them, and the answer says so', () => {
    const answer = ask(whole(consumer(), endpoint('Approved', AUTOMATIC), service({}, {}), provider()))
    expect(answer.works).toBe('yes')
    expect(answer.notes.some((one) => one.includes('stands for them'))).toBe(true)
  })

  test('with the PROXY protocol on the answer says what the backend must read', () => {
    const answer = ask(
      whole(consumer(), endpoint('Approved', AUTOMATIC), service({ enableProxyProtocol: true }), provider()),
    )
    expect(answer.works).toBe('yes')
    expect(answer.notes.some((one) => one.includes('PROXY protocol v2'))).toBe(true)
  })

  test('a service in a subnet that is not in the export leaves it open', () => {
    const bodies = provider().filter((one) => !JSON.stringify(one).includes('"virtualNetworks/provider"'))
    const answer = ask(whole(consumer(), endpoint('Approved', AUTOMATIC), service(), bodies.slice(1)))
    expect(answer.works).toBe('unknown')
  })
})

describe('Learn: What is Azure Private Link service?, control service access', () => {
  const states: readonly [string, Json[], Properties, 'yes' | 'no'][] = [
    ['a manual request that is pending', endpoint('Pending', MANUAL), {}, 'no'],
    ['a rejected one', endpoint('Rejected', MANUAL), {}, 'no'],
    ['one that was removed at the provider', endpoint('Disconnected', MANUAL), {}, 'no'],
    ['a manual request without a state', endpoint(undefined, MANUAL), {}, 'no'],
    [
      'the same of a subscription that is approved by itself',
      endpoint(undefined, MANUAL),
      { autoApproval: { subscriptions: ['s'] } },
      'yes',
    ],
    ['the same where everybody is', endpoint(undefined, MANUAL), { autoApproval: { subscriptions: ['*'] } }, 'yes'],
    [
      'the same where another subscription is',
      endpoint(undefined, MANUAL),
      { autoApproval: { subscriptions: ['t'] } },
      'no',
    ],
    ['an automatic one without a state', endpoint(undefined, AUTOMATIC), {}, 'yes'],
    [
      'one the provider rejected after the consumer’s export',
      endpoint('Approved', MANUAL),
      {
        privateEndpointConnections: [
          {
            name: 'pe.1',
            properties: {
              privateEndpoint: ref('privateEndpoints/pe'),
              privateLinkServiceConnectionState: { status: 'Rejected' },
            },
          },
        ],
      },
      'no',
    ],
  ]
  test.for(states)('%s', ([, request, extra, works]) => {
    const answer = ask(whole(consumer(), request, service(extra), provider()))
    expect(answer.works).toBe(works)
    if (works === 'no') expect(answer.decision).toContain('PrivateEndpointNotApproved')
  })
})

describe('Learn: Manage network policies for Private Link services', () => {
  test('with the policy on, the subnet of the NAT addresses cannot hold a service', () => {
    const bodies = JSON.parse(
      JSON.stringify(provider()).replace(
        '"privateLinkServiceNetworkPolicies":"Disabled"',
        '"privateLinkServiceNetworkPolicies":"Enabled"',
      ),
    ) as Json[]
    const found = reported(whole(consumer(), endpoint('Approved', AUTOMATIC), service(), bodies))
    expect(found.some((one) => one.startsWith('NT1669'))).toBe(true)
  })
})

describe('Learn: Private Link service Direct Connect', () => {
  const direct = service({ loadBalancerFrontendIpConfigurations: [], destinationIPAddress: '10.9.1.4' })
  test('it sends straight to an address, with the NAT address as the source', () => {
    const answer = ask(whole(consumer(), endpoint('Approved', AUTOMATIC), direct, provider()), 8443)
    expect([answer.works, answer.seen]).toEqual(['yes', '10.9.2.5'])
    expect(answer.there).not.toContain('lb')
    expect(answer.there.at(-1)).toBe('web')
  })
})
