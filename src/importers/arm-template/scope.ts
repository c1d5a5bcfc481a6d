import type { DeploymentPlace } from './deployment-place.ts'

/** A resource of the template, as `reference()` sees it. */
export interface ResourceState {
  readonly id: string
  readonly type: string
  readonly name: string
  /** A nested deployment: nothing but its outputs is asked of it, and they are all told. */
  readonly isDeployment?: boolean
  /** The whole body, with what the template says and nothing that only Azure knows. */
  full(): unknown
  /** Its `properties`. */
  properties(): unknown
}

/** What the names in an expression mean: one deployment, or one call of a user's function. */
export interface Scope {
  readonly place: DeploymentPlace
  /** Where `deployment()` says the template is; links are relative to it. */
  readonly templateUri: string
  /** The deployment's name; absent for the template itself. */
  readonly deploymentName: string | undefined
  parameter(name: string): unknown
  variable(name: string): unknown
  /** A function the template declares, by `namespace.name`; `undefined` when it does not. */
  userFunction(name: string): ((args: readonly unknown[]) => unknown) | undefined
  /** A resource by its id, symbolic name, `type/name` or name; `undefined` when the template does not have it. */
  resource(wanted: string): ResourceState | undefined
  /** The resources of a symbolic name that is a loop; `undefined` when it is none. */
  resourceLoop(symbol: string): readonly ResourceState[] | undefined
  /** Whether an object is a resource's, so that what it lacks may still be there after deployment. */
  isOpen(value: unknown): boolean
  /** `shallow`: what stands in the object is complete. */
  markOpen(value: unknown, shallow: boolean): void
  /** Remembers that a value only Azure knows was replaced by a stand-in: `uniqueString()`. */
  standIn(what: string): void
  /** Whether a text, or one in an array or object, holds words that stand in for ones that are not known. */
  holdsStandIn(value: unknown): boolean
  /** Makes a value one level deeper, or an unknown one when the levels run out. */
  deeper(make: () => unknown): unknown
}

/** Everything an expression may speak of where it stands. */
export interface Surroundings {
  readonly scope: Scope
  /** Loop indexes by lower-case loop name; the empty name is the resource's own loop. */
  readonly copies: ReadonlyMap<string, number>
  /** The variables of the lambdas around, by lower-case name. */
  readonly locals: ReadonlyMap<string, unknown>
}
