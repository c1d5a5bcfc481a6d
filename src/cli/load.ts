import type { Expectation } from '../model/index.ts'
import { formatSource, type Network } from '../model/index.ts'
import { diagnosticsText } from '../report/index.ts'
import { DISK, loadTopology, QUESTION_DISK } from '../topology/index.ts'
import { type PreparedNetwork, prepare } from '../trace/index.ts'
import type { Output } from './output.ts'

/** A topology read and made ready. */
export interface Loaded {
  readonly network: Network
  readonly prepared: PreparedNetwork
  readonly expectations: readonly Expectation[]
}

/** Input that cannot be used; what is wrong has been printed. Caught in the CLI (exit 65). */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput'
}

/** What a command needs of a topology beyond its network. */
export interface Needs {
  readonly expectations: boolean
  readonly listsWarnings: boolean
}

/**
 * Reads a topology. Errors are printed and thrown as UnreadableInput; warnings, and what is found wrong with the network
 * itself, are listed on the error stream when wanted.
 */
export function load(path: string, output: Output, needs: Needs): Loaded {
  const topology = loadTopology(path, { reader: needs.expectations ? DISK : QUESTION_DISK })
  const errors = topology.diagnostics.filter((one) => one.severity === 'error')
  if (errors.length > 0) {
    output.err(`${diagnosticsText(errors)}\n`)
    throw new UnreadableInput(formatSource(errors[0]?.source ?? { kind: 'implied', because: path }))
  }
  const warnings = topology.diagnostics.filter((one) => one.severity === 'warning' || one.finding)
  if (warnings.length > 0 && needs.listsWarnings) output.err(`${diagnosticsText(warnings, 100)}\n`)
  return { network: topology.network, prepared: prepare(topology.network), expectations: topology.expectations }
}
