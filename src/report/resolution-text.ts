import { type Cause, nameSymptom } from '../diagnose/index.ts'
import type { Query, Resolution } from '../dns/index.ts'
import type { Source } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import { addressWords } from './address-words.ts'
import { type Line, layOut } from './columns.ts'
import { symptomLines } from './words.ts'

/** The whole text of a resolution asked for by itself: the answer on line 1, causes and next command last. */
export function resolutionText(resolution: Resolution, causes: readonly Cause[]): string {
  const sign = resolution.addresses.length > 0 ? '✓' : resolution.answer.kind === 'unknown' ? '?' : '✗'
  const [head, ...lines] = resolutionLines(resolution)
  const chain = resolution.answer.records.map((record): Line => {
    const value = typeof record.value === 'string' ? record.value : formatIp(record.value)
    return { lead: '  ', text: `${record.name} ${record.type} ${value}`, source: record.source }
  })
  const ends = causes.map(
    (cause): Line => ({ lead: 'cause', text: `${cause.message} [${cause.code}]`, source: cause.source }),
  )
  const { answer } = resolution
  if (answer.kind === 'unknown') ends.unshift({ lead: 'unknown', text: answer.because, source: answer.source })
  const symptom = resolution.addresses.length > 0 ? undefined : nameSymptom(resolution)
  const title = [`${sign} ${head ?? ''}`, ...symptomLines(symptom)]
  const blocks = [title, lines, layOut(chain), layOut(ends)].filter((block) => block.length > 0)
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`
}

/**
 * One name as several devices see it: whether they agree on line 1, then a line a device with what it gets and whom it asked,
 * and why, where something is missing.
 */
export function resolutionsText(answers: readonly Resolved[]): string {
  const name = answers[0]?.resolution.question.name ?? ''
  const seen = new Set(answers.map(({ resolution }) => answerWords(resolution)))
  const head = seen.size === 1 ? `= ${name} is the same from all of them` : `≠ ${name} is not the same from all of them`
  const lines = answers.flatMap(({ resolution, causes }): Line[] => [
    { lead: resolution.device, text: answerWords(resolution), source: resolution.answer.source },
    { lead: '', text: `asked ${serversAsked(resolution)}` },
    ...causes
      .slice(0, 1)
      .map((cause): Line => ({ lead: '', text: `because ${cause.message} [${cause.code}]`, source: cause.source })),
  ])
  return `${[head, '', ...layOut(lines)].join('\n')}\n`
}

/** A resolution and what was missing for it. */
export interface Resolved {
  readonly resolution: Resolution
  readonly causes: readonly Cause[]
}

/** The chain of servers a name was asked of, the last to be asked last. */
export function serversAsked({ queries }: Resolution): string {
  const names: string[] = []
  let last = queries[queries.length - 1]
  while (last) {
    names.push(last.label)
    last = last.asked[last.asked.length - 1]
  }
  return names.length === 0 ? 'its hosts file' : names.join(' → ')
}

/** A resolution as lines: the answer first, then every server asked, those it asked in turn further in. */
export function resolutionLines(resolution: Resolution): string[] {
  const { question, answer } = resolution
  const lines: Line[] = []
  for (const query of resolution.queries) queryLines(query, 1, resolution.askedBecause, lines)
  if (resolution.queries.length === 0) lines.push({ lead: '', text: answer.because, source: answer.source })
  return [`${question.name} ${answerWords(resolution)}`, ...layOut(lines)]
}

/** What came out, in words. */
export function answerWords(resolution: Resolution): string {
  if (resolution.addresses.length > 0) return `→ ${addressWords(resolution)}`
  switch (resolution.answer.kind) {
    case 'nxdomain':
      return '→ NXDOMAIN: there is no such name'
    case 'nodata':
    case 'answer':
      return '→ no address'
    case 'servfail':
      return '→ SERVFAIL'
    case 'refused':
      return '→ REFUSED'
    case 'timeout':
      return '→ no server answers (timeout)'
    case 'unknown':
      return '→ cannot be told'
  }
}

function queryLines(query: Query, depth: number, because: string | undefined, lines: Line[]): void {
  const outer = '  '.repeat(depth - 1)
  const at =
    query.server === undefined || query.label.includes(formatIp(query.server)) ? '' : ` ${formatIp(query.server)}`
  const why = because === undefined ? '' : ` (${because})`
  lines.push({ lead: '', text: `${outer}${query.by} asks ${query.label}${at} for ${query.question.name}${why}` })
  const add = (sign: string, text: string, source: Source) =>
    lines.push({ lead: '', text: `${outer}  ${sign} ${text}`, source })
  for (const one of query.considered) add(one.taken ? '✓' : '–', one.text, one.source)
  for (const asked of query.asked) queryLines(asked, depth + 1, undefined, lines)
  const saidAlready = query.asked.some((one) => one.answer.because === query.answer.because)
  if (query.asked.length === 0 || (query.answer.kind !== 'answer' && !saidAlready)) {
    add(query.answer.kind === 'answer' ? '=' : '✗', query.answer.because, query.answer.source)
  }
}
