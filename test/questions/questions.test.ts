import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nettrace, PROJECT } from '../cli/command-line.ts'

/** What must come out for one name from one sender. */
interface Wanted {
  readonly works: string
  readonly disposition?: string
  readonly addresses?: readonly string[]
  /** A text of what decided. */
  readonly decidedBy?: string
  /** The cause's code; null: nothing is missing. */
  readonly cause: string | null
  /** Texts of the cause's message: the objects to look at. */
  readonly names?: readonly string[]
  /** The file the cause points into; absent where no line states it. */
  readonly place?: string
}

/** What `question.json` of a folder says: the words of the command without its topology, and what must come out. */
interface Asked {
  readonly ask: string
  readonly exit: number
  /** One a sender; with --all-names one a name and sender, names first. */
  readonly answers: readonly Wanted[]
  /** The change that does away with the cause, and the answers after it; absent where there is none to make. */
  readonly fix?: readonly { readonly file: string; readonly find: string; readonly put: string }[]
  readonly fixed?: readonly Wanted[]
}

/** An answer of `-o json`, as far as it is looked at. */
interface Answer {
  readonly works: string
  readonly disposition: string
  readonly decidedBy: { readonly text: string }
  readonly cause: {
    readonly code: string
    readonly message: string
    readonly source: { readonly file?: string }
  } | null
  readonly resolution: { readonly addresses: readonly string[] } | null
}

interface Printed extends Partial<Answer> {
  readonly answers?: readonly Answer[]
  readonly names?: readonly { readonly callers: readonly { readonly answer: Answer }[] }[]
}

const root = join(PROJECT, 'fixtures/questions')
const folders = readdirSync(root, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []))

function asked(folder: string): Asked {
  return JSON.parse(readFileSync(join(root, folder, 'question.json'), 'utf8'))
}

function words(folder: string): string[] {
  return [...asked(folder).ask.split(' '), '-t', `fixtures/questions/${folder}/topology.yaml`]
}

function answersIn(printed: Printed): readonly Partial<Answer>[] {
  const { names, answers } = printed
  if (names) return names.flatMap((one) => one.callers.map(({ answer }) => answer))
  return answers ?? [printed]
}

function holds(printed: Printed, wanted: readonly Wanted[], folder: string): void {
  const given = answersIn(printed)
  expect(given).toHaveLength(wanted.length)
  for (const [at, one] of wanted.entries()) {
    const { works, disposition, decidedBy, cause, resolution } = given[at] ?? {}
    expect([works, cause?.code ?? null]).toEqual([one.works, one.cause])
    if (one.disposition !== undefined) expect(disposition).toBe(one.disposition)
    if (one.addresses) expect(resolution?.addresses).toEqual(one.addresses)
    if (one.decidedBy !== undefined) expect(decidedBy?.text).toContain(one.decidedBy)
    for (const name of one.names ?? []) expect(cause?.message).toContain(name)
    if (one.place !== undefined) expect(cause?.source.file).toBe(`${folder}${one.place}`)
  }
}

/** A copy of a folder beside the estate some of them borrow service tags from; gone after `use`. */
function withCopy(folder: string, use: (copy: string) => void): void {
  const temporary = mkdtempSync(join(tmpdir(), 'nettrace-questions-'))
  try {
    const copy = join(temporary, 'questions', folder)
    cpSync(join(root, folder), copy, { recursive: true })
    symlinkSync(join(PROJECT, 'fixtures/vision-plant'), join(temporary, 'vision-plant'))
    use(copy)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

describe('questions people asked', () => {
  test('there are folders to ask', () => {
    expect(folders.length).toBeGreaterThanOrEqual(12)
  })

  test.for(folders)('%s: one command gives the verdict and the cause', (folder) => {
    const { exit, answers } = asked(folder)
    const { code, out, err } = nettrace([...words(folder), '-o', 'json'])
    expect([err, code]).toEqual(['', exit])
    holds(JSON.parse(out), answers, `fixtures/questions/${folder}/`)
  })

  test.for(folders.filter((one) => asked(one).fix))('%s: once the cause is gone, it works', (folder) => {
    const { ask, fix = [], fixed = [] } = asked(folder)
    withCopy(folder, (copy) => {
      for (const { file, find, put } of fix) {
        const text = readFileSync(join(copy, file), 'utf8')
        expect(text).toContain(find)
        writeFileSync(
          join(copy, file),
          text.replace(find, () => put),
        )
      }
      const { code, out } = nettrace([...ask.split(' '), '-t', join(copy, 'topology.yaml'), '-o', 'json'])
      expect(code).toBe(0)
      holds(JSON.parse(out), fixed, '')
    })
  })

  test.for(folders)('%s: the answer reads as recorded', (folder) => {
    const { code, out } = nettrace(words(folder))
    const answer = `${out}exit ${code}\n`
    const path = join(root, folder, 'answer.txt')
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, answer)
    expect(existsSync(path)).toBe(true)
    expect(answer).toBe(readFileSync(path, 'utf8'))
  })

  test.for(folders)('%s: its page gives the command that is asked here, and where more of it is found', (folder) => {
    const page = readFileSync(join(root, folder, 'README.md'), 'utf8')
    expect(page).toContain(`\nnettrace ${words(folder).join(' ')}\n`)
    expect(page).toContain('**The cause.**')
    expect(page).toMatch(
      /https:\/\/(?:github\.com|learn\.microsoft\.com|www\.rfc-editor\.org|bind9\.readthedocs\.io)\//,
    )
  })
})
