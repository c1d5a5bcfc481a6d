import { formatIp, type Ip, isIp4 } from './ip.ts'
import { formatProtocol, hasPorts, ICMP, ICMP6, type Protocol } from './protocol.ts'

/** The five-tuple of one direction, plus the server name where the client sends one. */
export interface Flow {
  readonly protocol: Protocol
  readonly source: Ip
  /** 0 when the protocol has no ports. */
  readonly sourcePort: number
  readonly destination: Ip
  /** 0 when the protocol has no ports. */
  readonly destinationPort: number
  /** The ICMP type; absent for other protocols. An echo request is 8 (IPv4) or 128 (IPv6). */
  readonly icmpType?: number
  readonly icmpCode?: number
  /** The name in the TLS client hello or the Host header, in lower case; absent when the client sends none. */
  readonly serverName?: string
}

/** The flow of the reply: ends swapped, an echo request becomes its reply; a reply carries no server name. */
export function reversed(flow: Flow): Flow {
  const reply: Flow = {
    protocol: flow.protocol,
    source: flow.destination,
    sourcePort: flow.destinationPort,
    destination: flow.source,
    destinationPort: flow.sourcePort,
  }
  if (flow.protocol === ICMP && flow.icmpType === 8) return { ...reply, icmpType: 0, icmpCode: 0 }
  if (flow.protocol === ICMP6 && flow.icmpType === 128) return { ...reply, icmpType: 129, icmpCode: 0 }
  return reply
}

/** A flow as people write it: `tcp 10.20.20.50:40000 -> 10.110.0.4:443`. */
export function formatFlow(flow: Flow): string {
  const end = (address: Ip, port: number) => {
    if (!hasPorts(flow.protocol)) return formatIp(address)
    return isIp4(address) ? `${formatIp(address)}:${port}` : `[${formatIp(address)}]:${port}`
  }
  const source = end(flow.source, flow.sourcePort)
  return `${formatProtocol(flow.protocol)} ${source} -> ${end(flow.destination, flow.destinationPort)}`
}
