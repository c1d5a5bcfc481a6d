import type { FailureFacts } from './read-failure.ts'

/** Something that was to be read and could not be. */
export interface Unread extends FailureFacts {
  /** The resource it is below, as Azure wrote its id. */
  readonly id: string
  /** The type of what is missing, lower case. */
  readonly child: string
  /** What is missing, in words: `record sets of private DNS zone contoso.example`. */
  readonly what: string
}

/** What a run read. */
export interface Collection {
  readonly cloud: string
  readonly subscriptions: readonly string[]
  /** Empty = all. */
  readonly resourceGroups: readonly string[]
  /** Resource bodies as Azure sent them, in the order of their ids; each id once. */
  readonly bodies: readonly object[]
  /** Rows of what gateways learned by BGP, sorted; empty when that was not asked. */
  readonly learnedRoutes: readonly object[]
  /** In the order of their ids. */
  readonly unread: readonly Unread[]
}
