import { Block, isObject, memberOf } from './block.ts'
import type { ConfiguredModule } from './configuration.ts'

/** One instance of a resource or data source, as a plan or state lists it. */
export interface Instance {
  /** `module.net.azurerm_subnet.train["a"]`. */
  readonly address: string
  /** `azurerm_subnet`. */
  readonly type: string
  /** Its name in the configuration, which is not the name it has in Azure. */
  readonly name: string
  readonly isData: boolean
  /** Of `count` or `for_each`; absent without them. */
  readonly index: string | number | undefined
  /** `module.net["a"]`; empty for the root module. */
  readonly module: string
  readonly block: Block
  /** What its expressions are resolved in; absent in a state. */
  readonly scope: ConfiguredModule | undefined
  /** The plan makes it, so that nothing was in it or attached to it before. */
  readonly isNew: boolean
  /** The plan destroys it: what it says holds no longer. */
  readonly isGone: boolean
}

/** Reads every instance of a document: those of the plan or state in file order, then data sources read before. */
export function readInstances(document: unknown, root: ConfiguredModule | undefined): Instance[] {
  const planned = memberOf(document, 'planned_values')
  const changes = changesByAddress(document)
  const values = planned ?? memberOf(document, 'values')
  const found: Instance[] = []
  walk(memberOf(values, 'root_module'), '', root, changes, found)
  if (!planned) return found
  const before: Instance[] = []
  walk(memberOf(memberOf(memberOf(document, 'prior_state'), 'values'), 'root_module'), '', root, changes, before)
  const known = new Set(found.map((one) => one.address))
  const data = before.filter((one) => one.isData && !known.has(one.address))
  return [...found, ...data, ...unmanaged(changes, before), ...gone(changes)]
}

type Changes = ReadonlyMap<string, object>

function changesByAddress(document: unknown): Changes {
  const list = memberOf(document, 'resource_changes')
  const changes = new Map<string, object>()
  for (const one of Array.isArray(list) ? list : []) {
    const address = memberOf(one, 'address')
    const change = memberOf(one, 'change')
    // A deposed object shares its address with the one that replaced it.
    const current = memberOf(one, 'deposed') === undefined
    if (typeof address === 'string' && isObject(change) && current) changes.set(address, one as object)
  }
  return changes
}

function walk(
  node: unknown,
  module: string,
  scope: ConfiguredModule | undefined,
  changes: Changes,
  into: Instance[],
): void {
  const resources = memberOf(node, 'resources')
  for (const one of Array.isArray(resources) ? resources : []) {
    const instance = instanceOf(one, module, scope, changes)
    if (instance) into.push(instance)
  }
  const children = memberOf(node, 'child_modules')
  for (const one of Array.isArray(children) ? children : []) {
    const address = memberOf(one, 'address')
    const inner = typeof address === 'string' ? address : module
    walk(one, inner, scope?.call(lastCall(inner)), changes, into)
  }
}

// `module.a["x.y"].module.net[0]` calls `net`.
function lastCall(address: string): string {
  return /(?:^|\.)module\.([\w-]+)(?:\[[^[]*\])?$/.exec(address)?.[1] ?? ''
}

function instanceOf(
  value: unknown,
  module: string,
  scope: ConfiguredModule | undefined,
  changes: Changes,
): Instance | undefined {
  const text = (key: string) => {
    const member = memberOf(value, key)
    return typeof member === 'string' ? member : undefined
  }
  const address = text('address')
  const type = text('type')
  const values = memberOf(value, 'values')
  if (address === undefined || type === undefined || !isObject(values)) return undefined
  const isData = text('mode') === 'data'
  const name = text('name') ?? ''
  const unknown = memberOf(memberOf(changes.get(address), 'change'), 'after_unknown')
  const block = new Block(values, unknown, scope?.expressions(`${isData ? 'data.' : ''}${type}.${name}`))
  const actions = memberOf(memberOf(changes.get(address), 'change'), 'actions')
  const isNew = Array.isArray(actions) && actions.includes('create')
  return { address, type, name, isData, index: indexOf(value), module, block, scope, isNew, isGone: false }
}

function indexOf(value: unknown): string | number | undefined {
  const index = memberOf(value, 'index')
  return typeof index === 'string' || typeof index === 'number' ? index : undefined
}

/** What Terraform will forget and not destroy: Azure still has it as it was (HashiCorp: removed block, `forget`). */
function unmanaged(changes: Changes, before: readonly Instance[]): Instance[] {
  return before.filter((one) => {
    const actions = memberOf(memberOf(changes.get(one.address), 'change'), 'actions')
    return !one.isData && Array.isArray(actions) && actions.length === 1 && actions[0] === 'forget'
  })
}

/** What a plan destroys, by itself or to put another in its place: the attributes of parents may still list it. */
function gone(changes: Changes): Instance[] {
  return [...changes].flatMap(([address, one]) => {
    const change = memberOf(one, 'change')
    const actions = memberOf(change, 'actions')
    const before = memberOf(change, 'before')
    const type = memberOf(one, 'type')
    if (!Array.isArray(actions) || !actions.includes('delete') || !isObject(before) || typeof type !== 'string')
      return []
    const block = new Block(before, undefined, undefined)
    const place = { isData: false, index: indexOf(one), module: '', scope: undefined, isNew: false }
    return [{ address, type, name: String(memberOf(one, 'name') ?? ''), ...place, block, isGone: true }]
  })
}
