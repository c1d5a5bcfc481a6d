import type { Diagnostic, Source } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { DnsmasqOption } from './option.ts'

/** What dnsmasq's configuration files say, in order, includes put in their place. */
export interface DnsmasqReading {
  readonly options: readonly DnsmasqOption[]
  readonly diagnostics: readonly Diagnostic[]
  /** Files that were read as a part of another. */
  readonly included: ReadonlySet<TextFile>
}

/**
 * Reads configuration files as dnsmasq does (dnsmasq(8), CONFIG FILE): one long option a line without the dashes,
 * `#` at the start of a word begins a comment, quotes keep what is in them. `conf-file` and `conf-dir` are followed
 * into `files` by base name; what is not there, or a loop, becomes a diagnostic.
 */
export function readDnsmasq(roots: readonly TextFile[], files: readonly TextFile[]): DnsmasqReading {
  const reading: Reading = { files, options: [], diagnostics: [], included: new Set(), open: [] }
  for (const root of roots) if (!reading.included.has(root)) readFile(reading, root)
  return reading
}

interface Reading {
  readonly files: readonly TextFile[]
  readonly options: DnsmasqOption[]
  readonly diagnostics: Diagnostic[]
  readonly included: Set<TextFile>
  readonly open: TextFile[]
}

function readFile(reading: Reading, file: TextFile): void {
  reading.open.push(file)
  let number = 0
  for (const line of file.text.split('\n')) {
    number++
    const words = withoutComment(line).trim()
    if (words === '') continue
    const source = lineSource(file, number, line.search(/\S/) + 1, line)
    const equals = words.indexOf('=')
    const name = (equals === -1 ? words : words.slice(0, equals)).trim().replace(/^--/, '')
    const value = equals === -1 ? '' : words.slice(equals + 1).trim()
    if (!/^[a-z0-9][\w-]*$/i.test(name)) {
      reading.diagnostics.push(notAnOption(words, source))
    } else if (name === 'conf-file' || name === 'conf-dir' || name === 'servers-file') {
      include(reading, name, value, source)
    } else reading.options.push({ name: name.toLowerCase(), value, source })
  }
  reading.open.pop()
}

/** A line up to its comment, quotes taken off. */
function withoutComment(line: string): string {
  if (!line.includes('#') && !line.includes('"')) return line
  let made = ''
  let quoted = false
  let blank = true
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (character === '"') quoted = !quoted
    else if (character === '\\' && quoted && at + 1 < line.length) made += line[++at]
    else if (character === '#' && blank && !quoted) break
    else made += character
    blank = /\s/.test(character)
  }
  return made
}

function include(reading: Reading, name: string, value: string, source: Source): void {
  const path = value.split(',')[0] ?? ''
  const found =
    name === 'conf-dir'
      ? reading.files.filter((file) => file.path.includes(`${baseName(path)}/`))
      : reading.files.filter((file) => baseName(file.path) === baseName(path))
  if (found.length === 0) reading.diagnostics.push(notGiven(name, path, source))
  for (const file of found) {
    if (reading.open.includes(file)) reading.diagnostics.push(loop(path, source))
    else if (!reading.included.has(file)) {
      reading.included.add(file)
      readFile(reading, file)
    }
  }
}

function notAnOption(words: string, source: Source): Diagnostic {
  const message = `"${words.slice(0, 40)}" is not an option of dnsmasq; dnsmasq refuses to start with such a line.`
  return { severity: 'error', code: 'NT1360', message, source }
}

function notGiven(name: string, path: string, source: Source): Diagnostic {
  const message = `${name} names ${path}, which was not given: options there are not read. Add the file to the export.`
  return { severity: 'warning', code: 'NT1361', message, source, othersMissing: true }
}

function loop(path: string, source: Source): Diagnostic {
  const message = `${path} includes itself; it is read once. Remove the line.`
  return { severity: 'error', code: 'NT1362', message, source }
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/\/+$/, '')
}

/** The place of a line of a file; passwords do not occur in the files this room reads. */
export function lineSource(file: TextFile, line: number, column: number, text: string): Source {
  return { kind: 'line', file: file.path, line, column, text: text.trim().slice(0, 200) }
}
