import { DISK, type FileReader } from './file-reader.ts'

/**
 * The disk for a single question: the `expect:` block of a YAML file reads as blank lines. Only `validate` holds promises,
 * and reading a hundred of them takes as long as everything else in the file; lines keep their numbers.
 */
export const QUESTION_DISK: FileReader = {
  ...DISK,
  read(path) {
    const outcome = DISK.read(path)
    return 'text' in outcome && /\.ya?ml$/.test(path) ? { text: withoutExpectations(outcome.text) } : outcome
  },
}

/** A YAML text whose top-level `expect:` block is blank: from its key to the next line that starts another. */
function withoutExpectations(text: string): string {
  const start = /^expect[ \t]*:/m.exec(text)?.index
  if (start === undefined) return text
  const lines = text.indexOf('\n', start) + 1
  const length = lines === 0 ? -1 : text.slice(lines).search(/^[^\s#-]/m)
  const end = length === -1 ? text.length : lines + length
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, '') + text.slice(end)
}
