import type { Source } from '../../model/index.ts'
import { type LogicalLine, sourceIn } from './logical-line.ts'

/** One property of an entry as the last line that set it says. */
export interface Property {
  readonly value: string
  readonly line: LogicalLine
  readonly offset: number
}

/** One thing in a menu: a rule, an address, a service; or the single set of settings of a menu that has only one. */
export interface Entry {
  readonly menu: string
  readonly properties: ReadonlyMap<string, Property>
  /** The line that added it, or first set it; absent for a built-in one that no line names. */
  readonly line: LogicalLine | undefined
  /** The properties somebody asked for; kept only where lines are accounted for. */
  readonly asked?: Set<string>
}

/** A property's value; `undefined` when it is unset or empty, which mean the same in an export. */
export function textOf(entry: Entry, key: string): string | undefined {
  entry.asked?.add(key)
  const value = entry.properties.get(key)?.value
  return value === '' ? undefined : value
}

/** Whether a property says yes; `otherwise` when it says nothing. */
export function isYes(entry: Entry | undefined, key: string, otherwise = false): boolean {
  const value = entry && textOf(entry, key)
  return value === undefined ? otherwise : value === 'yes' || value === 'true'
}

/** Whether an entry is switched off: kept by RouterOS, never evaluated. */
export function isDisabled(entry: Entry): boolean {
  return isYes(entry, 'disabled')
}

/** Where an entry stands: the line that added it. */
export function sourceOf(entry: Entry): Source {
  return entry.line
    ? sourceIn(entry.line)
    : { kind: 'implied', because: `RouterOS has it in /${entry.menu} by default` }
}

/** Where a property stands; the entry's own place when no line sets it. */
export function sourceOfProperty(entry: Entry, key: string): Source {
  const property = entry.properties.get(key)
  return property && property.line !== NO_LINE ? sourceIn(property.line, property.offset) : sourceOf(entry)
}

/** The line of a property that no line sets. */
export const NO_LINE: LogicalLine = { file: '', text: '', starts: [0], places: [{ line: 1, column: 1 }] }
