/** What the lab's runner calls, bundled. */
export { startProber } from './prober.ts'
export { runRandom } from './random-run.ts'
export { figuresText, findingText } from './report.ts'
export { whyNot } from './requirements.ts'
