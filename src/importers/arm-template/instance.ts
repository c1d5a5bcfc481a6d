import type { ResourceState } from './scope.ts'
import type { Members, Unevaluated } from './value.ts'

/** One resource that a template deploys: a declaration in one round of its loop. */
export interface Instance extends ResourceState {
  readonly declaration: Members
  /** `existing: true`: the template only speaks of it. */
  readonly existing: boolean
  /** A nested deployment: it is no resource with packets. */
  readonly isDeployment: boolean
  /** Whether it is deployed is unknown, and why. */
  readonly doubt?: Unevaluated
}
