import type { AddressSet, Ip, PortRange, Protocol } from '../net/index.ts'

/** What connection tracking says of a packet (Linux: xt_conntrack). */
export type SessionState = 'new' | 'established' | 'related' | 'invalid' | 'untracked'

/** What a route lookup says of an address (Linux: xt_addrtype). */
export type AddressType = 'unicast' | 'local' | 'broadcast' | 'multicast' | 'blackhole' | 'unreachable' | 'prohibit'

/**
 * A test of one packet, answered true, false or unknown. Addresses and ports are those the packet has at that
 * moment, after whatever translations came before. A test of ports is false for a packet without ports.
 */
export type Match =
  | { readonly kind: 'any' }
  | { readonly kind: 'all' | 'some'; readonly of: readonly Match[] }
  | { readonly kind: 'not'; readonly of: Match }
  | { readonly kind: 'protocol'; readonly in: readonly Protocol[] }
  | {
      readonly kind: 'source' | 'destination'
      readonly in: AddressSet
      /** The service tags that some of the addresses were looked up under, in Microsoft's list, as the rule spells them. */
      readonly serviceTags?: readonly string[]
    }
  /** `address & mask == value`, for masks that are not contiguous. */
  | { readonly kind: 'source-bits' | 'destination-bits'; readonly value: Ip; readonly mask: Ip }
  | { readonly kind: 'source-port' | 'destination-port'; readonly in: readonly PortRange[] }
  /** The tuple of the connection's first packet before any translation here (conntrack's original tuple). */
  | { readonly kind: 'original-source' | 'original-destination'; readonly in: AddressSet }
  | { readonly kind: 'original-source-port' | 'original-destination-port'; readonly in: readonly PortRange[] }
  /** Names of interfaces of this device; a trailing `*` matches any ending. Out-interface is unknown before routing: false. */
  | { readonly kind: 'in-interface' | 'out-interface'; readonly in: readonly string[] }
  | { readonly kind: 'session'; readonly in: readonly SessionState[] }
  /** The connection's source or destination was rewritten here; true in both directions (ctstate SNAT, DNAT). */
  | { readonly kind: 'translated'; readonly which: 'source' | 'destination' }
  | { readonly kind: 'direction'; readonly is: 'original' | 'reply' }
  /** `mark & mask == value`; `session-mark` is the connection's own (connmark, connection-mark). */
  | { readonly kind: 'mark' | 'session-mark'; readonly value: number; readonly mask: number }
  /** `in`: the packet came out of an IPsec tunnel. `out`: an encapsulation of this device would take it. */
  | { readonly kind: 'tunnel'; readonly direction: 'in' | 'out'; readonly present: boolean }
  | { readonly kind: 'source-type' | 'destination-type'; readonly in: readonly AddressType[] }
  /** To whom the frame it came in was addressed; `unicast` for what the device itself sends (Linux: xt_pkttype). */
  | { readonly kind: 'frame-type'; readonly in: readonly ('unicast' | 'broadcast' | 'multicast')[] }
  /** TCP flags: `flags & mask == set`, letters of `FSRPAU`. A first packet has S, its reply SA, the third A. */
  | { readonly kind: 'tcp-flags'; readonly mask: string; readonly set: string }
  | { readonly kind: 'icmp-type'; readonly in: readonly { readonly type: number; readonly code?: number }[] }
  /**
   * The flow's server name, lower case: exact, or `*.x` for any name below x, or `*` for all. Unknown when the flow
   * carries no name; false for a packet that is neither TCP nor UDP. `lookedUp`: the device resolves the names itself and
   * compares the destination with their addresses, whatever the protocol; another destination is unknown unless the
   * addresses of all names are `complete`.
   */
  | {
      readonly kind: 'server-name'
      readonly in: readonly string[]
      readonly lookedUp?: { readonly addresses: AddressSet; readonly complete: boolean }
    }
  /**
   * The Ethernet address of who sent the packet on this link, lower case with colons. Unknown when the export of the
   * sender does not say it; false for a packet that came in no Ethernet frame (Linux: xt_mac).
   */
  | { readonly kind: 'source-mac'; readonly in: readonly string[] }
  /** A word put on the packet by the device it started at (`Device.stamps`) or by a route it took (`Route.stamp`). */
  | { readonly kind: 'stamp'; readonly in: readonly string[] }
  /** The reverse path test: `strict` = the best route back leaves by the in-interface, `loose` = any route back. */
  | { readonly kind: 'reverse-path'; readonly mode: 'strict' | 'loose'; readonly passes: boolean }
  /**
   * A test we cannot make; `text` is the words in the file. It is neither true nor false. `othersMissing`: the words
   * were understood, and what they name (a set, a list) was not given.
   */
  | { readonly kind: 'opaque'; readonly text: string; readonly othersMissing?: true }

/** The match every packet meets. */
export const ANY: Match = { kind: 'any' }

/** The match that wants all of some matches; matches that are always true are dropped. */
export function allOf(...of: readonly Match[]): Match {
  const needed = of.filter((match) => match.kind !== 'any')
  const only = needed[0]
  if (only === undefined) return ANY
  return needed.length === 1 ? only : { kind: 'all', of: needed }
}

/** The match that wants any of some matches. An empty list is never met. */
export function someOf(...of: readonly Match[]): Match {
  const only = of[0]
  if (of.length === 1 && only) return only
  return of.some((match) => match.kind === 'any') ? ANY : { kind: 'some', of }
}

/** The match that another fails. Not of unknown is unknown. */
export function notOf(of: Match): Match {
  return of.kind === 'not' ? of.of : { kind: 'not', of }
}
