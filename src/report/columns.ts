import { formatSource, type Source } from '../model/index.ts'
import { inert } from '../text/index.ts'

/** One line of an answer: a lead, words, and where they stand. */
export interface Line {
  readonly lead: string
  readonly text: string
  readonly source?: Source | undefined
}

/** Width at which the place starts, where the words leave room; longer words push it right, nothing is cut. */
const PLACE_COLUMN = 92

/** Lines with their leads padded to one width and their places in one column. Text from files is made safe to print. */
export function layOut(lines: readonly Line[]): string[] {
  const width = lines.reduce((most, line) => Math.max(most, inert(line.lead).length), 0)
  return lines.map((line) => {
    const words = `${inert(line.lead).padEnd(width)}  ${inert(line.text)}`
    const place = line.source === undefined ? '' : placeWords(line.source)
    return place === '' ? words.trimEnd() : `${words.padEnd(PLACE_COLUMN)}  ${place}`
  })
}

/** A place as an answer shows it; a reason that is no place is shown only where it is the point. */
function placeWords(source: Source): string {
  return source.kind === 'implied' ? '' : inert(formatSource(source))
}
