import { describe, expect, test } from 'vitest'
import { implied, type ResourceRecord, type RuleSet, type Service } from '../../src/model/index.ts'
import { formatIp, ip, TCP } from '../../src/net/index.ts'
import { buildTopology, type Topology } from '../../src/topology/build-topology.ts'
import { prepare, trace } from '../../src/trace/index.ts'
import { IMPORTERS, lines, memory } from './small-estate.ts'

const here = implied('written in this test')

function service(name: string, names: readonly string[], more: Partial<Service> = {}): Service {
  const gate: RuleSet = {
    name: 'gate',
    label: name,
    rules: [
      { name: 'own address', match: { kind: 'stamp', in: ['friend'] }, action: { kind: 'accept' }, source: here },
    ],
    policy: { kind: 'drop' },
    policySource: here,
  }
  const facts = { label: 'storage account', aliases: [`/rg/${name}`], port: 443, records: [], stamps: [] }
  return { name, names, gate, source: here, ...facts, ...more }
}

const alias = (name: string, value: string): ResourceRecord => ({ name, type: 'CNAME', value, source: here })

function outside(publicNames: string, services: readonly Service[]): Topology {
  const text = `nettrace: 1\nazure:\n  resources: [az.json]\nhosts:\n  pc: { address: 192.0.2.77, on: internet }\npublic:\n${publicNames}`
  const files = memory({ 'lab/lab.yaml': text, 'lab/az.json': 'if internet 198.51.100.4/32' })
  return buildTopology('lab/lab.yaml', files, {
    ...IMPORTERS,
    azure: (...args) => ({ ...IMPORTERS.azure(...args), services }),
  })
}

const recordsOf = ({ network }: Topology) =>
  network.devices
    .get('internet')
    ?.resolver?.zones[0]?.records.map(
      (one) => `${one.name} ${one.type} ${typeof one.value === 'string' ? one.value : formatIp(one.value)}`,
    )

function fate(topology: Topology, destination: string, serverName?: string, source = '192.0.2.77'): string {
  const ends = { source: ip(source), destination: ip(destination), sourcePort: 40000, destinationPort: 443 }
  const flow = { protocol: TCP, ...ends, ...(serverName !== undefined && { serverName }) }
  const from = source === '192.0.2.77' ? 'pc' : 'internet'
  return trace(prepare(topology.network), from, flow)
    .map((one) => `${one.disposition} at ${one.hops.at(-1)?.device}`)
    .join()
}

const BLOB = service('stlab', ['stlab.blob.example'], {
  records: [alias('stlab.blob.example', 'stlab.privatelink.blob.example')],
})

describe('public DNS', () => {
  test('is what the topology says, in its order', () => {
    expect(
      recordsOf(outside("  a.example: [192.0.2.1, '2001:db8::1']\n  '*.B.example.': { cname: a.example }\n", [])),
    ).toEqual(['a.example A 192.0.2.1', 'a.example AAAA 2001:db8::1', '*.b.example CNAME a.example'])
  })

  test('has the CNAME of a service with a private endpoint before the topology’s address of its name', () => {
    expect(recordsOf(outside('  stlab.blob.example: 192.0.2.1\n', [BLOB]))).toEqual([
      'stlab.blob.example CNAME stlab.privatelink.blob.example',
      'stlab.privatelink.blob.example A 192.0.2.1',
    ])
  })

  test('lets a CNAME of the topology’s own replace the service’s', () => {
    expect(recordsOf(outside('  stlab.blob.example: { cname: cdn.example }\n', [BLOB]))).toEqual([
      'stlab.blob.example CNAME cdn.example',
      'cdn.example A 198.19.191.255',
    ])
  })

  test('does not have every name', () => {
    const zone = outside('', []).network.devices.get('internet')?.resolver?.zones[0]
    expect(zone).toMatchObject({ name: '', onMissing: 'unknown' })
  })
})

describe('the internet', () => {
  const topology = outside("  '*.privatelink.blob.example': 203.0.113.1\n  other.example: 203.0.113.2\n", [BLOB])

  test.for([
    ['a service refuses by its gate', '203.0.113.1', 'stlab.blob.example', 'refused-by-service at internet'],
    [
      'its privatelink name is refused too',
      '203.0.113.1',
      'stlab.privatelink.blob.example',
      'refused-by-service at internet',
    ],
    [
      'another name at the same address is let through',
      '203.0.113.1',
      'other.blob.example',
      'exits-network at internet',
    ],
    ['a packet without a name to a service’s address is undecided', '203.0.113.1', undefined, 'unknown at internet'],
    ['a packet without a name elsewhere is let through', '203.0.113.2', undefined, 'exits-network at internet'],
    ['a private destination is not routed', '10.0.0.1', undefined, 'null-routed at internet'],
    ['the platform’s address is not routed', '168.63.129.16', undefined, 'null-routed at internet'],
  ] as const)('%s', ([, destination, name, wanted]) => {
    expect(fate(topology, destination, name)).toBe(wanted)
  })

  test('drops packets from private sources', () => {
    const { network } = topology
    const pc = network.devices.get('pc')
    if (!pc) throw new Error('no pc')
    const flow = {
      protocol: TCP,
      source: ip('10.1.1.1'),
      destination: ip('203.0.113.2'),
      sourcePort: 4000,
      destinationPort: 443,
    }
    const [one] = trace(prepare(network), 'pc', flow)
    expect(one?.disposition).toBe('denied')
    expect(one?.decision?.text).toBe('the internet (it does not carry packets from private source addresses) drops')
  })

  test('survives structuredClone', () => {
    expect(structuredClone(topology.network)).toEqual(topology.network)
  })
})

describe('a service that sends', () => {
  const sender = service('mlw', ['mlw.ml.example'], { stamps: ['friend'] })

  test('is a device on the internet, and its stamp opens the gate', () => {
    const topology = outside("  mlw.ml.example: 203.0.113.5\n  '*.privatelink.blob.example': 203.0.113.1\n", [
      BLOB,
      sender,
    ])
    const { network } = topology
    expect(network.devices.get('mlw')).toMatchObject({ kind: 'service', stamps: ['friend'] })
    const ends = { source: ip('203.0.113.5'), destination: ip('203.0.113.1'), sourcePort: 4000, destinationPort: 443 }
    const [one] = trace(prepare(network), 'mlw', { protocol: TCP, ...ends, serverName: 'stlab.blob.example' })
    expect(one?.disposition).toBe('exits-network')
    expect(network.services.find((each) => each.name === 'mlw')?.publicAddress).toBe(ip('203.0.113.5'))
  })

  test('without a name is a note, not a device', () => {
    const { network, diagnostics } = outside('', [{ ...sender, names: [] }])
    expect(network.devices.has('mlw')).toBe(false)
    expect(lines(diagnostics)).toContain(
      'note NT1117 written in this test storage account mlw has no known public address: add mlw under public: to ask from it',
    )
  })

  test('whose public address nobody says has one that stands for it', () => {
    const address = outside('', [sender]).network.devices.get('mlw')?.interfaces[0]?.addresses[0]
    expect(address && formatIp(address.ip)).toBe('198.19.191.255')
    expect(address?.source).toMatchObject({ kind: 'implied' })
  })

  test('that shares its address is a note, unless the other is a part of it', () => {
    const names = "  '*.ml.example': 203.0.113.5\n"
    const other = service('two', ['two.ml.example'], { stamps: ['x'] })
    expect(outside(names, [sender, other]).network.devices.has('mlw')).toBe(false)
    const part = { ...other, aliases: ['/RG/MLW/endpoints/two'] }
    const { network } = outside(names, [sender, part])
    expect([network.devices.has('mlw'), network.devices.has('two')]).toEqual([true, false])
  })

  test('a public name that serves an alias is a service with an open door', () => {
    const { network } = outside('  x.example: { address: 203.0.113.9, serves: /services/Azure/MachineLearning }\n', [])
    expect(network.services).toMatchObject([
      {
        name: 'x.example',
        label: 'resource of /services/Azure/MachineLearning',
        names: ['x.example'],
        publicAddress: ip('203.0.113.9'),
      },
    ])
  })
})
