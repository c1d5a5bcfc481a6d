import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test('the answer in the README is the answer the program gives', () => {
  const [, command = '', answer = ''] = /```\n\$ nettrace ([^\n]+)\n([\s\S]*?)```/.exec(readme) ?? []
  let text = ''
  const output = { out: (more: string) => void (text += more), err: () => undefined }
  expect(run(command.split(' '), { output, environment: {}, cwd: process.cwd() })).toBe(1)
  expect(answer).toBe(text)
})

test('the commands in the README run what it says they run', () => {
  expect(readme).toContain('npm ci && node bin/nettrace.js from ')
  expect(readme).toContain('npm ci && npm test\n')
})
