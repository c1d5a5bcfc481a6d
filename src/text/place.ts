/** A place in a text: line and column count from 1; the column counts UTF-16 units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Turns offsets of one text into places. Lines end at LF; a CR before it belongs to the line end. */
export class TextPlaces {
  readonly #text: string
  readonly #starts: number[] = [0]

  constructor(text: string) {
    this.#text = text
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  /** The place of an offset; an offset past the end is the place of the end. */
  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: Math.max(0, offset - (this.#starts[low] ?? 0)) + 1 }
  }

  /** The text of a line (from 1) without its end; empty for a line that does not exist. */
  line(line: number): string {
    const start = this.#starts[line - 1]
    if (start === undefined) return ''
    const next = this.#starts[line]
    return this.#text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '')
  }
}
