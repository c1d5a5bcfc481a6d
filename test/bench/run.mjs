// Prints speed as ratios and rates measured in one run: start-up against `node -e 0`, traces a second, load time.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { build } from 'esbuild'
import { loading } from './loading.mjs'
import { names } from './names.mjs'
import { routerosLines } from './routeros-lines.mjs'
import { rules } from './rules.mjs'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'nettrace-bench-'))
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
try {
  startUp()
  const product = await bundled()
  await traces(await import(product))
  rules(await import(product))
  routerosLines(await import(product))
  names(await import(product), root)
  loading(product, folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Whole processes in turn, A B C A B C ..., so that a machine that drifts drifts for all of them. */
function startUp() {
  const question = [
    'from',
    'eng-ws',
    'to',
    'stmlvision.file.core.windows.net:445',
    '-t',
    'topologies/vision-plant.yaml',
  ]
  const commands = {
    floor: ['-e', '0'],
    version: ['bin/nettrace.js', '--version'],
    from: ['bin/nettrace.js', ...question],
  }
  const times = { floor: [], version: [], from: [] }
  for (let round = 0; round < 12; round++) {
    for (const [name, words] of Object.entries(commands)) {
      const start = performance.now()
      const done = spawnSync(process.execPath, words, { cwd: root, stdio: 'ignore' })
      if (done.status !== 0) throw new Error(`node ${words.join(' ')} ended with ${done.status}`)
      if (round > 1) times[name].push(performance.now() - start)
    }
  }
  const floor = median(times.floor)
  console.log(`node -e 0            ${floor.toFixed(0)} ms`)
  console.log(
    `nettrace --version   ${median(times.version).toFixed(0)} ms = ${(median(times.version) / floor).toFixed(2)} x node (goal 1.5)`,
  )
  console.log(
    `nettrace from ...    ${median(times.from).toFixed(0)} ms = ${(median(times.from) / floor).toFixed(2)} x node (goal 3)`,
  )
}

async function bundled() {
  const outfile = join(folder, 'product.mjs')
  const banner =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/entry.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: banner },
  })
  return outfile
}

/** Single traces there and back of every flow the case study promises, on a loaded network. */
async function traces(product) {
  const { network, expectations } = product.loadTopology(join(root, 'topologies/vision-plant.yaml'))
  const prepared = product.prepare(network)
  const flows = []
  for (const one of expectations) {
    for (const path of product.connect(prepared, one.from, one.to).paths)
      flows.push({ from: path.forward.from, flow: path.forward.flow })
  }
  let count = 0
  const start = performance.now()
  while (performance.now() - start < 3000) {
    for (const { from, flow } of flows) {
      for (const forward of product.trace(prepared, from, flow)) {
        count++
        if (forward.arrival) count += product.traceReply(prepared, forward).length
      }
    }
  }
  const seconds = (performance.now() - start) / 1000
  console.log(`traces               ${Math.round(count / seconds)} a second over ${flows.length} flows (goal 20000)`)
}
