import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { connect, nameCauses } from '../../src/diagnose/index.ts'
import { resolve } from '../../src/dns/index.ts'
import { connectionJson, connectionText, resolutionJson, resolutionText } from '../../src/report/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'

const schema: unknown = JSON.parse(readFileSync(new URL('../../answer.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false }).compile(schema as object)

/** What the schema objects to in a value, as it comes back from its text. */
function objections(value: unknown): string[] {
  validate(JSON.parse(JSON.stringify(value)))
  return (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`)
}

/** Every `file:line:column` a text shows. */
function placesIn(text: string): string[] {
  return [...text.matchAll(/(?<=\s|^)(\S+\.\w+|\S+\/config\/\w+):(\d+):(\d+)$/gm)].map((match) => match[0])
}

/** Every place a JSON value holds, written the same way. */
function placesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) placesOf(one, found)
  else if (typeof value === 'object' && value !== null) {
    if ('file' in value && 'line' in value && 'column' in value)
      found.add(`${value.file}:${value.line}:${value.column}`)
    for (const one of Object.values(value)) placesOf(one, found)
  }
  return found
}

const NAMES = [
  'kv-mlvision.vault.azure.net',
  'stmlvision.blob.core.windows.net',
  'nowhere.invalid',
  'nowhere.example.com',
]

describe.for(['topologies/home-lab.yaml', 'topologies/vision-plant.yaml'])('the answers of %s', (path) => {
  const { network, expectations } = loadTopology(path)
  const prepared = prepare(network)
  const answers = expectations.map((one) => ({ id: one.id, connection: connect(prepared, one.from, one.to) }))

  test('every JSON answer fits the published schema', () => {
    for (const { id, connection } of answers)
      expect({ id, objections: objections(connectionJson(connection)) }).toEqual({ id, objections: [] })
  })

  test('every place shown in the text is in the JSON', () => {
    for (const { id, connection } of answers) {
      const known = placesOf(connectionJson(connection))
      for (const verbose of [false, true]) {
        const shown = placesIn(connectionText(connection, { verbose }))
        if (connection.decidedBy.source.kind !== 'implied') expect(shown.length, id).toBeGreaterThan(0)
        expect({ id, verbose, missing: shown.filter((place) => !known.has(place)) }).toEqual({
          id,
          verbose,
          missing: [],
        })
      }
    }
  })

  test('text and JSON give one verdict, cause and next hop', () => {
    for (const { connection } of answers) {
      const text = connectionText(connection, { verbose: false })
      const json = JSON.parse(JSON.stringify(connectionJson(connection)))
      const word = { yes: '✓ works', no: '✗ ', 'one-way': '≠ one way', unknown: '? cannot tell' }[connection.works]
      expect(text.startsWith(word)).toBe(true)
      expect(json.works).toBe(connection.works)
      if (json.cause) expect(text).toContain(json.cause.message)
      else expect(text).toContain(json.decidedBy.text)
      for (const note of json.notes) expect(text).toContain(note)
      for (const hop of json.forward[0]?.hops ?? []) expect(text).toContain(hop.device)
      for (const address of json.resolution?.addresses ?? []) expect(text).toContain(address)
    }
  })

  test('asking twice gives equal bytes', () => {
    const again = prepare(loadTopology(path).network)
    for (const { connection } of answers) {
      const second = connect(again, connection.question.from, connection.question.to)
      expect(JSON.stringify(connectionJson(second))).toBe(JSON.stringify(connectionJson(connection)))
      expect(connectionText(second, { verbose: true })).toBe(connectionText(connection, { verbose: true }))
    }
  })

  test('no answer holds an absolute path', () => {
    const all = answers.map(
      ({ connection }) => JSON.stringify(connectionJson(connection)) + connectionText(connection, { verbose: true }),
    )
    expect(all.filter((text) => text.includes(process.cwd()))).toEqual([])
  })

  test('the story of a name fits the same schema, and shows no place that it does not hold', () => {
    for (const device of [...network.devices.values()].filter((one) => one.kind === 'host')) {
      for (const name of NAMES) {
        const resolution = resolve(prepared, { device: device.name, name, type: 'A' })
        const causes = resolution.addresses.length > 0 ? [] : nameCauses(prepared, resolution)
        const json = resolutionJson(resolution, causes)
        expect({ device: device.name, name, objections: objections(json) }).toEqual({
          device: device.name,
          name,
          objections: [],
        })
        const known = placesOf(json)
        expect(placesIn(resolutionText(resolution, causes)).filter((place) => !known.has(place))).toEqual([])
      }
    }
  })
})

test('the schema refuses what is no answer', () => {
  for (const wrong of [{}, [], null, { schemaVersion: '2' }]) expect(objections(wrong).length).toBeGreaterThan(0)
})
