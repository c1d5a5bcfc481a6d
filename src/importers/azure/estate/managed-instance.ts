import { implied, type Source } from '../../../model/index.ts'
import { type Ip, isIp4, parseIp, prefixContains, prefixLast } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { Estate, Subnet } from './estate.ts'
import { nicConfigurationsIn } from './nic-configuration.ts'
import { perEstate } from './per-estate.ts'

/**
 * An application gateway or a Bastion: machines of Azure's in a subnet of the customer's. No export holds their own
 * addresses, so one stands for them, the last free one of the subnet.
 */
export interface ManagedInstance {
  readonly body: Body
  readonly kind: 'application-gateway' | 'bastion'
  readonly subnet: Subnet
  readonly ip: Ip
  readonly ipSource: Source
  /** Private frontends, by the lower-case id and name of their configuration. */
  readonly inside: readonly Frontend[]
  /** Public frontends that have an address in the export. */
  readonly outside: readonly Frontend[]
}

/** An address that clients use. */
export interface Frontend {
  readonly id: string
  readonly name: string
  readonly ip: Ip
  readonly source: Source
}

const STAND_IN = implied(
  'the addresses of the instances are in no export: the last free one of the subnet stands for them (Learn: Application Gateway infrastructure configuration)',
)

const KINDS = [
  ['microsoft.network/applicationgateways', 'application-gateway', 'frontendIPConfigurations'],
  ['microsoft.network/bastionhosts', 'bastion', 'ipConfigurations'],
] as const

/** The application gateways and Bastions that stand in a subnet of the export, in file order. */
export const managedInstances: (estate: Estate) => readonly ManagedInstance[] = perEstate((estate) => {
  const taken = new Set<Ip>()
  return KINDS.flatMap(([type, kind, member]) =>
    estate.ofType(type).flatMap((body) => {
      const found = makeInstance(estate, body, kind, body.children(member), taken)
      if (!found && !isDeveloper(body)) {
        const message = `${body.name}: its subnet is not in the export, so it is left out`
        estate.report(body.diagnostic('warning', 'NT1629', message, 'name'))
      }
      return found ? [found] : []
    }),
  )
})

/** The Developer SKU of Bastion stands in no subnet: it names the VNet alone. */
function isDeveloper(body: Body): boolean {
  return body.child('sku')?.text('name')?.toLowerCase() === 'developer'
}

function makeInstance(
  estate: Estate,
  body: Body,
  kind: ManagedInstance['kind'],
  frontends: readonly Body[],
  taken: Set<Ip>,
): ManagedInstance | undefined {
  const configurations = [...body.children('gatewayIPConfigurations'), ...frontends]
  const subnet = configurations.map((one) => estate.subnet(one.reference('subnet'))).find((one) => one !== undefined)
  const inside = frontends.flatMap((one) =>
    frontendOf(one, parseIp(one.text('privateIPAddress') ?? ''), 'privateIPAddress'),
  )
  const ip = subnet && freeAddress(estate, subnet, new Set([...taken, ...inside.map((one) => one.ip)]))
  if (!subnet || ip === undefined) return undefined
  taken.add(ip)
  const outside = frontends.flatMap((one) =>
    frontendOf(one, estate.publicIp(one.reference('publicIPAddress')), 'publicIPAddress'),
  )
  return { body, kind, subnet, ip, ipSource: STAND_IN, inside: kind === 'bastion' ? [] : inside, outside }
}

function frontendOf(body: Body, ip: Ip | undefined, key: string): Frontend[] {
  return ip === undefined ? [] : [{ id: body.id.toLowerCase(), name: body.name, ip, source: body.source(key) }]
}

/** The last address that nobody of the export has; Azure keeps the very last one for itself. */
function freeAddress(estate: Estate, subnet: Subnet, taken: ReadonlySet<Ip>): Ip | undefined {
  const [range] = subnet.prefixes.filter((one) => isIp4(one.ip))
  const used = new Set([...taken, ...nicConfigurationsIn(estate, subnet).map((one) => one.ip)])
  for (let back = 1; range && back < 64; back++) {
    const last = prefixLast(range)
    if (!isIp4(last)) return undefined
    const ip = (last - back) as typeof last
    if (!prefixContains(range, ip)) return undefined
    if (!used.has(ip)) return ip
  }
  return undefined
}

const bySubnet = perEstate((estate) => {
  const map = new Map<string, ManagedInstance[]>()
  for (const one of managedInstances(estate)) map.set(one.subnet.id, [...(map.get(one.subnet.id) ?? []), one])
  return map
})

/** The application gateways and Bastions in a subnet. */
export function managedInstancesIn(estate: Estate, subnet: Subnet): readonly ManagedInstance[] {
  return bySubnet(estate).get(subnet.id) ?? []
}
