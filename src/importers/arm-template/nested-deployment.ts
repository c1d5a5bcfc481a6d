import type { DeploymentPlace } from './deployment-place.ts'
import { STAND_IN_PLACE } from './deployment-place.ts'
import { expandValue } from './expand-value.ts'
import type { Instance } from './instance.ts'
import { type InstanceFacts, makeInstance } from './make-instance.ts'
import { outputsOf } from './output.ts'
import type { Surroundings } from './scope.ts'
import type { Session } from './session.ts'
import { type GivenValue, makeTemplateScope, type TemplateScope } from './template-scope.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, textOf, unevaluated } from './value.ts'

/** A deployment whose resources are being collected. */
export interface Deployment {
  readonly template: Members
  /** Whose names its expressions use: its own, or its parent's (`scope: outer`). */
  readonly around: Surroundings
  readonly scope: TemplateScope
  /** Where its resources are deployed to. */
  readonly place: DeploymentPlace
  /** The resource that children are written in. */
  readonly parent?: Parent
  /** Deployments nested in it, still to be collected. */
  readonly waiting: Deployment[]
  /** Finds its resources, once: before its turn when somebody asks for its outputs. */
  readonly collect: (one: Deployment) => void
  /** The same for all parts of one deployment. */
  readonly key: object
  /** How many deployments are around it. */
  readonly depth: number
}

/** The resource a child is written in. */
export interface Parent {
  readonly id: string
  readonly type: string
  readonly name: string
}

/** The place of a nested deployment: another resource group or subscription when it says so. */
export function nestedPlace(
  session: Session,
  place: DeploymentPlace,
  read: (key: string) => unknown,
): DeploymentPlace | undefined {
  const group = read('resourceGroup') ?? undefined
  const subscription = read('subscriptionId') ?? undefined
  if (isUnevaluated(group) || isUnevaluated(subscription)) return undefined
  const inside = {
    ...place,
    ...(typeof subscription === 'string' && { subscriptionId: subscription }),
    ...(typeof group === 'string' && { resourceGroup: group }),
  }
  const isElsewhere = typeof group === 'string' && group.toLowerCase() !== place.resourceGroup?.toLowerCase()
  return isElsewhere ? { ...inside, location: regionOf(session, group) ?? STAND_IN_PLACE.location } : inside
}

/** The region of a resource group that the template makes. */
function regionOf(session: Session, group: string): string | undefined {
  const made = session.instances.find(
    (one) => /^microsoft\.resources\/resourcegroups$/i.test(one.type) && one.name.toLowerCase() === group.toLowerCase(),
  )
  return textOf(made?.full(), 'location')
}

// Deployments may link to each other in a circle.
const DEPTH_LIMIT = 50

/** A nested deployment as a resource: its resources are collected later, its outputs are told when they are asked for. */
export function nestedDeployment(
  session: Session,
  outer: Deployment,
  facts: InstanceFacts,
  place: DeploymentPlace,
): Instance {
  const { declaration, around, id, name, type } = facts
  const properties = memberOf(declaration, 'properties')
  const own = memberOf(properties, 'template')
  const linked = isMembers(own) ? undefined : linkedTemplate(session, properties, around)
  const template = isMembers(own) ? own : linked
  if (!isMembers(properties) || !template || outer.depth > DEPTH_LIMIT) {
    session.leftOut++
    const message = `deployment ${name} links to a template that was not read: its resources are missing`
    session.report('warning', 'NT1653', message, declaration, memberName(declaration, 'properties'))
    return makeInstance(session, facts, () => unevaluated(`the template of deployment ${name} was not read`))
  }
  const options = memberOf(properties, 'expressionEvaluationOptions')
  // A linked template always has names of its own (Learn: Using linked and nested templates).
  const isInner = linked !== undefined || textOf(options, 'scope')?.toLowerCase() === 'inner'
  const given = givenParameters(session, properties, around)
  const scope = isInner ? makeTemplateScope(session, { template, given, place, deploymentName: name }) : outer.scope
  const inside = isInner ? { scope, copies: new Map<string, number>(), locals: new Map<string, unknown>() } : around
  const nested: Deployment = {
    ...{ template, around: inside, scope, place },
    ...{ waiting: outer.waiting, collect: outer.collect, key: {}, depth: outer.depth + 1 },
  }
  outer.waiting.push(nested)
  return makeInstance(session, facts, () => {
    outer.collect(nested)
    return { ...{ id, name, type }, properties: { outputs: outputsOf(session, template, inside) } }
  })
}

/** The template a deployment links to, when it lies beside. */
function linkedTemplate(session: Session, properties: unknown, around: Surroundings): Members | undefined {
  const link = memberOf(properties, 'templateLink')
  if (!isMembers(link)) return undefined
  const read = (wanted: string): string | undefined => {
    const key = memberName(link, wanted)
    const value = key === undefined ? undefined : expandValue(session, link[key], around, link, key)
    return typeof value === 'string' ? value : undefined
  }
  const relativePath = read('relativePath')
  const uri = read('uri')
  const found = session.linked.find(link, {
    ...(relativePath !== undefined && { relativePath }),
    ...(uri !== undefined && { uri }),
  })
  return found?.template
}

/** The parameters a template hands to a nested one. A reference to a key vault's secret is never read. */
function givenParameters(session: Session, properties: Members, around: Surroundings): GivenValue {
  const list = memberOf(properties, 'parameters')
  return (name) => {
    const given = memberOf(list, name)
    if (!isMembers(given)) {
      const isLinked = memberOf(properties, 'parametersLink') !== undefined
      return isLinked
        ? () => unevaluated(`parameter "${name}" may stand in a linked file that was not read`)
        : undefined
    }
    const key = memberName(given, 'value')
    if (key === undefined) return () => unevaluated(`parameter "${name}" is a secret in a key vault`)
    return () => expandValue(session, given[key], around, given, key)
  }
}
