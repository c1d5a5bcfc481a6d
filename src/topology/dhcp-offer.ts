import type { DhcpOffer, DhcpRange, Interface } from '../model/index.ts'
import { type Ip, prefixContains } from '../net/index.ts'

/** What a DHCP server tells the host with an address: the words of the longest network that holds it, else the common ones. */
export function offerTo(offer: DhcpOffer | undefined, address: Ip): DhcpOffer | undefined {
  const own = (offer?.others ?? []).filter(({ within }) => prefixContains(within, address))
  const [first, ...rest] = own
  if (!first) return offer
  return rest.reduce((best, one) => (one.within.length > best.within.length ? one : best), first).offer
}

/** The interfaces of a DHCP server, each with the offer for the network it has an address in. */
export function offering(interfaces: readonly Interface[], ranges: readonly DhcpRange[] = []): readonly Interface[] {
  if (ranges.length === 0) return interfaces
  return interfaces.map((one) => {
    for (const { first, offer, gatewayIsOwn, nameServerIsOwn } of ranges) {
      const own = one.addresses.find((address) => prefixContains(address.prefix, first))?.ip
      if (own === undefined || one.dhcp) continue
      const nameServers = nameServerIsOwn ? [own, ...offer.nameServers] : offer.nameServers
      return { ...one, dhcp: { ...offer, ...(gatewayIsOwn && { gateway: own }), nameServers } }
    }
    return one
  })
}
