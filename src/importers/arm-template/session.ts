import type { Source } from '../../model/index.ts'
import type { JsonDocument, TextFile } from '../../text/index.ts'
import type { AssignedAddress } from './assigned-address.ts'
import { STAND_IN_PLACE } from './deployment-place.ts'
import type { Expansion } from './expand-value.ts'
import type { Instance } from './instance.ts'
import type { LeftOut } from './left-out.ts'
import { type LinkedFiles, makeLinkedFiles } from './linked-file.ts'
import { ProducedDocument } from './produced-document.ts'
import { makeReports, type Reports } from './reports.ts'
import { unevaluated } from './value.ts'

/** One reading of a template: what was found so far. */
export interface Session extends Expansion, Reports {
  readonly produced: ProducedDocument
  /** The resources, nested deployments' too, by lower-case id. */
  readonly byId: Map<string, Instance>
  /** The same in the order they were found. */
  readonly instances: Instance[]
  /** Objects that are a resource's: what they lack may be there after deployment. */
  readonly open: WeakSet<object>
  /** Values only Azure knows that were replaced, with the place of the first. */
  readonly standIns: ReadonlyMap<string, Source>
  /** Children that may or may not be deployed. */
  readonly uncertain: LeftOut[]
  /** The templates beside this one. */
  readonly linked: LinkedFiles
  /** How many resources may or may not be deployed, or have an unknown name, and were left out. */
  leftOut: number
  /** How many expressions were looked at, each counted once however often it was evaluated. */
  expressions(): number
  standIn(what: string): void
  /** The addresses Azure will assign to a resource, as an earlier reading told them. */
  assignedTo(id: string): readonly AssignedAddress[]
  /** The word `{name}` that stands in for a text parameter without a value, which is reported. */
  missingText(parameters: object, name: string): string
  holdsStandIn(value: unknown): boolean
  deeper(make: () => unknown): unknown
}

/** A new reading of a template, with the addresses that are known to be assigned. */
export function makeSession(
  document: JsonDocument,
  file: string,
  beside: readonly TextFile[] = [],
  addresses: readonly AssignedAddress[] = [],
): Session {
  const produced = new ProducedDocument(document)
  const linked = makeLinkedFiles(file, produced, beside)
  const reports = makeReports(document, produced, file, linked)
  const assigned = new Map<string, AssignedAddress[]>()
  for (const one of addresses) assigned.set(one.id, [...(assigned.get(one.id) ?? []), one])
  const words = new Set([STAND_IN_PLACE.location, STAND_IN_PLACE.resourceGroup ?? ''])
  return {
    ...reports,
    ...visits(reports),
    ...limits(),
    produced,
    linked,
    uncertain: [],
    byId: new Map(),
    instances: [],
    open: new WeakSet(),
    leftOut: 0,
    assignedTo: (id) => assigned.get(id.toLowerCase()) ?? [],
    missingText(parameters, name) {
      const word = `{${name}}`
      words.add(word.toLowerCase())
      const message = `parameter "${name}" has neither a value nor a default: ${word} stands in for it; give a parameters file`
      reports.report('warning', 'NT1656', message, parameters, name)
      return word
    },
    holdsStandIn: (value) => holdsWord(value, words),
  }
}

/** What is counted and remembered of each expression that is looked at. */
function visits({ sourceOf }: Reports): Pick<Session, 'visit' | 'expressions' | 'standIn' | 'standIns'> {
  const visited = new Map<object, Set<string | number>>()
  const standIns = new Map<string, Source>()
  let count = 0
  let here: readonly [object, (string | number)?] = [{}]
  return {
    standIns,
    expressions: () => count,
    visit(_, container, key) {
      here = [container, key]
      const keys = visited.get(container) ?? new Set()
      if (!keys.has(key)) count++
      visited.set(container, keys.add(key))
    },
    standIn(what) {
      if (!standIns.has(what)) standIns.set(what, sourceOf(...here))
    },
  }
}

const DEPTH_LIMIT = 600
const ROUND_LIMIT = 100_000

/** What keeps a template from taking all time and memory. */
function limits(): Pick<Session, 'deeper' | 'rounds'> {
  let depth = 0
  let left = ROUND_LIMIT
  return {
    deeper(make) {
      if (depth > DEPTH_LIMIT) return unevaluated(`it is nested deeper than ${DEPTH_LIMIT} levels`)
      depth++
      const made = make()
      depth--
      return made
    },
    rounds(count) {
      left -= count
      return left >= 0
    },
  }
}

const PART_LIMIT = 10_000

function holdsWord(value: unknown, words: ReadonlySet<string>): boolean {
  const open = [value]
  for (let seen = 0; open.length > 0 && seen < PART_LIMIT; seen++) {
    const one = open.pop()
    if (typeof one === 'string') {
      const text = one.includes('{') ? one.toLowerCase() : ''
      if (text !== '') for (const word of words) if (text.includes(word)) return true
    } else if (typeof one === 'object' && one !== null) open.push(...Object.values(one).slice(0, PART_LIMIT))
  }
  return open.length > 0
}
