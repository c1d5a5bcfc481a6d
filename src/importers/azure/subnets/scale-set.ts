import type { Estate } from '../estate/estate.ts'

const SCALE_SETS = '/virtualmachinescalesets/'

/**
 * Says which scale sets have instances that the export does not list: their network interfaces are children of the
 * instances and come by a call of their own (Learn: Networking for Azure Virtual Machine Scale Sets).
 */
export function reportScaleSets(estate: Estate): void {
  const sets = estate.ofType('microsoft.compute/virtualmachinescalesets')
  if (sets.length === 0) return
  const listed = new Set<string>()
  for (const nic of estate.ofType('microsoft.network/networkinterfaces')) {
    const owner = nic.id.toLowerCase().includes(SCALE_SETS)
      ? nic.id.toLowerCase()
      : (nic.reference('virtualMachine') ?? '')
    const at = owner.indexOf(SCALE_SETS)
    if (at !== -1) listed.add(owner.slice(at + SCALE_SETS.length).split('/')[0] ?? '')
  }
  const flexible = new Set(
    estate.ofType('microsoft.compute/virtualmachines').map((one) => one.reference('virtualMachineScaleSet') ?? ''),
  )
  for (const set of sets) {
    const none = set.child('sku')?.number('capacity') === 0
    if (none || listed.has(set.name.toLowerCase()) || flexible.has(set.id.toLowerCase())) continue
    const message = `the instances of scale set ${set.name} are not in the export: add "az vmss nic list", or place a host in their subnet`
    estate.report(set.diagnostic('note', 'NT1643', message, 'name'))
  }
}
