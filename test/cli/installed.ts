import { spawn, spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT, type Ran } from './command-line.ts'

/** Puts the package into a folder as it is installed, built anew. */
export function installInto(folder: string): string {
  for (const part of ['bin', 'package.json', 'topologies', 'fixtures'])
    cpSync(join(PROJECT, part), join(folder, part), { recursive: true })
  spawnSync(process.execPath, ['scripts/build.mjs', join(folder, 'dist')], { cwd: PROJECT, stdio: 'inherit' })
  return folder
}

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ran>
  interrupt(): void
}

/** Runs an installed program in a folder. It knows no home folder and no sign-in of this machine. */
export function startIn(
  folder: string,
  installed: string,
  words: string,
  environment: NodeJS.ProcessEnv = {},
): Running {
  const child = spawn(process.execPath, [join(installed, 'bin/nettrace.js'), ...words.split(' ')], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, out, err })))
  return { ended, interrupt: () => child.kill('SIGINT') }
}
