import { type FileReading, inert, type LineReading, withoutSecrets } from '../text/index.ts'
import { readingTotals, shortfalls } from './reading-totals.ts'

/** What of a file to print: every line, or only those that could affect an answer and are not in the model. */
export type ReadingExtent = 'all' | 'rest'

/**
 * Files printed back, every line with what was made of it: `=` understood and in the model, `o` understood and not in
 * the model, `~` partly, `!` ignored though it could matter, blank where it cannot. Totals and reasons come last.
 * Secrets are replaced.
 */
export function readingText(files: readonly FileReading[], extent: ReadingExtent): string {
  const parts = files.map((file) => fileText(file, extent))
  return `${[...parts, LEGEND, ...totalsLines(files)].join('\n')}\n`
}

const LEGEND = `
=  understood    o  understood, not in the model    ~  partly understood    !  ignored    .  ignored, cannot matter`

function fileText({ file, formatWords, text, lines }: FileReading, extent: ReadingExtent): string {
  const width = String(lines.length).length
  const shown = lines.flatMap((reading, index) => {
    if (extent === 'rest' && (reading.modelled || !reading.relevant)) return []
    const words = inert(withoutSecrets(text[index] ?? '')).trimEnd()
    const line = `${signOf(reading)} ${String(reading.line).padStart(width)}  ${words}`.trimEnd()
    return [line, ...reasonLines(reading, width, extent)]
  })
  return [`${inert(file)}: ${formatWords}`, ...shown].join('\n')
}

function signOf({ kind, relevant, modelled }: LineReading): string {
  if (!relevant) return '.'
  if (kind === 'understood') return modelled ? '=' : 'o'
  return kind === 'partly' ? '~' : '!'
}

// Of a line that cannot matter the reason is told only where it is more than "blank" or a bracket.
function reasonLines({ relevant, modelled, because }: LineReading, width: number, extent: ReadingExtent): string[] {
  if (because === undefined || modelled || (!relevant && (extent === 'rest' || PLAIN.has(because)))) return []
  return [`  ${' '.repeat(width)}    ^ ${inert(because)}`]
}

const PLAIN: ReadonlySet<string> = new Set(['blank', 'a comment', 'only holds other lines together'])

function totalsLines(files: readonly FileReading[]): string[] {
  const { lines, relevant, understood, modelled, partly, ignored } = readingTotals(files)
  const rest = shortfalls(files)
  const reasons = rest.slice(0, REASONS_SHOWN).map((one) => {
    return `  ${String(one.count).padStart(5)}  ${inert(one.because)}  (first at ${inert(one.file)}:${one.line})`
  })
  const more = rest.length - REASONS_SHOWN
  return [
    ...(reasons.length > 0 ? ['', 'Not in the model, by reason:', ...reasons] : []),
    ...(more > 0 ? [`         ... ${more} more reasons; -o json has all`] : []),
    '',
    `${lines} lines, ${relevant} could affect reachability or names: ${understood} understood (${percent(understood, relevant)}), ` +
      `${partly} partly, ${ignored} ignored`,
    `${modelled} of ${relevant} are in the model (${percent(modelled, relevant)})`,
  ]
}

const REASONS_SHOWN = 20

function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`
}
