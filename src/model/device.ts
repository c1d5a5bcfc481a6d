import type { AddressSet, Ip, PortRange, Prefix, Protocol } from '../net/index.ts'
import type { Pipeline } from './pipeline.ts'
import type { Refusal } from './refusal.ts'
import type { Resolver, StubResolver } from './resolver.ts'
import type { RouteTable, TableRule } from './route.ts'
import type { RuleSet } from './rule-set.ts'
import type { Source } from './source.ts'
import type { StandIn } from './stand-in.ts'

/** An address on an interface; `prefix` is the network that is connected through it. */
export interface InterfaceAddress {
  readonly ip: Ip
  readonly prefix: Prefix
  readonly source: Source
  /** The address is not given out yet, and this one stands for it; absent = it is known. */
  readonly standsFor?: StandIn
}

/** The near end of a tunnel that carries packets whole: IPsec, WireGuard, a VPN connection. */
export interface TunnelEnd {
  readonly kind: 'ipsec' | 'wireguard' | 'gre' | 'expressroute'
  /** The outer addresses; tunnels whose ends name each other are joined by the topology. Absent = not in the export. */
  readonly local?: Ip
  readonly remote?: Ip
  /** What may pass: inner addresses on our side and on theirs. Absent = everything (route-based). */
  readonly selectors?: readonly TrafficSelector[]
  /** The interface a decrypted packet seems to have come in by; absent = this one. */
  readonly arrivesAs?: string
  /** Near ends of this device with one name are one connection: any of them that is joined carries its packets. */
  readonly connection?: string
}

/** One pair of a policy-based tunnel's encryption domain. */
export interface TrafficSelector {
  readonly local: AddressSet
  readonly remote: AddressSet
  readonly source: Source
}

/** What a DHCP server here tells the hosts on an interface's link. */
export interface DhcpOffer {
  /** In the order offered. */
  readonly nameServers: readonly Ip[]
  /** Absent = no default gateway is offered. */
  readonly gateway?: Ip
  readonly search: readonly string[]
  /** The addresses it gives to whom it knows nothing of, inclusive; absent = not known, or none. */
  readonly pool?: { readonly first: Ip; readonly last: Ip }
  /** Addresses kept for hosts it knows by their Ethernet addresses; absent = none is known. */
  readonly reservations?: readonly DhcpReservation[]
  /** The length of their network that hosts are told where it is not the interface's; absent = the interface's. */
  readonly prefixLength?: number
  /** What hosts are told instead whose address is in a network; the longest that holds it counts. */
  readonly others?: readonly { readonly within: Prefix; readonly offer: DhcpOffer }[]
  /** Whether router advertisements make this device the IPv6 gateway of the link; absent = not known. */
  readonly advertisesGateway?: boolean
  readonly source: Source
}

/** What a DHCP server offers on the network that an address is in, before its own address there is known. */
export interface DhcpRange {
  readonly first: Ip
  readonly offer: DhcpOffer
  /** Its own address is the gateway it offers. */
  readonly gatewayIsOwn?: true
  /** Its own address is the first name server it offers. */
  readonly nameServerIsOwn?: true
}

/** An address a DHCP server keeps for one host. */
export interface DhcpReservation {
  readonly ip: Ip
  /** The Ethernet addresses the host is known by, lower case with colons. */
  readonly macs: readonly string[]
  readonly source: Source
}

/** A device's attachment: a port, a VLAN, a bridge, a NIC, a tunnel's near end. */
export interface Interface {
  readonly name: string
  /** Other names for it in the export or in a topology's links (UCI `lan` for `br-lan`, `VLAN20` for `eth1.20`). */
  readonly aliases: readonly string[]
  readonly addresses: readonly InterfaceAddress[]
  /** Its Ethernet address, lower case with colons; absent = not known. */
  readonly mac?: string
  /** Bytes of the largest IP packet; absent = 1500. */
  readonly mtu?: number
  /** Switched off in the export: it sends and receives nothing and its routes are gone. */
  readonly disabled?: boolean
  /** Its addresses are the device's own although it is disabled (Linux: the table local keeps them); absent = they are gone. */
  readonly ownsWhenDisabled?: true
  readonly tunnel?: TunnelEnd
  /** What hosts on this interface's link learn from the DHCP server of this device; absent = it serves none here. */
  readonly dhcp?: DhcpOffer
  readonly source: Source
}

/** A place that is cut off from its network by the switching between: a VLAN that a port, a trunk or a bridge does not carry. */
export interface CutOff {
  /** As a topology may name it: a port, an access point's SSID, `port.vlan` for tagged frames. No interface has that name. */
  readonly name: string
  /** The interface of this device that has the network; absent = none has. */
  readonly from?: string
  /** The object that does not carry it, first: `port 8 of sw-1 (profile no guests) does not carry Guests (VLAN 30)`. */
  readonly because: string
  readonly source: Source
}

/**
 * An IPsec policy: decided after postrouting on the addresses the packet has then; the first that matches takes it.
 * `encrypt` sends it through the tunnel interface, `bypass` in the clear, `discard` drops it.
 */
export interface Encapsulation {
  readonly name: string
  readonly local: AddressSet
  readonly remote: AddressSet
  readonly protocol?: Protocol
  /** The ports on our side and on theirs; absent = every port, and protocols without ports too. */
  readonly localPorts?: PortRange
  readonly remotePorts?: PortRange
  readonly action: 'encrypt' | 'bypass' | 'discard'
  /** A key of this device's interfaces, one with a `tunnel`. */
  readonly interface?: string
  readonly source: Source
}

/** Ports something on the device answers on; `from` absent = every client. */
export interface Listener {
  readonly protocol: Protocol
  readonly ports: PortRange
  readonly from?: AddressSet
  readonly label: string
  readonly source: Source
}

export type DeviceKind =
  | 'router'
  | 'host'
  | 'subnet'
  | 'firewall'
  | 'gateway'
  | 'load-balancer'
  | 'private-endpoint'
  | 'service'
  | 'resolver'
  | 'internet'

/** Anything with interfaces: a router, a host, a VM, a subnet's fabric, a service. All data, no functions. */
export interface Device {
  /** Unique in the network; what people type. */
  readonly name: string
  readonly kind: DeviceKind
  /** What it is, in words: `RouterOS 7.16`, `Azure subnet`, `private endpoint of storage account stmlvision`. */
  readonly label: string
  /** Other names people type for it: an Azure resource id, a host's full name. Matched without regard to case. */
  readonly aliases: readonly string[]
  readonly interfaces: readonly Interface[]
  /** Places behind this device that reach none of its interfaces; absent = none is known. */
  readonly cutOff?: readonly CutOff[]
  /** Connected routes must be listed here too (the importer makes them). */
  readonly tables: readonly RouteTable[]
  readonly tableRules: readonly TableRule[]
  /** A table chosen by `use-table` is asked before the device's own addresses (RouterOS 7); Linux asks after. */
  readonly tableBeforeLocal?: boolean
  /** Whether packets for other addresses are passed on. */
  readonly forwards: {
    readonly enabled: boolean
    readonly source: Source
    /** Interfaces for whose packets it is the other way round, by where that is said; the one a packet comes in by counts. */
    readonly except?: Readonly<Record<string, Source>>
  }
  /**
   * Interfaces over which packets to and from 127.0.0.0/8 pass, as translation can make them (Linux: route_localnet); `*`
   * is every interface. Absent = they are dropped.
   */
  readonly loopbackOver?: readonly string[]
  /**
   * Connections it puts this mark on it opens anew, to an address that it looks up itself for the server's name (a proxy);
   * absent = packets go where they are sent.
   */
  readonly connectsByName?: {
    readonly mark: number
    /** It does so even where the client was given another address; a vendor's pages may disagree, `leansOn` is the sentence. */
    readonly ignoresAddress: boolean
    readonly leansOn: string
  }
  /**
   * What its clients see where those it passes them on to are not reached: it has answered them itself and connects
   * anew (a proxy). Absent = what becomes of the packet.
   */
  readonly whenNotReached?: Refusal
  /** Checks that a packet's source is reached through the interface it came in by; names override `default`. */
  readonly reversePath?: {
    readonly default: 'off' | 'loose' | 'strict'
    readonly interfaces: Readonly<Record<string, 'off' | 'loose' | 'strict'>>
  }
  readonly ruleSets: Readonly<Record<string, RuleSet>>
  readonly pipeline: Pipeline
  /** What a source NAT rule of this device says to leave out packets that a tunnel will take, in its own language. */
  readonly sparesTunnel?: string
  readonly encapsulations: readonly Encapsulation[]
  /** What answers here; absent = assumed to answer on every port (a host we know nothing of). */
  readonly listeners?: readonly Listener[]
  /** The name server that runs here. */
  readonly resolver?: Resolver
  /** Whom this device asks when it needs a name; absent = nobody is configured. */
  readonly stubResolver?: StubResolver
  /** Words put on every packet that starts here; see the `stamp` match. */
  readonly stamps: readonly string[]
  /** Software in front of or on it that we do not model, as a sentence for the answer (`host firewall`). */
  readonly notModelled: readonly string[]
  readonly source: Source
}
