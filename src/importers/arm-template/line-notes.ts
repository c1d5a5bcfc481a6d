import type { JsonDocument } from '../../text/index.ts'
import { isMembers, type Members, memberName, memberOf } from './value.ts'

/**
 * Counts as looked at what the expressions that somebody looked at take their values from: parameters, with the value a
 * parameters file gives them, and variables; and of a resource that is looked at, its conditions and loops.
 */
export function completeTemplate(document: JsonDocument, given: JsonDocument | undefined): void {
  const { visits, value } = document
  if (!visits || !isMembers(value)) return
  const reach = new Reach(document, given)
  reach.walk(value, [value])
}

class Reach {
  readonly #visits: NonNullable<JsonDocument['visits']>
  readonly #given: JsonDocument | undefined
  readonly #done = new Set<string>()
  readonly #numbers = new Map<object, number>()

  constructor(document: JsonDocument, given: JsonDocument | undefined) {
    this.#visits = document.visits as NonNullable<JsonDocument['visits']>
    this.#given = given
  }

  /** Follows what is looked at below a value; tells whether there was anything. `templates`: those around it. */
  walk(value: object, templates: readonly Members[]): boolean {
    const inner = isMembers(value) && isTemplatePart(value) ? [...templates, value] : templates
    let found = false
    const list = Array.isArray(value)
    for (const [key, member] of Object.entries(value)) {
      if (typeof member === 'object' && member !== null) {
        if (this.walk(member as object, inner)) found = true
      }
      if (!this.#visits.has(value, key)) continue
      found = true
      this.#follow(member, inner)
    }
    if (found && !list && isMembers(value)) this.#completeDeclaration(value, inner)
    return found
  }

  /** What says whether, how often and where a thing that is looked at stands. */
  #completeDeclaration(value: Members, templates: readonly Members[]): void {
    const isLoop = memberOf(value, 'count') !== undefined && memberOf(value, 'input') !== undefined
    const isResource = memberOf(value, 'type') !== undefined && memberOf(value, 'apiVersion') !== undefined
    const keys = isLoop
      ? ['name', 'count']
      : isResource
        ? ['name', 'type', 'condition', 'location', 'existing', 'resourceGroup', 'subscriptionId']
        : ['name']
    for (const key of keys) this.#see(value, key, templates)
    const loop = isResource ? memberOf(value, 'copy') : undefined
    if (isMembers(loop)) for (const key of ['name', 'count']) this.#see(loop, key, templates)
  }

  #see(value: Members, key: string, templates: readonly Members[]): void {
    const name = memberName(value, key)
    if (name === undefined) return
    this.#visits.visit(value, name)
    this.#follow(value[name], templates)
  }

  /** The parameters and variables an expression names, wherever in a value it stands. */
  #follow(value: unknown, templates: readonly Members[]): void {
    if (Array.isArray(value)) for (const one of value) this.#follow(one, templates)
    if (typeof value !== 'string' || !value.startsWith('[') || value.startsWith('[[')) return
    for (const [whole, kind = '', name = ''] of value.matchAll(NAMES)) {
      for (const template of templates)
        this.#reach(kind.toLowerCase(), name, template, templates, value === `[${whole}]`)
    }
  }

  #reach(kind: string, name: string, template: Members, templates: readonly Members[], isAlone: boolean): void {
    const id = `${this.#numberOf(template)} ${kind} ${name.toLowerCase()} ${isAlone}`
    if (this.#done.has(id)) return
    this.#done.add(id)
    const holder = memberOf(template, kind)
    if (!isMembers(holder)) return
    const key = memberName(holder, name)
    if (key === undefined) {
      const loops = kind === 'variables' ? memberOf(holder, 'copy') : undefined
      const loop = Array.isArray(loops)
        ? loops.find((one) => String(memberOf(one, 'name')).toLowerCase() === name.toLowerCase())
        : undefined
      if (isMembers(loop)) this.#all(loop, templates)
      return
    }
    const declared = holder[key]
    if (kind === 'variables') {
      this.#visits.visit(holder, key)
      this.#follow(declared, templates)
      // An object that became a part of a resource as it is has its members looked at there.
      if (!isAlone || !isMembers(declared)) this.#all(declared, templates)
      return
    }
    if (isMembers(declared)) {
      for (const one of ['type', 'defaultValue', 'allowedValues', 'nullable']) this.#see(declared, one, templates)
      const given = memberOf(declared, 'defaultValue')
      if (!isAlone || !isMembers(given)) this.#all(given, templates)
    } else this.#visits.visit(holder, key)
    this.#reachGiven(name)
    this.#reachPassed(name, template, templates)
  }

  /** The value that a parameters file gives. */
  #reachGiven(name: string): void {
    const visits = this.#given?.visits
    const list = memberOf(this.#given?.value, 'parameters')
    const given = memberOf(list, name)
    if (!visits || !isMembers(given)) return
    const seeAll = (value: object) => {
      for (const [key, inside] of Object.entries(value)) {
        visits.visit(value, key)
        if (typeof inside === 'object' && inside !== null) seeAll(inside)
      }
    }
    seeAll(given)
  }

  /** The value that the deployment around a nested template passes. */
  #reachPassed(name: string, template: Members, templates: readonly Members[]): void {
    for (const one of templates) {
      const list = memberOf(one, 'resources')
      const resources = isMembers(list) ? Object.values(list) : Array.isArray(list) ? list : []
      for (const resource of resources) {
        const properties = memberOf(resource, 'properties')
        if (memberOf(properties, 'template') !== template) continue
        const passed = memberOf(memberOf(properties, 'parameters'), name)
        if (isMembers(passed)) this.#all(passed, templates)
      }
    }
  }

  #all(value: unknown, templates: readonly Members[]): void {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inside] of Object.entries(value)) {
      this.#visits.visit(value, key)
      this.#follow(inside, templates)
      this.#all(inside, templates)
    }
  }

  #numberOf(template: object): number {
    const known = this.#numbers.get(template) ?? this.#numbers.size
    this.#numbers.set(template, known)
    return known
  }
}

const NAMES = /\b(parameters|variables)\(\s*'([^']+)'\s*\)/gi

function isTemplatePart(value: Members): boolean {
  return memberOf(value, 'resources') !== undefined && memberOf(value, '$schema') !== undefined
}
