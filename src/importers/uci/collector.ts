import type { Diagnostic, Source } from '../../model/index.ts'
import type { UciPackage, UciSection, UciValue } from './section.ts'

/** A section that is still being read. */
export interface OpenSection {
  /** Sets an option; the last one wins. */
  option(key: string, value: UciValue): void
  /** Appends to a list. */
  list(key: string, value: UciValue): void
}

/** Collects the sections of some files by package. */
export class UciCollector {
  readonly diagnostics: Diagnostic[] = []
  readonly #packages = new Map<string, UciSection[]>()
  readonly #counts = new Map<string, number>()
  readonly #named = new Map<string, OpenSection>()
  readonly #isNoted: boolean

  /** `isNoted`: sections keep what is asked of them. */
  constructor(isNoted: boolean) {
    this.#isNoted = isNoted
  }

  /** Begins a section, or goes on with the one of the same package, type and name, as libuci does. */
  begin(packageName: string, type: string, name: string | undefined, source: Source): OpenSection {
    const id = `${packageName}\n${type}\n${name}`
    const before = name === undefined ? undefined : this.#named.get(id)
    if (before) return before
    const sections = this.#packages.get(packageName) ?? []
    this.#packages.set(packageName, sections)
    const kind = `${packageName}\n${type}`
    const index = this.#counts.get(kind) ?? 0
    this.#counts.set(kind, index + 1)
    const options = new Map<string, UciValue[]>()
    const overwritten: Source[] = []
    sections.push({
      type,
      ...(name !== undefined && { name }),
      index,
      source,
      options,
      ...(this.#isNoted && { asked: new Set<string>(), overwritten }),
    })
    const open = openSection(options, this.#isNoted ? overwritten : undefined)
    if (name !== undefined) this.#named.set(id, open)
    return open
  }

  /** What was collected. */
  packages(): ReadonlyMap<string, UciPackage> {
    return new Map([...this.#packages].map(([name, sections]) => [name, { name, sections }]))
  }
}

function openSection(options: Map<string, UciValue[]>, overwritten: Source[] | undefined): OpenSection {
  return {
    option: (key, value) => {
      for (const before of overwritten ? (options.get(key) ?? []) : []) overwritten?.push(before.source)
      options.set(key, [value])
    },
    list: (key, value) => {
      const values = options.get(key)
      if (values) values.push(value)
      else options.set(key, [value])
    },
  }
}
