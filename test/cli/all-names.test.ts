import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { nettrace } from './command-line.ts'

const PLANT = ['-t', 'topologies/vision-plant.yaml']

/** Service, who asks, then the names it must list with where each leads. */
const SERVICES: readonly (readonly [string, string, number, readonly string[]])[] = [
  [
    'mlw-vision',
    'eng-ws',
    0,
    [
      'API: 11111111-2222-3333-4444-555555555555.workspace.westeurope.api.azureml.ms > private 10.110.0.4',
      'API, by certificate: 11111111-2222-3333-4444-555555555555.workspace.westeurope.cert.api.azureml.ms > private 10.110.0.4',
      'notebooks: ml-mlw-vision-westeurope-11111111-2222-3333-4444-555555555555.westeurope.notebooks.azure.net > private 10.110.0.5',
      'compute instance ci-ds1: ci-ds1.westeurope.instances.azureml.ms > private 10.110.0.4',
      'compute instance ci-ds1: ci-ds1.westeurope.instances.ml.azure.ms > private 10.110.0.4',
      'compute instance ci-ds1, SSH: ci-ds1-22.westeurope.instances.ml.azure.ms > private 10.110.0.4',
      'online endpoint moe-defect: moe-defect.westeurope.inference.ml.azure.com > private 10.110.0.6',
    ],
  ],
  [
    'crmlvision',
    'jetson',
    0,
    [
      'login: crmlvision.azurecr.io > private 10.110.0.31',
      'data, westeurope: crmlvision.westeurope.data.azurecr.io > private 10.110.0.30',
    ],
  ],
  [
    'stmlvision',
    'home-laptop',
    0,
    [
      'blob: stmlvision.blob.core.windows.net > public 20.60.130.20',
      'file: stmlvision.file.core.windows.net > public 20.60.130.21',
      'queue: stmlvision.queue.core.windows.net > public 20.60.130.22',
      'table: stmlvision.table.core.windows.net > public 20.60.130.23',
      'dfs: stmlvision.dfs.core.windows.net > public 20.60.130.24',
    ],
  ],
  // It has private endpoints for blob and dfs alone; those of its other names are nowhere in the input, and addresses of its service tag stand for them.
  [
    'strawvision',
    'proc',
    0,
    [
      'blob: strawvision.blob.core.windows.net > private 10.120.0.7',
      'dfs: strawvision.dfs.core.windows.net > private 10.120.0.8',
      'file: strawvision.file.core.windows.net > public 191.239.203.15',
    ],
  ],
  ['kv-mlvision', 'train', 0, ['key vault: kv-mlvision.vault.azure.net > private 10.110.0.20']],
  [
    'iot-vision',
    'proc',
    0,
    [
      'devices: iot-vision.azure-devices.net > private 10.120.0.4',
      'built-in Event Hubs: iothub-ns-iot-vision-58211467-1c9f3a7b2e.servicebus.windows.net > private 10.120.0.5',
    ],
  ],
]

interface Printed {
  readonly service: { readonly name: string; readonly label: string }
  readonly names: readonly {
    readonly name: string
    readonly use: string
    readonly endpoints: readonly { readonly device: string; readonly address: string }[]
    readonly callers: readonly {
      readonly from: string
      readonly leads: string
      readonly answer: { readonly resolution: { readonly addresses: readonly string[] } }
    }[]
  }[]
}

function asked(words: readonly string[]): { code: number; printed: Printed } {
  const { code, out } = nettrace(['dns', '--all-names', ...words, ...PLANT, '-o', 'json'])
  return { code, printed: JSON.parse(out) }
}

describe('every name of a service', () => {
  test.for(SERVICES)('%s from %s', ([service, from, exit, wanted]) => {
    const { code, printed } = asked([service, 'from', from])
    const rows = printed.names.flatMap(({ name, use, callers }) =>
      callers.map((one) => `${use}: ${name} > ${one.leads} ${one.answer.resolution.addresses.join(', ')}`),
    )
    expect(rows).toEqual(expect.arrayContaining([...wanted]))
    expect([service, code]).toEqual([service, exit])
  })

  test('may be asked for by one of its names or its resource id', () => {
    const byName = asked(['stmlvision.queue.core.windows.net', 'from', 'train']).printed
    expect(byName.service).toMatchObject({ name: 'stmlvision', label: 'storage account' })
    expect(byName.names.map((one) => one.use)).toEqual(['blob', 'file', 'queue', 'table', 'dfs'])
  })

  test('says which private endpoint stands for each', () => {
    const { printed } = asked(['crmlvision', 'from', 'train'])
    expect(printed.names.map((one) => one.endpoints.map(({ device, address }) => `${device} ${address}`))).toEqual([
      ['pe-acr 10.110.0.31'],
      ['pe-acr 10.110.0.30'],
    ])
  })

  test('stands side by side for several devices, each answer in the schema of answers', () => {
    const { printed } = asked(['mlw-vision', 'from', 'eng-ws', 'and', 'home-laptop'])
    const schema = JSON.parse(readFileSync(new URL('../../answer.schema.json', import.meta.url), 'utf8'))
    const valid = new Ajv({ strict: false }).compile(schema)
    for (const { callers } of printed.names) {
      expect(callers.map(({ from, leads }) => [from, leads])).toEqual([
        ['eng-ws', 'private'],
        ['home-laptop', 'public'],
      ])
      for (const { answer } of callers) expect([valid(answer), valid.errors]).toEqual([true, null])
    }
  })

  test.for([
    [['mlw-visoin', 'from', 'eng-ws'], '"mlw-visoin" is no service of this topology; did you mean "mlw-vision"'],
    [['eng-ws', 'from', 'eng-ws'], '"eng-ws" is no service of this topology'],
    [['mlw-vision', 'from', 'nobody'], 'there is no "nobody" in this topology'],
    [['mlw-vision', 'to', 'eng-ws'], 'expected "from" and not "to"'],
  ] as const)('%s is bad usage', ([words, message]) => {
    const { code, err } = nettrace(['dns', '--all-names', ...words, ...PLANT])
    expect(code).toBe(64)
    expect(err).toContain(message)
  })

  test('the option may stand behind the question', () => {
    const before = nettrace(['dns', '--all-names', 'crmlvision', 'from', 'jetson', ...PLANT])
    const behind = nettrace(['dns', 'crmlvision', 'from', 'jetson', '--all-names', ...PLANT])
    expect(behind).toEqual(before)
  })
})

test('a public name that nobody wrote down is unknown, and the answer says where to write it', () => {
  const { code, out } = nettrace(['dns', 'www.example.net', 'from', 'eng-ws', ...PLANT])
  expect(code).toBe(2)
  expect(out).toContain('the input gives no A record of www.example.net; write it under "public:" in the topology')
})
