import { describe, expect, test } from 'vitest'
import { firewallParts } from '../../../src/importers/azure/firewall/firewall.ts'
import type { Device } from '../../../src/model/index.ts'
import { formatIp, ICMP, ip, UDP } from '../../../src/net/index.ts'
import type { Trace } from '../../../src/trace/index.ts'
import {
  application,
  collection,
  dnat,
  firewall,
  HUB,
  hubFirewall,
  IP_GROUP,
  network,
  PIP,
  POLICY,
  type Probe,
  probe,
  RULE_GROUP,
  rulesOf,
  withPolicy,
} from './firewall-probe.ts'
import { arm, codesOf, estateOf, type Json } from './services-estate.ts'

const words = (one: Trace) => `${one.disposition}: ${one.decision?.text ?? ''}`

describe('the order of rules', () => {
  const dnatCollection = (name: string, priority: number) => collection(name, priority, [dnat(`${name}-r`)], 'DNAT')
  const networkCollection = (name: string, priority: number) =>
    collection(name, priority, [network(`${name}-r`, ['*'], ['1'])])
  const appCollection = (name: string, priority: number) =>
    collection(name, priority, [application(`${name}-r`, ['a.example'])])

  test('types dominate, then the parent comes before the child, then priorities', () => {
    const parent = arm(POLICY, 'base', {})
    const child = arm(POLICY, 'child', { basePolicy: { id: parent.id } })
    const group = (policy: string, name: string, priority: number, ruleCollections: unknown[]) =>
      arm(RULE_GROUP, `${policy}/${name}`, { priority, ruleCollections })
    const estate = estateOf([
      HUB,
      PIP,
      firewall({ firewallPolicy: { id: child.id } }),
      child,
      parent,
      group('child', 'ChildRCG2', 650, [
        appCollection('ChAppRC2', 2000),
        networkCollection('ChNetRC2', 1100),
        dnatCollection('ChDNATRC3', 3000),
      ]),
      group('child', 'ChildRCG1', 300, [networkCollection('ChNetRC1', 700), appCollection('ChAppRC1', 900)]),
      group('base', 'BaseRCG2', 300, [appCollection('AppRC2', 1200), networkCollection('NetworkRC2', 1300)]),
      group('base', 'BaseRCG1', 200, [
        networkCollection('NetworkRC1', 800),
        dnatCollection('DNATRC3', 610),
        dnatCollection('DNATRC1', 600),
      ]),
    ])
    const device = hubFirewall(estate)
    const names = [...rulesOf(device, 'dnat'), ...rulesOf(device)]
      .map((rule) => /\(collection (\S+) \d+\)$/.exec(rule.name)?.[1])
      .filter((name) => name !== undefined)
    expect([...new Set(names)]).toEqual([
      'DNATRC1',
      'DNATRC3',
      'ChDNATRC3',
      'NetworkRC1',
      'NetworkRC2',
      'ChNetRC1',
      'ChNetRC2',
      'AppRC2',
      'ChAppRC1',
      'ChAppRC2',
    ])
    expect(codesOf(estate)).toEqual(['NT1712', 'NT1712'])
  })

  test('a network allow hides an application deny', () => {
    const device = hubFirewall(
      withPolicy([
        collection('app', 100, [application('no-google', ['google.com'])], 'Deny'),
        collection('net', 900, [network('web', ['*'], ['80', '443'])]),
      ]),
    )
    const { forward } = probe(device, { to: '93.184.216.34', name: 'google.com' })
    expect(forward.disposition).toBe('accepted')
    expect(words(probe(device, { to: '93.184.216.34', port: 8080 }).forward)).toContain('default deny')
  })

  test('the lower number of two network collections decides', () => {
    const device = hubFirewall(
      withPolicy([
        collection('allow-ssh', 200, [network('ssh', ['*'], ['22'])]),
        collection('deny-ssh', 100, [network('no-ssh', ['*'], ['22'])], 'Deny'),
      ]),
    )
    expect(words(probe(device, { to: '10.100.2.4', port: 22 }).forward)).toBe(
      'denied: Azure Firewall afw-hub (policy afwp-hub) network rule no-ssh (collection deny-ssh 100) drops',
    )
  })

  test('classic collections are sorted by priority and ignored beside a policy', () => {
    const classic = {
      networkRuleCollections: [
        {
          name: 'late',
          properties: {
            priority: 900,
            action: { type: 'Allow' },
            rules: [network('any', ['*'], ['*'], { protocols: ['Any'] })],
          },
        },
        {
          name: 'early',
          properties: {
            priority: 100,
            action: { type: 'Deny' },
            rules: [network('ssh', ['*'], ['22'], { protocols: ['TCP'] })],
          },
        },
      ],
    }
    const alone = hubFirewall(estateOf([HUB, PIP, firewall(classic)]))
    expect(probe(alone, { to: '10.100.2.4', port: 22 }).forward.disposition).toBe('denied')
    expect(probe(alone, { to: '10.100.2.4', protocol: ICMP }).forward.disposition).toBe('accepted')
    const policy = arm(POLICY, 'afwp-hub', {})
    const both = hubFirewall(estateOf([HUB, PIP, policy, firewall({ ...classic, firewallPolicy: { id: policy.id } })]))
    expect(words(probe(both, { to: '10.100.2.4', port: 443 }).forward)).toContain('default deny')
  })
})

describe('translation', () => {
  const everything = [collection('net', 200, [network('all', ['*'], ['*'], { ipProtocols: ['Any'] })])]
  const seen = (device: Device, probed: Probe) => {
    const { forward, reply } = probe(device, probed)
    return `${forward.arrival && formatIp(forward.arrival.flow.source)} ${forward.disposition} ${reply?.disposition}`
  }

  test.for<[string, Json, Probe, string]>([
    ['a network rule leaves private destinations alone', {}, { to: '10.100.2.4' }, '10.20.0.5 accepted accepted'],
    [
      'a network rule translates public ones to the public address',
      {},
      { to: '20.60.1.1' },
      '198.51.100.20 accepted accepted',
    ],
    ['ICMP is translated too', {}, { to: '20.60.1.1', protocol: ICMP }, '198.51.100.20 accepted accepted'],
    [
      '255.255.255.255/32 translates private destinations as well',
      { snat: { privateRanges: ['255.255.255.255/32'] } },
      { to: '10.100.2.4' },
      '10.100.0.68 accepted accepted',
    ],
    [
      '0.0.0.0/0 never translates, so the internet is out of reach',
      { snat: { privateRanges: ['0.0.0.0/0'] } },
      { to: '20.60.1.1' },
      'undefined denied undefined',
    ],
    [
      '0.0.0.0/0 leaves private traffic as it is',
      { snat: { privateRanges: ['0.0.0.0/0'] } },
      { to: '10.100.2.4' },
      '10.20.0.5 accepted accepted',
    ],
    [
      'a public range may be private',
      { snat: { privateRanges: ['IANAPrivateRanges', '20.60.0.0/16'] } },
      { to: '20.60.1.1' },
      '10.20.0.5 accepted accepted',
    ],
  ])('%s', ([, policy, probed, expected]) => {
    expect(seen(hubFirewall(withPolicy(everything, policy)), probed)).toBe(expected)
  })

  test('an application rule translates even towards private addresses', () => {
    const sql = application('sql', ['sql-server-1.database.windows.net'], {
      protocols: [{ protocolType: 'Mssql', port: 1433 }],
    })
    const device = hubFirewall(withPolicy([collection('app', 300, [sql])]))
    const probed = { to: '10.100.2.4', port: 1433, name: 'sql-server-1.database.windows.net' }
    expect(seen(device, probed)).toBe('10.100.0.68 accepted accepted')
    expect(seen(device, { ...probed, to: '20.60.1.1' })).toBe('198.51.100.20 accepted accepted')
    expect(seen(device, { ...probed, name: 'other.database.windows.net' })).toBe('undefined denied undefined')
  })

  test('DNAT changes the port, shows the firewall to the target and needs no network rule', () => {
    const device = hubFirewall(withPolicy([collection('in', 100, [dnat('web')], 'DNAT')]))
    const { forward, reply } = probe(device, { from: 'caller', to: '198.51.100.20', port: 8443 })
    expect(forward.arrival?.device).toBe('server')
    expect(forward.arrival?.flow.destinationPort).toBe(443)
    expect(forward.arrival && formatIp(forward.arrival.flow.source)).toBe('10.100.0.68')
    expect(reply?.disposition).toBe('accepted')
    expect(words(probe(device, { from: 'caller', to: '198.51.100.20', port: 22 }).forward)).toContain('default deny')
  })
})

describe('network and application rules', () => {
  test.for<[string, Json, Probe, string]>([
    ['a port alone', network('r', ['10.100.2.4'], ['443']), { to: '10.100.2.4' }, 'accepted'],
    ['another port', network('r', ['10.100.2.4'], ['443']), { to: '10.100.2.4', port: 444 }, 'denied'],
    ['a range of addresses', network('r', ['10.100.2.1-10.100.2.9'], ['443']), { to: '10.100.2.4' }, 'accepted'],
    ['a service tag', network('r', ['Storage'], ['443']), { to: '20.60.1.1' }, 'accepted'],
    [
      'a service tag without the address',
      network('r', ['AzureMachineLearning'], ['443']),
      { to: '20.60.1.1' },
      'denied',
    ],
    ['a tag that no list holds', network('r', ['NoSuchTag'], ['443']), { to: '20.60.1.1' }, 'unknown'],
    [
      'Any with a port is TCP and UDP',
      network('r', ['*'], ['53'], { ipProtocols: ['Any'] }),
      { to: '10.100.2.4', port: 53, protocol: UDP },
      'accepted',
    ],
    [
      'Any with a port is not ICMP',
      network('r', ['*'], ['53'], { ipProtocols: ['Any'] }),
      { to: '10.100.2.4', protocol: ICMP },
      'denied',
    ],
    [
      'ICMP ignores ports',
      network('r', ['*'], ['53'], { ipProtocols: ['ICMP'] }),
      { to: '10.100.2.4', protocol: ICMP },
      'accepted',
    ],
    [
      'an IP group as source',
      network('r', ['*'], ['443'], { sourceAddresses: [], sourceIpGroups: [IP_GROUP.id] }),
      { to: '10.100.2.4' },
      'accepted',
    ],
    [
      'an IP group that is missing',
      network('r', ['*'], ['443'], { sourceAddresses: [], sourceIpGroups: ['/x/ipg-gone'] }),
      { to: '10.100.2.4' },
      'unknown',
    ],
    [
      'a wildcard takes names below it',
      application('r', ['*.azureml.ms']),
      { to: '20.60.1.1', name: 'a.b.azureml.ms' },
      'accepted',
    ],
    [
      'a wildcard leaves its own name out',
      application('r', ['*.azureml.ms']),
      { to: '20.60.1.1', name: 'azureml.ms' },
      'denied',
    ],
    ['a star takes everything', application('r', ['*']), { to: '20.60.1.1', name: 'x.example' }, 'accepted'],
    ['*x.com takes x.com', application('r', ['*contoso.com']), { to: '20.60.1.1', name: 'contoso.com' }, 'accepted'],
    [
      '*x.com leaves other suffixes out',
      application('r', ['*contoso.com']),
      { to: '20.60.1.1', name: 'contoso.org' },
      'denied',
    ],
    [
      'an application rule without a name in the packet',
      application('r', ['*.azureml.ms']),
      { to: '20.60.1.1' },
      'unknown',
    ],
    [
      'an application rule on another port',
      application('r', ['*']),
      { to: '20.60.1.1', port: 8443, name: 'x.example' },
      'denied',
    ],
    [
      'an FQDN tag',
      application('r', [], { fqdnTags: ['AzureBackup'] }),
      { to: '20.60.1.1', name: 'x.example' },
      'unknown',
    ],
    [
      'a target URL of another host',
      application('r', [], { targetUrls: ['www.contoso.com/a'] }),
      { to: '20.60.1.1', name: 'x.example' },
      'denied',
    ],
  ])('%s', ([, rule, probed, expected]) => {
    const device = hubFirewall(withPolicy([collection('c', 200, [rule])]))
    expect(probe(device, probed).forward.disposition).toBe(expected)
  })

  test('an FQDN of a network rule needs the DNS proxy', () => {
    const rule = network('ntp', [], ['123'], { ipProtocols: ['UDP'], destinationFqdns: ['ntp.ubuntu.com'] })
    const probed = { to: '93.184.216.34', port: 123, protocol: UDP, name: 'ntp.ubuntu.com' }
    const on = withPolicy([collection('c', 200, [rule])], { dnsSettings: { enableProxy: true } })
    expect(probe(hubFirewall(on), probed).forward.disposition).toBe('accepted')
    const off = withPolicy([collection('c', 200, [rule])], { dnsSettings: { enableProxy: false } })
    expect(probe(hubFirewall(off), probed).forward.disposition).toBe('denied')
    expect(off.diagnostics.map((one) => one.message).join()).toContain('FqdnNetworkRuleNeedsDnsProxy')
  })

  test('a reply without its session is dropped', () => {
    const device = hubFirewall(withPolicy([collection('c', 200, [network('all', ['*'], ['*'])])]))
    const names = rulesOf(device)
      .slice(0, 3)
      .map((rule) => `${rule.name} ${rule.action.kind}`)
    expect(names).toEqual(['session established accept', 'without its session drop', 'TCP without its session drop'])
  })

  test('a policy, or a part of one, that is missing makes the verdict unknown', () => {
    const gone = estateOf([HUB, PIP, firewall({ firewallPolicy: { id: '/x/firewallPolicies/gone' } })])
    expect(probe(hubFirewall(gone), { to: '10.100.2.4' }).forward.disposition).toBe('unknown')
    expect(codesOf(gone)).toContain('NT1702')
    const part = withPolicy([], { ruleCollectionGroups: [{ id: '/x/ruleCollectionGroups/gone' }] })
    expect(probe(hubFirewall(part), { to: '10.100.2.4' }).forward.disposition).toBe('unknown')
    expect(codesOf(part)).toContain('NT1703')
  })
})

describe('the DNS proxy', () => {
  test('answers on port 53 and asks the DNS of its own VNet', () => {
    const device = hubFirewall(withPolicy([], { dnsSettings: { enableProxy: true } }))
    expect(device.resolver?.forwards[0]?.to).toEqual([{ kind: 'device', device: 'azure-dns/vnet-hub' }])
    expect(device.resolver?.rechasesCname).toBe(false)
    expect(probe(device, { to: '10.100.0.68', port: 53, protocol: UDP }).forward.disposition).toBe('accepted')
    expect(probe(device, { to: '10.100.0.68', port: 22 }).forward.disposition).toBe('denied')
  })

  test('asks the servers of the policy instead', () => {
    const device = hubFirewall(
      withPolicy([], { dnsSettings: { enableProxy: true, servers: ['10.0.0.2', '168.63.129.16'] } }),
    )
    expect(device.resolver?.forwards[0]?.to).toEqual([
      { kind: 'server', ip: ip('10.0.0.2'), port: 53 },
      { kind: 'device', device: 'azure-dns/vnet-hub' },
    ])
  })

  test('nothing answers when it is off', () => {
    const device = hubFirewall(withPolicy([]))
    expect(device.resolver).toBeUndefined()
    expect(device.listeners).toEqual([])
    expect(probe(device, { to: '10.100.0.68', port: 53, protocol: UDP }).forward.disposition).toBe('denied')
  })
})

test('a firewall in a virtual hub, or without an address, is left out and reported', () => {
  const hub = estateOf([HUB, firewall({ virtualHub: { id: '/x/virtualHubs/h' } })])
  expect(firewallParts(hub).devices).toEqual([])
  expect(codesOf(hub)).toEqual(['NT1711'])
  const stopped = estateOf([HUB, firewall({ ipConfigurations: [] })])
  expect(firewallParts(stopped).devices).toEqual([])
  expect(codesOf(stopped)).toEqual(['NT1701'])
})
