import { afterAll, describe, expect, test } from 'vitest'
import { KERNEL_FACTS } from './kernel-facts.ts'
import { startProber } from './prober.ts'
import { runRandom } from './random-run.ts'
import { findingText } from './report.ts'
import { whyNot } from './requirements.ts'
import { outcomeText, tryOut } from './trial.ts'

const reason = whyNot()
if (reason) console.warn(`skipped: ${reason}`)

describe.skipIf(reason)(reason ? `a real kernel (skipped: ${reason})` : 'a real kernel', () => {
  const prober = startProber(new URL('prober.py', import.meta.url).pathname)
  afterAll(() => prober.end())

  test.concurrent.for(KERNEL_FACTS.map((one) => [one.id, one.claim, one] as const))(
    '%s: %s, and the tracer says so',
    async ([, , { network, probe, result, seen }], { expect }) => {
      const { comparisons } = await tryOut({ network, probes: [probe] }, prober)
      const [one] = comparisons
      expect(one?.kernel.result).toBe(result)
      const { source, destination, destinationPort } = one?.kernel.seen ?? {}
      if (seen !== undefined) expect(`${source} -> ${destination}:${destinationPort}`).toBe(seen)
      expect(one?.prediction.outcomes.map(outcomeText)).toContain(one && outcomeText(one.kernel))
    },
  )

  test('random networks agree with the tracer on every probe', { timeout: 60_000 }, async () => {
    const run = { seed: 20_261_122, probes: 160, perNetwork: 16, atOnce: 4, most: 1, decidedEvery: 5 }
    const { findings, probes, decidedOtherwise } = await runRandom(run, prober, () => undefined)
    expect(findings.map(findingText)).toEqual([])
    expect(decidedOtherwise).toEqual([])
    expect(probes).toBeGreaterThanOrEqual(160)
  })
})
