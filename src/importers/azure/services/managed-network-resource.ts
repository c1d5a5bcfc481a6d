import type { Body, BodyDocument } from '../estate/body.ts'
import type { OutboundRule } from './managed-network-rule.ts'

/** The members of a body that is made. */
export type Members = { readonly [key: string]: unknown }

/** What the resources of one managed network are made from. */
export interface Managed {
  readonly workspace: Body
  readonly rules: readonly OutboundRule[]
  readonly byId: ReadonlyMap<string, Body>
  readonly approvedOnly: boolean
  readonly index: number
  readonly places: Places
}

/** Which parts of what is made stand for which outbound rule. */
export type Places = Map<object, Body>

/** Every member stands where the outbound rule does that it is made for, else where the managed network is asked for. */
export function standsAt(workspace: Body, places: Places): BodyDocument {
  const sourceOf = (container: unknown) => {
    const rule = typeof container === 'object' && container !== null ? places.get(container) : undefined
    const source = rule?.file === workspace.file ? rule.source() : workspace.source('managedNetwork')
    return source.kind === 'pointer' ? source : undefined
  }
  return {
    placeOf: (container) => {
      const source = sourceOf(container)
      return source ? { line: source.line, column: source.column } : { line: 1, column: 1 }
    },
    pointerOf: (container) => sourceOf(container)?.pointer ?? '',
    line: () => '',
    textOf: (container) => sourceOf(container)?.text,
  }
}

/** The same, standing where the outbound rule does that it is made for; `undefined` = where the managed network is asked for. */
export function placed<T extends Members>({ places }: Managed, made: T, rule: Body | undefined): T {
  const { properties } = made
  if (rule) places.set(made, rule)
  if (rule && typeof properties === 'object' && properties !== null) places.set(properties, rule)
  return made
}

/** Ids below the workspace's own, so that two workspaces of one name do not meet. */
export function idOf(workspace: Body, kind: string, name: string): string {
  const [head] = workspace.id.split(/\/providers\//i)
  return `${head}/providers/Microsoft.Network/${kind}/managed-network-of-${workspace.name}-${name}`
}

/** The id of a subnet of the managed network. */
export function subnetId(workspace: Body, name: string): string {
  return `${idOf(workspace, 'virtualNetworks', 'vnet')}/subnets/${name}`
}

/** A body of a resource of the managed network. */
export function resource(workspace: Body, kind: string, part: string, name: string, properties: Members): Members {
  const location = workspace.text('location')
  return { id: idOf(workspace, kind, part), type: `Microsoft.Network/${kind}`, name, location, properties }
}
