let lastWords: (() => void) | undefined

/** What to do when the person interrupts, before the program ends with 130. The last one given counts. */
export function onInterruption(words: () => void): void {
  lastWords = words
}

/** Says the last words, if any command has some. */
export function sayLastWords(): void {
  lastWords?.()
}
