import { type DeploymentPlace, placeId, resourceIdBelow } from './deployment-place.ts'
import { isDoubtfulChild } from './doubtful-child.ts'
import { expandValue, inLoop, loopLength } from './expand-value.ts'
import type { Instance } from './instance.ts'
import { makeInstance } from './make-instance.ts'
import { type Deployment, nestedDeployment, nestedPlace, type Parent } from './nested-deployment.ts'
import type { Session } from './session.ts'
import { makeTemplateScope, type TemplateFacts } from './template-scope.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, textOf, unevaluated } from './value.ts'

/** Finds the resources of a template and of the deployments nested in it; their bodies are not evaluated yet. */
export function collectResources(session: Session, facts: TemplateFacts): void {
  const scope = makeTemplateScope(session, facts)
  const around = { scope, copies: new Map<string, number>(), locals: new Map<string, unknown>() }
  const begun = new Set<object>()
  const collect = (one: Deployment): void => {
    if (begun.has(one.key)) return
    begun.add(one.key)
    collectList(session, one, memberOf(one.template, 'resources'))
  }
  const waiting: Deployment[] = []
  waiting.push({ template: facts.template, around, scope, place: facts.place, waiting, collect, key: {}, depth: 0 })
  // Nested deployments come after all resources around them, whose state their parameters may ask for.
  for (let next = waiting.shift(); next; next = waiting.shift()) collect(next)
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

/** Leaves out a resource that may or may not be deployed; what it is part of is noted. */
function leaveOutKnown(session: Session, declaration: Members, { id, type, name }: Parent, condition: unknown): void {
  leaveOut(session, declaration, `the condition of ${name}`, condition)
  const [namespace = '', ...kinds] = type.toLowerCase().split('/')
  if (kinds.length < 2) return
  const last = kinds.at(-1) ?? ''
  const isRecord = kinds[0] === 'privatednszones' && last !== 'virtualnetworklinks'
  const child = [namespace, ...kinds.slice(0, -1), isRecord ? 'recordsets' : last].join('/')
  const parent = id.toLowerCase().split('/').slice(0, -2).join('/')
  const words = `whether ${last} ${name} is deployed depends on a condition that cannot be evaluated`
  session.uncertain.push({ parent, child, words, source: session.sourceOf(declaration) })
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
  const doubt = isUnevaluated(condition) && isDoubtfulChild(parent.type) ? condition : undefined
  if (condition === true || doubt) {
    const facts = { ...parent, declaration, around, ...(doubt && { doubt }) }
    const isNested = parent.type.toLowerCase() === DEPLOYMENTS
    const instance = isNested ? nestedDeployment(session, deployment, facts, place) : makeInstance(session, facts)
    register(session, deployment, instance)
    found = [instance]
    if (doubt) session.reportUnknown('warning', `the condition of ${parent.name}`, doubt, declaration)
  } else if (condition !== false) leaveOutKnown(session, declaration, parent, condition)
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
  const isElsewhere = isNested || memberOf(declaration, 'existing') === true
  const place = isElsewhere ? nestedPlace(session, deployment.place, read) : deployment.place
  const full = fullName(deployment.parent, type, name)
  const here = placeId(place ?? deployment.place)
  const below = full.below ?? (typeof scopeId === 'string' ? scopedId(scopeId, deployment.place) : here)
  const id = resourceIdBelow(below, full.type, full.name.split('/'))
  if (id !== undefined && place !== undefined && !isUnevaluated(scopeId)) {
    return { id, type: full.type, name: full.name, place }
  }
  const why = isUnevaluated(scopeId) ? scopeId : unevaluated('its type, name and scope do not make an id')
  return leaveOut(session, declaration, `the id of ${full.name}`, why)
}

const DEPLOYMENTS = 'microsoft.resources/deployments'

/** The id an extension stands below; a type with names is one of the deployment's own resource group. */
function scopedId(scope: string, place: DeploymentPlace): string {
  return scope.startsWith('/') ? scope : `${placeId(place)}/providers/${scope}`
}

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
