import { posix } from 'node:path'
import type { Source } from '../model/index.ts'
import { type TextFile, TextPlaces } from '../text/index.ts'
import { type FileReader, SIZE_LIMIT, tooLarge } from './file-reader.ts'
import type { NamedPath } from './plan.ts'
import { fault } from './shape.ts'
import type { Report } from './written.ts'

/** Every file a topology reads, each read once; what cannot be read is reported at the line that names it. */
export class InputFiles {
  readonly #reader: FileReader
  readonly #report: Report
  /** `undefined` = could not be read. */
  readonly #read = new Map<string, TextFile | undefined>()

  constructor(reader: FileReader, report: Report) {
    this.#reader = reader
    this.#report = report
  }

  /** The paths of the files that could be read, in the order they were first asked for. */
  get paths(): string[] {
    return [...this.#read].flatMap(([path, file]) => (file ? [path] : []))
  }

  /** One file; `undefined` when it cannot be read. A file that is no text is reported once, a missing one each time. */
  file(named: NamedPath, limit = SIZE_LIMIT): TextFile | undefined {
    const { path } = named
    const known = this.#read.get(path)
    if (known) return known
    const outcome = this.#reader.read(path)
    const problem = 'problem' in outcome ? outcome.problem : this.#problemOf(outcome.text, limit)
    if (problem !== undefined) {
      fault(this.#report, 'NT1002', `${path}: ${problem}`, named.source)
      this.#read.set(path, undefined)
      return undefined
    }
    if ('problem' in outcome) return undefined
    const text = outcome.text.charCodeAt(0) === 0xfeff ? outcome.text.slice(1) : outcome.text
    const file = this.#isText(named, text) ? { path, text } : undefined
    this.#read.set(path, file)
    return file
  }

  /**
   * The files some entries name: a file is itself, a folder its files with one of the endings (all when there is
   * none) in order of their names. `complete` is false when any could not be read.
   */
  files(entries: readonly NamedPath[], endings: readonly string[]): { files: TextFile[]; complete: boolean } {
    const files: TextFile[] = []
    let complete = true
    for (const entry of entries) {
      const named = this.#expanded(entry, endings)
      if (named.length === 0) complete = false
      for (const one of named) {
        const file = this.file(one)
        if (file) files.push(file)
        else complete = false
      }
    }
    return { files, complete }
  }

  #expanded(entry: NamedPath, endings: readonly string[]): NamedPath[] {
    const names = this.#reader.list(entry.path)
    if (!names) return [entry]
    const wanted = names.filter((name) => isWanted(name, endings)).sort()
    if (wanted.length === 0) {
      const what = endings.length > 0 ? `file that ends in ${endings.join(' or ')}` : 'file'
      fault(this.#report, 'NT1006', `${entry.path}: there is no ${what} in this folder`, entry.source)
    }
    return wanted.map((name) => ({ path: posix.join(entry.path, name), source: entry.source }))
  }

  #problemOf(text: string, limit: number): string | undefined {
    return text.length > limit ? tooLarge(text.length, limit) : undefined
  }

  #isText({ path, source }: NamedPath, text: string): boolean {
    const offset = text.indexOf('\0')
    if (offset === -1) return true
    const place = new TextPlaces(text).at(offset)
    const at: Source = { kind: 'line', file: path, ...place, text: '' }
    const wide = isWide(text)
    const message = wide
      ? `${path} is not UTF-8 text, it looks like UTF-16: save it as UTF-8`
      : `${path} is not text: it holds a NUL byte; is it a binary backup instead of an export?`
    fault(this.#report, 'NT1003', message, at, ['named here', source])
    return false
  }
}

/** Whether text read as UTF-8 is UTF-16: a NUL beside each letter, after a byte order mark that became two U+FFFD. */
function isWide(text: string): boolean {
  const start = text.startsWith('\ufffd\ufffd') ? 2 : 0
  const nuls = [0, 1, 2, 3].map((at) => text.charCodeAt(start + at) === 0)
  return nuls[0] !== nuls[1] && nuls[0] === nuls[2] && nuls[1] === nuls[3]
}

function isWanted(name: string, endings: readonly string[]): boolean {
  if (name.startsWith('.') || name.endsWith('~')) return false
  return endings.length === 0 || endings.some((ending) => name.toLowerCase().endsWith(ending))
}
