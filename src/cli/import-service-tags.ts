import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { UsageError } from '../diagnose/index.ts'
import { diagnosticsText } from '../report/index.ts'
import { inert } from '../text/index.ts'
import { DISK, type ServiceTagsFile, serviceTagsFile } from '../topology/index.ts'
import { EXIT } from './exit-code.ts'
import { UnreadableInput } from './load.ts'
import type { World } from './world.ts'

/** Runs `import service-tags`: checks Microsoft's list and writes it, sorted by name, where a topology can name it. */
export function importServiceTags(path: string, out: string, world: World): number {
  const list = readList(path, world)
  const target = isAbsolute(out) ? out : join(world.cwd, out)
  const before = existsSync(target) ? earlierList(target, out) : undefined
  try {
    writeFileSync(target, list.text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${out} cannot be written (${code ?? 'unknown error'}): give another file with --out`)
  }
  const { changeNumber, tags, prefixes } = list
  const was = before === undefined || before === changeNumber ? '' : `, was ${before}`
  world.output.out(
    `service tags: change number ${changeNumber}${was}, ${tags} tags, ${prefixes} prefixes
wrote ${inert(out)}

a topology names it:
  azure:
    service-tags: ${/^[A-Za-z0-9_./-]+$/.test(out) ? out : JSON.stringify(out)}
`,
  )
  return EXIT.yes
}

function readList(path: string, world: World): ServiceTagsFile {
  const outcome = path === '-' ? standardInput() : DISK.read(isAbsolute(path) ? path : join(world.cwd, path))
  if ('problem' in outcome) {
    world.output.err(`nettrace: ${inert(path)}: ${outcome.problem}\n`)
    throw new UnreadableInput(path)
  }
  const { file, diagnostics } = serviceTagsFile({ path: path === '-' ? 'standard input' : path, text: outcome.text })
  if (file) {
    if (diagnostics.length > 0) world.output.err(`${diagnosticsText(diagnostics)}\n`)
    return file
  }
  world.output.err(`${diagnosticsText(diagnostics)}\n`)
  throw new UnreadableInput(path)
}

function standardInput(): { text: string } | { problem: string } {
  try {
    return { text: readFileSync(0, 'utf8') }
  } catch {
    return { problem: 'standard input cannot be read' }
  }
}

/** The change number of the list that stands there; what is no such list is not written over. */
function earlierList(target: string, out: string): number {
  const outcome = DISK.read(target)
  const { file } = 'text' in outcome ? serviceTagsFile({ path: out, text: outcome.text }) : {}
  if (!file) throw new UsageError(`${out} is there and is no list of service tags: give another file with --out`)
  return file.changeNumber
}
