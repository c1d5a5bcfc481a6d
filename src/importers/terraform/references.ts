import { idBelow } from './arm-id.ts'
import type { Block } from './block.ts'
import { ExpressionWalk, type Leaf, type Meaning, type ResourceReference } from './expression-walk.ts'
import type { IdResolver, Resolved } from './id-resolver.ts'
import type { Instance } from './instance.ts'
import { readReference } from './reference-text.ts'
import { TABLES } from './tables.ts'

const NOTHING: Resolved = { ids: [], complete: true }
const AZAPI = 'azapi_resource'
const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'

/** Ids of instances, made from their own attributes where they are known only after apply, and what refers to them. */
export class References implements IdResolver {
  readonly #ids = new Map<Instance, string>()
  readonly #byName = new Map<string, Instance>()
  readonly #walk: ExpressionWalk
  readonly #subscription: string

  constructor(instances: readonly Instance[]) {
    for (const one of instances) {
      const key = nameKey(one.type, one.block.text('resource_group_name') ?? '', nameOf(one))
      if (!this.#byName.has(key)) this.#byName.set(key, one)
    }
    this.#walk = new ExpressionWalk(instances)
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
    const leaf: Leaf = (...of) => this.#idsAt(...of)
    const { found, complete } = this.#walk.follow(instance, block.referencesOf(key), leaf, depth)
    const further = [...new Set(found)].filter((id) => !known.includes(id))
    const wanted = block.unknownCount(key) ?? further.length
    // A condition may have dropped some of what the expression names, and which ones the plan does not say.
    if (further.length > wanted) return { ids: known, complete: false }
    return { ids: [...known, ...further], complete: complete && further.length === wanted && wanted > 0 }
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
      const [group] = this.#walk.at(reference.address)
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
      const [group] = this.#walk.at(reference.address)
      if (group) return nameOf(group)
    }
    return 'known-after-apply'
  }

  /** The ids that references to one resource mean; `undefined` for what has no id. */
  #idsAt(targets: readonly Instance[], references: readonly ResourceReference[], depth: number): Meaning | undefined {
    const rests = references.map((one) => one.rest).filter((one) => one !== '')
    if (rests.length === 0 || rests.includes('id')) {
      const type = references[0]?.type ?? ''
      // A resource without a table is no Azure resource: its id is none of ARM's.
      if (!TABLES.has(type) && type !== AZAPI) return undefined
      return { found: targets.map((one) => this.idOf(one)), complete: targets.length > 0 }
    }
    const attribute = rests.find((one) => /^\w+_id$/.test(one))
    if (attribute === undefined)
      return rests.every((one) => one === 'name') ? undefined : { found: [], complete: false }
    const all = targets.map((one) => this.resolve(one, one.block, attribute, depth + 1))
    return { found: all.flatMap((one) => one.ids), complete: all.length > 0 && all.every((one) => one.complete) }
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
