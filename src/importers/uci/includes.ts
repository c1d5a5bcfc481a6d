import type { Diagnostic } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { Dialect } from './dialect.ts'
import { isDisabled, sectionsOf, textOf, type UciPackage } from './section.ts'

/** Rules from outside the package that were not read. */
export interface Includes {
  readonly diagnostics: readonly Diagnostic[]
  /** As sentences for the answers they could change. */
  readonly notModelled: readonly string[]
}

/** The file every OpenWrt ships, holding comments only until somebody writes rules into it. */
const SHIPPED = '/etc/firewall.user'

/**
 * `config include` sections: scripts and rule files whose content is not UCI. A file that was given and holds nothing
 * but comments changes nothing; `/etc/firewall.user` is shipped so, and a note when it was not given.
 */
export function includesOf(firewall: UciPackage | undefined, files: readonly TextFile[], dialect: Dialect): Includes {
  const diagnostics: Diagnostic[] = []
  const notModelled: string[] = []
  for (const section of sectionsOf(firewall, 'include')) {
    if (isDisabled(section)) continue
    const path = textOf(section, 'path') ?? '(no path)'
    const given = files.find((file) => path !== '' && path.endsWith(`/${baseName(file.path)}`))
    if (given && !/^\s*[^\s#]/m.test(given.text)) continue
    const shipped = path === SHIPPED && !given
    const ineffective = shipped && dialect.name === 'fw4' ? ' (fw4 runs it only where it is marked compatible)' : ''
    const message = `The rules of ${path} are not imported${ineffective}; give the device's rule listing to have them.`
    const missing = given ? {} : ({ othersMissing: true } as const)
    const severity = shipped ? 'note' : 'warning'
    diagnostics.push({ severity, code: 'NT1326', message, source: section.source, ...missing })
    if (!shipped) notModelled.push(`firewall rules of ${path}`)
  }
  return { diagnostics, notModelled }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
