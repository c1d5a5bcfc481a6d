import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'

const folder = new URL('.', import.meta.url).pathname
const questions = readdirSync(folder)
  .filter((name) => name.endsWith('.args'))
  .map((name) => name.slice(0, -'.args'.length))

test.for(questions)('%s is answered as recorded, byte for byte', (name) => {
  const words = readFileSync(join(folder, `${name}.args`), 'utf8').trim().split('\n')
  let text = ''
  const output = { out: (more: string) => (text += more), err: () => undefined }
  const code = run(words, { output: { out: (more) => void output.out(more), err: output.err }, environment: {}, cwd: process.cwd() })
  const answer = `${text}exit ${code}\n`
  const path = join(folder, `${name}.txt`)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, answer)
  expect(answer).toBe(readFileSync(path, 'utf8'))
})
