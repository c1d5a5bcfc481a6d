// Holds the DNS engine against real dnsmasq, unbound and BIND in network namespaces. Exit code 1 on any disagreement.
// node test/lab/dns/run.mjs [--seed S] [--questions N] [--benches B] [--first N]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = new URL('../../..', import.meta.url).pathname
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    questions: { type: 'string', default: '200' },
    benches: { type: 'string', default: '8' },
    first: { type: 'string', default: '0' },
    per: { type: 'string', default: '10' },
    shrinks: { type: 'string', default: '3' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'nettrace-lab-'))
try {
  const outfile = join(folder, 'lab.mjs')
  const banner =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
  await build({
    absWorkingDir: root,
    entryPoints: ['test/lab/dns/lab.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: banner },
  })
  const lab = await import(outfile)
  const missing = lab.missingForLab()
  if (missing !== undefined) {
    console.error(`The DNS lab cannot run here: ${missing}`)
    process.exitCode = 69
  } else process.exitCode = await run(lab)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function run(lab) {
  const number = (name) => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < 0) throw new TypeError(`--${name} needs a whole number`)
    return value
  }
  const start = performance.now()
  const report = await lab.runLab({
    seed: number('seed'),
    questions: number('questions'),
    perConfiguration: number('per'),
    benches: number('benches'),
    first: number('first'),
    shrinks: number('shrinks'),
    script: join(root, 'test/lab/dns/wire.py'),
    say: (line) => console.log(line),
  })
  for (const failure of report.failures) console.log(`NOT PLAYED ${failure}`)
  for (const [software, figures] of Object.entries(report.by)) {
    console.log(
      `${software.padEnd(8)} ${figures.configurations} configurations, ${figures.questions} questions, ${figures.differences} disagreements, ${figures.unknown} called unknown`,
    )
  }
  const kinds = Object.entries(report.kinds).map(([kind, count]) => `${kind} ${count}`)
  console.log(`answers  ${kinds.join(', ')}`)
  for (const [why, count] of Object.entries(report.unknowns)) console.log(`unknown  ${count} x ${why}`)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(
    `seed ${values.seed}: ${report.questions} questions, ${report.configurations} configurations, ${report.differences} disagreements, ${report.failures.length} not played, ${seconds} s`,
  )
  return report.differences + report.failures.length === 0 ? 0 : 1
}
