import type { Diagnostic } from '../../model/index.ts'
import type { Instance } from './instance.ts'
import type { LinkedFile } from './linked-file.ts'
import type { Origin } from './produced-document.ts'
import type { Session } from './session.ts'
import { isMembers, isUnevaluated, type Members, setMember, type Unevaluated, unevaluated } from './value.ts'

const PART_LIMIT = 200_000
// One unknown value may be a part of another thousands of times; the first reports say it all.
const REPORT_LIMIT = 100

/**
 * The body of a resource as plain values, each with its place. Where a value could not be told, the text of its
 * expression stays, so that no reader takes it for a value or for nothing, and a diagnostic says so. `undefined` when
 * the whole body is unknown.
 */
export function settledBody(session: Session, instance: Instance): Members | undefined {
  const body = instance.full()
  if (!isMembers(body)) {
    if (isUnevaluated(body)) session.reportUnknown('warning', instance.name, body, instance.declaration)
    return undefined
  }
  const words = `${lastPart(instance.type)} ${instance.name}`
  const file = session.linked.fileOf(instance.declaration)
  const settler = new Settler(session, instance.type.toLowerCase(), words, file)
  return settler.settle(body, { container: instance.declaration }, []) as Members
}

class Settler {
  readonly #session: Session
  readonly #type: string
  readonly #words: string
  readonly #file: LinkedFile | undefined
  #parts = 0
  #unknowns = 0

  constructor(session: Session, type: string, words: string, file: LinkedFile | undefined) {
    this.#session = session
    this.#type = type
    this.#words = words
    this.#file = file
  }

  settle(value: unknown, origin: Origin, trail: readonly string[]): unknown {
    if (isUnevaluated(value)) return this.#unknown(value, origin, trail)
    if (typeof value === 'string') this.#checkStandIn(value, origin, trail)
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? null : value
    if (++this.#parts > PART_LIMIT) return null
    const { produced, linked } = this.#session
    const from = produced.originOf(value)
    // What another file handed over stands, for this body, where the body's own file takes it.
    const isOwn = from !== undefined && linked.fileOf(from.container) === this.#file
    const own = isOwn ? from : origin
    const made: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
    if (isOwn || !from) produced.copied(value, made)
    produced.trace(made, own)
    for (const [key, member] of Object.entries(value)) {
      const below = own.key === undefined ? { container: own.container, key } : own
      const settled = this.settle(member, below, [...trail, key])
      if (Array.isArray(made)) made.push(settled)
      else setMember(made, key, settled)
    }
    return made
  }

  /** A word that stands in for a whole value, and not for a part of a name, makes the value unknown. */
  #checkStandIn(text: string, origin: Origin, trail: readonly string[]): void {
    const isNaming = trail.length === 1 || /^(id|name)$/i.test(trail.at(-1) ?? '')
    if (isNaming || !/^\{[^{}]*\}$/.test(text) || !this.#session.holdsStandIn(text)) return
    const because = `${text} only stands in for a value that is not known`
    const key = origin.key ?? trail.at(-1)
    const { container } = origin
    const at = key === undefined ? {} : { expression: { text, container, key } }
    this.#unknown({ ...unevaluated(because), ...at }, origin, trail)
  }

  #unknown(value: Unevaluated, origin: Origin, trail: readonly string[]): string {
    if (++this.#unknowns > REPORT_LIMIT) return value.expression?.text ?? '[unknown]'
    const path = trail.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join('')
    const what = `${path.replace(/^\./, '')} of ${this.#words}`
    this.#session.reportUnknown(severityOf(this.#type, trail), what, value, origin.container)
    return value.expression?.text ?? '[unknown]'
  }
}

// What resources of these say about packets or names; all others only make notes.
const TELLING =
  /^microsoft\.(network|storage|keyvault|containerregistry|machinelearningservices|sql|documentdb|eventhub|servicebus|devices|databricks|containerservice|cognitiveservices|search|web|cache|dbforpostgresql|dbformysql|batch)\//

function severityOf(type: string, trail: readonly string[]): Diagnostic['severity'] {
  if (/location$|name$|description$/i.test(trail.at(-1) ?? '')) return 'note'
  if (trail.some((key) => /^(tags|zones|sku|metadata|diagnosticsProfile|osProfile)$/i.test(key))) return 'note'
  if (trail.some((key) => /secret|password|sharedkey|sshkey/i.test(key))) return 'note'
  if (type === 'microsoft.compute/virtualmachines' && trail.includes('networkProfile')) return 'warning'
  return TELLING.test(type) ? 'warning' : 'note'
}

function lastPart(type: string): string {
  return type.slice(type.lastIndexOf('/') + 1)
}
