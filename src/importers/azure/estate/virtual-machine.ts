import type { Body } from './body.ts'
import type { Estate } from './estate.ts'
import { perEstate } from './per-estate.ts'
import { typeOf } from './resource-id.ts'

/** The VM a network interface belongs to, as far as the export tells. */
export interface NicOwner {
  readonly id: string
  readonly name: string
  /** How many network interfaces the VM has. */
  readonly nics: number
  /** Whether this one is the VM's first. */
  readonly first: boolean
  /** The VM, when the export says that it does not run. */
  readonly stopped?: Body
}

const owners = perEstate((estate) => nicOwners(estate.bodies))

/** The VM of a network interface; `undefined` when neither says that there is one. */
export function nicOwner(estate: Estate, nic: Body): NicOwner | undefined {
  return owners(estate).get(nic.id.toLowerCase())
}

/** The VMs of network interfaces, by the interface's lower-case id: named by the VM or by the interface itself. */
export function nicOwners(bodies: readonly Body[]): ReadonlyMap<string, NicOwner> {
  const owners = new Map<string, NicOwner>()
  for (const vm of bodies) {
    if (typeOf(vm) !== 'microsoft.compute/virtualmachines') continue
    const all = vm.child('networkProfile')?.children('networkInterfaces') ?? []
    const first = all.find((one) => one.flag('primary') === true) ?? all[0]
    const owner = { id: vm.id, name: vm.name, nics: all.length, ...(isStopped(vm) && { stopped: vm }) }
    for (const nic of all) owners.set(nic.id.toLowerCase(), { ...owner, first: nic === first })
  }
  for (const nic of bodies) {
    const id = nic.id.toLowerCase()
    if (!typeOf(nic).endsWith('/networkinterfaces') || owners.has(id)) continue
    const vm = nic.child('virtualMachine')?.text('id') ?? nic.text('virtualMachine')
    if (vm === undefined) continue
    owners.set(id, { id: vm, name: nameIn(vm), nics: 1, first: nic.flag('primary') !== false })
  }
  return owners
}

/** The VM's name in its id; an instance of a scale set has a number and is known by both: `vmss_0`. */
function nameIn(id: string): string {
  const instance = /\/virtualmachinescalesets\/([^/]+)\/virtualmachines\/([^/]+)$/i.exec(id)
  return instance ? `${instance[1]}_${instance[2]}` : id.slice(id.lastIndexOf('/') + 1)
}

/** Resource Graph prints the power state under `extended`, an instance view as one of its statuses; most exports neither. */
function isStopped(vm: Body): boolean {
  const graph = vm.child('extended')?.child('instanceView')?.child('powerState')?.text('code')
  const statuses = vm.child('instanceView')?.children('statuses') ?? []
  const codes = [graph, ...statuses.map((one) => one.text('code'))]
  return codes.some((code) => /^powerstate\/(stopped|stopping|deallocated|deallocating)$/i.test(code ?? ''))
}
