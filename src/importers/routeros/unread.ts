import type { Diagnostic } from '../../model/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { sourceIn } from './logical-line.ts'
import { doubtAbout, isNetworkMenu, isOffByDefault, menuUse } from './menus.ts'
import type { Command } from './read.ts'

/** What the lines that were not read would have said. */
export interface Unread {
  readonly diagnostics: readonly Diagnostic[]
  /** Sentences for the device: what runs on it that an answer does not know. */
  readonly notModelled: readonly string[]
}

/**
 * The lines of menus that are not lowered: a warning each where they can change which packets pass or how names are
 * answered (NT1207), one note a menu where they cannot or where nothing is known of it (NT1206). Lines that switch
 * something off say nothing.
 */
export function unreadLines(configuration: Configuration): Unread {
  const diagnostics: Diagnostic[] = []
  const sentences = new Set<string>()
  const noted = new Set<string>()
  for (const command of configuration.commands) {
    const { menu } = command
    const use = menuUse(menu)
    if (use === 'read' || !CHANGING.has(command.verb) || isOff(command)) continue
    const note = NOTED.get(menu)
    if (use === 'inert' && note === undefined) continue
    if (use === 'doubt' || (use === undefined && isNetworkMenu(menu))) {
      const doubt = doubtAbout(menu)
      sentences.add(`/${menu}: ${doubt}`)
      const message = `/${inert(menu)} is left out: ${doubt}.`
      diagnostics.push({ severity: 'warning', code: 'NT1207', message, source: sourceIn(command.line) })
    } else if (!noted.has(menu)) {
      noted.add(menu)
      const message = note ?? `/${inert(menu)} is not known and was left out.`
      diagnostics.push({ severity: 'note', code: 'NT1206', message, source: sourceIn(command.line) })
    }
  }
  return { diagnostics, notModelled: [...sentences] }
}

const CHANGING: ReadonlySet<string> = new Set(['add', 'set', 'enable'])

const NOTED: ReadonlyMap<string, string> = new Map([
  ['system script', 'Scripts are not run; what they change at run time is not part of the answer.'],
  ['system scheduler', 'Scheduled scripts are not run; what they change at run time is not part of the answer.'],
  ['tool netwatch', 'Netwatch scripts are not run; they may change routes when a host stops answering.'],
])

// `enabled=no`, `disabled=yes`, and settings that a verbose export prints though they say nothing.
function isOff(command: Command): boolean {
  const enabled = command.arguments.some(({ key, value }) => key === 'enabled' && value === 'yes')
  if (isOffByDefault(command.menu) && !enabled) return true
  return command.arguments.some(
    ({ key, value }) => (key === 'disabled' && value === 'yes') || (key === 'enabled' && value === 'no'),
  )
}
