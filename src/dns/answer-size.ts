import type { Answer, Question } from './resolution.ts'

/** A question's own part of a message: header, type and class (RFC 1035 section 4.1). */
const HEADER = 12
const QUESTION = 4
/** Type, class, time to live and length of a record, beside its name and data. */
const RECORD = 10
const POINTER = 2

/** The bytes an answer takes at least, names compressed as far as they can be (RFC 1035 section 4.1.4). */
export function answerSize(question: Question, answer: Answer): number {
  const known = new Set<string>()
  let size = HEADER + nameSize(question.name, known) + QUESTION
  for (const { name, type, value } of answer.records) {
    size += nameSize(name, known) + RECORD
    if (typeof value === 'number') size += 4
    else if (typeof value === 'bigint') size += 16
    else if (type === 'CNAME' || type === 'NS' || type === 'PTR') size += nameSize(value, known)
    else size += value.length + 1
  }
  return size
}

/** The labels up to one that stood before, which a pointer stands for; the final dot takes a byte. */
function nameSize(name: string, known: Set<string>): number {
  let size = 0
  for (let at = name; at !== ''; ) {
    if (known.has(at)) return size + POINTER
    known.add(at)
    const dot = at.indexOf('.')
    size += (dot === -1 ? at.length : dot) + 1
    at = dot === -1 ? '' : at.slice(dot + 1)
  }
  return size + 1
}
