import type { Source } from './source.ts'

/** One end of a link. */
export interface Endpoint {
  readonly device: string
  readonly interface: string
}

/**
 * A shared segment and its ends: whoever owns an address on it is reached directly.
 *
 * `segment`: a broadcast domain or a VNet. `internet`: one for the whole network; what no end owns, the device
 * named `internet` takes. `tunnel`: two ends, everything sent in at one comes out at the other.
 */
export interface Link {
  readonly name: string
  readonly kind: 'segment' | 'internet' | 'tunnel'
  readonly ends: readonly Endpoint[]
  /** Bytes of the largest IP packet; absent = the smaller of the interfaces'. */
  readonly mtu?: number
  /** Whether the sender learns that a packet was too big; `lost` makes a path MTU black hole (RFC 2923). */
  readonly fragmentationNeeded?: 'sent' | 'lost'
  readonly source: Source
}
