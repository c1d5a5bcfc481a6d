import { implied } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import type { Answer } from './resolution.ts'
import { empty, failed } from './walk.ts'

/** An answer and whose it is. */
export interface Voice {
  readonly label: string
  readonly answer: Answer
}

/**
 * The answer of several servers of which any may be the one that is heard: theirs when those that answer agree,
 * else unknown, naming two that differ. Silent and failing ones do not count while another answers; `takesErrors`: a
 * SERVFAIL may be what is heard. `voices` must not be empty.
 */
export function agreed(voices: readonly Voice[], otherwise: string, takesErrors = false): Answer {
  const answering = voices.filter((voice) => !failed(voice.answer))
  const heard = takesErrors ? voices.filter(({ answer }) => !failed(answer) || answer.kind === 'servfail') : answering
  const first = heard[0]
  if (!first) {
    const last = voices[voices.length - 1]
    return last ? last.answer : empty('timeout', otherwise, implied('no server is named'), 'DnsServerUnreachable')
  }
  const other = heard.find((voice) => signature(voice.answer) !== signature(first.answer))
  if (!other) return first.answer
  const text = `${otherwise}: ${outcome(first)}, ${outcome(other)}`
  return empty('unknown', text, other.answer.source)
}

function signature(answer: Answer): string {
  const values = answer.records.filter((record) => record.type !== 'CNAME').map((record) => `${record.value}`)
  return `${answer.kind} ${answer.publicName ?? ''} ${values.sort().join(' ')}`
}

function outcome(voice: Voice): string {
  return `${voice.label} says ${shownAnswer(voice.answer)}`
}

/** An answer in a few words: the last addresses, or its kind. */
export function shownAnswer(answer: Answer): string {
  const values = answer.records.filter((record) => record.type !== 'CNAME').map((record) => shownValue(record.value))
  if (answer.kind === 'answer' && values.length > 0) return values.slice(0, 4).join(', ')
  return KIND_WORDS[answer.kind]
}

const KIND_WORDS: Readonly<Record<Answer['kind'], string>> = {
  answer: 'an answer',
  nodata: 'no address',
  nxdomain: 'NXDOMAIN',
  servfail: 'SERVFAIL',
  refused: 'REFUSED',
  timeout: 'nothing',
  unknown: 'something we cannot tell',
}

/** A record's value as people write it. */
export function shownValue(value: Parameters<typeof formatIp>[0] | string): string {
  return typeof value === 'string' ? value : formatIp(value)
}
