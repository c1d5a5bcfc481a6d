import type { Member } from './member.ts'

/** How a Terraform resource type becomes an ARM resource. */
export interface ResourceTable {
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string
  /** The attribute that holds its last name in Azure; default `name`. */
  readonly name?: string
  /** The resource it is part of: the attribute that names it, by id when it ends in `_id`, else by name. */
  readonly parent?: { readonly type: string; readonly attribute: string }
  /** The property of the parent's body it stands in; absent = it is a body of its own. */
  readonly standsIn?: string
  /** Properties that only the parent's own listing may hold, and are kept of it. */
  readonly keeps?: readonly string[]
  /** The parent may be one that Terraform does not manage: then it is made, and holds only this. */
  readonly makesParent?: true
  /** `false`: its members stand in it and not under `properties`; default true. */
  readonly wrapped?: boolean
  readonly members: readonly Member[]
}

/** Tables by Terraform resource type. */
export type ResourceTables = Readonly<Record<string, ResourceTable>>

/** A table of a resource that stands in a resource group. */
export function resource(type: string, ...members: readonly Member[]): ResourceTable {
  return { type, members }
}

/** A table of a resource that is part of another: `[parent type, attribute]`. */
export function part(
  type: string,
  [parent, attribute]: readonly [string, string],
  standsIn: string | undefined,
  ...members: readonly Member[]
): ResourceTable {
  return { type, parent: { type: parent, attribute }, ...(standsIn !== undefined && { standsIn }), members }
}
