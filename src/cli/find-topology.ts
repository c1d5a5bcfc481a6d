import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../diagnose/index.ts'
import { inert, nearestNames } from '../text/index.ts'

/**
 * The topology a command means: `-t` (a file, or the name of one that ships), else `NETTRACE_TOPOLOGY`, else `nettrace.yaml`
 * in this folder or the nearest one above. Throws a UsageError that names the shipped ones when there is none.
 */
export function findTopology(option: string | undefined, environment: NodeJS.ProcessEnv, cwd: string): string {
  const named = option ?? environment.NETTRACE_TOPOLOGY
  if (named !== undefined && named !== '') return shippedOrFile(named, cwd)
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of ['nettrace.yaml', 'nettrace.yml']) {
      if (existsSync(join(folder, name))) return relative(cwd, join(folder, name))
    }
    if (dirname(folder) === folder) break
  }
  const names = shipped().map((name) => `-t ${name}`)
  const toTry = names.length > 0 ? `. To try: ${names.join(' or ')}` : ''
  throw new UsageError(`no topology: give one with -t FILE, set NETTRACE_TOPOLOGY, or write nettrace.yaml here${toTry}`)
}

function shippedOrFile(named: string, cwd: string): string {
  if (existsSync(resolve(cwd, named))) return named
  const names = shipped()
  if (names.includes(named)) return relative(cwd, join(topologiesFolder(), `${named}.yaml`))
  if (/[./\\]/.test(named) || names.length === 0) return named
  const near = nearestNames(named, names)
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `these ship: ${names.join(', ')}`
  throw new UsageError(`there is no file "${inert(named)}" and no topology of that name; ${hint}`)
}

/** The names of the topologies that come with the program, without their ending. */
function shipped(): string[] {
  const folder = topologiesFolder()
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5))
    .sort()
}

// The bundle lies in dist/, the source in src/cli/: both look upward for the package's own folder.
function topologiesFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'topologies')) && dirname(folder) !== folder) folder = dirname(folder)
  return join(folder, 'topologies')
}
