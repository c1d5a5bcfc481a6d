import type { Output } from './output.ts'

/** Where a run of the program stands: its streams, environment and folder. */
export interface World {
  readonly output: Output
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** Takes the exit code of a command that waits for the network: the process ends with it. */
  readonly later?: (code: Promise<number>) => void
}
