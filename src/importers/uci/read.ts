import type { Diagnostic, Source } from '../../model/index.ts'
import { type TextFile, TextPlaces } from '../../text/index.ts'
import { type OpenSection, UciCollector } from './collector.ts'
import { readShow } from './read-show.ts'
import { redacted } from './secret.ts'
import type { UciPackage } from './section.ts'
import { nextStatement, type UciWord } from './words.ts'

/** What UCI files say, by package. */
export interface UciReading {
  readonly packages: ReadonlyMap<string, UciPackage>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads files of /etc/config, `uci export` (with `package` lines) and `uci show` alike (OpenWrt: the UCI system). The
 * package of a file without `package` lines is its base name, or what its section types tell. A mistake in the grammar
 * makes `uci` refuse the file: the first one of each file is an error, and reading goes on behind it.
 */
export function readUci(files: readonly TextFile[]): UciReading {
  const collector = new UciCollector(files.some((file) => file.ledger))
  for (const file of files) {
    if (file.text.includes('\0')) collector.diagnostics.push(notText(file))
    else readOne(file, collector)
  }
  return { packages: collector.packages(), diagnostics: collector.diagnostics }
}

function readOne(file: TextFile, into: UciCollector): void {
  if (/^[\w-]+(\.[\w@[\]-]+){1,2}=/m.test(file.text) && !/^\s*config\s/m.test(file.text)) readShow(file, into)
  else readConfig(file, into)
}

function readConfig(file: TextFile, into: UciCollector): void {
  const places = new TextPlaces(file.text)
  const guessed = packageOf(file)
  let packageName = guessed
  let section: OpenSection | undefined
  let failed = false
  const fail = (word: UciWord, key: string, message: string) => {
    if (!failed) into.diagnostics.push(syntax(message, sourceAt(file, places, word.offset, key)))
    failed = true
  }
  for (let at = 0; ; ) {
    const statement = nextStatement(file.text, at)
    if (!statement) return
    at = statement.end
    const [command, first, second] = statement.words
    if (!command) continue
    const key = first?.text ?? ''
    if (statement.unclosed) fail(statement.unclosed, key, 'a quote is opened here and never closed')
    const source = sourceAt(file, places, command.offset, key)
    if (command.text === 'package') packageName = key || guessed
    else if (command.text === 'config' && first) {
      section = into.begin(packageName, key, second?.text || undefined, source)
    } else if ((command.text === 'option' || command.text === 'list') && section && first) {
      section[command.text](key, { text: second?.text ?? '', source })
    } else fail(command, key, complaint(command.text, section !== undefined))
  }
}

function complaint(command: string, inSection: boolean): string {
  const known = ['config', 'option', 'list'].includes(command)
  if (known && !inSection && command !== 'config') return `"${command}" stands before any "config" line`
  return known
    ? `"${command}" needs a name behind it`
    : `"${command.slice(0, 30)}" is not config, option, list or package`
}

function sourceAt(file: TextFile, places: TextPlaces, offset: number, key: string | undefined): Source {
  const { line, column } = places.at(offset)
  const text = redacted(key, places.line(line).trim()).slice(0, 200)
  return { kind: 'line', file: file.path, line, column, text }
}

const KNOWN_PACKAGES = ['network', 'firewall', 'dhcp', 'system', 'dropbear', 'uhttpd', 'wireless', 'mwan3']

/** Section types that tell a package whose file has another name. */
const TELLTALES: Readonly<Record<string, RegExp>> = {
  firewall: /^\s*config\s+['"]?(zone|forwarding|redirect|defaults)\b/m,
  network: /^\s*config\s+['"]?(interface|switch_vlan|bridge-vlan|globals)\b/m,
  dhcp: /^\s*config\s+['"]?(dnsmasq|odhcpd)\b/m,
}

function packageOf(file: TextFile): string {
  const base = file.path.slice(file.path.lastIndexOf('/') + 1)
  if (KNOWN_PACKAGES.includes(base)) return base
  const told = Object.entries(TELLTALES).find(([, pattern]) => pattern.test(file.text))
  return told?.[0] ?? KNOWN_PACKAGES.find((name) => base.startsWith(`${name}.`) || base.endsWith(`-${name}`)) ?? base
}

function notText(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return { severity: 'error', code: 'NT1300', message: 'The file is not text; give a file of /etc/config.', source }
}

function syntax(message: string, source: Source): Diagnostic {
  const full = `This is no UCI: ${message}; uci refuses the whole file. Compare it with the device's own.`
  return { severity: 'error', code: 'NT1301', message: full, source }
}
