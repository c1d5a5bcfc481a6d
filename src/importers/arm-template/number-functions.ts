import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { sameValue } from './same-value.ts'
import { unevaluated } from './value.ts'

function ofNumbers(name: string, make: (a: number, b: number) => unknown) {
  return taking(2, 2, (a, b) => (typeof a === 'number' && typeof b === 'number' ? make(a, b) : cannotTake(name, a, b)))
}

// Texts are compared by their characters' codes.
function ofOrdered(name: string, make: (order: number) => boolean) {
  return taking(2, 2, (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return make(a - b)
    if (typeof a === 'string' && typeof b === 'string') return make(a < b ? -1 : a > b ? 1 : 0)
    return cannotTake(name, a, b)
  })
}

/** The functions on numbers, truths and comparisons (Learn: Numeric, Logical, Comparison functions for ARM templates). */
export const NUMBER_FUNCTIONS: FunctionTable = {
  add: ofNumbers('add', (a, b) => a + b),
  sub: ofNumbers('sub', (a, b) => a - b),
  mul: ofNumbers('mul', (a, b) => a * b),
  div: ofNumbers('div', (a, b) => (b === 0 ? unevaluated('div() divides by zero') : Math.trunc(a / b))),
  mod: ofNumbers('mod', (a, b) => (b === 0 ? unevaluated('mod() divides by zero') : a % b)),
  min: taking(1, 999, (...values) => extreme('min', values, Math.min)),
  max: taking(1, 999, (...values) => extreme('max', values, Math.max)),
  int: taking(1, 1, (value) => numberOf('int', value, /^\s*-?\d+\s*$/)),
  float: taking(1, 1, (value) => numberOf('float', value, /^\s*-?\d+(\.\d+)?\s*$/)),
  bool: taking(1, 1, truth),
  true: taking(0, 0, () => true),
  false: taking(0, 0, () => false),
  null: taking(0, 0, () => null),
  not: taking(1, 1, (value) => (typeof value === 'boolean' ? !value : cannotTake('not', value))),
  equals: taking(2, 2, sameValue),
  less: ofOrdered('less', (order) => order < 0),
  lessorequals: ofOrdered('lessOrEquals', (order) => order <= 0),
  greater: ofOrdered('greater', (order) => order > 0),
  greaterorequals: ofOrdered('greaterOrEquals', (order) => order >= 0),
}

function extreme(name: string, values: readonly unknown[], pick: (...numbers: number[]) => number): unknown {
  const list = values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly unknown[]) : values
  const numbers = list.filter((one) => typeof one === 'number')
  if (numbers.length < list.length || numbers.length === 0) return cannotTake(name, ...values)
  return pick(...numbers)
}

function numberOf(name: string, value: unknown, shape: RegExp): unknown {
  if (typeof value === 'number') return name === 'int' ? Math.trunc(value) : value
  return typeof value === 'string' && shape.test(value) ? Number(value) : cannotTake(name, value)
}

function truth(value: unknown): unknown {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : cannotTake('bool', value)
}
