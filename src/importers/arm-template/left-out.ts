import type { Source } from '../../model/index.ts'

/** A child resource that a template may or may not deploy: whether its parent has it is unknown. */
export interface LeftOut {
  /** The lower-case id of the resource it is below. */
  readonly parent: string
  /** The lower-case type of the child. */
  readonly child: string
  /** A clause: `whether A x is deployed cannot be evaluated`. */
  readonly words: string
  readonly source: Source
}
