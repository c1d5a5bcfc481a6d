import { EXIT } from './exit-code.ts'
import { sayLastWords } from './interruption.ts'
import { PROCESS_OUTPUT } from './output.ts'
import { run } from './program.ts'

process.on('SIGINT', () => {
  sayLastWords()
  process.exit(EXIT.interrupted)
})
let waiting: Promise<number> | undefined
const later = (promise: Promise<number>): void => {
  waiting = promise
}
const world = { output: PROCESS_OUTPUT, environment: process.env, cwd: process.cwd(), later }
const code = run(process.argv.slice(2), world)
// All is written by then; ending at once spares the engine tidying up after itself.
if (waiting) waiting.then((late) => process.exit(late))
else process.exit(code)
