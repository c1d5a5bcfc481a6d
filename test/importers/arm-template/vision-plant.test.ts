import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { asTemplate } from './as-template.ts'

const FOLDER = join(import.meta.dirname, '../../../fixtures/vision-plant')
const text = readFileSync(join(FOLDER, 'azure.json'), 'utf8')
const bodies = JSON.parse(text) as readonly { readonly [key: string]: unknown }[]
const template = { path: 'azure.json', text: asTemplate(bodies) }
const serviceTags = { path: 'service-tags.json', text: readFileSync(join(FOLDER, 'service-tags.json'), 'utf8') }
const subscriptionId = String(bodies[0]?.id).split('/')[2] ?? ''

function imported(file: { path: string; text: string }): AzurePart {
  return importAzure([file], { placements: [], serviceTags, deployment: { subscriptionId } })
}

/** A part without the places its facts stand in. */
function withoutPlaces(value: unknown): unknown {
  const shown = (key: string, one: unknown) => {
    if (/source$/i.test(key)) return undefined
    return typeof one === 'bigint' ? `${one}n` : one
  }
  return JSON.parse(JSON.stringify(value, shown)) as unknown
}

test('every expression of the vision plant as a template is evaluated', () => {
  const made = expandTemplate(template, undefined, { subscriptionId })
  expect(made.diagnostics).toEqual([])
  expect(made.bodies).toHaveLength(bodies.length)
  expect(made.counts.expressions).toBeGreaterThan(bodies.length)
})

test('the vision plant as a template is the vision plant', () => {
  const [fromBodies, fromTemplate] = [imported({ path: 'azure.json', text }), imported(template)]
  expect(fromTemplate.diagnostics.map((one) => `${one.code} ${one.message}`)).toEqual(
    fromBodies.diagnostics.map((one) => `${one.code} ${one.message}`),
  )
  for (const key of ['devices', 'links', 'services'] as const) {
    expect(withoutPlaces(fromTemplate[key])).toEqual(withoutPlaces(fromBodies[key]))
  }
})

test('a fact of the template stands in the template', () => {
  const device = imported(template).devices.find((one) => one.kind === 'firewall')
  expect(device?.source).toMatchObject({
    kind: 'pointer',
    pointer: expect.stringMatching(/^\/resources\/\d+\/properties\/template/),
  })
})
