import {
  type azure,
  type Part,
  type Patch,
  PLANT,
  propertiesOf,
  remove,
  replaced,
  resource,
  the,
  written,
} from './faulty-estate.ts'

export const ROUTER = 'fixtures/vision-plant/ros-core.rsc'
export const NAMED = 'fixtures/vision-plant/dns/named.conf'
export const DNSMASQ = 'fixtures/vision-plant/dns/dnsmasq.conf'
export const LAB = 'fixtures/vision-plant/lede-lab/etc/config'
export const UNIFI = 'fixtures/vision-plant/usg.json'
export const INBOUND = '10.100.1.4'

/** The forwarders of the plant's BIND as lines of a dnsmasq, each changed. */
export function dnsmasqAtThePlant(change: (line: string) => string): Patch[] {
  const lines = FORWARDED.map((name) => change(`server=/${name}/${INBOUND}`))
  return [
    replaced(PLANT, /^ +bind: .*$/gm, `    dnsmasq: [../${DNSMASQ}]`),
    written(DNSMASQ, ['no-resolv', 'server=192.0.2.53', ...lines].join('\n')),
  ]
}

const FORWARDED = `api.azureml.ms notebooks.azure.net instances.azureml.ms instances.ml.azure.ms inference.ml.azure.com
  blob.core.windows.net file.core.windows.net dfs.core.windows.net queue.core.windows.net table.core.windows.net
  vault.azure.net vaultcore.azure.net azurecr.io azuredatabricks.net westeurope.azmk8s.io azure-devices.net
  azure-devices-provisioning.net servicebus.windows.net datafactory.azure.net`.split(/\s+/)

/** The lab's network and hosts in 10.110.0.0/24, the hosts' last numbers behind some digits. */
export function renumberedLab(hosts: string): Patch[] {
  return [
    replaced(`${LAB}/network`, '10.20.50.1', '10.110.0.1'),
    replaced(`${LAB}/dhcp`, '10.20.50.', hosts),
    replaced(PLANT, 'address: 10.20.50.', `address: ${hosts}`),
  ]
}

type Resources = Parameters<Parameters<typeof azure>[0]>[0]

export function removeRule(all: Resources, group: string, priority: number): void {
  remove(propertiesOf(all, 'networkSecurityGroups', group).securityRules, (one) => one.properties.priority === priority)
}

export function firewallBeforeEndpoints(all: Resources): void {
  const hub = resource(all, 'virtualNetworks', 'vnet-hub')
  const gateway = the(hub.properties.subnets?.find((one) => one.name === 'GatewaySubnet'))
  const id = hub.id.replace('virtualNetworks/vnet-hub', 'routeTables/rt-gateway')
  const hop = { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.100.0.68', addressPrefix: '10.110.0.0/25' }
  const route: Part = { id: `${id}/routes/endpoints`, name: 'endpoints-to-firewall', properties: hop }
  const properties = { disableBgpRoutePropagation: false, routes: [route], subnets: [{ ...gateway, properties: {} }] }
  all.push({ id, name: 'rt-gateway', type: 'Microsoft.Network/routeTables', location: 'westeurope', properties })
  gateway.properties.routeTable = { id }
  const group = propertiesOf(all, 'ruleCollectionGroups', 'DefaultNetworkRuleCollectionGroup')
  const rule = {
    ruleType: 'NetworkRule',
    name: 'NR8-plant-to-endpoints',
    ipProtocols: ['TCP'],
    sourceAddresses: ['10.20.0.0/16'],
    destinationAddresses: ['10.110.0.0/25'],
    destinationPorts: ['443', '445'],
  }
  const like = the(group.ruleCollections?.[0])
  group.ruleCollections?.push({ ...like, name: 'plant', priority: 500, rules: [rule] })
}

export function pendingBlobEndpoint(all: Resources): void {
  const pending = { status: 'Pending', description: '', actionsRequired: 'None' }
  const near = propertiesOf(all, 'privateEndpoints', 'pe-st-blob').privateLinkServiceConnections?.[0]
  const far = propertiesOf(all, 'storageAccounts', 'stmlvision').privateEndpointConnections
  the(near).properties.privateLinkServiceConnectionState = pending
  the(far?.find((one) => one.name === 'pe-st-blob')).properties.privateLinkServiceConnectionState = pending
  remove(all, (one) => one.id.endsWith('privatelink.blob.core.windows.net/A/stmlvision'))
}
