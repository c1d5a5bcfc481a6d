import { posix } from 'node:path'

/** A path as messages show it: relative when it is below the current directory, else as given, tidied. */
export function shownPath(path: string, current: string): string {
  const tidy = posix.normalize(path)
  if (!posix.isAbsolute(tidy)) return tidy
  const relative = posix.relative(current, tidy)
  return relative === '' || relative.startsWith('..') || posix.isAbsolute(relative) ? tidy : relative
}
