import { formatIp, parseIp } from '../../src/net/index.ts'

/** What is needed of the first bytes of a packet. Numbers that a protocol does not have are 0. */
export interface Header {
  readonly kind: 'tcp' | 'udp' | 'icmp' | 'other'
  readonly protocol: number
  readonly source: string
  readonly destination: string
  /** IPv4: the packet's number; IPv6: its flow label. 0 = it has none. */
  readonly number: number
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
  readonly icmpType: number
  readonly icmpCode: number
  readonly echoNumber: number
  /** The first bytes that UDP and an echo carry, as text. */
  readonly word: string
  /** An ICMP error: the packet it is about. */
  readonly inner?: { readonly protocol: number; readonly number: number }
}

const KINDS: Readonly<Record<number, Header['kind']>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' }

/** Reads the headers of a packet, given as hexadecimal digits. */
export function headerOf(network: string, transport: string): Header {
  const outer = Buffer.from(network, 'hex')
  const bytes = Buffer.alloc(20)
  Buffer.from(transport, 'hex').copy(bytes)
  const six = (outer[0] ?? 0) >> 4 === 6
  const protocol = (six ? outer[6] : outer[9]) ?? 0
  const kind = KINDS[protocol] ?? 'other'
  const [icmpType, icmpCode] = kind === 'icmp' ? [bytes[0] ?? 0, bytes[1] ?? 0] : [0, 0]
  const isEcho = kind === 'icmp' && (icmpType === 0 || icmpType === 8 || icmpType === 128 || icmpType === 129)
  const ports = kind === 'tcp' || kind === 'udp'
  const inner = kind === 'icmp' && !isEcho ? innerOf(bytes.subarray(8)) : undefined
  return {
    kind,
    protocol,
    source: address(outer.subarray(six ? 8 : 12, six ? 24 : 16)),
    destination: address(outer.subarray(six ? 24 : 16, six ? 40 : 20)),
    number: six ? outer.readUInt32BE(0) & 0xfffff : outer.readUInt16BE(4),
    sourcePort: ports ? bytes.readUInt16BE(0) : 0,
    destinationPort: ports ? bytes.readUInt16BE(2) : 0,
    sequence: kind === 'tcp' ? bytes.readUInt32BE(4) : 0,
    acknowledged: kind === 'tcp' ? bytes.readUInt32BE(8) : 0,
    flags: kind === 'tcp' ? (bytes[13] ?? 0) & 0x3f & ~PUSH : 0,
    icmpType,
    icmpCode,
    echoNumber: isEcho ? bytes.readUInt16BE(6) : 0,
    word: kind === 'udp' || isEcho ? bytes.subarray(8).toString('latin1').replace(/\0.*$/s, '') : '',
    ...(inner && { inner }),
  }
}

// Whether data should be handed over at once decides nothing.
const PUSH = 8

function innerOf(bytes: Buffer): NonNullable<Header['inner']> {
  const six = (bytes[0] ?? 0) >> 4 === 6
  return {
    protocol: (six ? bytes[6] : bytes[9]) ?? 0,
    number: six ? bytes.readUInt32BE(0) & 0xfffff : bytes.readUInt16BE(4),
  }
}

function address(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  const groups = (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
  const ip = parseIp(groups)
  return ip === undefined ? groups : formatIp(ip)
}

/** Whether a TCP sequence number is at most 80 behind another, around the end of all numbers too. */
export function inWindow(number: number, start: number): boolean {
  return (number - start) >>> 0 <= 80
}
