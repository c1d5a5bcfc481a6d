import { describe, expect, test } from 'vitest'
import { missing, type Resolution, resolveOver } from '../../src/dns/index.ts'
import type { Device, DnsZone, Link, Network, Service } from '../../src/model/index.ts'
import { implied } from '../../src/model/index.ts'
import {
  AZURE_DNS,
  device,
  everythingArrives,
  forward,
  internet,
  log,
  network,
  resolver,
  service,
  shown,
  stub,
  zone,
} from './small-network.ts'

// A hub with a firewall, an inbound endpoint and the zones; a spoke; a plant with its own server.
const SQL = 'privatelink.database.windows.net'
const BLOB = 'privatelink.blob.core.windows.net'
const SQL_ZONE = zone(SQL, 'nxdomain', 'db A 10.1.0.4')
const PUBLIC = internet(
  `db.database.windows.net CNAME db.${SQL}.`,
  `db.${SQL} A 20.50.0.1`,
  `acct.blob.core.windows.net CNAME acct.${BLOB}.`,
  `acct.${BLOB} A 20.60.0.1`,
  'open.blob.core.windows.net A 20.60.0.2',
  `partner.blob.core.windows.net CNAME partner.${BLOB}.`,
  '*.azurecr.io A 20.70.0.1',
  'special.azurecr.io A 20.70.0.2',
)

interface Setting {
  readonly hub?: readonly DnsZone[]
  readonly spoke?: readonly DnsZone[]
  readonly rulesets?: Parameters<typeof resolver>[1]
  readonly others?: readonly Device[]
  readonly services?: readonly Service[]
  readonly dead?: readonly string[]
}

function azureDns(vnet: string, zones: readonly DnsZone[], rest: Parameters<typeof resolver>[1] = {}): Device {
  const label = `Azure-provided DNS of ${vnet}`
  return device(`azure-dns/${vnet}`, [], {
    kind: 'resolver',
    resolver: resolver('azure', { label, zones, otherwise: 'public', ...rest }),
  })
}

function segment(name: string, ...ends: string[]): Link {
  return { name, kind: 'segment', ends: ends.map((one) => ({ device: one, interface: 'eth0' })), source: implied(name) }
}

function estate(setting: Setting, asks: readonly string[], from = 'vm'): Network {
  return network(
    [
      device(from, [from === 'vm' ? '10.2.0.4' : '10.20.0.9'], { stubResolver: stub(asks) }),
      azureDns('vnet-hub', setting.hub ?? []),
      azureDns('vnet-spoke', setting.spoke ?? [], setting.rulesets),
      device('fw', ['10.0.0.4'], {
        kind: 'firewall',
        resolver: resolver('azure-firewall', {
          label: 'DNS proxy of fw',
          forwards: [forward('', ['device:azure-dns/vnet-hub'])],
        }),
      }),
      device('inbound', ['10.0.1.4'], {
        resolver: resolver('azure-inbound', { forwards: [forward('', ['device:azure-dns/vnet-hub'])] }),
      }),
      PUBLIC,
      ...(setting.others ?? []),
    ],
    {
      links: [
        segment('vnet-spoke', 'vm', 'azure-dns/vnet-spoke', 'dns-vm'),
        segment('vnet-hub', 'fw', 'azure-dns/vnet-hub'),
      ],
      services: setting.services ?? [],
    },
  )
}

function ask(setting: Setting, asks: readonly string[], name: string, from = 'vm'): { on: Network; got: Resolution } {
  const on = estate(setting, asks, from)
  const azure = { vm: 'azure-dns/vnet-spoke', 'dns-vm': 'azure-dns/vnet-spoke', fw: 'azure-dns/vnet-hub' }
  const transport = everythingArrives(on, { azure, dead: setting.dead ?? [] })
  return { on, got: resolveOver(on, transport, { device: from, name }) }
}

function causes({ on, got }: { on: Network; got: Resolution }): string[] {
  return missing({ network: on }, got).map((one) => one.code)
}

describe('Azure-provided DNS', () => {
  test('a zone linked to the hub alone: a spoke with Azure DNS gets the public address', () => {
    const asked = ask({ hub: [SQL_ZONE] }, [AZURE_DNS], 'db.database.windows.net')
    expect(shown(asked.got)).toBe(`CNAME db.${SQL} 20.50.0.1`)
    expect(missing({ network: asked.on }, asked.got)).toEqual([
      {
        text: `zone ${SQL}: holds db.${SQL} 10.1.0.4, but it is not linked where the question left (Azure-provided DNS of vnet-spoke)`,
        source: SQL_ZONE.source,
        code: 'DnsZoneNotLinked',
      },
    ])
  })
  test('a spoke that asks the firewall proxy in the hub gets the private address', () => {
    const asked = ask({ hub: [SQL_ZONE] }, ['10.0.0.4'], 'db.database.windows.net')
    expect(shown(asked.got)).toBe(`CNAME db.${SQL} 10.1.0.4`)
    expect(causes(asked)).toEqual([])
    expect(log(asked.got)).toEqual([
      '10.0.0.4: db.database.windows.net',
      'Azure-provided DNS of vnet-hub: db.database.windows.net',
      'public DNS: db.database.windows.net',
    ])
    expect(asked.got.answer.because).toBe(`zone ${SQL}: record db A 10.1.0.4`)
  })
  test('the firewall forwards with a packet when its servers are set', () => {
    const own = device('fw', ['10.0.0.4'], {
      resolver: resolver('azure-firewall', { forwards: [forward('', ['10.0.1.4'])] }),
    })
    expect(shown(ask({ hub: [SQL_ZONE], others: [own] }, ['10.0.0.4'], 'db.database.windows.net').got)).toContain(
      '10.1.0.4',
    )
  })
  test('a linked zone without the record is NXDOMAIN', () => {
    const asked = ask({ spoke: [zone(SQL, 'nxdomain')] }, [AZURE_DNS], 'db.database.windows.net')
    expect(shown(asked.got)).toBe(`nxdomain CNAME db.${SQL}`)
    expect(asked.got.answer.because).toBe(`zone ${SQL}: no record db.${SQL}: NXDOMAIN`)
  })
  test('with fallback to internet it is the public address', () => {
    const asked = ask({ spoke: [zone(SQL, 'public')] }, [AZURE_DNS], 'db.database.windows.net')
    expect(shown(asked.got)).toBe(`CNAME db.${SQL} 20.50.0.1`)
  })
  test('fallback to internet is for missing names, not for missing types', () => {
    const on = estate({ spoke: [zone(SQL, 'public', 'db TXT words')] }, [AZURE_DNS])
    const transport = everythingArrives(on, { azure: { vm: 'azure-dns/vnet-spoke' } })
    expect(shown(resolveOver(on, transport, { device: 'vm', name: `db.${SQL}` }))).toBe('nodata')
  })
  test('an account without a private endpoint never meets the linked zone', () => {
    const asked = ask({ spoke: [zone(BLOB, 'nxdomain', 'acct A 10.1.0.4')] }, [AZURE_DNS], 'open.blob.core.windows.net')
    expect(shown(asked.got)).toBe('20.60.0.2')
    expect(causes(asked)).toEqual([])
  })
  test('a private zone with the public name hides every other account', () => {
    const asked = ask(
      { spoke: [zone('blob.core.windows.net', 'nxdomain', 'mine A 10.1.0.4')] },
      [AZURE_DNS],
      'open.blob.core.windows.net',
    )
    expect(shown(asked.got)).toBe('nxdomain')
    expect(causes(asked)).toEqual(['DnsNxDomainShadow'])
  })
  test('the most specific linked zone wins', () => {
    const zones = [zone('contoso.com', 'nxdomain', 'x.a A 10.1.0.1'), zone('a.contoso.com', 'nxdomain', 'x A 10.1.0.2')]
    expect(shown(ask({ spoke: zones }, [AZURE_DNS], 'x.a.contoso.com').got)).toBe('10.1.0.2')
    expect(shown(ask({ spoke: zones }, [AZURE_DNS], 'y.a.contoso.com').got)).toBe('nxdomain')
  })
  test('a wildcard record stands for every name below, but not for the name itself', () => {
    const zones = [zone('privatelink.api.azureml.ms', 'nxdomain', '*.guid.inference.westeurope A 10.1.0.6')]
    const name = 'ep.guid.inference.westeurope.privatelink.api.azureml.ms'
    expect(shown(ask({ spoke: zones }, [AZURE_DNS], name).got)).toBe('10.1.0.6')
    expect(shown(ask({ spoke: zones }, [AZURE_DNS], name.slice(3)).got)).toBe('nodata')
  })
})

test('a link that does not work is named', () => {
  const because = { label: 'link to-spoke (InProgress)', source: implied('link') }
  const asked = ask(
    { rulesets: { zonesNotLinked: [{ ...SQL_ZONE, because }] } },
    [AZURE_DNS],
    'db.database.windows.net',
  )
  expect(missing({ network: asked.on }, asked.got)).toMatchObject([
    { code: 'DnsZoneNotLinked', text: expect.stringContaining('but link to-spoke (InProgress) does not work') },
  ])
})

test('a zone read in part may hold more than its wildcard: the answer is unknown', () => {
  const part = zone('part.net', 'unknown', '* A 10.1.0.1', 'x A 10.1.0.2')
  expect(shown(ask({ spoke: [part] }, [AZURE_DNS], 'x.part.net').got)).toBe('10.1.0.2')
  expect(shown(ask({ spoke: [part] }, [AZURE_DNS], 'y.part.net').got)).toBe('unknown')
})

describe('forwarding rulesets', () => {
  const plant = (name: string, address: string) =>
    device(name, [address], {
      resolver: resolver('bind', { zones: [zone('', 'nxdomain', `* A 10.99.0.${address.split('.')[3]}`)] }),
    })
  // Microsoft: the wildcard rule does not apply to Azure's own two-label names, so the ruleset carries them as exceptions.
  const rulesets = {
    forwards: [
      forward('contoso.com', ['snet-out@10.100.0.2']),
      forward('azure.contoso.com', ['snet-out@10.10.0.4']),
      forward('', ['snet-out@10.100.0.2']),
      forward('windows.net', ['public']),
    ],
  }
  const others = [device('snet-out', ['10.0.2.4']), plant('a', '10.100.0.2'), plant('b', '10.10.0.4')]

  test.for([
    ['secure.store.azure.contoso.com', '10.99.0.4'],
    ['www.contoso.com', '10.99.0.2'],
    ['elsewhere.org', '10.99.0.2'],
    ['acct.blob.core.windows.net', `CNAME acct.${BLOB} 20.60.0.1`],
  ] as const)('%s: %s', ([name, answer]) => {
    expect(shown(ask({ rulesets, others }, [AZURE_DNS], name).got)).toBe(answer)
  })
  test('the packet leaves from the outbound endpoint', () => {
    const { got } = ask({ rulesets, others }, [AZURE_DNS], 'www.contoso.com')
    expect(got.queries[0]?.asked[0]).toMatchObject({ by: 'snet-out', answeredBy: 'a' })
  })
  test('a linked zone comes before the ruleset, and its NXDOMAIN is final', () => {
    const spoke = [zone('contoso.com', 'nxdomain', 'here A 10.1.0.9')]
    expect(shown(ask({ rulesets, others, spoke }, [AZURE_DNS], 'here.contoso.com').got)).toBe('10.1.0.9')
    expect(shown(ask({ rulesets, others, spoke }, [AZURE_DNS], 'www.contoso.com').got)).toBe('nxdomain')
  })
  test('what a ruleset brings is taken whole: its CNAMEs do not meet the linked zones', () => {
    const rules = { forwards: [forward('blob.core.windows.net', ['snet-out@8.8.8.8'])] }
    const spoke = [zone(BLOB, 'nxdomain', 'acct A 10.1.0.4')]
    const asked = ask({ rulesets: rules, others, spoke }, [AZURE_DNS], 'acct.blob.core.windows.net')
    expect(shown(asked.got)).toBe(`CNAME acct.${BLOB} 20.60.0.1`)
  })
  test('a rule that sends to an inbound endpoint of its own VNet is a loop', () => {
    const inbound = device('inbound-spoke', ['10.2.1.4'], {
      resolver: resolver('azure-inbound', { forwards: [forward('', ['device:azure-dns/vnet-spoke'])] }),
    })
    const rules = { forwards: [forward('corp.com', ['snet-out@10.2.1.4'])] }
    const asked = ask({ rulesets: rules, others: [...others, inbound] }, [AZURE_DNS], 'x.corp.com')
    expect(asked.got.answer).toMatchObject({ kind: 'servfail', cause: 'DnsLoop' })
    expect(asked.got.answer.because).toContain('azure-dns/vnet-spoke -> inbound-spoke -> azure-dns/vnet-spoke')
    expect(causes(asked)).toEqual(['DnsLoop'])
    const linked = {
      rulesets: rules,
      others: [...others, inbound],
      spoke: [zone('corp.com', 'nxdomain', 'x A 10.1.0.7')],
    }
    expect(shown(ask(linked, [AZURE_DNS], 'x.corp.com').got)).toBe('10.1.0.7')
  })
})

describe('custom servers', () => {
  const bind = (forwards: ReturnType<typeof forward>[], otherwise: 'public' | 'refuse' = 'refuse') =>
    device('dns-vm', ['10.2.0.53'], { resolver: resolver('bind', { label: 'BIND on dns-vm', forwards, otherwise }) })
  const proxy = (forwards: ReturnType<typeof forward>[]) =>
    device('plant-dns', ['10.20.0.53'], { resolver: resolver('dnsmasq', { label: 'dnsmasq of plant', forwards }) })
  const hub = [zone(BLOB, 'nxdomain', 'acct A 10.1.0.4')]
  const ACCT = 'acct.blob.core.windows.net'

  test('a server that cannot be reached is a timeout, not NXDOMAIN', () => {
    const asked = ask({ dead: ['10.9.9.9'] }, ['10.9.9.9'], ACCT)
    expect(asked.got.answer).toMatchObject({
      kind: 'timeout',
      because: '10.9.9.9: no answer: rule 4000 drops udp 53 to 10.9.9.9',
    })
    expect(causes(asked)).toEqual(['DnsServerUnreachable'])
  })
  test('a server in the VNet that never asks Azure cannot know the private zones', () => {
    const asked = ask({ hub, spoke: hub, others: [bind([forward('', ['8.8.8.8'])])] }, ['10.2.0.53'], ACCT)
    expect(shown(asked.got)).toBe(`CNAME acct.${BLOB} 20.60.0.1`)
    expect(causes(asked)).toEqual(['DnsNoAzureForwarder'])
  })
  test('links of the VNet of the server that asks Azure count, not of the client', () => {
    const asked = ask({ hub, others: [bind([forward('', [AZURE_DNS])])] }, ['10.2.0.53'], ACCT)
    expect(shown(asked.got)).toContain('20.60.0.1')
    expect(causes(asked)).toEqual(['DnsZoneNotLinked'])
    expect(shown(ask({ spoke: hub, others: [bind([forward('', [AZURE_DNS])])] }, ['10.2.0.53'], ACCT).got)).toContain(
      '10.1.0.4',
    )
  })
  test('a plant that forwards privatelink alone gets the public address', () => {
    const others = [proxy([forward(BLOB, ['10.0.1.4']), forward('', ['9.9.9.9'])])]
    const asked = ask({ hub, others }, ['10.20.0.53'], ACCT, 'pc')
    expect(shown(asked.got)).toBe(`CNAME acct.${BLOB} 20.60.0.1`)
    expect(missing({ network: asked.on }, asked.got)).toMatchObject([
      {
        code: 'DnsForwarderMissing',
        text: `forwarder ${BLOB}: is not consulted for ${ACCT}: forward blob.core.windows.net instead (zone ${BLOB} holds acct.${BLOB} 10.1.0.4)`,
      },
    ])
    expect(asked.got.queries[0]?.considered.map((one) => `${one.taken ? '+' : '-'} ${one.text}`)).toEqual([
      `- forwarder ${BLOB}: no, the query is ${ACCT}`,
      '+ forwarder .: yes, everything else goes to 9.9.9.9',
    ])
  })
  test('a plant that forwards the public name gets the private address', () => {
    const others = [proxy([forward('blob.core.windows.net', ['10.0.1.4']), forward('', ['9.9.9.9'])])]
    const asked = ask({ hub, others }, ['10.20.0.53'], ACCT, 'pc')
    expect(shown(asked.got)).toBe(`CNAME acct.${BLOB} 10.1.0.4`)
    expect(causes(asked)).toEqual([])
  })
  test('a plant without any forwarder to Azure', () => {
    const others = [proxy([forward('', ['9.9.9.9'])])]
    const asked = ask({ hub, others }, ['10.20.0.53'], ACCT, 'pc')
    expect(missing({ network: asked.on }, asked.got)).toMatchObject([
      {
        code: 'DnsForwarderMissing',
        text: expect.stringContaining('dnsmasq of plant: has no forwarder for blob.core.windows.net towards Azure'),
      },
    ])
  })
  test('a host that asks a public server itself', () => {
    const asked = ask({ hub }, ['8.8.8.8'], ACCT, 'pc')
    expect(causes(asked)).toEqual(['DnsForwarderMissing'])
  })
  test("a forwarder to Azure's own address from a plant has no answer", () => {
    const others = [proxy([forward('blob.core.windows.net', [AZURE_DNS]), forward('', ['9.9.9.9'])])]
    const asked = ask({ hub, others }, ['10.20.0.53'], ACCT, 'pc')
    expect(asked.got.answer).toMatchObject({ kind: 'timeout', cause: 'DnsServerUnreachable' })
    expect(missing({ network: asked.on }, asked.got)).toMatchObject([
      {
        code: 'DnsServerUnreachable',
        text: 'dnsmasq of plant, forwarder blob.core.windows.net: 168.63.129.16: no answer: 168.63.129.16 answers only inside a VNet',
      },
    ])
  })
  test("somebody else's account with a private endpoint of its own is shadowed by our zone", () => {
    const asked = ask({ spoke: hub }, [AZURE_DNS], 'partner.blob.core.windows.net')
    expect(shown(asked.got)).toBe(`nxdomain CNAME partner.${BLOB}`)
    expect(causes(asked)).toEqual(['DnsNxDomainShadow'])
  })
  test('our own account without a record is a missing record', () => {
    const services = [service('partner', 'partner.blob.core.windows.net')]
    expect(causes(ask({ spoke: hub, services }, [AZURE_DNS], 'partner.blob.core.windows.net'))).toEqual([
      'DnsRecordMissing',
    ])
  })
})

describe('public DNS', () => {
  test.for([
    ['special.azurecr.io', '20.70.0.2'],
    ['any.thing.azurecr.io', '20.70.0.1'],
    ['below.special.azurecr.io', '20.70.0.1'],
    ['azurecr.io', 'unknown'],
    ['nobody.knows.com', 'unknown'],
    ['x.corp.local', 'nxdomain'],
    ['plain', 'nxdomain'],
  ] as const)('%s: %s', ([name, answer]) => {
    expect(shown(ask({}, ['8.8.8.8'], name, 'pc').got)).toBe(answer)
  })
  test('an unknown public address says so: the client gets some public address', () => {
    const { got } = ask({}, [AZURE_DNS], 'partner.blob.core.windows.net')
    expect(got.answer).toMatchObject({
      kind: 'unknown',
      publicName: `partner.${BLOB}`,
      because: `public DNS: the input gives no A record of partner.${BLOB}; write it under "public:" in the topology`,
    })
  })
  test('an address nobody owns is taken for an open public resolver, and that is said', () => {
    const { got } = ask({}, ['8.8.8.8'], 'special.azurecr.io', 'pc')
    expect(got.queries[0]?.label).toBe('8.8.8.8, assumed to be an open resolver of public DNS')
  })
})
