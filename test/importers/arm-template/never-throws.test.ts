import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { evaluated, templateText } from './evaluated.ts'

const FOLDER = join(process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'), 'arm-templates')
const there = existsSync(FOLDER)
if (!there) console.warn(`skipped: ARM templates are read from ${FOLDER}, which is not there (set NETTRACE_DATA)`)

const WORDS = [
  ..."[ ] ( ) , . ' '' ? -1 0 7 'a' 'a/b' concat format parameters variables if lambda map range copyIndex resourceId".split(
    ' ',
  ),
  ..."reference json uniqueString split substring padLeft cidrSubnet '10.0.0.0/8' 'name' 'prefixes' 'copy' true() null()".split(
    ' ',
  ),
]

describe('no expression throws', () => {
  test('any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        evaluated(`[${text}]`)
        evaluated(text)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('any row of words', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }), (words) => {
        evaluated(`[${words.join('')}]`)
      }),
      { seed: 7, numRuns: 600 },
    )
  })

  test.for([
    ['deep calls', `[${'concat('.repeat(5000)}'a'${')'.repeat(5000)}]`],
    ['deep members', `[variables('sizes')${"['a']".repeat(5000)}]`],
    ['a long text', `[concat(${"'aaaaaaaaaaaaaaaa',".repeat(3000)}'a')]`],
  ])('%s', ([, expression]) => {
    expect(() => evaluated(expression ?? '')).not.toThrow()
  })

  test('variables that double each other', () => {
    const variables = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`v${n + 1}`, `[createArray(variables('v${n}'), variables('v${n}'))]`]),
    )
    const made = expandTemplate({
      path: 'a.json',
      text: templateText({
        variables: { v0: 'x', ...variables },
        resources: [{ type: 'Microsoft.Network/things', name: 'a', properties: { value: "[variables('v200')]" } }],
      }),
    })
    expect(made.bodies).toHaveLength(1)
  })
})

describe('no template throws', () => {
  test('any JSON', () => {
    const template = fc.record({
      $schema: fc.constant('https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'),
      parameters: fc.jsonValue(),
      variables: fc.jsonValue(),
      functions: fc.jsonValue(),
      outputs: fc.jsonValue(),
      resources: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              type: fc.oneof(
                fc.constantFrom('Microsoft.Resources/deployments', 'Microsoft.Network/virtualNetworks'),
                fc.jsonValue(),
              ),
              name: fc.oneof(fc.constant('a'), fc.jsonValue()),
              copy: fc.jsonValue(),
              condition: fc.oneof(fc.constant(true), fc.jsonValue()),
              properties: fc.jsonValue(),
              resources: fc.jsonValue(),
              scope: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    })
    fc.assert(
      fc.property(template, fc.jsonValue(), (value, parameters) => {
        const files = [
          { path: 'a.json', text: JSON.stringify(value) },
          { path: 'a.parameters.json', text: JSON.stringify(parameters) },
        ] as const
        expandTemplate(files[0], files[1])
        importAzure(files, { placements: [] })
      }),
      { seed: 7, numRuns: 150 },
    )
  })

  const names = there ? readdirSync(FOLDER).filter((one) => one.endsWith('.json')) : []
  test.skipIf(!there).for(names)('%s cut at any byte gives diagnostics (needs NETTRACE_DATA)', (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8').trimEnd()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (at) => {
        const { bodies, diagnostics } = expandTemplate({ path: name, text: text.slice(0, at) })
        expect(bodies).toEqual([])
        expect(diagnostics.some((one) => one.severity === 'error')).toBe(true)
        expect(
          importAzure([{ path: name, text: text.slice(0, at) }], { placements: [] }).diagnostics.length,
        ).toBeGreaterThan(0)
      }),
      { seed: 7, numRuns: 25 },
    )
  })
})
