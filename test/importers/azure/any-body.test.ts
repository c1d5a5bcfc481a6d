import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type BodyWatch, gatheringWatch } from '../../../src/importers/azure/estate/body.ts'
import { REQUIRED_MEMBERS } from '../../../src/importers/azure/estate/required-member.ts'
import { importAzure } from '../../../src/importers/azure/index.ts'
import type { Diagnostic } from '../../../src/model/index.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const DATA = process.env.NETTRACE_DATA ?? join(ROOT, '../shared/data')
const SHAPES = join(DATA, 'azure-shapes')
const present = existsSync(SHAPES)
if (!present) console.warn(`skipped: ${SHAPES} is not there; set NETTRACE_DATA to the folder that holds azure-shapes`)

type Value = unknown
type Container = Record<string, Value>

const shapes = present ? readdirSync(SHAPES).filter((one) => one.endsWith('.json') && one !== 'sources.json') : []
const textOf = (name: string) => readFileSync(join(SHAPES, name), 'utf8')

/** The bodies of one estate, each time parsed anew so that they can be changed. */
const ESTATES: readonly [string, () => Value[]][] = [
  ['the vision plant', () => JSON.parse(readFileSync(join(ROOT, 'fixtures/vision-plant/azure.json'), 'utf8'))],
  ['the home lab', () => JSON.parse(readFileSync(join(ROOT, 'fixtures/home-lab/azure.json'), 'utf8'))],
  ...(present
    ? [['one body of each type', () => shapes.flatMap((name) => listed(JSON.parse(textOf(name))))] as const]
    : []),
].map(([name, make]) => [name, make] as [string, () => Value[]])

function listed(value: Value): Value[] {
  if (Array.isArray(value)) return value
  const inner = (value as Container).value
  return Array.isArray(inner) ? inner : [value]
}

/** What importing some bodies reports, and every member it asked for that is there, by its pointer. */
function imported(bodies: readonly Value[]): { diagnostics: readonly Diagnostic[]; asked: ReadonlySet<string> } {
  const misread: Diagnostic[] = []
  const asked = new Set<string>()
  const watch: BodyWatch = {
    ...gatheringWatch(misread),
    read(part, key) {
      const source = part.has(key) ? part.source(key) : undefined
      if (source?.kind === 'pointer') asked.add(source.pointer)
    },
  }
  const text = JSON.stringify(bodies)
  const part = importAzure([{ path: 'azure.json', text }], { placements: [], watch })
  return { diagnostics: [...part.diagnostics, ...misread], asked }
}

function pointersOf(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  return new Set(diagnostics.flatMap(({ source }) => (source.kind === 'pointer' ? [source.pointer] : [])))
}

/** Values that no reader of a member of this type takes; a text may be a number, a list a single text, a reference an id. */
function others(value: Value): readonly Value[] {
  if (typeof value === 'string') return [{}, [{}]]
  if (typeof value === 'number') return [{}, [{}]]
  if (typeof value === 'boolean') return [{}, [{}], 'perhaps', 7]
  return Array.isArray(value) ? [true, {}] : [7, true, [7]]
}

const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** Changes one member; `undefined` takes it away. Nothing happens when what it stands in is gone. */
function change(bodies: Value[], pointer: string, value: Value): void {
  const parts = pointer.split('/').slice(1).map(unescaped)
  const last = parts.pop() ?? ''
  let at: Value = bodies
  for (const part of parts) at = typeof at === 'object' && at !== null ? (at as Container)[part] : undefined
  if (typeof at !== 'object' || at === null || !(last in at)) return
  if (value === undefined) delete (at as Container)[last]
  else (at as Container)[last] = value
}

function valueAt(bodies: readonly Value[], pointer: string): Value {
  const parts = pointer.split('/').slice(1).map(unescaped)
  return parts.reduce((at: Value, part) => (at as Container)[part], bodies as Value)
}

/** Members are changed a few at a time, the same ones in every run: the n-th of each round's stride. */
const ROUNDS = 10

describe('bodies of any shape', () => {
  test.skipIf(!present)('there are bodies of many types', () => expect(shapes.length).toBeGreaterThan(80))

  test.for(shapes)('%s is read, and every member that is asked for is of the type the API gives it', (name) => {
    const part = importAzure([{ path: name, text: textOf(name) }], { placements: [] })
    expect(part.diagnostics.filter((one) => one.code === 'NT1635')).toEqual([])
  })

  describe.each(ESTATES)('in %s', (_, make) => {
    const original = make()
    const members = [...imported(original).asked].filter((pointer) => !/^\/\d+\/(id|type|name)$/.test(pointer))

    test('a member of another type is reported at its place whenever it is asked for', () => {
      expect(members.length).toBeGreaterThan(50)
      let tried = 0
      for (let round = 0; round < ROUNDS; round++) {
        const bodies = make()
        const changed = members.filter((_one, index) => index % ROUNDS === round)
        for (const pointer of changed) {
          const wrong = others(valueAt(original, pointer))
          change(bodies, pointer, wrong[round % wrong.length])
        }
        const { diagnostics, asked } = imported(bodies)
        const said = pointersOf(diagnostics)
        const read = changed.filter((pointer) => asked.has(pointer))
        tried += read.length
        expect(read.filter((pointer) => !said.has(pointer))).toEqual([])
      }
      expect(tried).toBeGreaterThan(members.length / 2)
    })

    test.each([
      ['null', null],
      ['missing', undefined],
    ])('a member that is %s never makes it throw', (_word, value) => {
      for (let round = 0; round < ROUNDS / 2; round++) {
        const bodies = make()
        for (const [index, pointer] of members.entries()) {
          if (index % (ROUNDS / 2) === round) change(bodies, pointer, value)
        }
        expect(() => imported(bodies)).not.toThrow()
      }
    })

    test.each([
      ['null', null],
      ['missing', undefined],
    ])('a required member that is %s is reported where it should stand', (_word, value) => {
      const bodies = make()
      const without = REQUIRED_MEMBERS.flatMap((one) =>
        holders(bodies, one.type, one.within).map((at) => ({ ...one, ...at })),
      )
      for (const { holder, oneOf } of without) {
        for (const key of oneOf) for (const level of [holder, holder.properties]) take(level, key, value)
      }
      const { diagnostics } = imported(bodies)
      const said = diagnostics.filter((one) => one.code === 'NT1636')
      const missing = without.filter(
        ({ pointer, oneOf }) =>
          !said.some(
            ({ source, message }) =>
              source.kind === 'pointer' && source.pointer === pointer && message.includes(oneOf.join(' or ')),
          ),
      )
      expect(missing.map(({ pointer, oneOf }) => `${pointer} ${oneOf.join('|')}`)).toEqual([])
    })
  })
})

function take(level: Value, key: string, value: Value): void {
  if (typeof level !== 'object' || level === null || !(key in level)) return
  if (value === undefined) delete (level as Container)[key]
  else (level as Container)[key] = value
}

/** The objects that are to hold a member, with their pointers. */
function holders(
  bodies: readonly Value[],
  type: string,
  within: readonly string[],
): { holder: Container; pointer: string }[] {
  const seen = new Set<string>()
  return bodies.flatMap((value, index) => {
    const body = value as Container
    const id = String(body.id ?? '').toLowerCase()
    if (String(body.type ?? '').toLowerCase() !== type || (id !== '' && seen.has(id))) return []
    seen.add(id)
    return parts(body, `/${index}`, within)
  })
}

function parts(
  holder: Container,
  pointer: string,
  within: readonly string[],
): { holder: Container; pointer: string }[] {
  const [key, ...rest] = within
  if (key === undefined) return [{ holder, pointer }]
  const inner = holder.properties as Container | undefined
  const [from, at] = inner?.[key] === undefined ? [holder[key], pointer] : [inner[key], `${pointer}/properties`]
  if (Array.isArray(from)) {
    return from.flatMap((one, index) => parts(one as Container, `${at}/${key}/${index}`, rest))
  }
  return typeof from === 'object' && from !== null ? parts(from as Container, `${at}/${key}`, rest) : []
}
