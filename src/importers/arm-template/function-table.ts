import { unevaluated } from './value.ts'

/** A function of the template language over values that are all known. */
export interface TemplateFunction {
  /** How many arguments it takes; both inclusive. */
  readonly least: number
  readonly most: number
  readonly call: (...args: readonly unknown[]) => unknown
}

/** Functions by their lower-case names. */
export type FunctionTable = Readonly<Record<string, TemplateFunction>>

/** A function with a fixed or bounded number of arguments. */
export function taking(least: number, most: number, call: TemplateFunction['call']): TemplateFunction {
  return { least, most, call }
}

/** What a function says of arguments it cannot take. */
export function cannotTake(name: string, ...args: readonly unknown[]) {
  return unevaluated(`${name}() cannot take ${args.map(kindOf).join(' and ')}`)
}

/** The kind of a value, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'an array'
  switch (typeof value) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'a boolean'
    default:
      return 'an object'
  }
}
