// Prints how long a generated estate takes to load, each size in a process of its own, so that memory is the size's own.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { writeHubEstate } from './estate.mjs'

const SIZES = [500, 1000, 2000, 4000]
const ROUNDS = 3

/** Runs the sizes in turn, `ROUNDS` times, and prints the medians and how time grows against the smallest. */
export function loading(productFile, folder) {
  const estates = SIZES.map((vms) => ({ vms, ...writeHubEstate(join(folder, `estate-${vms}`), { vms }) }))
  const runs = new Map(SIZES.map((vms) => [vms, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const { vms, path } of estates) runs.get(vms).push(loadedAlone(productFile, path))
  }
  const smallest = middle(runs.get(SIZES[0]), 'seconds')
  for (const { vms, path, vnets, hubs, groups, endpoints } of estates) {
    const taken = runs.get(vms)
    const seconds = middle(taken, 'seconds')
    const size = statSync(join(dirname(path), 'azure.json')).size / 1e6
    const growth = `${(seconds / smallest).toFixed(1)} x the time for ${vms / SIZES[0]} x the VMs`
    console.log(
      `${vms} VMs in ${vnets} VNets, ${hubs} hubs, ${groups} NSGs of 60 rules, ${endpoints} private endpoints, ${size.toFixed(1)} MB:`,
    )
    console.log(
      `  ${seconds.toFixed(2)} s to load, ${middle(taken, 'megabytes').toFixed(0)} MB, first answer ${middle(taken, 'first').toFixed(0)} ms; ${growth}`,
    )
  }
  console.log('  goals for 4000: 5 s, 1500 MB, 50 ms, and time that grows as the VMs do')
}

function loadedAlone(productFile, path) {
  const done = spawnSync(process.execPath, [fileURLToPath(import.meta.url), productFile, path], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`loading ${path} ended with ${done.status}: ${done.stderr}`)
  return JSON.parse(done.stdout)
}

function middle(runs, key) {
  const values = runs.map((one) => one[key]).sort((a, b) => a - b)
  return values[values.length >> 1]
}

/** From one spoke to another over the appliance in their hub: every kind of device of the estate is on the way. */
async function measure(productFile, path) {
  const product = await import(productFile)
  const start = performance.now()
  const { network, diagnostics } = product.loadTopology(path)
  const prepared = product.prepare(network)
  const read = performance.now()
  const hubs = [...network.devices.keys()].filter((name) => name.startsWith('hub-appliance-')).length
  const { works, forward } = product.connect(prepared, `vm-${hubs}`, `vm-${hubs * 2}:1000`)
  const first = performance.now()
  const errors = diagnostics.filter((one) => one.severity === 'error').length
  if (errors > 0 || works === 'unknown') throw new Error(`${errors} errors, answer ${works} ${forward?.length}`)
  const megabytes = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ seconds: (read - start) / 1000, first: first - read, megabytes, works }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await measure(process.argv[2], process.argv[3])
