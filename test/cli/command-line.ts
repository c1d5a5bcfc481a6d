import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/cli/program.ts'

/** The project's own folder. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url))

/** What a command line printed, and its exit code. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line in this process: words apart by spaces, or a list of them where one holds a space. */
export function nettrace(
  words: string | readonly string[],
  world: { readonly environment?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Ran {
  let out = ''
  let err = ''
  const output = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
  }
  const list = typeof words === 'string' ? words.split(' ').filter((word) => word !== '') : words
  const code = run(list, { output, environment: world.environment ?? {}, cwd: world.cwd ?? process.cwd() })
  return { code, out, err }
}

/** A folder that is gone after `use`; paths in messages start from it. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-'))
  const before = process.cwd()
  try {
    process.chdir(folder)
    return use(folder)
  } finally {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What must hold of every answer to bad input: words, places, and nothing that looks like a crash. */
export function hasStack(text: string): boolean {
  return /^\s+at .+:\d+:\d+\)?$/m.test(text) || /\b(TypeError|RangeError|ReferenceError|our bug)\b/.test(text)
}
