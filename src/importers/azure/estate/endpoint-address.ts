import type { Ip } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { Estate, Subnet, VirtualNetwork } from './estate.ts'
import { perEstate } from './per-estate.ts'
import { endpointConnections } from './private-endpoint-connection.ts'

/** An address of a private endpoint. */
export interface EndpointAddress {
  readonly ip: Ip
  readonly endpoint: Body
  readonly subnet: Subnet
}

const byVnet = perEstate((estate) => {
  const found = new Map<string, EndpointAddress[]>()
  for (const { body, subnet, members } of endpointConnections(estate)) {
    if (!subnet) continue
    const list = found.get(subnet.vnet.id) ?? []
    for (const ip of new Set(members.map((one) => one.ip))) list.push({ ip, endpoint: body, subnet })
    found.set(subnet.vnet.id, list)
  }
  return found
})

/** The private endpoint addresses in a VNet, whichever of its bodies the export gives them in. */
export function endpointsIn(estate: Estate, vnet: VirtualNetwork): readonly EndpointAddress[] {
  return byVnet(estate).get(vnet.id) ?? []
}
