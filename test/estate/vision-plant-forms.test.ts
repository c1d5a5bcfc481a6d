import { readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkPromise } from '../../src/diagnose/index.ts'
import { DISK, type FileReader, loadTopology, type Topology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { asTemplate } from '../importers/arm-template/as-template.ts'
import { asPlan } from '../importers/terraform/as-plan.ts'

const TOPOLOGY = 'topologies/vision-plant.yaml'
const FOLDER = 'fixtures/vision-plant'
const WRITTEN = 'resources: [../fixtures/vision-plant/azure.json]'
const BODIES: readonly { readonly [key: string]: unknown }[] = JSON.parse(readFileSync(`${FOLDER}/azure.json`, 'utf8'))
const SUBSCRIPTION = String(BODIES[0]?.id).split('/')[2] ?? ''

/** The case study with other lines for its Azure side, and files that stand on no disk. */
function estate(lines: string, files: Readonly<Record<string, string>> = {}): Topology {
  const reader: FileReader = {
    ...DISK,
    read(path) {
      const normal = posix.normalize(path)
      if (normal === TOPOLOGY) return { text: readFileSync(TOPOLOGY, 'utf8').replace(WRITTEN, lines) }
      const text = Object.entries(files).find(([name]) => normal.endsWith(name))?.[1]
      return text === undefined ? DISK.read(path) : { text }
    },
  }
  return loadTopology(TOPOLOGY, { reader })
}

const template = `resources: [../${FOLDER}/template.json]`
const FORMS: readonly (readonly [string, () => Topology])[] = [
  ['ARM bodies', () => estate(WRITTEN)],
  [
    'an ARM template with its place in the topology',
    () => estate(`${template}\n  deployment: { subscription: ${SUBSCRIPTION}, location: westeurope }`),
  ],
  [
    'an ARM template whose region stands in a parameters file',
    () => {
      const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
      const parameters = JSON.stringify({ $schema, parameters: { location: { value: 'westeurope' } } })
      const lines = `${template}\n  deployment: { subscription: ${SUBSCRIPTION}, parameters: ../plant-region.json }`
      return estate(lines, { 'plant-region.json': parameters })
    },
  ],
  ['terraform show -json of a state', () => estate(`resources: [../${FOLDER}/terraform.json]`)],
  [
    'terraform show -json of a plan',
    () => {
      const plan = asPlan(JSON.parse(readFileSync(`${FOLDER}/terraform.json`, 'utf8')))
      return estate('resources: [../plan.json]', { 'plan.json': JSON.stringify(plan) })
    },
  ],
]

test('the template in the fixtures is the one that would deploy the bodies beside it', () => {
  const wanted = `${asTemplate(BODIES)}\n`
  if (process.env.UPDATE_FIXTURES) writeFileSync(`${FOLDER}/template.json`, wanted)
  expect(readFileSync(`${FOLDER}/template.json`, 'utf8') === wanted, 'write it anew with UPDATE_FIXTURES=1').toBe(true)
})

describe.for(FORMS)('the case study from %s', ([, load]) => {
  const { network, expectations, diagnostics } = load()
  const prepared = prepare(network)

  test('reads without an error', () => {
    expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('promises every flow from F01 to F62', () => {
    expect(new Set(expectations.map((one) => one.id.slice(0, 3))).size).toBe(62)
  })

  test.for(expectations)('keeps $id', (expectation) => {
    expect(checkPromise(prepared, expectation).state).toBe('kept')
  })
})
