import type { Estate } from '../../../src/importers/azure/estate/estate.ts'
import type { AzureSettings } from '../../../src/importers/azure/estate/settings.ts'
import { makeEstate } from '../../../src/importers/azure/make-estate.ts'
import { readAzure } from '../../../src/importers/azure/read.ts'
import type { Device, NetworkPart, Service } from '../../../src/model/index.ts'
import { addressSet } from '../../../src/net/index.ts'

export const GROUP = '/subscriptions/s/resourceGroups/rg/providers'
export const SUBNET = (vnet: string, subnet: string) =>
  `${GROUP}/Microsoft.Network/virtualNetworks/${vnet}/subnets/${subnet}`

export type Json = Record<string, unknown>

/** An ARM body; the type is in the id's spelling. */
export function arm(type: string, name: string, properties: Json, more: Json = {}): Json {
  const parts = type.split('/')
  const names = name.split('/')
  const path = parts.slice(1).map((part, index) => `${part}/${names[index]}`)
  return {
    id: `${GROUP}/${parts[0]}/${path.join('/')}`,
    name: names.at(-1),
    type,
    location: 'westeurope',
    ...more,
    properties,
  }
}

/** A VNet with subnets given as `name: prefix` or full properties. */
export function vnet(name: string, prefix: string, subnets: Record<string, string | Json>, more: Json = {}): Json {
  const list = Object.entries(subnets).map(([subnet, value]) => ({
    id: SUBNET(name, subnet),
    name: subnet,
    properties: typeof value === 'string' ? { addressPrefix: value } : value,
  }))
  return arm('Microsoft.Network/virtualNetworks', name, {
    addressSpace: { addressPrefixes: [prefix] },
    subnets: list,
    ...more,
  })
}

/** A private endpoint with one address and public name. */
export function privateEndpoint(
  name: string,
  subnetId: string,
  target: Json,
  group: string,
  ip: string,
  fqdns: string[],
  more: Json = {},
): Json {
  return arm('Microsoft.Network/privateEndpoints', name, {
    subnet: { id: subnetId },
    privateLinkServiceConnections: [
      {
        name,
        properties: {
          privateLinkServiceId: target.id,
          groupIds: [group],
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
    customDnsConfigs: fqdns.map((fqdn) => ({ fqdn, ipAddresses: [ip] })),
    ...more,
  })
}

const TAGS = {
  changeNumber: 1,
  tags: new Map([
    ['storage', addressSet('20.60.0.0/16')],
    ['azuremachinelearning', addressSet('20.70.0.0/16')],
    ['azurecloud', addressSet('20.0.0.0/8')],
  ]),
}

/** An estate read from bodies, with a small list of service tags. */
export function estateOf(bodies: readonly unknown[], settings: Partial<AzureSettings> = {}): Estate {
  const read = readAzure([{ path: 'azure.json', text: JSON.stringify(bodies, undefined, 1) }])
  return makeEstate(read.bodies, TAGS, settings)
}

export function deviceOf(part: NetworkPart, name: string): Device {
  const found = part.devices.find((one) => one.name === name)
  if (!found) throw new Error(`no device ${name} among ${part.devices.map((one) => one.name).join()}`)
  return found
}

export function serviceOf(services: readonly Service[], name: string): Service {
  const found = services.find((one) => one.name === name)
  if (!found) throw new Error(`no service ${name} among ${services.map((one) => one.name).join()}`)
  return found
}

export function codesOf(estate: Estate): string[] {
  return estate.diagnostics.map((one) => one.code)
}
