import { type DeploymentPlace, placeId, resourceIdBelow } from './deployment-place.ts'
import { expandValue, inLoop, loopLength } from './expand-value.ts'
import type { Instance } from './instance.ts'
import { type InstanceFacts, makeInstance } from './make-instance.ts'
import type { Surroundings } from './scope.ts'
import type { Session } from './session.ts'
import { type GivenValue, makeTemplateScope, type TemplateFacts, type TemplateScope } from './template-scope.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, textOf, unevaluated } from './value.ts'

/** A deployment whose resources are being collected. */
interface Deployment {
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
}

/** The resource a child is written in. */
interface Parent {
  readonly id: string
  readonly type: string
  readonly name: string
}

/** Finds the resources of a template and of the deployments nested in it; their bodies are not evaluated yet. */
export function collectResources(session: Session, facts: TemplateFacts): void {
  const scope = makeTemplateScope(session, facts)
  const around = { scope, copies: new Map<string, number>(), locals: new Map<string, unknown>() }
  const waiting: Deployment[] = []
  waiting.push({ template: facts.template, around, scope, place: facts.place, waiting })
  // Nested deployments come after all resources around them, whose state their parameters may ask for.
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    collectList(session, next, memberOf(next.template, 'resources'))
  }
}

function collectList(session: Session, deployment: Deployment, list: unknown): void {
  if (!Array.isArray(list) && !isMembers(list)) return
  for (const [symbol, declaration] of Object.entries(list)) {
    if (!isMembers(declaration)) {
      session.report('warning', 'NT1655', 'a resource of the template is no object: it is left out', list, symbol)
      continue
    }
    const found = collectLoop(session, deployment, declaration)
    if (!Array.isArray(list)) deployment.scope.symbols.set(symbol.toLowerCase(), found)
  }
}

function collectLoop(session: Session, deployment: Deployment, declaration: Members): Instance[] {
  const loop = memberOf(declaration, 'copy')
  const { around } = deployment
  if (!isMembers(loop)) return collectOne(session, deployment, declaration)
  const count = loopLength(session, loop, around)
  if (typeof count !== 'number') {
    leaveOut(session, declaration, 'how often this resource is deployed', count)
    return []
  }
  const name = textOf(loop, 'name') ?? ''
  return Array.from({ length: count }, (_, index) => inLoop(around, name, index, true)).flatMap((inside) =>
    collectOne(session, { ...deployment, around: inside }, declaration),
  )
}

function leaveOut(session: Session, declaration: Members, what: string, value: unknown): undefined {
  session.leftOut++
  const missing = isUnevaluated(value) ? value : unevaluated('it has another type than is needed')
  session.reportUnknown('warning', `${what} (it is left out)`, missing, declaration)
  return undefined
}

/** One round of a loop, or a resource without one: with its children. Nothing when it is not deployed. */
function collectOne(session: Session, deployment: Deployment, declaration: Members): Instance[] {
  const { around } = deployment
  const read = (key: string): unknown => {
    const name = memberName(declaration, key)
    return name === undefined ? undefined : expandValue(session, declaration[name], around, declaration, name)
  }
  const condition = read('condition') ?? true
  if (condition === false && memberOf(declaration, 'resources') === undefined) return []
  const named = nameOf(session, deployment, declaration, read)
  if (!named) return []
  const { place, ...parent } = named
  let found: Instance[] = []
  if (condition === true) {
    const facts = { ...parent, declaration, around }
    const isNested = parent.type.toLowerCase() === DEPLOYMENTS
    const instance = isNested ? nestedDeployment(session, deployment, facts, place) : makeInstance(session, facts)
    register(session, deployment, instance)
    found = [instance]
  } else if (condition !== false) leaveOut(session, declaration, `the condition of ${parent.name}`, condition)
  // A condition does not pass on to child resources (Learn: Conditional deployment in ARM templates).
  collectList(session, { ...deployment, parent }, memberOf(declaration, 'resources'))
  return found
}

/** The id, type and name of a resource and where it is deployed; reported and `undefined` when they cannot be told. */
function nameOf(
  session: Session,
  deployment: Deployment,
  declaration: Members,
  read: (key: string) => unknown,
): (Parent & { readonly place: DeploymentPlace }) | undefined {
  const [type, name, scopeId] = [read('type'), read('name'), read('scope')]
  if (typeof type !== 'string') return leaveOut(session, declaration, 'the type of this resource', type)
  if (typeof name !== 'string') return leaveOut(session, declaration, `the name of this ${type}`, name)
  const isNested = type.toLowerCase() === DEPLOYMENTS
  const place = isNested ? nestedPlace(deployment.place, read) : deployment.place
  const full = fullName(deployment.parent, type, name)
  const below = full.below ?? (typeof scopeId === 'string' ? scopeId : placeId(place ?? deployment.place))
  const id = resourceIdBelow(below, full.type, full.name.split('/'))
  if (id !== undefined && place !== undefined && !isUnevaluated(scopeId)) {
    return { id, type: full.type, name: full.name, place }
  }
  const why = isUnevaluated(scopeId) ? scopeId : unevaluated('its type, name and scope do not make an id')
  return leaveOut(session, declaration, `the id of ${full.name}`, why)
}

const DEPLOYMENTS = 'microsoft.resources/deployments'

function register(session: Session, { scope }: Deployment, instance: Instance): void {
  scope.own.push(instance)
  const key = instance.id.toLowerCase()
  const known = session.byId.get(key)
  if (known && !known.existing && instance.existing) return
  session.instances.push(instance)
  session.byId.set(key, instance)
}

/**
 * The type and name of a resource with those of the one it is written in: a child's are short, an extension's begin
 * with `providers/`, and one with a namespace of its own is no child.
 */
function fullName(
  parent: Parent | undefined,
  type: string,
  name: string,
): { readonly type: string; readonly name: string; readonly below?: string } {
  if (!parent) return { type, name }
  if (type.toLowerCase().startsWith('providers/')) {
    // `providers/diagnosticSettings` with the name `Microsoft.Insights/default`.
    const [namespace = '', ...rest] = name.split('/')
    return { type: `${namespace}/${type.slice('providers/'.length)}`, name: rest.join('/'), below: parent.id }
  }
  if (/^[^/]*\./.test(type)) {
    const isChild = type.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`) && !name.includes('/')
    return { type, name: isChild ? `${parent.name}/${name}` : name }
  }
  return { type: `${parent.type}/${type}`, name: `${parent.name}/${name}` }
}

/** The place of a nested deployment: another resource group or subscription when it says so. */
function nestedPlace(place: DeploymentPlace, read: (key: string) => unknown): DeploymentPlace | undefined {
  const group = read('resourceGroup') ?? undefined
  const subscription = read('subscriptionId') ?? undefined
  if (isUnevaluated(group) || isUnevaluated(subscription)) return undefined
  return {
    ...place,
    ...(typeof subscription === 'string' && { subscriptionId: subscription }),
    ...(typeof group === 'string' && { resourceGroup: group }),
  }
}

function nestedDeployment(session: Session, outer: Deployment, facts: InstanceFacts, place: DeploymentPlace): Instance {
  const { declaration, around, id, name, type } = facts
  const properties = memberOf(declaration, 'properties')
  const template = memberOf(properties, 'template')
  if (!isMembers(properties) || !isMembers(template)) {
    session.leftOut++
    const message = `deployment ${name} links to a template that was not read: its resources are missing`
    session.report('warning', 'NT1653', message, declaration, memberName(declaration, 'properties'))
    return makeInstance(session, facts, () => unevaluated(`the template of deployment ${name} was not read`))
  }
  const options = memberOf(properties, 'expressionEvaluationOptions')
  const isInner = textOf(options, 'scope')?.toLowerCase() === 'inner'
  const given = givenParameters(session, memberOf(properties, 'parameters'), around)
  const own = makeTemplateScope(session, { template, given, place, deploymentName: name })
  const inside = isInner
    ? { scope: own, copies: new Map<string, number>(), locals: new Map<string, unknown>() }
    : around
  const scope = isInner ? own : outer.scope
  outer.waiting.push({ template, around: inside, scope, place, waiting: outer.waiting })
  return makeInstance(session, facts, () => {
    const outputs = memberOf(template, 'outputs')
    return {
      ...{ id, name, type },
      properties: { outputs: isMembers(outputs) ? expandValue(session, outputs, inside, template, 'outputs') : {} },
    }
  })
}

/** The parameters a template hands to a nested one. A reference to a key vault's secret is never read. */
function givenParameters(session: Session, list: unknown, around: Surroundings): GivenValue {
  return (name) => {
    const given = memberOf(list, name)
    if (!isMembers(given)) return undefined
    const key = memberName(given, 'value')
    if (key === undefined) return () => unevaluated(`parameter "${name}" is a secret in a key vault`)
    return () => expandValue(session, given[key], around, given, key)
  }
}
