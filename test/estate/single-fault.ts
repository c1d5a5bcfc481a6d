import type { Outcome, Works } from '../../src/diagnose/index.ts'
import type { Patch } from './faulty-estate.ts'

/** Promises that one fault breaks in one way. */
export interface Broken {
  /** Their ids, with a blank between. */
  readonly flows: string
  readonly works: Works
  readonly outcome: Outcome
  readonly cause: string
  /** Texts the cause's message must hold: the object to change. */
  readonly names: readonly string[]
  /** The place the cause points at: its file, then a text of that line. */
  readonly at?: readonly [file: string, line: string]
}

/** One change to the vision plant and all that it breaks. */
export interface SingleFault {
  readonly id: string
  readonly change: string
  readonly patches: readonly Patch[]
  readonly breaks: readonly Broken[]
}

/** Promises between the plant and each VNet behind the hub. */
export const TO_ML = 'F06 F06b F09 F25 F25b F28 F29 F30 F30b F30c F30d F31 F56 F62b'
export const TO_INGEST = 'F02 F03 F04 F07 F08'
