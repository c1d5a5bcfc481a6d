import { EXIT } from './exit-code.ts'
import { PROCESS_OUTPUT } from './output.ts'
import { run } from './program.ts'

process.on('SIGINT', () => process.exit(EXIT.interrupted))
// All is written by then; ending at once spares the engine tidying up after itself.
process.exit(run(process.argv.slice(2), { output: PROCESS_OUTPUT, environment: process.env, cwd: process.cwd() }))
