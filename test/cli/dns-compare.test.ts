import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { nettrace } from './command-line.ts'

const topology = ['-t', 'topologies/vision-plant.yaml']
const name = 'stmlvision.file.core.windows.net'

test('one name from two places stands side by side, and says what the odd one lacks', () => {
  const { code, out } = nettrace(['dns', name, 'from', 'eng-ws', 'and', 'home-laptop', ...topology])
  expect(code).toBe(0)
  expect(out.split('\n')[0]).toBe(`≠ ${name} is not the same from all of them`)
  expect(out).toMatch(/^eng-ws +→ 10\.110\.0\.11 /m)
  expect(out).toMatch(/^home-laptop +→ 20\.60\./m)
  expect(out).toContain('[dns-forwarder-missing]')
})

test('one name that is the same from everywhere says so', () => {
  const { out } = nettrace(['dns', 'mcr.microsoft.com', 'from', 'eng-ws', 'and', 'train', 'and', 'jetson', ...topology])
  expect(out.split('\n')[0]).toBe('= mcr.microsoft.com is the same from all of them')
})

test('each answer of the JSON is an answer of the schema', () => {
  const { out } = nettrace(['dns', name, 'from', 'eng-ws', 'and', 'home-laptop', ...topology, '-o', 'json'])
  const schema = JSON.parse(readFileSync(new URL('../../answer.schema.json', import.meta.url), 'utf8'))
  const valid = new Ajv({ strict: false }).compile(schema)
  const { answers } = JSON.parse(out)
  expect(answers).toHaveLength(2)
  for (const answer of answers) expect([valid(answer), valid.errors]).toEqual([true, null])
})

test('devices without "and" between them are bad usage', () => {
  const { code, err } = nettrace(['dns', name, 'from', 'eng-ws', 'train', ...topology])
  expect(code).toBe(64)
  expect(err).toContain('expected "and" between devices')
})
