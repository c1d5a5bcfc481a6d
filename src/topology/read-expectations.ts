import type { Expectation } from '../model/index.ts'
import { addressesOf, fault, membersOf, textOf, textsOf, wordOf, wrongType } from './shape.ts'
import type { Report, Written } from './written.ts'

const KEYS = ['id', 'from', 'to', 'works', 'via', 'blocked', 'because', 'resolves'] as const
const WORKS = ['yes', 'no', 'one-way', 'unknown'] as const

/** The dispositions a packet that is not seen to arrive can end with. */
const BLOCKED = [
  'denied',
  'rejected',
  'no-route',
  'null-routed',
  'neighbor-unreachable',
  'refused-by-service',
  'loop',
  'too-big',
  'unsupported',
  'unknown',
] as const

/** Reads `expect:`. An entry that lacks what it must say is reported and left out. */
export function readExpectations(value: Written | undefined, report: Report): Expectation[] {
  if (!value || value.kind === 'nothing') return []
  if (value.kind !== 'list') {
    wrongType(report, value, 'expect', 'a list')
    return []
  }
  return value.items.map((item, index) => readExpectation(item, index, report)).filter((one) => one !== undefined)
}

function readExpectation(item: Written, index: number, report: Report): Expectation | undefined {
  const members = membersOf(item, 'an expectation', KEYS, report)
  if (item.kind === 'nothing') wrongType(report, item, 'an expectation', 'from, to and works')
  if (item.kind !== 'map') return undefined
  const missing = (['from', 'to', 'works'] as const).filter((key) => !members.has(key))
  if (missing.length > 0) {
    const lacks = missing.map((key) => `"${key}"`).join(', ')
    fault(report, 'NT1103', `an expectation lacks ${lacks}`, item.source)
  }
  const id = textOf(members.get('id'), 'the id of an expectation', report)?.value ?? `#${index + 1}`
  const what = `expectation ${id}`
  const from = textOf(members.get('from'), `"from" of ${what}`, report)?.value
  const to = textOf(members.get('to'), `"to" of ${what}`, report)?.value
  const works = wordOf(members.get('works'), `"works" of ${what}`, WORKS, report)
  const blocked = wordOf(members.get('blocked'), `"blocked" of ${what}`, BLOCKED, report)
  const because = textOf(members.get('because'), `"because" of ${what}`, report)?.value
  const resolves = addressesOf(members.get('resolves'), `"resolves" of ${what}`, report).map((one) => one.value)
  const via = textsOf(members.get('via'), `"via" of ${what}`, report).map((one) => one.value)
  if (from === undefined || to === undefined || works === undefined) return undefined
  return {
    id,
    from,
    to,
    works,
    via,
    ...(blocked !== undefined && { blocked }),
    ...(because !== undefined && { because }),
    ...(resolves.length > 0 && { resolves }),
    source: item.source,
  }
}
