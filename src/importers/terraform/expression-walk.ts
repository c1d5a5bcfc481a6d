import type { ConfiguredModule } from './configuration.ts'
import type { Instance } from './instance.ts'
import { type ReferenceText, readReference } from './reference-text.ts'

/** A reference to a resource. */
export type ResourceReference = Extract<ReferenceText, { kind: 'resource' }>

/** What an expression means, and whether that is all of it. */
export interface Meaning {
  readonly found: readonly string[]
  readonly complete: boolean
}

/** What references to one resource mean: `targets` are the instances they may be to. `undefined` = nothing, and rightly. */
export type Leaf = (
  targets: readonly Instance[],
  references: readonly ResourceReference[],
  depth: number,
) => Meaning | undefined

/** Where an expression is evaluated: a module of the configuration, and which instances of it. */
interface Frame {
  readonly scope: ConfiguredModule
  readonly module: string
  /** The module's address has its last index, or needs none. */
  readonly exact: boolean
}

/** Who asks, and for what. */
interface Asking {
  readonly instance: Instance
  readonly leaf: Leaf
  /** Whatever is named beside what the leaf knows may decide as well: then the expression means nothing that is known. */
  readonly strict: boolean
}

type Hint = string | number | undefined

const DEPTH_LIMIT = 20
const LOST: Meaning = { found: [], complete: false }

/** Follows the references of expressions, through variables and outputs of modules, to instances. */
export class ExpressionWalk {
  readonly #byAddress = new Map<string, Instance[]>()

  constructor(instances: readonly Instance[]) {
    for (const one of instances) {
      if (one.isGone) continue
      const address = `${one.isData ? 'data.' : ''}${one.type}.${one.name}`
      const list = this.#byAddress.get(address)
      if (list) list.push(one)
      else this.#byAddress.set(address, [one])
    }
  }

  /** The instances of a resource in all modules, by its address in its own. */
  at(address: string): readonly Instance[] {
    return this.#byAddress.get(address) ?? []
  }

  /** What the references of an expression of an instance mean. */
  follow(instance: Instance, references: readonly string[], leaf: Leaf, depth = 0, strict = false): Meaning {
    if (!instance.scope || depth > DEPTH_LIMIT) return LOST
    const frame = { scope: instance.scope, module: instance.module, exact: true }
    return this.#targets({ instance, leaf, strict }, frame, references, undefined, depth)
  }

  #targets(asking: Asking, frame: Frame, texts: readonly string[], hint: Hint, depth: number): Meaning {
    const references = texts.map(readReference)
    const own = references.some((one) => one.kind === 'own-index') ? asking.instance.index : undefined
    const all: Meaning[] = []
    for (const group of groupsOf(references)) {
      const meaning = this.#group(asking, frame, group, hint ?? own, depth)
      if (meaning) all.push(meaning)
    }
    return { found: all.flatMap((one) => one.found), complete: all.length > 0 && all.every((one) => one.complete) }
  }

  /** What all references to one thing mean together. */
  #group(
    asking: Asking,
    frame: Frame,
    group: readonly ReferenceText[],
    hint: Hint,
    depth: number,
  ): Meaning | undefined {
    const [first] = group
    if (!first || first.kind === 'own-index' || depth > DEPTH_LIMIT) return undefined
    switch (first.kind) {
      case 'opaque':
        return LOST
      case 'own-value':
        return asking.strict ? LOST : undefined
      case 'variable': {
        const { parent } = frame.scope
        const index = group
          .map((one) => (one.kind === 'variable' ? one.index : undefined))
          .find((one) => one !== undefined)
        if (!parent) return LOST
        const outer = { scope: parent, module: callerOf(frame.module), exact: true }
        return this.#targets(asking, outer, frame.scope.input(first.name), index ?? hint, depth + 1)
      }
      case 'output':
        return this.#output(asking, frame, group, hint, depth)
      case 'resource':
        return this.#resource(asking, frame, group, hint, depth)
    }
  }

  #output(asking: Asking, frame: Frame, group: readonly ReferenceText[], hint: Hint, depth: number): Meaning {
    const outputs = group.filter((one) => one.kind === 'output' && one.output !== '')
    const longest = outputs.findLast((one) => one.kind === 'output' && one.index !== undefined) ?? outputs[0]
    if (longest?.kind !== 'output') return LOST
    const scope = frame.scope.call(longest.call)
    if (!scope) return LOST
    const { callIndex } = longest
    const index = callIndex === undefined ? '' : `[${typeof callIndex === 'number' ? callIndex : `"${callIndex}"`}]`
    const module = `${frame.module === '' ? '' : `${frame.module}.`}module.${longest.call}${index}`
    const inner = { scope, module, exact: index !== '' }
    return this.#targets(asking, inner, scope.output(longest.output), longest.index ?? hint, depth + 1)
  }

  #resource(
    asking: Asking,
    frame: Frame,
    group: readonly ReferenceText[],
    hint: Hint,
    depth: number,
  ): Meaning | undefined {
    const named = group.filter((one) => one.kind === 'resource')
    const [first] = named
    if (!first) return undefined
    const all = this.at(first.address).filter((one) => isIn(one, frame))
    const explicit = new Set(named.flatMap((one) => (one.index === undefined ? [] : [one.index])))
    const indexed = all.filter((one) => one.index !== undefined && explicit.has(one.index))
    const hinted = all.filter((one) => one.index !== undefined && one.index === hint)
    const targets = explicit.size > 0 && !hasSplat(named) ? indexed : all.length > 1 && hinted.length > 0 ? hinted : all
    return asking.leaf(targets, named, depth)
  }
}

function isIn(instance: Instance, { scope, module, exact }: Frame): boolean {
  if (instance.scope !== scope) return false
  return instance.module === module || (!exact && instance.module.startsWith(`${module}[`))
}

/** The address of the module that calls a module. */
function callerOf(module: string): string {
  return module.replace(/(?:^|\.)module\.[\w-]+(?:\[[^[]*\])?$/, '')
}

/** Each reference with an index is listed with its bare address as well; a bare one more is a splat or a loop. */
function hasSplat(references: readonly ReferenceText[]): boolean {
  const bare = references.filter((one) => one.kind === 'resource' && one.index === undefined && one.rest === '')
  const indexed = references.filter((one) => one.kind === 'resource' && one.index !== undefined && one.rest === '')
  return bare.length > indexed.length
}

/** References by what they are to: a plan lists `a.b.id` together with `a.b`. */
function groupsOf(references: readonly ReferenceText[]): ReferenceText[][] {
  const groups = new Map<string, ReferenceText[]>()
  for (const one of references) {
    const key =
      one.kind === 'resource'
        ? one.address
        : one.kind === 'output'
          ? `module.${one.call}`
          : one.kind === 'variable'
            ? `var.${one.name}`
            : one.kind
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}
