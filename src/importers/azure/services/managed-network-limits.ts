import { allOf, type Device, implied, notOf, type RuleSet } from '../../../model/index.ts'
import { addressesOfPrefixes, PRIVATE_ADDRESSES, prefix } from '../../../net/index.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { ADDRESSES } from './managed-network-address.ts'

/** The stand-in addresses inside a managed network: its own compute and the private endpoints made for it. */
const INSIDE = addressesOfPrefixes([prefix(ADDRESSES)])

/** Names of the devices that stand for what runs in a managed network. */
const computes = perEstate((estate) => {
  const workspaces = estate.ofType('microsoft.machinelearningservices/workspaces')
  return new Map(workspaces.map((body) => [`${body.name}/managed-compute`, body]))
})

/**
 * A device as it is, but for the compute of a managed network: to private addresses other than those inside there is no way
 * at all, which is no rule anybody could change (Learn: Workspace managed virtual network isolation, limitations).
 */
export function withManagedLimits(estate: Estate, device: Device): Device {
  const workspace = computes(estate).get(device.name)
  if (!workspace) return device
  const because = `a managed virtual network has no peering and no gateway: no path leads to private addresses outside of it, only private endpoint rules to supported resources (Learn: Workspace managed virtual network isolation)`
  const source = workspace.source('managedNetwork')
  const match = allOf({ kind: 'destination', in: PRIVATE_ADDRESSES }, notOf({ kind: 'destination', in: INSIDE }))
  const ruleSet: RuleSet = {
    name: 'managed-network',
    label: `managed virtual network of ${workspace.name}`,
    rules: [{ name: 'with private addresses outside of it', match, action: { kind: 'unsupported', because }, source }],
    policy: { kind: 'accept' },
    policySource: implied('other destinations are not concerned'),
  }
  return {
    ...device,
    ruleSets: { ...device.ruleSets, [ruleSet.name]: ruleSet },
    pipeline: {
      ...device.pipeline,
      postrouting: [{ kind: 'filter', ruleSet: ruleSet.name }, ...device.pipeline.postrouting],
    },
  }
}
