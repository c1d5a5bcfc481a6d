import type { Works } from '../diagnose/index.ts'

/** What the process ends with; sysexits.h from 64 on. */
export const EXIT = {
  yes: 0,
  no: 1,
  cannotTell: 2,
  usage: 64,
  unreadable: 65,
  unavailable: 69,
  ourBug: 70,
  interrupted: 130,
} as const

/** The exit code of an answer. */
export function exitCodeOf(works: Works): number {
  return works === 'yes' ? EXIT.yes : works === 'unknown' ? EXIT.cannotTell : EXIT.no
}
