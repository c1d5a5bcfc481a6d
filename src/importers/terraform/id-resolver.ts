import type { Block } from './block.ts'
import type { Instance } from './instance.ts'

/** The ids an attribute holds or will hold, and whether those are all of them. */
export interface Resolved {
  readonly ids: readonly string[]
  readonly complete: boolean
}

/** Finds ids, those that are known only after apply too. */
export interface IdResolver {
  /** The ids in an attribute; where they are known only after apply, those of the resources its expression names. */
  resolve(instance: Instance, block: Block, key: string): Resolved
  /** The id of an instance; empty when it cannot be told. */
  idOf(instance: Instance): string
  /** The id of the resource an instance is part of; `undefined` when it is part of none. */
  parentIdOf(instance: Instance): string | undefined
}
