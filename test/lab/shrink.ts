import type { Captures } from './kernel.ts'
import type { LabDevice, LabNetwork } from './lab-network.ts'
import type { Prober } from './prober.ts'
import type { Experiment } from './random-network.ts'
import { type Comparison, tryOut } from './trial.ts'

/** Attempts after which the case is small enough. */
const PATIENCE = 220

/** A probe that differs, and what the devices printed then. */
export interface Failing {
  readonly comparison: Comparison
  readonly captures: Captures
}

/** Makes a failing experiment smaller, a piece at a time, as long as the probe still differs. */
export async function shrink(
  experiment: Experiment,
  { comparison, captures }: Failing,
  prober: Prober,
): Promise<Failing & { experiment: Experiment }> {
  let best = { experiment, comparison, captures }
  let attempts = 0
  let progress = true
  while (progress) {
    progress = false
    for (let at = 0; ; at++) {
      const smaller = without(best.experiment.network, at, comparison.probe.from)
      if (smaller === undefined || attempts++ >= PATIENCE) break
      const tried = { ...best.experiment, network: smaller }
      const still = await differs(tried, prober)
      if (!still) continue
      best = { experiment: tried, ...still }
      progress = true
      at--
    }
    if (attempts >= PATIENCE) break
  }
  return best
}

async function differs(experiment: Experiment, prober: Prober): Promise<Failing | undefined> {
  try {
    const { comparisons, captures } = await tryOut(experiment, prober)
    const comparison = comparisons.find((one) => one.verdict === 'disagreed')
    return comparison && { comparison, captures }
  } catch (problem) {
    if (process.env.LAB_DEBUG) console.error(String(problem))
    // A piece was needed: a route through an address that is gone.
    return undefined
  }
}

/** The network without its n-th removable piece, the big pieces first; `undefined` when there is no such piece. */
function without(network: LabNetwork, n: number, sender: string): LabNetwork | undefined {
  const pieces: (() => LabNetwork)[] = []
  const put = (device: LabDevice, change: Partial<LabDevice>) => () => ({
    devices: network.devices.map((one) => (one === device ? { ...one, ...change } : one)),
  })
  for (const device of network.devices) {
    if (device.name !== sender) pieces.push(() => ({ devices: network.devices.filter((one) => one !== device) }))
  }
  for (const device of network.devices) {
    for (const table of device.tables)
      pieces.push(put(device, { tables: device.tables.filter((one) => one !== table) }))
  }
  for (const device of network.devices) {
    for (const key of ['routes', 'rules'] as const) {
      for (const one of device[key]) pieces.push(put(device, { [key]: device[key].filter((other) => other !== one) }))
    }
    for (const one of device.nft ?? []) {
      pieces.push(put(device, { nft: device.nft?.filter((other) => other !== one) ?? [] }))
      const change = (changed: Partial<typeof one>) =>
        put(device, { nft: device.nft?.map((other) => (other === one ? { ...one, ...changed } : other)) ?? [] })
      for (const chain of one.chains) pieces.push(change({ chains: one.chains.filter((other) => other !== chain) }))
      for (const set of one.sets) pieces.push(change({ sets: one.sets.filter((other) => other !== set) }))
      for (const chain of one.chains) {
        for (const at of chain.rules.keys()) {
          const rules = chain.rules.filter((_one, other) => other !== at)
          pieces.push(change({ chains: one.chains.map((other) => (other === chain ? { ...chain, rules } : other)) }))
        }
      }
    }
    for (const one of device.sets ?? [])
      pieces.push(put(device, { sets: device.sets?.filter((other) => other !== one) ?? [] }))
    for (const name of Object.keys(device.settings)) {
      const { [name]: _gone, ...settings } = device.settings
      pieces.push(put(device, { settings }))
    }
    for (const table of device.tables) {
      const change = (changed: Partial<typeof table>) =>
        put(device, { tables: device.tables.map((one) => (one === table ? { ...table, ...changed } : one)) })
      for (const at of table.rules.keys()) {
        pieces.push(change({ rules: table.rules.filter((_one, other) => other !== at) }))
      }
      for (const [chain, policy] of Object.entries(table.policies)) {
        if (policy === 'DROP') pieces.push(change({ policies: { ...table.policies, [chain]: 'ACCEPT' } }))
      }
    }
  }
  return pieces[n]?.()
}
