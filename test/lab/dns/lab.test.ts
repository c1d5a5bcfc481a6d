import { afterAll, expect, test } from 'vitest'
import { missingForLab, runLab } from './lab.ts'

// The long version: npm run lab:dns -- --seed S --questions N
const missing = missingForLab()
if (missing !== undefined) console.warn(`The DNS lab is skipped: ${missing}`)

const script = new URL('./wire.py', import.meta.url).pathname
const reports: string[] = []
afterAll(() => {
  for (const line of reports) console.warn(line)
})

test.skipIf(missing !== undefined)(
  `real dnsmasq, unbound and BIND answer as the engine says${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  // What was begun is played to its end, and a server that gives up takes its time.
  { timeout: 240_000 },
  async () => {
    const report = await runLab({
      seed: 1,
      questions: 90,
      perConfiguration: 6,
      benches: 8,
      limit: 8_000,
      shrinks: 1,
      script,
    })
    reports.push(`DNS lab: ${report.questions} questions, ${report.configurations} configurations`)
    expect(report.failures).toEqual([])
    expect(report.cases).toEqual([])
    expect(report.differences).toBe(0)
  },
)
