import { describe, expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { networkOf } from '../conformance/azure/asked.ts'
import { loadWith } from '../estate/faulty-estate.ts'
import { PATH_FAULTS } from '../estate/path-faults.ts'
import { body, id, type Json, nic, nsg, type Properties, ref, rule, subnetRef, vnet } from '../importers/azure/arm.ts'
import { application, collection, hubFirewall, network, probe, withPolicy } from '../importers/azure/firewall-probe.ts'

const plant = prepare(loadTopology('topologies/vision-plant.yaml').network)

describe('what Azure refuses in the vision plant', () => {
  test.for<[from: string, to: string, kind: string, words: string]>([
    [
      'home-laptop',
      'mlw-vision',
      'service-refusal',
      'Access to workspace was denied based on workspace private link configuration',
    ],
    ['home-laptop', 'stmlvision.blob.core.windows.net', 'service-refusal', 'AuthorizationFailure'],
    [
      'home-laptop',
      'kv-mlvision',
      'service-refusal',
      'Public network access is disabled and request is not from a trusted service nor via an approved private link',
    ],
    ['home-laptop', 'crmlvision', 'service-refusal', 'denied: client with IP'],
    ['dbx-worker', 'conda.anaconda.org:443', 'reset', 'ECONNRESET'],
    ['train', 'conda.anaconda.org:443', 'timeout', 'ETIMEDOUT'],
    ['train', '10.20.10.30:514/udp', 'timeout', 'no answer'],
    ['train', '10.20.10.30', 'timeout', '100% packet loss'],
    ['eng-ws', 'pe-st-blob', 'timeout', '100% packet loss'],
    ['eng-ws', '10.110.0.99:443', 'timeout', 'vnet-hub/GatewaySubnet drops it without a word'],
    ['train', 'stmlvision.file.core.windows.net:446', 'timeout', 'ETIMEDOUT'],
    ['aci-score', 'mlw-vision', 'unsupported', 'the platform does not offer it'],
  ])('%s to %s: %s', ([from, to, kind, words]) => {
    const { symptom } = connect(plant, from, to)
    expect(symptom?.kind).toBe(kind)
    expect(symptom?.words).toContain(words)
    expect(symptom?.status).toBe(kind === 'service-refusal' ? 403 : undefined)
  })

  test('a path MTU black hole hangs after connecting, an asymmetric path through the firewall too', () => {
    for (const [id, flow] of [
      ['X12', 'F02'],
      ['X10', 'F06'],
    ]) {
      const { network, expectations } = loadWith(PATH_FAULTS.find((one) => one.id === id)?.patches ?? [])
      const asked = expectations.find((one) => one.id === flow)
      expect(asked && connect(prepare(network), asked.from, asked.to).symptom?.kind).toBe('hang')
    }
  })
})

describe('an Azure Firewall', () => {
  const policy = [
    collection('names', 100, [application('conda', ['*.anaconda.org'])]),
    collection('no-ssh', 200, [network('ssh', ['*'], ['22'])], 'Deny'),
  ]
  const refusal = (port: number, collections = policy) => {
    const { forward } = probe(hubFirewall(withPolicy(collections)), { to: '93.184.216.34', port, name: 'example.org' })
    const last = forward.hops.at(-1)?.steps.at(-1)
    return last?.kind === 'filter' ? last.visits.at(-1)?.rule?.refusal?.kind : 'no filter'
  }

  test('answers the handshake on the ports of its application rules, and cuts off names that none allows', () => {
    expect(refusal(443)).toBe('tls-reset')
  })

  test('drops other ports, and what its network rules deny, without a word', () => {
    expect(refusal(8443)).toBeUndefined()
    expect(refusal(22)).toBeUndefined()
  })

  test('that has no application rules drops everything without a word', () => {
    expect(refusal(443, policy.slice(1))).toBeUndefined()
  })

  test('cuts off what an application rule denies', () => {
    expect(refusal(443, [collection('no', 100, [application('no', ['example.org'])], 'Deny')])).toBe('tls-reset')
  })
})

describe('Learn: Troubleshooting bad gateway errors in Application Gateway', () => {
  const part = (kind: string, name: string, properties: Properties) => ({
    ...{ id: id(`applicationGateways/agw/${kind}/${name}`), name },
    properties,
  })
  const to = (kind: string, name: string) => ({ id: id(`applicationGateways/agw/${kind}/${name}`) })
  const gateway = body('applicationGateways/agw', {
    sku: { name: 'Standard_v2', tier: 'Standard_v2' },
    gatewayIPConfigurations: [{ name: 'in', properties: { subnet: subnetRef('v/agw') } }],
    frontendIPConfigurations: [
      part('frontendIPConfigurations', 'fe', { privateIPAddress: '10.0.1.10', subnet: subnetRef('v/agw') }),
    ],
    frontendPorts: [part('frontendPorts', 'https', { port: 443 })],
    httpListeners: [
      part('httpListeners', 'site', {
        frontendIPConfiguration: to('frontendIPConfigurations', 'fe'),
        frontendPort: to('frontendPorts', 'https'),
      }),
    ],
    backendAddressPools: [part('backendAddressPools', 'web', { backendAddresses: [{ ipAddress: '10.0.2.4' }] })],
    backendHttpSettingsCollection: [part('backendHttpSettingsCollection', 'http', { port: 8080, protocol: 'Http' })],
    requestRoutingRules: [
      part('requestRoutingRules', 'all', {
        ...{ priority: 100, httpListener: to('httpListeners', 'site') },
        backendAddressPool: to('backendAddressPools', 'web'),
        backendHttpSettings: to('backendHttpSettingsCollection', 'http'),
      }),
    ],
  })
  const symptomBehind = (subnets: Properties, rules: readonly Json[] = []) => {
    const estate = [
      vnet('v', ['10.0.0.0/16'], {
        client: { addressPrefix: '10.0.0.0/24' },
        agw: { addressPrefix: '10.0.1.0/24' },
        web: { addressPrefix: '10.0.2.0/24' },
        ...subnets,
      }),
      nic('client', 'v/client', '10.0.0.4'),
      nic('web', 'v/web', '10.0.2.4'),
      nsg('n', ...rules),
      gateway,
    ]
    return connect(prepare(networkOf({ bodies: estate })), 'client', '10.0.1.10:443').symptom
  }
  const group = { networkSecurityGroup: ref('networkSecurityGroups/n') }
  const denied = (direction: 'Inbound' | 'Outbound') => [
    rule(direction, 100, 'Deny', 'Tcp', '*', '*', '8080'),
    rule(direction, 200, 'Allow', '*', '*', '*', '*'),
  ]

  test.for<[string, Properties, Json[]]>([
    ['an NSG keeps the gateway from', { web: { addressPrefix: '10.0.2.0/24', ...group } }, denied('Inbound')],
    ['the gateway’s own NSG keeps it from', { agw: { addressPrefix: '10.0.1.0/24', ...group } }, denied('Outbound')],
  ])('the client of a backend that %s sees 502', ([, subnets, rules]) => {
    expect(symptomBehind(subnets, rules)).toMatchObject({ kind: 'service-refusal', status: 502 })
  })

  test('a client that is kept from the gateway itself sees nothing at all', () => {
    const closed = { agw: { addressPrefix: '10.0.1.0/24', ...group } }
    const symptom = symptomBehind(closed, [rule('Inbound', 100, 'Deny', 'Tcp', '*', '*', '443')])
    expect(symptom?.kind).toBe('timeout')
  })
})
