import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

const RECORDS = 100_000
const ROUNDS = 20

/** How long a zone file of 100,000 records takes to be read, and one name of the case study to be resolved once it is loaded. */
export function names(product, root) {
  const lines = Array.from(
    { length: RECORDS },
    (_, at) => `h${at} A 10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`,
  )
  const files = [
    { path: 'named.conf', text: 'options { recursion no; };\nzone "big.example" { type primary; file "db.big"; };' },
    { path: 'db.big', text: `$TTL 60\n@ SOA ns.big.example. host.big.example. 1 2 3 4 5\n${lines.join('\n')}\n` },
  ]
  const start = performance.now()
  const read = product.importBind(files).resolver?.zones[0]?.records.length ?? 0
  const seconds = (performance.now() - start) / 1000
  console.log(`zone of ${read} records  ${seconds.toFixed(2)} s to read (goal 1)`)

  const { network, expectations } = product.loadTopology(join(root, 'topologies/vision-plant.yaml'))
  const prepared = product.prepare(network)
  const asked = expectations
    .map((one) => ({ device: one.from, name: one.to.replace(/:\d+(\/\w+)?$/, '') }))
    .filter(({ device, name }) => network.devices.has(device) && /[a-z]\.[a-z]/.test(name))
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const question of asked) {
      const before = performance.now()
      product.resolve(prepared, question)
      times.push({ round, took: performance.now() - before })
    }
  }
  const mean = (of) => of.reduce((sum, one) => sum + one.took, 0) / of.length
  const first = mean(times.filter((one) => one.round === 0))
  const later = mean(times.filter((one) => one.round > 0))
  console.log(
    `names                ${first.toFixed(3)} ms the first time, ${later.toFixed(3)} ms then, over ${asked.length} names (goal 1)`,
  )
}
