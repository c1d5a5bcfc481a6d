import { type AzurePart, importAzure, type Placement } from '../../../src/importers/azure/index.ts'
import type { Device, Network, Route } from '../../../src/model/index.ts'
import { type Flow, ICMP, ip, parsePrefix, prefix, TCP } from '../../../src/net/index.ts'
import { lookupRoute, prepare, type Trace, trace, traceReply } from '../../../src/trace/index.ts'

/** A value of an ARM body. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }
/** The properties of a resource. */
export type Properties = Readonly<Record<string, Json | undefined>>

const ROOT = '/subscriptions/s/resourceGroups/rg/providers'

/** The id of a resource: `id('virtualNetworks/v1/subnets/a')`, Microsoft.Network unless the type says otherwise. */
export function id(path: string): string {
  return `${ROOT}/${path.startsWith('Microsoft.') ? path : `Microsoft.Network/${path}`}`
}

/** A resource body of a path, as ARM prints it. */
export function body(path: string, properties: Properties, top: Properties = {}): Json {
  const full = path.startsWith('Microsoft.') ? path : `Microsoft.Network/${path}`
  const parts = full.split('/')
  const type = parts.filter((_, index) => index === 0 || index % 2 === 1).join('/')
  return { id: id(path), name: parts.at(-1) ?? '', type, location: 'westeurope', ...top, properties }
}

/** A reference to a resource. */
export function ref(path: string): Json {
  return { id: id(path) }
}

/** A VNet with its subnets and peerings, each `name: properties`. */
export function vnet(
  name: string,
  space: readonly string[],
  subnets: Readonly<Record<string, Properties>>,
  peerings: Readonly<Record<string, Properties>> = {},
  extra: Properties = {},
): Json {
  return body(`virtualNetworks/${name}`, {
    addressSpace: { addressPrefixes: space },
    subnets: Object.entries(subnets).map(([one, properties]) => ({
      id: id(`virtualNetworks/${name}/subnets/${one}`),
      name: one,
      properties,
    })),
    virtualNetworkPeerings: Object.entries(peerings).map(([remote, properties]) => ({
      id: id(`virtualNetworks/${name}/virtualNetworkPeerings/to-${remote}`),
      name: `to-${remote}`,
      properties: { peeringState: 'Connected', remoteVirtualNetwork: ref(`virtualNetworks/${remote}`), ...properties },
    })),
    ...extra,
  })
}

/** A subnet's reference: `subnetRef('v1/a')`. */
export function subnetRef(path: string): Json {
  const [name = '', one = ''] = path.split('/')
  return ref(`virtualNetworks/${name}/subnets/${one}`)
}

/** A network interface with one address. */
export function nic(
  name: string,
  subnet: string,
  address: string,
  extra: Properties = {},
  configuration: Properties = {},
): Json {
  return body(`networkInterfaces/${name}`, {
    ipConfigurations: [
      {
        id: id(`networkInterfaces/${name}/ipConfigurations/one`),
        name: 'one',
        properties: { privateIPAddress: address, subnet: subnetRef(subnet), ...configuration },
      },
    ],
    ...extra,
  })
}

/** A rule of an NSG in short: `rule('Inbound', 100, 'Allow', 'Tcp', '10.0.0.0/8', '*', '443')`. */
export function rule(
  direction: 'Inbound' | 'Outbound',
  priority: number,
  access: 'Allow' | 'Deny',
  protocol: string,
  source: string,
  destination: string,
  port: string,
  extra: Properties = {},
): Json {
  const properties = {
    direction,
    priority,
    access,
    protocol,
    sourceAddressPrefix: source,
    sourcePortRange: '*',
    destinationAddressPrefix: destination,
    destinationPortRange: port,
    ...extra,
  }
  return { name: `r${priority}`, properties }
}

/** An NSG without printed defaults. */
export function nsg(name: string, ...rules: readonly Json[]): Json {
  return body(`networkSecurityGroups/${name}`, { securityRules: rules })
}

/** A route table: each route `prefix: next hop type` or `prefix: address of an appliance`. */
export function routes(name: string, table: Readonly<Record<string, string>>, extra: Properties = {}): Json {
  return body(`routeTables/${name}`, {
    routes: Object.entries(table).map(([addressPrefix, to], index) => ({
      name: `route${index}`,
      properties: parsePrefix(to)
        ? { addressPrefix, nextHopType: 'VirtualAppliance', nextHopIpAddress: to }
        : { addressPrefix, nextHopType: to },
    })),
    ...extra,
  })
}

/** A public address. */
export function publicIp(name: string, address: string, sku = 'Standard'): Json {
  return body(`publicIPAddresses/${name}`, { ipAddress: address }, { sku: { name: sku } })
}

/** A list of service tags, each `name: prefixes`. */
export function tags(values: Readonly<Record<string, readonly string[]>>): { path: string; text: string } {
  const list = Object.entries(values).map(([name, addressPrefixes]) => ({
    name,
    id: name,
    properties: { addressPrefixes },
  }))
  return { path: 'service-tags.json', text: JSON.stringify({ changeNumber: 300, cloud: 'Public', values: list }) }
}

/** What the importer makes of some bodies. */
export function imported(
  bodies: readonly Json[],
  options: Partial<Parameters<typeof importAzure>[1]> & { placements?: readonly Placement[] } = {},
): AzurePart {
  return importAzure([{ path: 'azure.json', text: JSON.stringify(bodies, null, 1) }], { placements: [], ...options })
}

const implied = { kind: 'implied', because: 'the test says so' } as const

/** The internet: a device that owns nothing and knows who owns what on its link. */
const INTERNET: Device = {
  name: 'internet',
  kind: 'internet',
  label: 'the internet',
  aliases: [],
  interfaces: [{ name: 'internet', aliases: [], addresses: [], source: implied }],
  tables: [
    {
      name: 'main',
      routes: [
        {
          prefix: prefix('0.0.0.0/0'),
          nextHop: { kind: 'connected', interface: 'internet' },
          distance: 0,
          metric: 0,
          origin: 'internet',
          source: implied,
        },
      ],
    },
  ],
  tableRules: [],
  forwards: { enabled: true, source: implied },
  ruleSets: {},
  pipeline: { prerouting: [], input: [], forward: [], output: [], postrouting: [] },
  encapsulations: [],
  stamps: [],
  notModelled: [],
  source: implied,
}

/** A network of an import alone, with the internet beside it. */
export function networkOf(part: AzurePart): Network {
  const devices = new Map([...part.devices, INTERNET].map((one) => [one.name, one]))
  const links = part.links.map((one) =>
    one.kind === 'internet' ? { ...one, ends: [...one.ends, { device: 'internet', interface: 'internet' }] } : one,
  )
  return { name: 'test', devices, links, services: part.services, diagnostics: part.diagnostics }
}

/** A TCP flow (or a ping, without a port) between two addresses. */
export function flow(source: string, destination: string, port?: number): Flow {
  const ends = { source: ip(source), destination: ip(destination) }
  if (port === undefined)
    return { protocol: ICMP, ...ends, sourcePort: 0, destinationPort: 0, icmpType: 8, icmpCode: 0 }
  return { protocol: TCP, ...ends, sourcePort: 40000, destinationPort: port }
}

/** A question to a network: what becomes of a packet, what decided, and on which devices it was. */
export interface Story {
  readonly there: string
  readonly decision: string
  readonly devices: readonly string[]
  /** The source the last device saw. */
  readonly seen: number | bigint | undefined
  readonly back: string | undefined
}

/** Traces a flow from a device, there and back. */
export function story(part: AzurePart, from: string, question: Flow): Story {
  const prepared = prepare(networkOf(part))
  const first: Trace | undefined = trace(prepared, from, question)[0]
  const reply = first && traceReply(prepared, first)[0]
  return {
    there: first?.causeCode ?? first?.disposition ?? 'nothing',
    decision: first?.decision?.text ?? '',
    devices: first?.hops.map((hop) => hop.device) ?? [],
    seen: first?.arrival?.flow.source,
    back: reply && (reply.causeCode ?? reply.disposition),
  }
}

/** The route of a subnet's fabric for a destination, as `type next-hop-address`. */
export function nextHop(part: AzurePart, fabric: string, destination: string): string {
  const route = routeOf(part, fabric, destination)
  return [route?.listing?.nextHopType, route?.listing?.nextHopIpAddress].filter((one) => one).join(' ')
}

/** The route a fabric uses for a destination. */
export function routeOf(part: AzurePart, fabric: string, destination: string): Route | undefined {
  return lookupRoute(prepare(networkOf(part)), fabric, ip(destination)).best[0]
}
