import type { FailureFacts } from './read-failure.ts'
import type { ResourcePlace } from './resource-place.ts'
import type { RouteAnswer } from './told-routes.ts'

/** Something that was to be read and could not be. */
export interface Unread extends FailureFacts {
  /** The resource it is below, as Azure wrote its id. */
  readonly id: string
  /** The type of what is missing, lower case. */
  readonly child: string
  /** What is missing, in words: `record sets of private DNS zone contoso.example`. */
  readonly what: string
}

/** What somebody told of routes. */
export interface ToldRoutes {
  readonly place: ResourcePlace
  readonly kind: RouteAnswer
  /** Which of several answers of the same resource it is; empty when there is one. */
  readonly part: string
  /** As Azure sent it: lists of rows. */
  readonly answer: object
}

/** What a run read. */
export interface Collection {
  readonly cloud: string
  /** All that were asked for, lower case, also those that could not be read. */
  readonly subscriptions: readonly string[]
  /** Empty = all. */
  readonly resourceGroups: readonly string[]
  /** Resource bodies as Azure sent them, in the order of their ids; each id once. */
  readonly bodies: readonly object[]
  /** What gateways, route servers, circuits and interfaces told of routes, in the order of their ids; empty when not asked. */
  readonly routes: readonly ToldRoutes[]
  /** In the order of their ids. */
  readonly unread: readonly Unread[]
}
