import { type Document, isAlias, isCollection, isMap, isScalar, type Pair, parseDocument, Scalar } from 'yaml'
import type { Diagnostic, Source } from '../model/index.ts'
import { inert, type TextFile, TextPlaces } from '../text/index.ts'

/** A value as a YAML file writes it, with its place. Numbers and booleans are text too, spelled as in the file. */
export type Written =
  | { readonly kind: 'text'; readonly text: string; readonly source: Source }
  | { readonly kind: 'list'; readonly items: readonly Written[]; readonly source: Source }
  | { readonly kind: 'map'; readonly members: readonly Member[]; readonly source: Source }
  | { readonly kind: 'nothing'; readonly source: Source }

/** One `key: value`; a key may come twice, in order of the file. */
export interface Member {
  readonly key: string
  /** Where the key stands. */
  readonly source: Source
  readonly value: Written
}

/** Where messages about the input go. */
export type Report = (diagnostic: Diagnostic) => void

/** The size above which a topology is refused: YAML is read at about a megabyte a second. */
export const YAML_LIMIT = 4 * 1024 * 1024

/**
 * Reads a YAML 1.2 text into values that know their places; anchors and aliases are followed. Never throws: a text
 * with a mistake is `undefined`, its first mistake reported.
 */
export function readYaml(file: TextFile, report: Report): Written | undefined {
  const places = new TextPlaces(file.text)
  const sourceAt = (offset: number): Source => {
    const place = places.at(offset)
    return { kind: 'line', file: file.path, ...place, text: inert(places.line(place.line).trimEnd()).slice(0, 200) }
  }
  try {
    // Repeated keys are told apart by us, with both places; the package's own check is quadratic.
    const document = parseDocument(file.text, {
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      schema: 'failsafe',
      customTags: [NOTHING],
    })
    const mistake = document.errors[0]
    if (mistake) {
      const message = `not YAML${/call stack/.test(mistake.message) ? ' that can be read: it is nested too deeply' : `: ${sentence(mistake.message)}`}`
      report({ severity: 'error', code: 'NT1005', message, source: sourceAt(mistake.pos[0]) })
      return undefined
    }
    const conversion = new Conversion(document, sourceAt, report)
    const root = conversion.convert(document.contents, 0)
    return conversion.isWhole ? root : undefined
  } catch {
    const message = 'not YAML that can be read: it is nested too deeply'
    report({ severity: 'error', code: 'NT1005', message, source: sourceAt(0) })
    return undefined
  }
}

// Values are kept as they are spelled, so numbers and booleans need not be told from other text; an absence must be.
const NOTHING = {
  identify: (value: unknown) => value === null,
  default: true,
  tag: 'tag:yaml.org,2002:null',
  test: /^(?:~|[Nn]ull|NULL)?$/,
  resolve: () => new Scalar(null),
} as const

function sentence(message: string): string {
  const line = inert((message.split('\n')[0] ?? '').trim())
  return line.charAt(0).toLowerCase() + line.slice(1)
}

class Conversion {
  readonly #document: Document
  readonly #sourceAt: (offset: number) => Source
  readonly #report: Report
  /** What anchored nodes became; `undefined` while that is being worked out. Shared, so that aliases cost nothing. */
  readonly #done = new Map<unknown, Written | undefined>()

  /** Whether every alias led somewhere. */
  isWhole = true

  constructor(document: Document, sourceAt: (offset: number) => Source, report: Report) {
    this.#document = document
    this.#sourceAt = sourceAt
    this.#report = report
  }

  convert(node: unknown, offset: number): Written {
    if (isAlias(node)) return this.#followed(node.source, node.resolve(this.#document), startOf(node) ?? offset)
    if (!isCollection(node) || node.anchor === undefined) return this.#converted(node, offset)
    this.#done.set(node, undefined)
    const value = this.#converted(node, offset)
    this.#done.set(node, value)
    return value
  }

  #followed(name: string, target: unknown, offset: number): Written {
    const source = this.#sourceAt(offset)
    if (target === undefined || (this.#done.has(target) && this.#done.get(target) === undefined)) {
      const message =
        target === undefined ? `there is no anchor "&${name}" before this` : `"*${name}" stands inside itself`
      if (this.isWhole) this.#report({ severity: 'error', code: 'NT1005', message: `not YAML: ${message}`, source })
      this.isWhole = false
      return { kind: 'nothing', source }
    }
    return this.#done.get(target) ?? this.convert(target, offset)
  }

  #converted(node: unknown, offset: number): Written {
    const source = this.#sourceAt(startOf(node) ?? offset)
    if (isMap(node)) return { kind: 'map', members: node.items.map((pair) => this.#member(pair, offset)), source }
    if (isCollection(node)) {
      const start = startOf(node) ?? offset
      return { kind: 'list', items: node.items.map((item) => this.convert(item, start)), source }
    }
    if (!isScalar(node) || node.value === null || node.value === undefined) return { kind: 'nothing', source }
    const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
    return { kind: 'text', text, source }
  }

  #member(pair: Pair, offset: number): Member {
    const start = startOf(pair.key) ?? offset
    const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value ?? '') : ''
    return { key, source: this.#sourceAt(start), value: this.convert(pair.value, start) }
  }
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined
  return typeof node.range[0] === 'number' ? node.range[0] : undefined
}
