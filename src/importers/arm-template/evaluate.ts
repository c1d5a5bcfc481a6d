import { ADDRESS_FUNCTIONS } from './address-functions.ts'
import { DEPLOYMENT_FUNCTIONS } from './deployment-functions.ts'
import type { Expression } from './expression.ts'
import type { FunctionTable } from './function-table.ts'
import { JSON_FUNCTIONS } from './json-functions.ts'
import { LAMBDA_FUNCTIONS, type Lambda } from './lambda-functions.ts'
import { LIST_FUNCTIONS } from './list-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import type { Surroundings } from './scope.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'
import { isMembers, isUnevaluated, memberName, unevaluated, unknownPart } from './value.ts'

const FUNCTIONS: FunctionTable = {
  ...TEXT_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...ADDRESS_FUNCTIONS,
  ...LAMBDA_FUNCTIONS,
}

/** Functions that do not look into the parts of an array, so that unknown parts do no harm. */
const BLIND = new Set(
  'array concat createarray createobject empty first last indexfromend items length objectkeys shallowmerge skip take union map filter reduce sort toobject groupby mapvalues'.split(
    ' ',
  ),
)
// What these say of a text depends on words that only stand in for the real ones.
const WEIGHING = new Set(
  'equals contains startswith endswith empty length indexof lastindexof less lessorequals greater greaterorequals substring take skip first last int bool json split intersection union padleft parsecidr base64tojson'.split(
    ' ',
  ),
)
const GATHERING = new Set(['array', 'createarray', 'createobject'])

/** The value of an expression; an unknown one, with the reason, when it cannot be told. Never throws. */
export function evaluate(expression: Expression, around: Surroundings): unknown {
  return around.scope.deeper(() => {
    switch (expression.kind) {
      case 'literal':
        return expression.value
      case 'member':
        return memberValue(expression, around)
      case 'call':
        return callValue(expression, around)
    }
  })
}

type Call = Extract<Expression, { kind: 'call' }>
type Member = Extract<Expression, { kind: 'member' }>

function memberValue({ of, key, optional }: Member, around: Surroundings): unknown {
  const holder = evaluate(of, around)
  if (isUnevaluated(holder)) return holder
  const wanted = evaluate(key, around)
  if (isUnevaluated(wanted)) return wanted
  return pick(holder, wanted, optional, around)
}

function pick(holder: unknown, wanted: unknown, optional: boolean, around: Surroundings): unknown {
  if (Array.isArray(holder) && typeof wanted === 'number') {
    const element: unknown = holder[wanted]
    if (element !== undefined) return element
    return optional ? null : unevaluated(`there is no element ${wanted} in an array of ${holder.length}`)
  }
  if (isMembers(holder) && typeof wanted === 'string') {
    const name = memberName(holder, wanted)
    if (name !== undefined) return holder[name]
    if (around.scope.isOpen(holder)) return unevaluated(`"${wanted}" of the resource is only known after deployment`)
    return optional ? null : unevaluated(`there is no member "${wanted}"`)
  }
  if (optional && holder === null) return null
  return unevaluated(`"${String(wanted)}" cannot be taken of a value that has no such members`)
}

function callValue(call: Call, around: Surroundings): unknown {
  if (Object.hasOwn(LAZY, call.name)) return LAZY[call.name]?.(call.args, around)
  const args = call.args.map((one) => evaluate(one, around))
  if (Object.hasOwn(DEPLOYMENT_FUNCTIONS, call.name)) {
    return args.find(isUnevaluated) ?? DEPLOYMENT_FUNCTIONS[call.name]?.(args, around)
  }
  const own = around.scope.userFunction(call.name)
  if (own) return own(args)
  if (!Object.hasOwn(FUNCTIONS, call.name)) {
    return unevaluated(
      call.name.startsWith('list')
        ? `${call.name}() asks Azure for keys or secrets`
        : `${call.name}() is not a function that is known here`,
    )
  }
  return tableValue(call.name, args, around)
}

const TEXT_LIMIT = 1_000_000
const ARRAY_LIMIT = 100_000

function tableValue(name: string, args: readonly unknown[], around: Surroundings): unknown {
  const known = FUNCTIONS[name]
  if (!known || args.length < known.least || args.length > known.most) {
    return unevaluated(`${name}() does not take ${args.length} arguments`)
  }
  if (!GATHERING.has(name)) {
    const missing = BLIND.has(name) ? args.find(isUnevaluated) : unknownPart(args)
    if (missing) return missing
    if (args.some((one) => around.scope.isOpen(one))) {
      return unevaluated('what a resource has after deployment is not in the template')
    }
  }
  if (weighs(name, args) && around.scope.holdsStandIn(args)) {
    return unevaluated(`${name}() is asked about a word that only stands in for one that is not known`)
  }
  if (name === 'uniquestring' || name === 'guid') around.scope.standIn(`${name === 'guid' ? name : 'uniqueString'}()`)
  const made = known.call(...args)
  if (typeof made === 'string' && made.length > TEXT_LIMIT) return unevaluated(`${name}() makes a text too long`)
  if (Array.isArray(made) && made.length > ARRAY_LIMIT) return unevaluated(`${name}() makes an array too long`)
  return made
}

/** Whether a function's answer depends on the letters of its texts. No name in Azure has a slash. */
function weighs(name: string, [of, other]: readonly unknown[]): boolean {
  // The word stands inside a text of the JSON and not for a part of it.
  if (name === 'json' && typeof of === 'string' && /^\s*[{[]\s*["{[]/.test(of)) return false
  if (name === 'split' && other === '/') return false
  if (Array.isArray(of) && ['empty', 'length', 'take', 'skip', 'first', 'last'].includes(name)) return false
  return WEIGHING.has(name)
}

type Lazy = (args: readonly Expression[], around: Surroundings) => unknown

/** Functions that do not look at all of their arguments, and lambdas. */
const LAZY: Readonly<Record<string, Lazy>> = {
  if: ([condition, yes, no], around) => {
    if (!condition || !yes || !no) return unevaluated('if() takes three arguments')
    const truth = evaluate(condition, around)
    if (isUnevaluated(truth)) return truth
    return typeof truth === 'boolean' ? evaluate(truth ? yes : no, around) : unevaluated('if() needs a boolean')
  },
  and: (args, around) => decided('and', args, around, false),
  or: (args, around) => decided('or', args, around, true),
  coalesce: (args, around) => {
    for (const one of args) {
      const value = evaluate(one, around)
      if (value !== null && value !== undefined) return value
    }
    return null
  },
  tryget: ([of, ...keys], around) => {
    let value = of ? evaluate(of, around) : null
    for (const key of keys) {
      const wanted = evaluate(key, around)
      if (isUnevaluated(value)) return value
      if (isUnevaluated(wanted)) return wanted
      value = value === null ? null : pick(value, wanted, true, around)
    }
    return value
  },
  lambda: (args, around): Lambda | unknown => {
    const body = args.at(-1)
    const names = args.slice(0, -1).map((one) => (one.kind === 'literal' ? String(one.value).toLowerCase() : ''))
    if (!body) return unevaluated('lambda() needs a body')
    return (...values: readonly unknown[]) => {
      const locals = new Map(around.locals)
      for (const [index, name] of names.entries()) locals.set(name, values[index])
      return evaluate(body, { ...around, locals })
    }
  },
}

/** `and` and `or` over what is known: one deciding truth is enough, whatever the others are. */
function decided(name: string, args: readonly Expression[], around: Surroundings, deciding: boolean): unknown {
  let missing: unknown
  for (const one of args) {
    const value = evaluate(one, around)
    if (value === deciding) return deciding
    if (isUnevaluated(value)) missing ??= value
    else if (typeof value !== 'boolean') missing ??= unevaluated(`${name}() needs booleans`)
  }
  return missing ?? !deciding
}
