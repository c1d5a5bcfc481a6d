import type { Resolution } from '../dns/index.ts'
import type { Device, Interface, Link, Network } from '../model/index.ts'
import { formatIp, isPublic } from '../net/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import type { Cause } from './connection.ts'

/**
 * A VPN client asks the servers it has at home because its gateway hands out none: a gateway offers its clients the name
 * servers that the VNet names, and the VNet names none (Learn: About point-to-site VPN; 168.63.129.16 is not offered).
 * `undefined` when the device is no such client.
 */
export function vpnNameServersCause(prepared: PreparedNetwork, { device, queries }: Resolution): Cause | undefined {
  const client = prepared.network.devices.get(device)
  for (const one of client?.interfaces ?? []) {
    const link = prepared.linkOf(device, one.name)?.link
    const gateway = link && silentGateway(prepared.network, link)
    if (!gateway) continue
    const [query] = queries
    const asked = query?.server === undefined ? 'nobody' : formatIp(query.server)
    const server = serverNear(prepared.network, gateway.device)
    const address = server?.interfaces.flatMap(({ addresses }) => addresses)[0]?.ip
    const wanted =
      server && address !== undefined ? `${server.label} ${server.name}, ${formatIp(address)}` : 'one inside it'
    const message = `${gateway.device.name}: offers its VPN clients no name server, because its VNet names none, so ${device} asks ${asked}; let the VNet name a server that VPN clients can reach (${wanted})`
    return { code: 'dns-server-not-offered', message, source: gateway.offer.source }
  }
  return undefined
}

type Offer = NonNullable<Interface['dhcp']>

function silentGateway(network: Network, link: Link): { device: Device; offer: Offer } | undefined {
  for (const end of link.ends) {
    const device = network.devices.get(end.device)
    const offer = device?.interfaces.find((one) => one.name === end.interface)?.dhcp
    if (device?.kind === 'gateway' && offer?.nameServers.length === 0) return { device, offer }
  }
  return undefined
}

/** A name server on a segment of the gateway's that has a private address: an inbound endpoint, a DNS server. */
function serverNear(network: Network, gateway: Device): Device | undefined {
  const near = network.links.filter(
    (link) => link.kind === 'segment' && link.ends.some((end) => end.device === gateway.name),
  )
  const devices = near.flatMap((link) => link.ends.map((end) => network.devices.get(end.device)))
  return devices.find((one) => {
    const addresses = one?.interfaces.flatMap((each) => each.addresses) ?? []
    return one?.resolver !== undefined && addresses.length > 0 && addresses.every(({ ip }) => !isPublic(ip))
  })
}
