import { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EarlierImport, earlierImport, MANIFEST } from './collection-files.ts'

/** Why a folder is not written to; the message says what to do. Caught in the CLI (exit 64). */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder'
}

/** What writing did beside the files themselves. */
export interface Written {
  /** The import that stood there before. */
  readonly earlier?: EarlierImport
  /** Names of its files that are no longer there, sorted. */
  readonly removed: readonly string[]
}

/**
 * Writes the files into a folder, made when it is not there. What an earlier import wrote and this one does not is removed. All
 * are written beside their places before the first is put into its own, so that a disk that is full leaves what stood there.
 * Throws an UnusableFolder.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): Written {
  const parts: string[] = []
  try {
    mkdirSync(folder, { recursive: true })
    const earlier = earlierIn(folder)
    for (const [name, content] of files) {
      const part = join(folder, `${name}.part`)
      parts.push(part)
      writeFileSync(part, content)
    }
    for (const name of files.keys()) renameSync(join(folder, `${name}.part`), join(folder, name))
    const removed = (earlier?.files ?? []).filter((name) => !files.has(name)).sort()
    for (const name of removed) rmSync(join(folder, name), { force: true })
    return { removed, ...(earlier && { earlier }) }
  } catch (error) {
    for (const part of parts) removeQuietly(part)
    throw unusable(folder, error)
  }
}

/**
 * The import that stands in a folder. Throws an UnusableFolder when the folder is not ours to write: before anything is asked
 * of Azure.
 */
export function checkFolder(folder: string): EarlierImport | undefined {
  let names: string[]
  try {
    names = readdirSync(folder)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(folder, error)
  }
  const earlier = earlierIn(folder)
  const ours = new Set(earlier?.files ?? [MANIFEST])
  const foreign = names.find((name) => name.toLowerCase().endsWith('.json') && !ours.has(name))
  if (foreign !== undefined)
    throw new UnusableFolder(`${folder} holds ${foreign}, which no import wrote: give another folder with --out`)
  return earlier
}

function earlierIn(folder: string): EarlierImport | undefined {
  try {
    return earlierImport(readFileSync(join(folder, MANIFEST), 'utf8'))
  } catch {
    return undefined
  }
}

function removeQuietly(part: string): void {
  try {
    rmSync(part, { force: true })
  } catch {
    // It was no file of ours.
  }
}

function unusable(folder: string, error: unknown): UnusableFolder {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  const what = code === 'ENOSPC' ? 'make room, or ' : ''
  return new UnusableFolder(`${folder} cannot be written (${code}): ${what}give another folder with --out`)
}
