import type { PromiseResult } from '../diagnose/index.ts'
import { formatSource } from '../model/index.ts'
import { inert } from '../text/index.ts'

/** What became of a topology's expectations: a line for each that was not kept, and the figures last. */
export function promisesText(results: readonly PromiseResult[]): string {
  const lines: string[] = []
  for (const { expectation, state, differences } of results) {
    if (state === 'kept') continue
    const sign = state === 'unknown' ? '?' : '✗'
    const what = `${sign} ${inert(expectation.id)}  ${inert(expectation.from)} → ${inert(expectation.to)}`
    lines.push(`${what}  ${inert(differences.join('; '))}  ${inert(formatSource(expectation.source))}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The figures of a run: the line that closes it. */
export function figuresLine(results: readonly PromiseResult[]): string {
  const count = (state: PromiseResult['state']) => results.filter((one) => one.state === state).length
  const unknown = count('unknown')
  return `${count('kept')} passed, ${count('broken')} failed${unknown > 0 ? `, ${unknown} skipped` : ''}\n`
}
