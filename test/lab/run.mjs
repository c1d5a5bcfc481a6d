// Holds the tracer against a real kernel: random networks in namespaces. Exits 1 when the two disagree on a probe.
//   npm run lab -- --seed 1 --probes 5000
//   npm run lab -- --network 12000217
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = new URL('../..', import.meta.url).pathname
const text = (name) => ({ [name]: { type: 'string' } })
const { values } = parseArgs({
  options: {
    ...text('seed'),
    ...text('probes'),
    ...text('per-network'),
    ...text('at-once'),
    ...text('most'),
    ...text('network'),
  },
})
const number = (name, otherwise) => Number(values[name] ?? otherwise)

const lab = await bundled()
const reason = lab.whyNot()
if (reason) {
  console.error(`skipped: ${reason}`)
  process.exit(69)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))
const prober = lab.startProber(join(root, 'test/lab/prober.py'))
try {
  // A network's number is its seed's and its own: `--network N` asks in that one alone.
  const one = values.network === undefined ? undefined : Number(values.network)
  const run = {
    seed: one === undefined ? number('seed', 1) : Math.floor(one / 1_000_003),
    ...(one !== undefined && { from: one % 1_000_003 }),
    probes: one === undefined ? number('probes', 5000) : 1,
    perNetwork: number('per-network', 16),
    atOnce: one === undefined ? number('at-once', 3) : 1,
    most: number('most', 5),
  }
  const start = performance.now()
  const figures = await lab.runRandom(run, prober, (line) => console.log(line))
  for (const finding of figures.findings) console.log(lab.findingText(finding))
  console.log(`seed ${run.seed}: ${lab.figuresText(figures, (performance.now() - start) / 1000)}`)
  process.exitCode = figures.findings.length > 0 ? 1 : 0
} finally {
  prober.end()
}

async function bundled() {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-lab-'))
  try {
    const outfile = join(folder, 'lab.mjs')
    const banner =
      "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
    await build({
      absWorkingDir: root,
      entryPoints: ['test/lab/entry.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      banner: { js: banner },
    })
    return await import(outfile)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
