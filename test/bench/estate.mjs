// Writes a generated Azure estate: hub and spoke, `vms` virtual machines spread over `vnets` VNets, an NSG of `rules` rules a VNet.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-bench/providers'

export function writeEstate(folder, { vms, vnets, rules }) {
  mkdirSync(folder, { recursive: true })
  const bodies = []
  const id = (type, name) => `${SUBSCRIPTION}/${type}/${name}`
  const add = (type, name, properties) =>
    bodies.push({ id: id(type, name), name, type, location: 'westeurope', properties })
  const vnetId = (index) => id('Microsoft.Network/virtualNetworks', `vnet-${index}`)
  const space = (index) => `10.${index}.0.0/16`
  for (let index = 0; index < vnets; index++) {
    const nsg = `nsg-${index}`
    add('Microsoft.Network/networkSecurityGroups', nsg, {
      securityRules: Array.from({ length: rules }, (_, at) => securityRule(at)),
    })
    const others = index === 0 ? Array.from({ length: vnets - 1 }, (_, at) => at + 1) : [0]
    add('Microsoft.Network/virtualNetworks', `vnet-${index}`, {
      addressSpace: { addressPrefixes: [space(index)] },
      subnets: [
        {
          id: `${vnetId(index)}/subnets/snet`,
          name: 'snet',
          properties: {
            addressPrefix: `10.${index}.0.0/20`,
            networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', nsg) },
          },
        },
      ],
      virtualNetworkPeerings: others.map((other) => ({
        id: `${vnetId(index)}/virtualNetworkPeerings/to-${other}`,
        name: `to-${other}`,
        properties: {
          peeringState: 'Connected',
          allowVirtualNetworkAccess: true,
          allowForwardedTraffic: true,
          remoteVirtualNetwork: { id: vnetId(other) },
          remoteAddressSpace: { addressPrefixes: [space(other)] },
        },
      })),
    })
  }
  for (let index = 0; index < vms; index++) {
    const vnet = index % vnets
    const host = Math.floor(index / vnets) + 4
    const nic = `nic-${index}`
    add('Microsoft.Network/networkInterfaces', nic, {
      ipConfigurations: [
        {
          name: 'ipconfig',
          properties: {
            privateIPAddress: `10.${vnet}.${host >> 8}.${host & 255}`,
            primary: true,
            subnet: { id: `${vnetId(vnet)}/subnets/snet` },
          },
        },
      ],
      virtualMachine: { id: id('Microsoft.Compute/virtualMachines', `vm-${index}`) },
    })
    add('Microsoft.Compute/virtualMachines', `vm-${index}`, {
      networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', nic) }] },
    })
  }
  writeFileSync(join(folder, 'azure.json'), JSON.stringify(bodies, null, 1))
  writeFileSync(join(folder, 'bench.yaml'), 'nettrace: 1\nname: generated estate\nazure:\n  resources: [azure.json]\n')
  return join(folder, 'bench.yaml')
}

function securityRule(at) {
  return {
    name: `rule-${at}`,
    properties: {
      priority: 100 + at,
      direction: at % 2 === 0 ? 'Inbound' : 'Outbound',
      access: at % 7 === 6 ? 'Deny' : 'Allow',
      protocol: 'Tcp',
      sourceAddressPrefix: `10.${at % 200}.0.0/16`,
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: String(1000 + at),
    },
  }
}
