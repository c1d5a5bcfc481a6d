import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const part = (kind: string, name: string, properties: Properties = {}) => ({
  ...{ id: id(`applicationGateways/agw/${kind}/${name}`), name },
  properties,
})
const to = (kind: string, name: string) => ({ id: id(`applicationGateways/agw/${kind}/${name}`) })

const listener = (name: string, port: string, more: Properties = {}) =>
  part('httpListeners', name, {
    frontendIPConfiguration: to('frontendIPConfigurations', 'private'),
    frontendPort: to('frontendPorts', port),
    ...more,
  })
const routing = (name: string, of: string, priority: number | undefined, more: Properties = {}) =>
  part('requestRoutingRules', name, {
    ...{ httpListener: to('httpListeners', of), ...(priority !== undefined && { priority }) },
    ...{ backendAddressPool: to('backendAddressPools', 'web'), backendHttpSettings: to(SETTINGS, 'http') },
    ...more,
  })
const SETTINGS = 'backendHttpSettingsCollection'
const elsewhere = (pool: string) => ({
  ...{ backendAddressPool: to('backendAddressPools', pool), backendHttpSettings: to(SETTINGS, 'http') },
})

function gateway(more: Properties = {}, sku = 'Standard_v2'): Json {
  return body('applicationGateways/agw', {
    sku: { name: sku, tier: sku },
    gatewayIPConfigurations: [{ name: 'in', properties: { subnet: subnetRef('v/agw') } }],
    frontendIPConfigurations: [
      part('frontendIPConfigurations', 'private', { privateIPAddress: '10.0.1.10', subnet: subnetRef('v/agw') }),
      part('frontendIPConfigurations', 'public', { publicIPAddress: ref('publicIPAddresses/pip') }),
    ],
    frontendPorts: [part('frontendPorts', 'https', { port: 443 }), part('frontendPorts', 'http', { port: 80 })],
    httpListeners: [listener('site', 'https')],
    backendAddressPools: [
      part('backendAddressPools', 'web', { backendAddresses: [{ ipAddress: '10.0.2.4' }] }),
      part('backendAddressPools', 'api', { backendAddresses: [{ ipAddress: '10.0.2.5' }] }),
      part('backendAddressPools', 'none', { backendAddresses: [] }),
    ],
    backendHttpSettingsCollection: [part(SETTINGS, 'http', { port: 8080, protocol: 'Http' })],
    requestRoutingRules: [routing('all', 'site', 100)],
    ...more,
  })
}

function example(agw: Json, ...others: readonly Json[]): Example {
  return {
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        client: { addressPrefix: '10.0.0.0/24' },
        agw: { addressPrefix: '10.0.1.0/24' },
        web: { addressPrefix: '10.0.2.0/24' },
      }),
      publicIp('pip', '203.0.113.5'),
      nic('client', 'v/client', '10.0.0.4'),
      nic('web', 'v/web', '10.0.2.4'),
      nic('api', 'v/web', '10.0.2.5'),
      agw,
      ...others,
    ],
    names: { 'shop.example': ['10.0.1.10'], 'www.shop.example': ['10.0.1.10'], 'other.example': ['10.0.1.10'] },
  }
}

describe('Learn: Application Gateway request routing rules, redirection', () => {
  const redirected = (configuration: Properties) =>
    example(
      gateway({
        httpListeners: [listener('site', 'https'), listener('plain', 'http')],
        redirectConfigurations: [part('redirectConfigurations', 'up', configuration)],
        requestRoutingRules: [
          routing('all', 'site', 100),
          part('requestRoutingRules', 'up', {
            ...{ priority: 200, httpListener: to('httpListeners', 'plain') },
            redirectConfiguration: to('redirectConfigurations', 'up'),
          }),
        ],
      }),
    )
  test.for<readonly [string, Properties, readonly string[]]>([
    [
      'another listener',
      { redirectType: 'Permanent', targetListener: to('httpListeners', 'site') },
      ['301', 'site', '443'],
    ],
    ['another site', { redirectType: 'Found', targetUrl: 'https://away.example' }, ['302', 'https://away.example']],
  ])('the gateway itself answers, and says where the client is sent: %s', ([, configuration, words]) => {
    const answer = asked(redirected(configuration), 'client', '10.0.1.10:80')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'agw'])
    for (const word of words) expect(answer.notes.join('\n')).toContain(word)
  })
})

describe('Learn: URL path-based routing overview', () => {
  const byPath = (paths: readonly (readonly [paths: string[], pool: string])[], more: Properties = {}) =>
    example(
      gateway({
        requestRoutingRules: [
          part('requestRoutingRules', 'paths', {
            ...{ ruleType: 'PathBasedRouting', priority: 100, httpListener: to('httpListeners', 'site') },
            urlPathMap: to('urlPathMaps', 'map'),
          }),
        ],
        urlPathMaps: [
          part('urlPathMaps', 'map', {
            defaultBackendAddressPool: to('backendAddressPools', 'web'),
            defaultBackendHttpSettings: to(SETTINGS, 'http'),
            pathRules: paths.map(([list, pool], index) =>
              part('urlPathMaps/map/pathRules', `rule${index}`, { paths: list, ...elsewhere(pool) }),
            ),
            ...more,
          }),
        ],
      }),
    )
  test('a question without a path asks for /, and the other paths are named', () => {
    const answer = asked(byPath([[['/api/*', '/v2/*'], 'api']]), 'client', '10.0.1.10:443')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'web'])
    expect(answer.notes.join('\n')).toMatch(/\/api\/\*.*api/)
  })
  test('a path rule for everything takes / too', () => {
    expect(asked(byPath([[['/*'], 'api']]), 'client', '10.0.1.10:443').there.at(-1)).toBe('api')
  })
  test('what no path rule names may be a redirect', () => {
    const more = {
      defaultBackendAddressPool: undefined,
      defaultBackendHttpSettings: undefined,
      defaultRedirectConfiguration: to('redirectConfigurations', 'up'),
    }
    const answer = asked(byPath([[['/api/*'], 'api']], more), 'client', '10.0.1.10:443')
    // The redirect itself is not in the export.
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('redirect')])
  })
})

describe('Learn: Application Gateway multi-site hosting', () => {
  const sites = (rules: readonly Json[], sku?: string) =>
    example(
      gateway(
        {
          httpListeners: [
            listener('basic', 'https'),
            listener('shop', 'https', { hostName: 'shop.example' }),
            listener('wild', 'https', { hostNames: ['*.shop.example'] }),
            listener('odd', 'https', { hostNames: ['sh?p.example'] }),
          ],
          requestRoutingRules: rules,
        },
        sku,
      ),
    )
  test.for<readonly [string, readonly Json[], string, string]>([
    [
      'a listener by name before the basic one',
      [routing('shop', 'shop', 100, elsewhere('api')), routing('basic', 'basic', 200)],
      'shop.example:443',
      'api',
    ],
    [
      'a basic listener with the smaller priority takes every name',
      [routing('shop', 'shop', 200, elsewhere('api')), routing('basic', 'basic', 100)],
      'shop.example:443',
      'web',
    ],
    [
      'without priorities an exact name is preferred',
      [routing('basic', 'basic', undefined), routing('shop', 'shop', undefined, elsewhere('api'))],
      'shop.example:443',
      'api',
    ],
    [
      'a wildcard takes names below it',
      [routing('wild', 'wild', 100, elsewhere('api')), routing('basic', 'basic', 200)],
      'www.shop.example:443',
      'api',
    ],
    [
      'and leaves the others',
      [routing('wild', 'wild', 100, elsewhere('api')), routing('basic', 'basic', 200)],
      'other.example:443',
      'web',
    ],
  ])('%s', ([, rules, name, backend]) => {
    const answer = asked(sites(rules), 'client', name)
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', backend])
  })
  test('the older kind goes by the order of its rules', () => {
    const rules = [routing('basic', 'basic', undefined), routing('shop', 'shop', undefined, elsewhere('api'))]
    expect(asked(sites(rules, 'Standard_Medium'), 'client', 'shop.example:443').there.at(-1)).toBe('web')
  })
  test('a name with a question mark may be meant or not', () => {
    const rules = [routing('odd', 'odd', 100, elsewhere('api')), routing('basic', 'basic', 200)]
    expect(asked(sites(rules), 'client', 'shop.example:443').works).toBe('unknown')
  })
})

describe('Learn: Application Gateway backend pool', () => {
  test('an empty pool is answered with 502', () => {
    const answer = asked(
      example(gateway({ requestRoutingRules: [routing('all', 'site', 1, elsewhere('none'))] })),
      'client',
      '10.0.1.10:443',
    )
    expect([answer.works, answer.outcome]).toEqual(['no', 'refused-by-service'])
    expect(answer.decision).toContain('502')
  })
  test('a member may name the pool by its network interface', () => {
    const member = { applicationGatewayBackendAddressPools: [to('backendAddressPools', 'none')] }
    const agw = gateway({ requestRoutingRules: [routing('all', 'site', 1, elsewhere('none'))] })
    const answer = asked(example(agw, nic('vm', 'v/web', '10.0.2.9', {}, member)), 'client', '10.0.1.10:443')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'vm'])
  })
  test('a name is looked up by the gateway, and the answer says what to ask', () => {
    const pools = [part('backendAddressPools', 'web', { backendAddresses: [{ fqdn: 'app.azurewebsites.net' }] })]
    const answer = asked(example(gateway({ backendAddressPools: pools })), 'client', '10.0.1.10:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('app.azurewebsites.net:8080')])
  })
  test('members that no network interface tells of, in one subnet, fare alike', () => {
    const addresses = [{ ipAddress: '10.0.2.21' }, { ipAddress: '10.0.2.22' }]
    const pools = [part('backendAddressPools', 'web', { backendAddresses: addresses })]
    const answer = asked(example(gateway({ backendAddressPools: pools })), 'client', '10.0.1.10:443')
    expect(answer.decision).not.toContain('depends on their health')
  })
})

describe('Learn: Application Gateway TCP/TLS proxy', () => {
  test('a listener for TCP leads to its backend on the port of the backend settings', () => {
    const agw = gateway({
      httpListeners: [],
      requestRoutingRules: [],
      listeners: [
        part('listeners', 'db', {
          frontendIPConfiguration: to('frontendIPConfigurations', 'private'),
          ...{ frontendPort: to('frontendPorts', 'https'), protocol: 'Tcp' },
        }),
      ],
      backendSettingsCollection: [part('backendSettingsCollection', 'tcp', { port: 1433, protocol: 'Tcp' })],
      routingRules: [
        part('routingRules', 'db', {
          ...{ priority: 1, listener: to('listeners', 'db'), backendAddressPool: to('backendAddressPools', 'api') },
          backendSettings: to('backendSettingsCollection', 'tcp'),
        }),
      ],
    })
    const answer = asked(example(agw), 'client', '10.0.1.10:443')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'api'])
  })
})

describe('Learn: Custom rules for Web Application Firewall v2 on Azure Application Gateway', () => {
  const POLICIES = 'applicationGatewayWebApplicationFirewallPolicies'
  const byAddress = (values: string[], negated = false) => ({
    ...{ matchVariables: [{ variableName: 'RemoteAddr' }], operator: 'IPMatch' },
    ...{ negationConditon: negated, matchValues: values },
  })
  const custom = (priority: number, action: string, ...matchConditions: Json[]) => ({
    ...{ name: `c${priority}`, priority, ruleType: 'MatchRule', action },
    matchConditions,
  })
  const policy = (name: string, mode: string, ...customRules: Json[]) =>
    body(`${POLICIES}/${name}`, { policySettings: { state: 'Enabled', mode }, customRules })
  const guarded = (...policies: Json[]) => example(gateway({ firewallPolicy: ref(`${POLICIES}/waf`) }), ...policies)
  const byHeader = { matchVariables: [{ variableName: 'RequestHeaders' }], operator: 'Contains', matchValues: ['x'] }
  test.for<readonly [string, readonly Json[], string, string]>([
    [
      'an address it blocks',
      [policy('waf', 'Prevention', custom(1, 'Block', byAddress(['10.0.0.0/24'])))],
      'no',
      '403',
    ],
    ['another address', [policy('waf', 'Prevention', custom(1, 'Block', byAddress(['10.9.0.0/24'])))], 'yes', ''],
    [
      'everybody but a list',
      [policy('waf', 'Prevention', custom(1, 'Block', byAddress(['10.9.0.0/24'], true)))],
      'no',
      'c1',
    ],
    ['only detected', [policy('waf', 'Detection', custom(1, 'Block', byAddress(['10.0.0.0/24'])))], 'yes', ''],
    [
      'allowed before it is blocked',
      [
        policy(
          'waf',
          'Prevention',
          custom(20, 'Block', byAddress(['10.0.0.0/24'])),
          custom(10, 'Allow', byAddress(['10.0.0.4'])),
        ),
      ],
      'yes',
      '',
    ],
    ['blocked by what a request holds', [policy('waf', 'Prevention', custom(1, 'Block', byHeader))], 'unknown', 'c1'],
    [
      'blocked by an address and what a request holds, from another address',
      [policy('waf', 'Prevention', custom(1, 'Block', byAddress(['10.9.0.0/24']), byHeader))],
      'yes',
      '',
    ],
    ['a policy that is not in the export', [], 'unknown', 'waf'],
  ])('%s', ([, policies, works, words]) => {
    const answer = asked(guarded(...policies), 'client', '10.0.1.10:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(words)])
  })
  test('what its managed rules refuse is said not to be looked at', () => {
    expect(asked(guarded(policy('waf', 'Prevention')), 'client', '10.0.1.10:443').notes.join('\n')).toContain(
      'managed rules',
    )
  })
  test('a listener’s own policy comes in the place of the gateway’s', () => {
    const agw = gateway({
      firewallPolicy: ref(`${POLICIES}/waf`),
      httpListeners: [listener('site', 'https', { firewallPolicy: ref(`${POLICIES}/own`) })],
    })
    const bodies = [
      policy('waf', 'Prevention', custom(1, 'Block', byAddress(['10.0.0.0/24']))),
      policy('own', 'Prevention'),
    ]
    expect(asked(example(agw, ...bodies), 'client', '10.0.1.10:443').works).toBe('yes')
  })
})

describe('Learn: Application Gateway infrastructure configuration', () => {
  test('a backend’s NSG that does not know the gateway is what is blamed', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], {
        client: { addressPrefix: '10.0.0.0/24' },
        agw: { addressPrefix: '10.0.1.0/24' },
        web: { addressPrefix: '10.0.2.0/24', networkSecurityGroup: ref('networkSecurityGroups/n') },
      }),
      nsg('n', rule('Inbound', 100, 'Deny', '*', '10.0.1.0/24', '*', '*')),
      nic('client', 'v/client', '10.0.0.4'),
      nic('web', 'v/web', '10.0.2.4'),
      gateway(),
    ]
    const answer = asked({ bodies }, 'client', '10.0.1.10:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('r100')])
  })
})
