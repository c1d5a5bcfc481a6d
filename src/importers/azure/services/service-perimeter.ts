import { ANY, type Match, type Rule, type RuleSet, type Source } from '../../../model/index.ts'
import { addressesOfPrefixes } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { prefixesOf } from '../estate/virtual-network.ts'
import { resourceStamp } from './service-trust.ts'

/** The network security perimeter that a resource is associated with. */
export interface Perimeter {
  readonly name: string
  /** Only its access rules count; else the resource's own firewall is asked where none of them matches. */
  readonly enforced: boolean
  /** What lets callers in. */
  readonly rules: readonly Rule[]
  readonly source: Source
}

const TYPE = 'microsoft.network/networksecurityperimeters'

const associations = perEstate((estate) => {
  const map = new Map<string, Body>()
  for (const one of estate.ofType(`${TYPE}/resourceassociations`)) {
    const id = one.reference('privateLinkResource')
    if (id !== undefined) map.set(id, one)
  }
  return map
})

/**
 * The perimeter of a resource; `undefined` when it is associated with none. Members of one perimeter reach each other, others
 * by an inbound access rule; private endpoints are not concerned (Learn: What is a network security perimeter? Transition
 * to a network security perimeter in Azure).
 */
export function perimeterOf(estate: Estate, resource: Body): Perimeter | undefined {
  const association = associations(estate).get(resource.id.toLowerCase())
  if (!association) return undefined
  const id = parentId(association.id)
  const name = id.slice(id.lastIndexOf('/') + 1)
  const label = estate.byId(id)?.name ?? name
  return {
    name: label,
    enforced: association.text('accessMode')?.toLowerCase() === 'enforced',
    rules: [...memberRules(estate, resource, id, label), ...accessRules(estate, association, label)],
    source: association.source('accessMode'),
  }
}

function memberRules(estate: Estate, resource: Body, perimeter: string, label: string): Rule[] {
  const members = [...associations(estate)].filter(
    ([id, one]) => parentId(one.id) === perimeter && id !== resource.id.toLowerCase(),
  )
  return members.map(([id, one]) => ({
    name: `network security perimeter ${label}: member ${id.slice(id.lastIndexOf('/') + 1)}`,
    match: { kind: 'stamp', in: [resourceStamp(id)] },
    action: { kind: 'accept' },
    source: one.source('privateLinkResource'),
  }))
}

function accessRules(estate: Estate, association: Body, label: string): Rule[] {
  const profile = association.reference('profile')
  const bodies = estate.ofType(`${TYPE}/profiles/accessrules`).filter((one) => parentId(one.id) === profile)
  const inbound = bodies.filter((one) => one.text('direction')?.toLowerCase() === 'inbound')
  return inbound.map((body) => ({
    name: `network security perimeter ${label}: access rule ${body.name}`,
    match: matchOf(estate, body),
    action: { kind: 'accept' },
    source: body.source('name'),
  }))
}

function matchOf(estate: Estate, body: Body): Match {
  const prefixes = prefixesOf(body, ['addressPrefixes'], estate.report)
  if (prefixes.length > 0) return { kind: 'source', in: addressesOfPrefixes(prefixes) }
  return { kind: 'opaque', text: `access rule ${body.name} is for identities of some subscriptions` }
}

/** The front door behind a perimeter: its rules come first, and in enforced mode alone. */
export function withPerimeter(perimeter: Perimeter, gate: RuleSet, refusal: Rule): RuleSet {
  const { rules, source } = perimeter
  if (!perimeter.enforced) return { ...gate, rules: [...rules, ...gate.rules] }
  return { ...gate, rules: [...rules, { ...refusal, match: ANY }], policy: { kind: 'drop' }, policySource: source }
}
