import { type Device, implied, type Listener } from '../../../model/index.ts'
import { singlePort, TCP } from '../../../net/index.ts'
import type { Estate } from '../estate/estate.ts'
import { managedInstances } from '../estate/managed-instance.ts'
import { type RequiredTraffic, reportMissingRules } from '../security/required-rule.ts'
import { nicDevice, stubResolverOf } from '../subnets/nic.ts'

/** The Bastions: clients reach each on 443 of its public address, and machines of the VNets from its subnet. */
export function bastionDevices(estate: Estate): readonly Device[] {
  return managedInstances(estate)
    .filter((one) => one.kind === 'bastion')
    .map((one) => {
      reportMissingRules(estate, one.subnet, `Bastion ${one.body.name}`, REQUIRED)
      const source = one.body.source('name')
      const made = nicDevice(estate, {
        name: estate.deviceName(one.body),
        label: 'Azure Bastion',
        aliases: [one.body.id].filter((id) => id !== ''),
        subnet: one.subnet,
        addresses: [{ ip: one.ip, source: one.ipSource }],
        guarded: { standardPublic: true },
        stubResolver: stubResolverOf(estate, one.subnet),
        source,
      })
      return { ...made, listeners: LISTENERS }
    })
}

const LISTENERS: readonly Listener[] = [
  {
    protocol: TCP,
    ports: singlePort(443),
    label: 'Bastion',
    source: implied('a Bastion answers on 443 (Learn: Working with NSG access and Azure Bastion)'),
  },
]

/** The rules AzureBastionSubnet cannot do without (Learn: Working with NSG access and Azure Bastion). */
const REQUIRED: readonly RequiredTraffic[] = [
  { direction: 'inbound', tag: 'Internet', ports: [443], purpose: 'clients come from there' },
  { direction: 'inbound', tag: 'GatewayManager', ports: [443], purpose: 'Azure manages it from there' },
  { direction: 'inbound', tag: 'AzureLoadBalancer', ports: [443], purpose: 'its instances are probed from there' },
  { direction: 'inbound', tag: 'VirtualNetwork', ports: [8080, 5701], purpose: 'its instances talk to each other' },
  { direction: 'outbound', tag: 'VirtualNetwork', ports: [22, 3389], purpose: 'it reaches the machines there' },
  { direction: 'outbound', tag: 'VirtualNetwork', ports: [8080, 5701], purpose: 'its instances talk to each other' },
  { direction: 'outbound', tag: 'AzureCloud', ports: [443], purpose: 'it keeps its sessions and logs there' },
  {
    direction: 'outbound',
    tag: 'Internet',
    ports: [80],
    purpose: 'it checks certificates and opens shared links there',
  },
]
