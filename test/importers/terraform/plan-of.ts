import { type Json, resource } from './terraform-file.ts'

/** A resource as a configuration writes it: constants, and what refers to others. */
export interface Written {
  readonly address: string
  readonly values: Json
  /** The attributes that are known only after apply, by name, or by block and name: their expression, or none. */
  readonly later?: Later
  /** What Terraform does with it; default it makes it. */
  readonly actions?: readonly string[]
}

type Expression = readonly string[] | null
/** Expressions by attribute, `null` = none; of nested blocks by their attributes. */
interface Later {
  readonly [attribute: string]: Expression | readonly Later[]
}

/** What an expression refers to: the resource's attribute, and all that is around it, as Terraform 1.11 lists them. */
export function refers(...paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const ends = [...path.matchAll(/\.|\[/g)].map((one) => one.index).filter((end) => /\./.test(path.slice(0, end)))
    return [path, ...ends.reverse().map((end) => path.slice(0, end))]
  })
}

/** The plan that makes what is written; `null` in a list of values is known only after apply. */
export function planOf(written: readonly Written[], more: Json = {}): Json {
  const resources = written.map(({ address, values }) => resource(address, values))
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: { resources } },
    resource_changes: written.map(({ address, values, later = {}, actions = ['create'] }) => ({
      address,
      change: { actions, after_unknown: { id: true, ...unknownOf(values, later) } },
    })),
    configuration: {
      root_module: {
        resources: written.map(({ address, later = {} }) => ({
          address: address.replace(/\[.*\]$/, ''),
          mode: 'managed',
          expressions: expressionsOf(later),
        })),
      },
    },
    ...more,
  }
}

function unknownOf(values: unknown, later: Later): Json {
  return Object.fromEntries(
    Object.entries(later).map(([key, one]) => {
      const value = (values as Json | undefined)?.[key]
      if (isBlocks(one)) return [key, one.map((each, index) => unknownOf((value as unknown[])[index], each))]
      return [key, Array.isArray(value) ? value.map((each) => each === null) : true]
    }),
  )
}

function expressionsOf(later: Later): Json {
  return Object.fromEntries(
    Object.entries(later).map(([key, one]) => {
      if (isBlocks(one)) return [key, one.map(expressionsOf)]
      return [key, one === null ? {} : { references: one }]
    }),
  )
}

function isBlocks(one: Expression | readonly Later[]): one is readonly Later[] {
  return Array.isArray(one) && typeof one[0] === 'object'
}
