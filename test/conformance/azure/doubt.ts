import type { Asked, Example } from './asked.ts'

/** A point Microsoft's pages leave open or say in two ways: what is answered under each value of its setting. */
export interface Doubt {
  readonly setting: string
  /** The value nobody has to say. */
  readonly usual: boolean
  readonly about: string
  readonly example: Example
  readonly from: string
  readonly to: string
  readonly told: (answer: Asked) => unknown
  readonly whenTrue: unknown
  readonly whenFalse: unknown
}

/** Whether it works. */
export const works = (answer: Asked): unknown => answer.works
