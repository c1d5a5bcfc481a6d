import { readdirSync, readFileSync, statSync } from 'node:fs'

/** What came of asking for one file. */
export type ReadOutcome =
  | { readonly text: string }
  /** Why there is no text, in words that follow the path: `there is no such file`. */
  | { readonly problem: string }

/** The only door to the disk. Another one can hold files in memory: tests, or a patch laid over the real files. */
export interface FileReader {
  /** The whole text of a file. Paths are as messages show them: relative to the current directory, or absolute. */
  read(path: string): ReadOutcome
  /** The names of the files directly in a folder, in any order; `undefined` when the path is no folder. */
  list(folder: string): readonly string[] | undefined
}

const MEGABYTE = 1024 * 1024
/** The size in bytes above which a file is refused. */
export const SIZE_LIMIT = 64 * MEGABYTE

/** Files on disk, relative paths from the current directory. Bytes that are not UTF-8 become U+FFFD. */
export const DISK: FileReader = {
  read(path) {
    try {
      const stat = statSync(path)
      if (stat.isDirectory()) return { problem: 'it is a folder' }
      if (!stat.isFile()) return { problem: 'it is not a regular file' }
      if (stat.size > SIZE_LIMIT) return { problem: tooLarge(stat.size, SIZE_LIMIT) }
      return { text: readFileSync(path, 'utf8') }
    } catch (error) {
      return { problem: problemOf(error) }
    }
  },
  list(folder) {
    try {
      const entries = readdirSync(folder, { withFileTypes: true })
      return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
    } catch {
      return undefined
    }
  },
}

/** Why a file of so many bytes is refused. */
export function tooLarge(size: number, limit: number): string {
  return `it has ${Math.ceil(size / MEGABYTE)} MB, and files above ${limit / MEGABYTE} MB are not read`
}

function problemOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission to read it is denied'
  if (code === 'ELOOP') return 'its symbolic links go in a circle'
  return typeof code === 'string' ? `it cannot be read (${code})` : 'it cannot be read'
}
