// Writes a generated Azure estate of ARM bodies: hubs peered with each other, spokes peered with their hub.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-bench/providers'
const ZONE = 'privatelink.blob.core.windows.net'
const BALANCED = { vmsPerVnet: 20, vnetsPerHub: 10, vmsPerEndpoint: 40 }

/**
 * An estate where everything grows in proportion: 20 VMs a VNet, of ten VNets one is a hub with an appliance that the route tables
 * of its spokes name, two subnets a VNet each with an NSG of `rules` rules, and for each 40 VMs a private endpoint of a storage
 * account of its own, named in a zone that all VNets link.
 */
export function writeHubEstate(folder, { vms, rules = 60 }) {
  const vnets = Math.ceil(vms / BALANCED.vmsPerVnet)
  const hubs = Math.max(1, Math.ceil(vnets / BALANCED.vnetsPerHub))
  const peersOf = (index) => {
    if (index >= hubs) return [index % hubs]
    const otherHubs = range(hubs).filter((other) => other !== index)
    return [...otherHubs, ...range(vnets).filter((other) => other >= hubs && other % hubs === index)]
  }
  const estate = startEstate({ vms, vnets, rules, subnets: 2, peersOf })
  for (const hub of range(hubs)) addAppliance(estate, hub)
  const endpoints = Math.floor(vms / BALANCED.vmsPerEndpoint)
  for (let index = 0; index < endpoints; index++) addEndpoint(estate, index, vnets)
  addZone(estate, vnets, endpoints)
  return { path: written(folder, estate.bodies), vnets, hubs, groups: vnets * 2, endpoints }
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index)
}

function startEstate({ vms, vnets, rules, subnets, peersOf }) {
  const bodies = []
  const id = (type, name) => `${SUBSCRIPTION}/${type}/${name}`
  const add = (type, name, properties) =>
    bodies.push({ id: id(type, name), name, type, location: 'westeurope', properties })
  const estate = { bodies, id, add }
  for (let index = 0; index < vnets; index++) {
    const peers = peersOf(index)
    addVnet(estate, { index, rules, subnets, peers, hub: peers.length === 1 ? peers[0] : undefined })
  }
  for (let index = 0; index < vms; index++) addVm(estate, index, vnets, subnets)
  return estate
}

const vnetId = ({ id }, index) => id('Microsoft.Network/virtualNetworks', `vnet-${index}`)
const subnetId = (estate, vnet, at) => `${vnetId(estate, vnet)}/subnets/snet-${at}`
const space = (index) => `10.${index}.0.0/16`

function addVnet(estate, { index, rules, subnets, peers, hub }) {
  const { id, add } = estate
  const routeTable = hub === undefined ? {} : { routeTable: { id: id('Microsoft.Network/routeTables', `rt-${index}`) } }
  if (hub !== undefined) {
    const nextHop = { nextHopType: 'VirtualAppliance', nextHopIpAddress: applianceAddress(hub) }
    const routes = ['0.0.0.0/0', '10.0.0.0/8'].map((addressPrefix, at) => ({
      name: `to-hub-${at}`,
      properties: { addressPrefix, ...nextHop },
    }))
    add('Microsoft.Network/routeTables', `rt-${index}`, { disableBgpRoutePropagation: false, routes })
  }
  for (const at of range(subnets)) {
    add('Microsoft.Network/networkSecurityGroups', `nsg-${index}-${at}`, {
      securityRules: range(rules).map(securityRule),
    })
  }
  add('Microsoft.Network/virtualNetworks', `vnet-${index}`, {
    addressSpace: { addressPrefixes: [space(index)] },
    subnets: range(subnets).map((at) => ({
      id: subnetId(estate, index, at),
      name: `snet-${at}`,
      properties: {
        addressPrefix: `10.${index}.${at * 16}.0/20`,
        networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', `nsg-${index}-${at}`) },
        ...routeTable,
      },
    })),
    virtualNetworkPeerings: peers.map((other) => ({
      id: `${vnetId(estate, index)}/virtualNetworkPeerings/to-${other}`,
      name: `to-${other}`,
      properties: {
        peeringState: 'Connected',
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: true,
        remoteVirtualNetwork: { id: vnetId(estate, other) },
        remoteAddressSpace: { addressPrefixes: [space(other)] },
      },
    })),
  })
}

function addVm(estate, index, vnets, subnets) {
  const { id, add } = estate
  const vnet = index % vnets
  const nth = Math.floor(index / vnets)
  const at = nth % subnets
  const host = Math.floor(nth / subnets) + 4
  addNic(estate, `nic-${index}`, subnetId(estate, vnet, at), `10.${vnet}.${at * 16 + (host >> 8)}.${host & 255}`, {
    virtualMachine: { id: id('Microsoft.Compute/virtualMachines', `vm-${index}`) },
  })
  add('Microsoft.Compute/virtualMachines', `vm-${index}`, {
    networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', `nic-${index}`) }] },
  })
}

const applianceAddress = (hub) => `10.${hub}.15.250`

function addAppliance(estate, hub) {
  addNic(estate, `hub-appliance-${hub}`, subnetId(estate, hub, 0), applianceAddress(hub), { enableIPForwarding: true })
}

function addNic({ add }, name, subnet, address, more) {
  const properties = { privateIPAddress: address, primary: true, subnet: { id: subnet } }
  add('Microsoft.Network/networkInterfaces', name, { ipConfigurations: [{ name: 'ipconfig', properties }], ...more })
}

function addEndpoint(estate, index, vnets) {
  const { id, add } = estate
  const account = id('Microsoft.Storage/storageAccounts', `stbench${index}`)
  const endpoint = id('Microsoft.Network/privateEndpoints', `pe-${index}`)
  const subnet = subnetId(estate, index % vnets, 0)
  add('Microsoft.Storage/storageAccounts', `stbench${index}`, {
    publicNetworkAccess: 'Disabled',
    primaryEndpoints: { blob: `https://stbench${index}.blob.core.windows.net/` },
  })
  addNic(estate, `pe-${index}-nic`, subnet, endpointAddress(index, vnets), { privateEndpoint: { id: endpoint } })
  add('Microsoft.Network/privateEndpoints', `pe-${index}`, {
    subnet: { id: subnet },
    networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', `pe-${index}-nic`) }],
    privateLinkServiceConnections: [
      {
        name: 'blob',
        properties: {
          privateLinkServiceId: account,
          groupIds: ['blob'],
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
  })
}

const endpointAddress = (index, vnets) => `10.${index % vnets}.15.${4 + Math.floor(index / vnets)}`

function addZone({ bodies, id }, vnets, endpoints) {
  const zone = id('Microsoft.Network/privateDnsZones', ZONE)
  const put = (type, name, properties) =>
    bodies.push({ id: `${zone}/${type}/${name}`, name, type: `Microsoft.Network/privateDnsZones/${type}`, properties })
  bodies.push({ id: zone, name: ZONE, type: 'Microsoft.Network/privateDnsZones', location: 'global', properties: {} })
  for (const index of range(vnets)) {
    const virtualNetwork = { id: id('Microsoft.Network/virtualNetworks', `vnet-${index}`) }
    put('virtualNetworkLinks', `link-${index}`, { virtualNetwork, virtualNetworkLinkState: 'Completed' })
  }
  for (const index of range(endpoints))
    put('A', `stbench${index}`, { ttl: 10, aRecords: [{ ipv4Address: endpointAddress(index, vnets) }] })
}

function written(folder, bodies) {
  mkdirSync(folder, { recursive: true })
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
