import type { DeploymentPlace } from './deployment-place.ts'
import { expandLoop, expandValue } from './expand-value.ts'
import type { Instance } from './instance.ts'
import { once, propertiesOf } from './make-instance.ts'
import { sameValue } from './same-value.ts'
import type { ResourceState, Scope, Surroundings } from './scope.ts'
import type { Session } from './session.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, textOf, unevaluated } from './value.ts'

/** A value given for a parameter, made when it is asked for; absent = none was given. */
export type GivenValue = (name: string) => (() => unknown) | undefined

/** The names of one deployment: those of its template's own expressions. */
export interface TemplateScope extends Scope {
  /** Its resources by lower-case symbolic name; a loop has several. */
  readonly symbols: Map<string, Instance[]>
  /** Its resources in the order they were found. */
  readonly own: Instance[]
}

/** What a deployment is made of. */
export interface TemplateFacts {
  readonly template: Members
  readonly given: GivenValue
  readonly place: DeploymentPlace
  readonly deploymentName?: string
}

/** The scope of a template: parameters and variables are evaluated when they are asked for, and once. */
export function makeTemplateScope(session: Session, facts: TemplateFacts): TemplateScope {
  const { template, place } = facts
  const memory = new Map<string, () => unknown>()
  const remembered = (key: string, what: string, make: () => unknown): unknown => {
    const known = memory.get(key) ?? once(what, make)
    memory.set(key, known)
    return session.deeper(known)
  }
  const scope: TemplateScope = {
    place,
    deploymentName: facts.deploymentName,
    templateUri: session.linked.uriOf(template),
    symbols: new Map(),
    own: [],
    parameter: (name) =>
      remembered(`p ${name.toLowerCase()}`, `parameter "${name}"`, () => parameterValue(session, facts, name, around)),
    variable: (name) =>
      remembered(`v ${name.toLowerCase()}`, `variable "${name}"`, () => variableValue(session, template, name, around)),
    userFunction: (name) => userFunction(session, template, name, scope),
    resource: (wanted) => findResource(session, scope, wanted),
    resourceLoop: (symbol) => scope.symbols.get(symbol.toLowerCase()),
    isOpen: (value) => typeof value === 'object' && value !== null && session.open.has(value),
    markOpen: (value, shallow) => {
      if (!shallow) markOpen(session, value)
      else if (isMembers(value)) session.open.add(value)
    },
    standIn: (what) => session.standIn(what),
    holdsStandIn: (value) => session.holdsStandIn(value),
    deeper: (make) => session.deeper(make),
  }
  const around: Surroundings = { scope, copies: new Map(), locals: new Map() }
  return scope
}

function parameterValue(session: Session, facts: TemplateFacts, name: string, around: Surroundings): unknown {
  const parameters = memberOf(facts.template, 'parameters')
  const written = memberOf(parameters, name)
  if (!isMembers(parameters) || !isMembers(written)) return unevaluated(`there is no parameter "${name}"`)
  const declared = withDefinition(facts.template, written)
  const given = facts.given(name)?.()
  if (given !== undefined) {
    const allowed = memberOf(declared, 'allowedValues')
    if (Array.isArray(allowed) && !isUnevaluated(given) && !allowed.some((one) => sameValue(one, given))) {
      const message = `parameter "${name}" is given a value that is not among its allowedValues`
      session.report('warning', 'NT1654', message, parameters, memberName(parameters, name))
    }
    return given
  }
  const key = memberName(declared, 'defaultValue')
  if (key !== undefined) return expandValue(session, declared[key], around, written, key)
  if (memberOf(declared, 'nullable') === true) return null
  if (isFreeText(declared)) return session.missingText(parameters, memberName(parameters, name) ?? name)
  return unevaluated(`parameter "${name}" has neither a value nor a default`)
}

const DEFINITION_LIMIT = 20

/** A parameter with what the type says that it refers to: `$ref` (Learn: ARM template syntax, definitions). */
function withDefinition(template: Members, declared: Members): Members {
  let made = declared
  for (let depth = 0; depth < DEFINITION_LIMIT; depth++) {
    const name = /^#\/definitions\/(.+)$/i.exec(textOf(made, '$ref') ?? '')?.[1]
    const definition = name === undefined ? undefined : memberOf(memberOf(template, 'definitions'), name)
    if (!isMembers(definition)) return made
    const { $ref: _, ...own } = made
    made = { ...definition, ...own }
  }
  return made
}

/** A text that nobody has to keep secret or choose from a list: in templates, nearly always a part of names. */
function isFreeText(declared: Members): boolean {
  return textOf(declared, 'type')?.toLowerCase() === 'string' && memberOf(declared, 'allowedValues') === undefined
}

function variableValue(session: Session, template: Members, name: string, around: Surroundings): unknown {
  const variables = memberOf(template, 'variables')
  const key = isMembers(variables) ? memberName(variables, name) : undefined
  if (!isMembers(variables)) return unevaluated(`there is no variable "${name}"`)
  if (key !== undefined) return expandValue(session, variables[key], around, variables, key)
  const loops = memberOf(variables, 'copy')
  const loop = Array.isArray(loops)
    ? loops.find((one) => textOf(one, 'name')?.toLowerCase() === name.toLowerCase())
    : undefined
  return isMembers(loop) ? expandLoop(session, loop, around) : unevaluated(`there is no variable "${name}"`)
}

/** A function sees its own parameters and nothing else (Learn: User-defined functions in ARM templates). */
function userFunction(
  session: Session,
  template: Members,
  name: string,
  scope: Scope,
): ReturnType<Scope['userFunction']> {
  const [namespace = '', member] = name.split('.')
  const spaces = memberOf(template, 'functions')
  if (member === undefined || !Array.isArray(spaces)) return undefined
  const space = spaces.find((one) => textOf(one, 'namespace')?.toLowerCase() === namespace)
  const declared = memberOf(memberOf(space, 'members'), member)
  const output = memberOf(declared, 'output')
  if (!isMembers(declared) || !isMembers(output)) return undefined
  const names = memberOf(declared, 'parameters')
  const parameters = Array.isArray(names) ? names.map((one) => textOf(one, 'name')?.toLowerCase()) : []
  return (args) => {
    const inner: Scope = {
      ...scope,
      parameter: (wanted) => {
        const index = parameters.indexOf(wanted.toLowerCase())
        return index === -1 ? unevaluated(`${name}() has no parameter "${wanted}"`) : args[index]
      },
      variable: () => unevaluated('a function of a template cannot use variables'),
    }
    const around = { scope: inner, copies: new Map(), locals: new Map() }
    return session.deeper(() => expandValue(session, memberOf(output, 'value'), around, output, 'value'))
  }
}

function findResource(session: Session, scope: TemplateScope, wanted: string): ResourceState | undefined {
  const key = wanted.toLowerCase()
  if (key.startsWith('/')) return byId(session, key)
  const symbol = scope.symbols.get(key)
  if (symbol) return deployed(session, symbol[0])
  const [, loop = '', index] = /^(.*)\[(\d+)\]$/.exec(key) ?? []
  const ofLoop = scope.symbols.get(loop)?.[Number(index)]
  if (ofLoop) return deployed(session, ofLoop)
  const found = scope.own.filter((one) => one.id.toLowerCase().endsWith(`/providers/${key}`))
  const named = found.length > 0 ? found : scope.own.filter((one) => one.name.toLowerCase() === key)
  return named.length === 1 ? named[0] : undefined
}

/** What a template only speaks of may be deployed by another one around it. */
function deployed(session: Session, one: Instance | undefined): ResourceState | undefined {
  return one?.existing === true ? (byId(session, one.id.toLowerCase()) ?? one) : one
}

/** A resource that has a body of its own, or one that stands in its parent's body, as a subnet in its VNet's. */
function byId(session: Session, id: string): ResourceState | undefined {
  const own = session.byId.get(id)
  if (own) return own
  const parts = id.split('/')
  const name = parts.at(-1) ?? ''
  const kind = parts.at(-2) ?? ''
  const parent = session.byId.get(parts.slice(0, -2).join('/'))
  const members = parent && memberOf(parent.properties(), kind)
  const inside = Array.isArray(members) ? members.find((one) => textOf(one, 'name')?.toLowerCase() === name) : undefined
  if (!parent || !isMembers(inside)) return undefined
  return {
    id,
    type: `${parent.type}/${kind}`,
    name: `${parent.name}/${name}`,
    full: () => inside,
    properties: () => propertiesOf(inside),
  }
}

function markOpen(session: Session, value: unknown): void {
  const open = [value]
  while (open.length > 0) {
    const one = open.pop()
    if (typeof one !== 'object' || one === null || isUnevaluated(one) || session.open.has(one)) continue
    if (isMembers(one)) session.open.add(one)
    for (const part of Object.values(one)) open.push(part)
  }
}
