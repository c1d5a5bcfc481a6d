import { expect } from 'vitest'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import { NotReplayable } from './not-replayable.ts'
import { type Case, deviceOf, fabricOf, hasBody, listOf, type Snapshot, snapshotOf } from './recorded-case.ts'

/** The topology view: which NIC is in which subnet, behind which NSGs, and of which VM, as the bodies of the estate say too. */
export function compareArrangement(one: Case): void {
  const snapshot = snapshotOf(one)
  const listed = listOf(one.query.response.resources)
  const nics = listed.filter(
    (each) => /\/networkinterfaces\/[^/]+$/i.test(String(each.id)) && hasBody(snapshot, each.id),
  )
  if (nics.length === 0) throw new NotReplayable('the answer lists no NIC that is among the bodies')
  for (const nic of nics) {
    const device = deviceOf(snapshot, nic.id)
    for (const { resourceId, associationType } of listOf(nic.associations)) {
      if (associationType !== 'Associated') continue
      const id = String(resourceId).toLowerCase()
      if (/\/subnets\//.test(id)) expect(aliases(snapshot, fabricOf(device))).toContain(id)
      if (/\/networksecuritygroups\//.test(id))
        expect(Object.keys(device.ruleSets).map((name) => name.toLowerCase())).toContain(`${lastPart(id)}/inbound`)
      if (/\/virtualmachines\//.test(id) && hasBody(snapshot, id)) expect(device.label).toBe('Azure virtual machine')
    }
  }
}

function aliases({ network }: Snapshot, device: string): readonly string[] {
  return network.devices.get(device)?.aliases.map((alias) => alias.toLowerCase()) ?? []
}
