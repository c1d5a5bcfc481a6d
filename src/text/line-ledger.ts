/** What was made of a line of a file, at the end. Line counts from 1. */
export interface LineReading {
  readonly line: number
  /** `partly`: some of its words. `understood` is about the words; `modelled` says whether answers use them. */
  readonly kind: 'understood' | 'partly' | 'ignored'
  /** Whether it could affect reachability or names. */
  readonly relevant: boolean
  /** Whether all of it that could affect them is in the model. */
  readonly modelled: boolean
  /** Why it is not understood or not modelled, or why it does not matter; absent when understood and modelled. */
  readonly because?: string
}

/**
 * What readers note about the lines of one file while they read it, for a person who checks an import. A line can be
 * noted many times, once for each of its words; the notes are put together at the end.
 */
export class LineLedger {
  readonly #lines = new Map<number, Notes>()

  /** Words on this line were read and are in the model, or say nothing where they stand (a default, a disabled rule). */
  modelled(line: number): void {
    this.#of(line).modelled = true
  }

  /** Words on this line were understood, and the model has no place for them: answers do not know of them. */
  known(line: number, because: string): void {
    this.#of(line).known ??= because
  }

  /** Words on this line could affect reachability or names and were not understood. */
  unread(line: number, because: string): void {
    this.#of(line).unread ??= because
  }

  /** Words on this line cannot affect reachability or names. */
  inert(line: number, because: string): void {
    this.#of(line).inert ??= because
  }

  /** Whether nothing was noted of a line. */
  isSilent(line: number): boolean {
    return !this.#lines.has(line)
  }

  /** Every line of the text, in order. A line nobody noted counts as relevant and ignored, unless it says nothing. */
  readings(text: string): LineReading[] {
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    return lines.map((words, index) => readingOf(index + 1, this.#lines.get(index + 1) ?? emptiness(words)))
  }

  #of(line: number): Notes {
    let notes = this.#lines.get(line)
    if (!notes) {
      notes = {}
      this.#lines.set(line, notes)
    }
    return notes
  }
}

interface Notes {
  modelled?: true
  known?: string
  unread?: string
  inert?: string
}

/** Why a line with nothing but brackets does not count. */
export const STRUCTURE = 'only holds other lines together'

function emptiness(words: string): Notes {
  if (words.trim() === '') return { inert: 'blank' }
  return BRACKETS.test(words) ? { inert: STRUCTURE } : { unread: 'nettrace does not read this line' }
}

const BRACKETS = /^[\s[\](){},;]*$/

function readingOf(line: number, notes: Notes): LineReading {
  const { modelled, known, unread, inert } = notes
  if (unread !== undefined) {
    const kind = modelled || known !== undefined ? 'partly' : 'ignored'
    return { line, kind, relevant: true, modelled: false, because: unread }
  }
  if (known !== undefined) {
    return { line, kind: modelled ? 'partly' : 'understood', relevant: true, modelled: false, because: known }
  }
  if (modelled) return { line, kind: 'understood', relevant: true, modelled: true }
  return { line, kind: 'ignored', relevant: false, modelled: false, because: inert ?? 'says nothing' }
}
