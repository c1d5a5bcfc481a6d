// Prints the runner's figures as one plain line; fails when a test failed, a file did not load, or nothing ran.
import { readFileSync } from 'node:fs'

const run = JSON.parse(readFileSync(process.argv[2], 'utf8'))
// A file that does not load has no failed test of its own; it counts as one.
const broken = run.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
)
const failed = run.numFailedTests + broken.length
const skipped = run.numPendingTests + run.numTodoTests
console.log(`${run.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 || run.numPassedTests === 0 ? 1 : 0)
