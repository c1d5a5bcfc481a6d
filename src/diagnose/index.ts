/** What people ask: can A reach B, and why not; whom a word means; whether a promise holds. */

export { nameCauses } from './cause.ts'
export { connect } from './connect.ts'
export type { Cause, Connection, Outcome, Path, Works } from './connection.ts'
export { deviceNamed } from './party.ts'
export type { PromiseResult } from './promise.ts'
export { checkPromise } from './promise.ts'
export { readTarget } from './target-text.ts'
export { UsageError } from './usage-error.ts'
