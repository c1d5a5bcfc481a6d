import { idBelow } from './arm-id.ts'
import type { Block } from './block.ts'
import type { ConfiguredModule } from './configuration.ts'
import type { IdResolver, Resolved } from './id-resolver.ts'
import type { Instance } from './instance.ts'
import { type ReferenceText, readReference } from './reference-text.ts'
import { TABLES } from './tables.ts'

/** Where an expression is evaluated: a module of the configuration, and which instances of it. */
interface Frame {
  readonly scope: ConfiguredModule
  readonly module: string
  /** The module's address has its last index, or needs none. */
  readonly exact: boolean
}

const NOTHING: Resolved = { ids: [], complete: true }
const AZAPI = 'azapi_resource'
const DEPTH_LIMIT = 20
const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'

/** Ids of instances, made from their own attributes where they are known only after apply, and what refers to them. */
export class References implements IdResolver {
  readonly #ids = new Map<Instance, string>()
  readonly #byName = new Map<string, Instance>()
  readonly #byAddress = new Map<string, Instance[]>()
  readonly #subscription: string

  constructor(instances: readonly Instance[]) {
    for (const one of instances) {
      const key = nameKey(one.type, one.block.text('resource_group_name') ?? '', nameOf(one))
      if (!this.#byName.has(key)) this.#byName.set(key, one)
      if (one.isGone) continue
      const address = `${one.isData ? 'data.' : ''}${one.type}.${one.name}`
      const list = this.#byAddress.get(address)
      if (list) list.push(one)
      else this.#byAddress.set(address, [one])
    }
    const ids = instances.map((one) => /^\/subscriptions\/([^/]+)\//i.exec(one.block.text('id') ?? '')?.[1])
    this.#subscription = ids.find((one) => one !== undefined) ?? NO_SUBSCRIPTION
  }

  /** The id of an instance: its own when it is known, else what its resource group, parent and name make it. */
  idOf(instance: Instance): string {
    const known = this.#ids.get(instance)
    if (known !== undefined) return known
    // Wrong input may make two instances each other's parent.
    this.#ids.set(instance, '')
    const id = this.#makeId(instance)
    this.#ids.set(instance, id)
    return id
  }

  /** The id of the resource an instance is part of; `undefined` when it is part of none. */
  parentIdOf(instance: Instance): string | undefined {
    const parent = TABLES.get(instance.type)?.parent
    if (!parent) return undefined
    if (parent.attribute.endsWith('_id')) return this.resolve(instance, instance.block, parent.attribute).ids[0]
    const name = instance.block.text(parent.attribute)
    if (name === undefined) return this.resolve(instance, instance.block, parent.attribute).ids[0]
    const group = this.#groupOf(instance)
    const found = this.#byName.get(nameKey(parent.type, group, name))
    return found ? this.idOf(found) : this.#inGroup(group, TABLES.get(parent.type)?.type ?? '', name)
  }

  /** The ids in an attribute; where they are known only after apply, those of the resources its expression names. */
  resolve(instance: Instance, block: Block, key: string, depth = 0): Resolved {
    const known = block.texts(key)
    if (!block.isUnknown(key)) return known.length === 0 ? NOTHING : { ids: known, complete: true }
    if (!instance.scope || depth > DEPTH_LIMIT) return { ids: known, complete: false }
    const frame = { scope: instance.scope, module: instance.module, exact: true }
    const found = this.#targets(instance, frame, block.referencesOf(key), undefined, depth)
    const further = [...new Set(found.ids)].filter((id) => !known.includes(id))
    const wanted = block.unknownCount(key) ?? further.length
    // A condition may have dropped some of what the expression names, and which ones the plan does not say.
    if (further.length > wanted) return { ids: known, complete: false }
    return { ids: [...known, ...further], complete: found.complete && further.length === wanted && wanted > 0 }
  }

  #makeId(instance: Instance): string {
    const table = TABLES.get(instance.type)
    const stated = instance.block.text('id')
    if (stated?.startsWith('/')) return stated
    if (instance.type === AZAPI) {
      const parent = this.resolve(instance, instance.block, 'parent_id').ids[0] ?? this.#groupIdIn(instance)
      const [type = ''] = (instance.block.text('type') ?? '').split('@')
      return parent === undefined || type === '' ? '' : idBelow(parent, type, nameOf(instance))
    }
    if (!table) return stated ?? ''
    const name = nameOf(instance)
    const parent = this.parentIdOf(instance)
    if (parent !== undefined) return `${parent}/${table.type.slice(table.type.lastIndexOf('/') + 1)}/${name}`
    return this.#inGroup(this.#groupOf(instance), table.type, name)
  }

  /** The id of the resource group that the expression of `parent_id` names, which has no table. */
  #groupIdIn({ block }: Instance): string | undefined {
    for (const text of block.referencesOf('parent_id')) {
      const reference = readReference(text)
      if (reference.kind !== 'resource' || reference.type !== 'azurerm_resource_group') continue
      const [group] = this.#byAddress.get(reference.address) ?? []
      if (group) return `/subscriptions/${this.#subscription}/resourceGroups/${nameOf(group)}`
    }
    return undefined
  }

  #inGroup(group: string, type: string, name: string): string {
    return `/subscriptions/${this.#subscription}/resourceGroups/${group}/providers/${type}/${name}`
  }

  #groupOf(instance: Instance): string {
    const known = instance.block.text('resource_group_name')
    if (known !== undefined) return known
    for (const text of instance.block.referencesOf('resource_group_name')) {
      const reference = readReference(text)
      if (reference.kind !== 'resource') continue
      const [group] = this.#byAddress.get(reference.address) ?? []
      if (group) return nameOf(group)
    }
    return 'known-after-apply'
  }

  #targets(
    instance: Instance,
    frame: Frame,
    texts: readonly string[],
    hint: string | number | undefined,
    depth: number,
  ): Resolved {
    const references = texts.map(readReference)
    const own = references.some((one) => one.kind === 'own-index') ? instance.index : undefined
    const found: Resolved[] = []
    for (const group of groupsOf(references)) {
      const resolved = this.#group(instance, frame, group, hint ?? own, depth)
      if (resolved) found.push(resolved)
    }
    return { ids: found.flatMap((one) => one.ids), complete: found.length > 0 && found.every((one) => one.complete) }
  }

  /** What all references to one thing mean together; `undefined` for what has no id. */
  #group(
    instance: Instance,
    frame: Frame,
    group: readonly ReferenceText[],
    hint: string | number | undefined,
    depth: number,
  ): Resolved | undefined {
    const [first] = group
    if (!first || first.kind === 'own-index' || depth > DEPTH_LIMIT) return undefined
    switch (first.kind) {
      case 'opaque':
        return { ids: [], complete: false }
      case 'variable': {
        const { parent } = frame.scope
        const index = group
          .map((one) => (one.kind === 'variable' ? one.index : undefined))
          .find((one) => one !== undefined)
        if (!parent) return { ids: [], complete: false }
        const outer = { scope: parent, module: callerOf(frame.module), exact: true }
        return this.#targets(instance, outer, frame.scope.input(first.name), index ?? hint, depth + 1)
      }
      case 'output':
        return this.#output(instance, frame, group, hint, depth)
      case 'resource':
        return this.#resource(frame, group, hint, depth)
    }
  }

  #output(
    instance: Instance,
    frame: Frame,
    group: readonly ReferenceText[],
    hint: string | number | undefined,
    depth: number,
  ): Resolved {
    const outputs = group.filter((one) => one.kind === 'output' && one.output !== '')
    const longest = outputs.findLast((one) => one.kind === 'output' && one.index !== undefined) ?? outputs[0]
    if (longest?.kind !== 'output') return { ids: [], complete: false }
    const scope = frame.scope.call(longest.call)
    if (!scope) return { ids: [], complete: false }
    const { callIndex } = longest
    const index = callIndex === undefined ? '' : `[${typeof callIndex === 'number' ? callIndex : `"${callIndex}"`}]`
    const module = `${frame.module === '' ? '' : `${frame.module}.`}module.${longest.call}${index}`
    const inner = { scope, module, exact: index !== '' }
    return this.#targets(instance, inner, scope.output(longest.output), longest.index ?? hint, depth + 1)
  }

  #resource(
    frame: Frame,
    group: readonly ReferenceText[],
    hint: string | number | undefined,
    depth: number,
  ): Resolved | undefined {
    const named = group.filter((one) => one.kind === 'resource')
    const [first] = named
    if (!first) return undefined
    const all = (this.#byAddress.get(first.address) ?? []).filter((one) => isIn(one, frame))
    const explicit = new Set(named.flatMap((one) => (one.index === undefined ? [] : [one.index])))
    const indexed = all.filter((one) => one.index !== undefined && explicit.has(one.index))
    const hinted = all.filter((one) => one.index !== undefined && one.index === hint)
    const targets = explicit.size > 0 && !hasSplat(named) ? indexed : all.length > 1 && hinted.length > 0 ? hinted : all
    const rests = named.map((one) => one.rest).filter((one) => one !== '')
    if (rests.length === 0 || rests.includes('id')) {
      // A resource without a table is no Azure resource: its id is none of ARM's.
      if (!TABLES.has(first.type) && first.type !== AZAPI) return undefined
      return { ids: targets.map((one) => this.idOf(one)), complete: targets.length > 0 }
    }
    const attribute = rests.find((one) => /^\w+_id$/.test(one))
    if (attribute === undefined) return rests.every((one) => one === 'name') ? undefined : { ids: [], complete: false }
    const found = targets.map((one) => this.resolve(one, one.block, attribute, depth + 1))
    return { ids: found.flatMap((one) => one.ids), complete: found.length > 0 && found.every((one) => one.complete) }
  }
}

/** The name of an instance in Azure; one known only after apply goes by its name in the configuration. */
export function nameOf(instance: Instance): string {
  const attribute = TABLES.get(instance.type)?.name ?? 'name'
  const index = instance.index === undefined ? '' : `-${instance.index}`
  return instance.block.text(attribute) ?? `${instance.name}${index}`
}

function nameKey(type: string, group: string, name: string): string {
  return `${type} ${group} ${name}`.toLowerCase()
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
