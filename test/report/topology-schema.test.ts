import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type FileReader, loadTopology } from '../../src/topology/index.ts'

interface Schema {
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly anyOf?: readonly Schema[]
}

const schema = JSON.parse(readFileSync(new URL('../../topology.schema.json', import.meta.url), 'utf8')) as Schema
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)

function fits(text: string): boolean {
  return validate(parse(text))
}

/** What the loader objects to in a topology whose files all hold one RouterOS router or one Azure resource. */
function faults(text: string): string[] {
  const rsc =
    '/interface ethernet\nset [ find default-name=e1 ] name=e1\nset [ find default-name=e2 ] name=e2\n/ip address\nadd address=10.0.0.1/24 interface=e1\nadd address=192.0.2.1/24 interface=e2\n'
  const reader: FileReader = {
    read: (path) => ({ text: path.endsWith('lab.yaml') ? text : path.endsWith('.json') ? '[]' : rsc }),
    list: () => undefined,
  }
  const { diagnostics } = loadTopology('lab.yaml', { reader })
  return diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`)
}

test.for(['topologies/home-lab.yaml', 'topologies/vision-plant.yaml'])('%s fits the schema', (path) => {
  expect(fits(readFileSync(path, 'utf8')), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
})

const FW = 'nettrace: 1\ndevices: { fw: { routeros: fw.rsc } }\n'

/** Objects of the format, each with an entry in it that nobody knows: the loader answers with the keys it does know. */
const OBJECTS: readonly (readonly [string, string, string])[] = [
  ['the topology', 'nettrace: 1\nqqqqqqqqqqqqqqqq: 1', 'root'],
  ['a device', 'nettrace: 1\ndevices: { fw: { qqqqqqqqqqqqqqqq: 1 } }', 'device'],
  ['azure', 'nettrace: 1\nazure: { resources: a.json, qqqqqqqqqqqqqqqq: 1 }', 'azure'],
  [
    'the settings of azure',
    'nettrace: 1\nazure: { resources: a.json, settings: { qqqqqqqqqqqqqqqq: true } }',
    'settings',
  ],
  ['a host', `${FW}hosts: { pc: { address: 10.0.0.9, on: 'fw:e1', qqqqqqqqqqqqqqqq: 1 } }`, 'host'],
  ['the dns of a host', `${FW}hosts: { pc: { address: 10.0.0.9, on: 'fw:e1', dns: { qqqqqqqqqqqqqqqq: 1 } } }`, 'dns'],
  [
    'a link of systemd-resolved',
    `${FW}hosts: { pc: { address: 10.0.0.9, on: 'fw:e1', dns: { links: [{ qqqqqqqqqqqqqqqq: 1 }] } } }`,
    'dnsLink',
  ],
  [
    'DNS over HTTPS',
    `${FW}hosts: { pc: { address: 10.0.0.9, on: 'fw:e1', dns: { https: { server: 192.0.2.1, qqqqqqqqqqqqqqqq: 1 } } } }`,
    'dnsOverHttps',
  ],
  ['a link', `${FW}links: [{ internet: ['fw:e2'], qqqqqqqqqqqqqqqq: 1 }]`, 'link'],
  ['a public name', 'nettrace: 1\npublic: { a.example: { address: 192.0.2.9, qqqqqqqqqqqqqqqq: 1 } }', 'publicName'],
  ['an expectation', `${FW}expect: [{ id: a, from: fw, to: fw, works: yes, qqqqqqqqqqqqqqqq: 1 }]`, 'expectation'],
]

function keysIn(place: string): string[] {
  const definitions = schema.definitions ?? {}
  const found =
    place === 'root' ? schema : place === 'settings' ? definitions.azure?.properties?.settings : definitions[place]
  const object = found?.properties ? found : found?.anyOf?.find((one) => one.properties)
  return Object.keys(object?.properties ?? {}).sort()
}

test.for(OBJECTS)('the loader and the schema know the same keys of %s', ([, text, place]) => {
  const [fault = '', ...others] = faults(text)
  expect(others).toEqual([])
  const known = /(?:the keys|the kinds) are (.+)$/.exec(fault)?.[1]?.split(', ').sort()
  expect(known).toEqual(keysIn(place))
  expect(fits(text)).toBe(false)
})

test('every key has a description and examples that fit it', () => {
  const bare: string[] = []
  const visit = (one: Schema, path: string): void => {
    for (const [key, member] of Object.entries(one.properties ?? {})) {
      const at = `${path}/${key}`
      if (!member.description || !member.examples?.length) bare.push(at)
      const check = new Ajv({ allowUnionTypes: true }).compile({ ...member, definitions: schema.definitions })
      for (const example of member.examples ?? []) if (!check(example)) bare.push(`${at}: ${JSON.stringify(example)}`)
      visit(member, at)
    }
    for (const each of one.anyOf ?? []) visit(each, path)
  }
  visit(schema, '')
  for (const [name, one] of Object.entries(schema.definitions ?? {})) visit(one, name)
  expect(bare).toEqual([])
})

const PC = `${FW}hosts: { pc: { address: 10.0.0.9/24, on: 'fw:e1'`

describe('what is wrong is refused by the schema and by the loader', () => {
  test.for([
    ['no version', 'name: Lab'],
    ['another version', 'nettrace: 2'],
    ['a list at the top', '- nettrace: 1'],
    ['an empty name', 'nettrace: 1\nname: ""'],
    ['devices as a list', 'nettrace: 1\ndevices: [a]'],
    ['a device read from two formats', 'nettrace: 1\ndevices: { fw: { routeros: a.rsc, uci: b } }'],
    ['a device without a file', 'nettrace: 1\ndevices: { fw: { routeros: [] } }'],
    ['azure with an empty list of resources', 'nettrace: 1\nazure: { resources: [] }'],
    ['an empty expectation', 'nettrace: 1\nexpect: [null]'],
    ['an empty link', 'nettrace: 1\nlinks: [null]'],
    ['a device without a format', 'nettrace: 1\ndevices: { fw: {} }'],
    ['a device named internet', 'nettrace: 1\ndevices: { internet: { routeros: a.rsc } }'],
    [
      'azure settings that are not true or false',
      'nettrace: 1\nazure: { resources: a.json, settings: { strict-forwarded-traffic: maybe } }',
    ],
    ['a host without an address', `${FW}hosts: { pc: { on: 'fw:e1' } }`],
    ['a host that is nowhere', `${FW}hosts: { pc: { address: 10.0.0.9 } }`],
    ['a host in two places', `${PC}, in: v/s } }`],
    ['a host with half an address', `${FW}hosts: { pc: { address: 10.0.0, on: 'fw:e1' } }`],
    ['a prefix that is too long', `${FW}hosts: { pc: { address: 10.0.0.9/33, on: 'fw:e1' } }`],
    ['a gateway that is a name', `${PC}, gateway: router } }`],
    ['a name server that is a name', `${PC}, dns: [ns1] } }`],
    ['a hosts file with a name for an address', `${PC}, hosts-file: { nas: here } } }`],
    ['a link with one end', `${FW}links: [['fw:e1']]`],
    ['a tunnel with three ends', `${FW}links: [{ tunnel: ['fw:e1', 'fw:e2', 'fw:e1'] }]`],
    ['a link of two kinds', `${FW}links: [{ internet: ['fw:e2'], segment: ['fw:e1', 'fw:e2'] }]`],
    ['a link that is a word', `${FW}links: [cable]`],
    ['an mtu that is too small', `${FW}links: [{ internet: ['fw:e2'], mtu: 60 }]`],
    ['an unknown word', `${FW}links: [{ internet: ['fw:e2'], fragmentation-needed: maybe }]`],
    [
      'a public name with an address and a cname',
      'nettrace: 1\npublic: { a.example: { address: 192.0.2.1, cname: b.example } }',
    ],
    ['a public name that leads nowhere', 'nettrace: 1\npublic: { a.example: { serves: /services/x } }'],
    ['a public name that is none', "nettrace: 1\npublic: { 'a b': 192.0.2.1 }"],
    ['an expectation that does not say what it expects', `${FW}expect: [{ id: a, from: fw, to: fw }]`],
    ['an expectation of perhaps', `${FW}expect: [{ id: a, from: fw, to: fw, works: perhaps }]`],
    ['a block of an unknown kind', `${FW}expect: [{ id: a, from: fw, to: fw, works: no, blocked: eaten }]`],
    [
      'a resolution that is a name',
      `${FW}expect: [{ id: a, from: fw, to: b.example, works: no, resolves: c.example }]`,
    ],
  ] as const)('%s', ([, text]) => {
    expect({ schema: fits(text), loader: faults(text).length > 0 }).toEqual({ schema: false, loader: true })
  })
})

describe('what is right passes both', () => {
  test.for([
    ['the shortest', 'nettrace: 1'],
    [
      'settings beside an include that has the resources',
      'nettrace: 1\nazure: { settings: { strict-forwarded-traffic: true } }',
    ],
    ['keys with nothing below them', 'nettrace: 1\ndevices:\nhosts:\nlinks:\nexpect:'],
    ['one entry without its brackets', `${PC}, dns: 10.0.0.1, search: lab.example } }\nlinks: [{ internet: 'fw:e2' }]`],
    ['an IPv6 host on the internet', "nettrace: 1\nhosts: { pc: { address: '2001:db8::9/64', on: internet } }"],
    ['several addresses of a wildcard', "nettrace: 1\npublic: { '*.a.example': [192.0.2.1, 192.0.2.2] }"],
    ['a version in quotes', 'nettrace: "1"\nname: 42'],
  ] as const)('%s', ([, text]) => {
    expect({ schema: fits(text), errors: validate.errors ?? [], loader: faults(text) }).toEqual({
      schema: true,
      errors: [],
      loader: [],
    })
  })
})
