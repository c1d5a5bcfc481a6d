import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { host } from './host-text.ts'
import { meaning } from './nft-rule.ts'
import { FAMILIES, ROUTER } from './nft-samples.ts'

/** Runs nft in a network namespace of its own, which ends with it. */
function inNamespace(script: string, input = ''): { status: number | null; out: string; problem: string } {
  const run = spawnSync('unshare', ['--net', 'sh', '-c', script], { input, encoding: 'utf8' })
  return { status: run.status, out: run.stdout ?? '', problem: run.stderr ?? '' }
}

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const tried = inNamespace('nft -j list ruleset')
  return tried.status === 0 ? undefined : `nft does not run here: ${tried.problem.trim() || 'it is missing'}`
}

const reason = whyNot()
if (reason) console.warn(`skipped: rule sets are not loaded into a kernel, because ${reason}`)

describe.skipIf(reason !== undefined)(`a kernel (skipped without root and nft)`, () => {
  test.for([
    ['a router', ROUTER],
    ['one family at a time', FAMILIES],
  ] as const)('loads the sample of %s and prints it back with the same meaning, as text and as JSON', ([, text]) => {
    const loaded = inNamespace('nft -f - && nft list ruleset && echo ---- && nft -j list ruleset', text)
    expect([loaded.status, loaded.problem]).toEqual([0, ''])
    const [listed = '', json = ''] = loaded.out.split('----\n')
    const ours = host(text).device
    for (const printed of [listed, json]) {
      const { device } = host(printed)
      expect(unordered(meaning(device.ruleSets))).toEqual(unordered(meaning(ours.ruleSets)))
      expect(device.pipeline).toEqual(ours.pipeline)
    }
  })
})

/** Data with its lists sorted: the kernel prints the elements of a set in an order of its own. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unordered).map(asText).sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unordered(one)]))
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one))
}
