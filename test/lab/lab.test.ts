import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { KERNEL_FACTS, NOT_SHOWN } from './kernel-facts.ts'
import { startProber } from './prober.ts'
import { runRandom } from './random-run.ts'
import { findingText } from './report.ts'
import { whyNot } from './requirements.ts'
import { outcomeText, tryOut } from './trial.ts'

const reason = whyNot()
if (reason) console.warn(`skipped: ${reason}`)

const FACTS = join(process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../shared/data'), 'kernel-facts.json')

describe.skipIf(!existsSync(FACTS))('the measured facts about Linux', () => {
  test('each is shown by a case or says why it is not', () => {
    const { facts } = JSON.parse(readFileSync(FACTS, 'utf8')) as { facts: { id: string }[] }
    const shown = new Set(KERNEL_FACTS.map((one) => one.id))
    const missing = facts
      .map((one) => one.id)
      // The other letters are of name servers.
      .filter((id) => /^[LRMEX]\d/.test(id) && NOT_SHOWN[id] === undefined)
      .filter((id) => !shown.has(id) && !shown.has(id.split(' ')[0] ?? ''))
    expect(missing).toEqual([])
  })
})

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
      expect(one?.decisions?.differences).toEqual([])
    },
  )

  test('random networks agree with the tracer on every probe', { timeout: 240_000 }, async () => {
    const run = { seed: 20_261_122, probes: 1600, perNetwork: 16, atOnce: 4, most: 1 }
    const { findings, probes, decided } = await runRandom(run, prober, () => undefined)
    expect(findings.map(findingText)).toEqual([])
    expect(decided.probes).toBeGreaterThanOrEqual(1440)
    expect(probes).toBeGreaterThanOrEqual(1600)
  })
})
