/** A word of a command line; `column` counts from 1 and is where its first character (or quote) stands. */
export interface Word {
  readonly text: string
  readonly column: number
  /** It stood in quotes, so a leading `-` or `!` is text. */
  readonly quoted: boolean
}

/**
 * Splits a line as a shell does: blanks part words, double quotes keep them (with `\"` and `\\` inside, as
 * iptables-save prints), single quotes keep everything. A quote that never ends reaches to the end of the line.
 */
export function splitWords(line: string, from = 0): Word[] {
  const words: Word[] = []
  let at = from
  while (at < line.length) {
    const code = line.charCodeAt(at)
    if (code === 0x20 || code === 0x09) at++
    else at = takeWord(line, at, words)
  }
  return words
}

function takeWord(line: string, start: number, words: Word[]): number {
  let at = start
  let text = ''
  let quoted = false
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === ' ' || character === '\t') break
    if (character === '"' || character === "'") {
      quoted = true
      at++
      while (at < line.length && line.charAt(at) !== character) {
        if (character === '"' && line.charAt(at) === '\\' && at + 1 < line.length) at++
        text += line.charAt(at++)
      }
      at++
    } else {
      text += character
      at++
    }
  }
  words.push({ text, column: start + 1, quoted })
  return at
}

/** Words as a person would type them. */
export function joinWords(words: readonly Word[]): string {
  return words.map((word) => (word.quoted ? `"${word.text}"` : word.text)).join(' ')
}
