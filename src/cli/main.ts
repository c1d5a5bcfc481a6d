import { EXIT } from './exit-code.ts'
import { PROCESS_OUTPUT } from './output.ts'
import { run } from './program.ts'

process.on('SIGINT', () => process.exit(EXIT.interrupted))
process.exitCode = run(process.argv.slice(2), { output: PROCESS_OUTPUT, environment: process.env, cwd: process.cwd() })
