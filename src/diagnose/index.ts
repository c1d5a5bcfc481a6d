/** What people ask: can A reach B, and why not; whom a word means; whether a promise holds. */

export { type AllNames, allNames, type NameLeads, type NameSeen } from './all-names.ts'
export { nameCauses } from './cause.ts'
export { connect } from './connect.ts'
export type { Cause, Connection, Outcome, Path, Works } from './connection.ts'
export { deviceNamed } from './party.ts'
export type { PromiseResult } from './promise.ts'
export { checkPromise } from './promise.ts'
export { nameSymptom } from './symptom.ts'
export type { Symptom } from './symptom-kind.ts'
export { readTarget } from './target-text.ts'
export { UsageError } from './usage-error.ts'
