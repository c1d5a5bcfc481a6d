import { type Ip, parseIp } from '../../../net/index.ts'
import { type Body, lastPart } from './body.ts'
import { isEndpointNic } from './endpoint-nic.ts'
import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'

/** One address of a network interface and what hangs on it. Ids are lower case. */
export interface NicConfiguration {
  readonly nic: Body
  readonly body: Body
  readonly id: string
  readonly subnet: Subnet
  readonly ip: Ip
  /** The public IP address body it has, when the export holds it. */
  readonly publicAddress?: Body
  /** Whether it has a public address of its own, in the export or not. */
  readonly hasPublicAddress: boolean
}

const all = perEstate((estate) => {
  const configurations: NicConfiguration[] = []
  for (const nic of estate.ofType('microsoft.network/networkinterfaces')) {
    // A private endpoint's NIC is the endpoint's.
    if (isEndpointNic(estate, nic)) continue
    for (const body of nic.children('ipConfigurations')) {
      const subnet = estate.subnet(body.reference('subnet'))
      const text = body.text('privateIPAddress')
      const ip = text === undefined ? undefined : parseIp(text)
      if (!subnet || ip === undefined) {
        reportMissing(estate, nic, body, subnet)
        continue
      }
      const published = body.reference('publicIPAddress')
      const publicAddress = estate.byId(published)
      if (published !== undefined && !publicAddress) {
        const message = `public IP ${lastPart(published)} of ${nic.name} is not in the export: its address is not known`
        estate.report(body.diagnostic('warning', 'NT1619', message, 'publicIPAddress'))
      }
      const id = (body.id || `${nic.id}/ipconfigurations/${body.name}`).toLowerCase()
      const hasPublicAddress = published !== undefined
      configurations.push({ nic, body, id, subnet, ip, hasPublicAddress, ...(publicAddress && { publicAddress }) })
    }
  }
  return configurations
})

function reportMissing(estate: Estate, nic: Body, body: Body, subnet: Subnet | undefined): void {
  const message = subnet
    ? `network interface ${nic.name} has no private address in the export: nothing can be sent to it`
    : `network interface ${nic.name} is in a subnet that is not in the export: it is left out`
  estate.report(body.diagnostic('warning', 'NT1609', message, subnet ? 'privateIPAllocationMethod' : 'subnet'))
}

/** Every address of every network interface that is no private endpoint's, in file order. */
export function nicConfigurations(estate: Estate): readonly NicConfiguration[] {
  return all(estate)
}

const bySubnet = perEstate((estate) => {
  const map = new Map<string, NicConfiguration[]>()
  for (const one of all(estate)) {
    const list = map.get(one.subnet.id)
    if (list) list.push(one)
    else map.set(one.subnet.id, [one])
  }
  return map
})

/** The network interface addresses in a subnet. */
export function nicConfigurationsIn(estate: Estate, subnet: Subnet): readonly NicConfiguration[] {
  return bySubnet(estate).get(subnet.id) ?? []
}

const byId = perEstate((estate) => new Map(all(estate).map((one) => [one.id, one])))

/** The network interface address of an ipConfiguration's id, any case. */
export function nicConfiguration(estate: Estate, id: string | undefined): NicConfiguration | undefined {
  return id === undefined ? undefined : byId(estate).get(id.toLowerCase())
}

const byAddress = perEstate((estate) => new Map(all(estate).map((one) => [`${one.subnet.vnet.id} ${one.ip}`, one])))

/** The network interface that has an address in a VNet. */
export function nicOfAddress(estate: Estate, vnetId: string, ip: Ip): NicConfiguration | undefined {
  return byAddress(estate).get(`${vnetId} ${ip}`)
}

/** Whether a public IP address or load balancer is of the Standard kind; without a `sku` it is Basic. */
export function isStandard(body: Body | undefined): boolean {
  return body?.child('sku')?.text('name')?.toLowerCase().startsWith('standard') ?? false
}
