import { describe, expect, test } from 'vitest'
import { missing, resolveOver } from '../../src/dns/index.ts'
import type { DnsForward, DnsZone, RebindProtection } from '../../src/model/index.ts'
import { implied } from '../../src/model/index.ts'
import { addressSet, formatIp } from '../../src/net/index.ts'
import {
  AZURE_DNS,
  device,
  everythingArrives,
  forward,
  internet,
  network,
  resolver,
  type Software,
  service,
  stub,
  zone,
} from './small-network.ts'

// A plant whose server forwards Azure's public names to an inbound endpoint in the hub; one change at a time.
const INBOUND = '10.100.1.4'
const API = 'g.workspace.westeurope.api.azureml.ms'
const NOTEBOOKS = 'ml.westeurope.notebooks.azure.net'
const COMPUTE = 'ci.westeurope.instances.azureml.ms'
const ZONES: readonly DnsZone[] = [
  zone('privatelink.api.azureml.ms', 'nxdomain', 'g.workspace.westeurope A 10.110.0.4'),
  zone('privatelink.notebooks.azure.net', 'nxdomain', 'ml.westeurope A 10.110.0.5'),
  zone('privatelink.blob.core.windows.net', 'nxdomain', 'st A 10.110.0.10'),
]
const FORWARDED = ['api.azureml.ms', 'notebooks.azure.net', 'instances.azureml.ms', 'blob.core.windows.net']
const PUBLIC = internet(
  `${API} CNAME g.workspace.westeurope.privatelink.api.azureml.ms.`,
  '*.privatelink.api.azureml.ms A 13.69.64.200',
  `${NOTEBOOKS} CNAME ml.westeurope.privatelink.notebooks.azure.net.`,
  '*.privatelink.notebooks.azure.net A 13.69.64.201',
  `${COMPUTE} CNAME ${API}.`,
  'st.blob.core.windows.net CNAME st.privatelink.blob.core.windows.net.',
  'partner.blob.core.windows.net CNAME partner.privatelink.blob.core.windows.net.',
  '*.privatelink.blob.core.windows.net A 20.60.130.20',
)

interface Fault {
  readonly software?: Software
  readonly zones?: readonly DnsZone[]
  readonly forwards?: readonly DnsForward[]
  readonly rebind?: RebindProtection
}

function ask(fault: Fault, name: string): [string, string[]] {
  const forwards = fault.forwards ?? FORWARDED.map((suffix) => forward(suffix, [INBOUND]))
  const zones = fault.zones ?? ZONES
  const unlinked = ZONES.filter((one) => !zones.some((linked) => linked.name === one.name))
  const on = network(
    [
      device('pc', ['10.20.50.10'], { stubResolver: stub(['10.20.50.1']) }),
      device('lab', ['10.20.50.1'], {
        kind: 'router',
        resolver: resolver('dnsmasq', {
          label: 'dnsmasq on lab',
          forwards: [forward('', ['10.20.10.10'])],
          ...(fault.rebind && { rebind: fault.rebind }),
        }),
      }),
      device('dns-plant', ['10.20.10.10'], {
        resolver: resolver(fault.software ?? 'bind', {
          label: 'server of the plant',
          forwards: [...forwards, forward('', ['203.0.113.53'])],
        }),
      }),
      device('inbound', [INBOUND], {
        resolver: resolver('azure-inbound', { forwards: [forward('', ['device:azure-dns/vnet-hub'])] }),
      }),
      device('azure-dns/vnet-hub', [], {
        resolver: resolver('azure', {
          label: 'Azure-provided DNS of vnet-hub',
          zones,
          zonesNotLinked: unlinked,
          otherwise: 'public',
        }),
      }),
      PUBLIC,
    ],
    { services: [service('st', 'st.blob.core.windows.net'), service('mlw', API, NOTEBOOKS, COMPUTE)] },
  )
  const got = resolveOver(on, everythingArrives(on), { device: 'pc', name })
  const answer = got.addresses.map(formatIp).join(' ')
  return [answer || got.answer.kind, missing({ network: on }, got).map((one) => one.code)]
}

const without = (...names: string[]) =>
  FORWARDED.filter((one) => !names.includes(one)).map((one) => forward(one, [INBOUND]))
const rebind: RebindProtection = {
  discards: addressSet('10.0.0.0/8'),
  exempt: [],
  exemptBy: 'queried',
  effect: 'empty',
  source: implied('rebind_protection'),
}

describe('one fault at a time', () => {
  test.for<[string, Fault, string, string, string[]]>([
    ['nothing is wrong', {}, API, '10.110.0.4', []],
    ['nothing is wrong', {}, COMPUTE, '10.110.0.4', []],
    [
      'the notebooks zone is not linked',
      { zones: ZONES.filter((one) => !one.name.includes('notebooks')) },
      NOTEBOOKS,
      '13.69.64.201',
      ['DnsZoneNotLinked'],
    ],
    [
      'the notebooks zone is not linked',
      { zones: ZONES.filter((one) => !one.name.includes('notebooks')) },
      API,
      '10.110.0.4',
      [],
    ],
    [
      "the forwarders name Azure's own address",
      { forwards: FORWARDED.map((one) => forward(one, [AZURE_DNS])) },
      API,
      'servfail',
      ['DnsServerUnreachable'],
    ],
    [
      'the same with a server that passes silence on',
      { software: 'dnsmasq', forwards: FORWARDED.map((one) => forward(one, [AZURE_DNS])) },
      API,
      'timeout',
      ['DnsServerUnreachable'],
    ],
    [
      'the forwarder names privatelink, on a server that takes answers whole',
      {
        software: 'dnsmasq',
        forwards: [...without('api.azureml.ms'), forward('privatelink.api.azureml.ms', [INBOUND])],
      },
      API,
      '13.69.64.200',
      ['DnsForwarderMissing'],
    ],
    // Measured: BIND 9.18 asks for a CNAME's target again, at the best matching forwarder.
    [
      'the same on BIND',
      { forwards: [...without('api.azureml.ms'), forward('privatelink.api.azureml.ms', [INBOUND])] },
      API,
      '10.110.0.4',
      [],
    ],
    [
      'no forwarder for compute instances',
      { software: 'dnsmasq', forwards: without('instances.azureml.ms') },
      COMPUTE,
      '13.69.64.200',
      ['DnsForwarderMissing'],
    ],
    [
      'the same on BIND, which goes on with the name behind',
      { forwards: without('instances.azureml.ms') },
      COMPUTE,
      '10.110.0.4',
      [],
    ],
    [
      "a partner's account with an endpoint of its own",
      {},
      'partner.blob.core.windows.net',
      'nxdomain',
      ['DnsNxDomainShadow'],
    ],
    [
      'our own record is missing',
      { zones: [...ZONES.slice(0, 2), zone('privatelink.blob.core.windows.net', 'nxdomain')] },
      'st.blob.core.windows.net',
      'nxdomain',
      ['DnsRecordMissing'],
    ],
    ['rebind protection on the lab router', { rebind }, 'st.blob.core.windows.net', 'nodata', ['DnsRebindStripped']],
  ])('%s', ([, fault, name, answer, causes]) => {
    expect(ask(fault, name)).toEqual([answer, causes])
  })
})
