import type { JsonDocument, Member, MemberNote } from '../../text/index.ts'
import { attachmentOf } from './attachment.ts'
import { isObject, memberOf } from './block.ts'
import { changesNothing } from './inert-attributes.ts'
import { isDecisiveType, isSilentType } from './known-types.ts'
import { TABLES } from './tables.ts'

/** Counts as looked at what names a resource, and what it is part of, where something else of it is looked at. */
export function completeTerraform({ visits, value: root }: JsonDocument): void {
  if (!visits) return
  const resource = (value: object): void => {
    const [type, values] = [memberOf(value, 'type'), memberOf(value, 'values')]
    if (typeof type !== 'string' || !isObject(values)) return
    const attaches = attachmentOf(type) !== undefined
    if (!anyOf(visits, values)) return
    for (const key of ['address', 'mode', 'type', 'name', 'index']) visits.visit(value, key)
    const table = TABLES.get(type)
    const naming = [table?.name ?? 'name', 'id', 'resource_group_name', table?.parent?.attribute ?? 'id']
    for (const key of Object.keys(values)) {
      // An association is what its ends are.
      if (naming.includes(key) || (attaches && /_(?:id|name)$/.test(key))) visits.visit(values, key)
      const inside = key === 'private_dns_zone_group' ? memberOf(values, key) : undefined
      // A group is a resource of its own in Azure, made of these and the endpoint.
      for (const group of Array.isArray(inside) ? inside : []) {
        if (isObject(group)) for (const one of Object.keys(group)) visits.visit(group, one)
      }
    }
  }
  const walk = (value: object): void => {
    resource(value)
    for (const one of Object.values(value)) if (typeof one === 'object' && one !== null) walk(one)
  }
  for (const key of ['values', 'planned_values', 'prior_state']) {
    const state = memberOf(root, key)
    if (isObject(state)) walk(state)
  }
}

function anyOf(visits: NonNullable<JsonDocument['visits']>, value: object): boolean {
  return Object.entries(value).some(
    ([key, one]) => visits.has(value, key) || (typeof one === 'object' && one !== null && anyOf(visits, one)),
  )
}

/** What an attribute means that lowering did not look at. */
export function judgeTerraform({ path, around, value }: Member): MemberNote {
  const names = path.filter((one): one is string => typeof one === 'string')
  const [first = ''] = names
  const beside = BESIDE[first]
  if (beside !== undefined) return { kind: 'inert', because: beside }
  const resource = around.findLast(
    (one) => isObject(memberOf(one, 'values')) && typeof memberOf(one, 'type') === 'string',
  )
  const type = memberOf(resource, 'type')
  if (!resource || typeof type !== 'string') return { kind: 'inert', because: HOUSEKEEPING }
  const inside = path.slice(around.indexOf(resource)).filter((one): one is string => typeof one === 'string')
  if (inside[0] === 'values' && inside.length > 1) return judgeAttribute(type, inside.slice(1), value)
  if (!['address', 'mode', 'type', 'name', 'index'].includes(inside[0] ?? ''))
    return { kind: 'inert', because: HOUSEKEEPING }
  return judgeAttribute(type, [], value)
}

const HOUSEKEEPING = "Terraform's own bookkeeping, no attribute of a resource"

// HashiCorp: JSON Output Format, plan representation.
const BESIDE: Readonly<Record<string, string>> = {
  configuration: 'how the values were written; the values themselves stand among the resources',
  resource_changes: 'says again, as changes, what stands among the resources',
  resource_drift: 'says what changed before the plan was made',
  output_changes: 'outputs change no resource',
  relevant_attributes: HOUSEKEEPING,
  checks: HOUSEKEEPING,
  variables: 'values are taken from the resources they became',
}

function judgeAttribute(type: string, names: readonly string[], value: unknown): MemberNote {
  if (isSilentType(type)) return { kind: 'inert', because: `${type} carries no packet and answers no name` }
  if (!TABLES.has(type) && attachmentOf(type) === undefined && type !== 'azapi_resource') {
    const kind = isDecisiveType(type) ? 'unread' : 'known'
    return { kind, because: `resources of type ${type} are not modelled` }
  }
  const because = changesNothing(type, names, value)
  if (because !== undefined) return { kind: 'inert', because }
  if (names.length === 0) return { kind: 'unread', because: `nothing of this ${type} is used` }
  return { kind: 'unread', because: `"${names.join('.')}" of ${type} is not read` }
}
