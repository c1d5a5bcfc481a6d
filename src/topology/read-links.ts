import type { LinkPlan } from './plan.ts'
import { fault, membersOf, quoted, textOf, textsOf, wordOf, wrongType } from './shape.ts'
import type { Report, Written } from './written.ts'

const KEYS = ['segment', 'internet', 'tunnel', 'mtu', 'fragmentation-needed'] as const
const KINDS = ['segment', 'internet', 'tunnel'] as const

/** Reads `links:`: a list of ends is a segment, else a map says which kind it is. */
export function readLinks(value: Written | undefined, report: Report): LinkPlan[] {
  if (!value || value.kind === 'nothing') return []
  if (value.kind !== 'list') {
    wrongType(report, value, 'links', 'a list')
    return []
  }
  return value.items.map((item) => readLink(item, report)).filter((plan) => plan !== undefined)
}

function readLink(item: Written, report: Report): LinkPlan | undefined {
  const { source } = item
  if (item.kind === 'list') return withEnds({ kind: 'segment', ends: textsOf(item, 'a link', report), source }, report)
  if (item.kind !== 'map') {
    wrongType(report, item, 'a link', 'a list of device:interface, or "internet:" or "tunnel:" with one')
    return undefined
  }
  const members = membersOf(item, 'a link', KEYS, report)
  const [kind, second] = KINDS.filter((one) => members.has(one))
  if (!kind || second) {
    const lacks = 'a link that is no list of ends needs "segment:", "internet:" or "tunnel:" with them'
    const message = kind ? `a link is either "${kind}" or "${second}": make it two` : lacks
    fault(report, 'NT1103', message, source)
    return undefined
  }
  const ends = textsOf(members.get(kind), `the ends of a ${kind} link`, report)
  const mtu = readMtu(members.get('mtu'), report)
  const needed = wordOf(members.get('fragmentation-needed'), 'fragmentation-needed', ['sent', 'lost'], report)
  const shape = { ...(mtu !== undefined && { mtu }), ...(needed && { fragmentationNeeded: needed }) }
  return withEnds({ kind, ends, ...shape, source }, report)
}

const FEWEST = { segment: 2, internet: 1, tunnel: 2 }

function withEnds(plan: LinkPlan, report: Report): LinkPlan | undefined {
  const { kind, ends, source } = plan
  const fits = kind === 'tunnel' ? ends.length === 2 : ends.length >= FEWEST[kind]
  if (fits) return plan
  const count = kind === 'tunnel' ? 'exactly two ends' : kind === 'segment' ? 'two ends or more' : 'one end or more'
  fault(report, 'NT1103', `a ${kind} link has ${count}, this one ${ends.length}`, source)
  return undefined
}

function readMtu(value: Written | undefined, report: Report): number | undefined {
  const text = textOf(value, 'mtu', report)
  if (!text) return undefined
  const mtu = /^\d{1,5}$/.test(text.value) ? Number(text.value) : 0
  if (mtu >= 68 && mtu <= 65535) return mtu
  fault(report, 'NT1102', `mtu: ${quoted(text.value)} is not a number of bytes from 68 to 65535`, text.source)
  return undefined
}
