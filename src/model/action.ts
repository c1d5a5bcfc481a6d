import type { Ip, PortRange, Prefix } from '../net/index.ts'

/** How a rejection is answered; it decides what the client sees (connection refused, no route to host ...). */
export type Rejection =
  | 'tcp-reset'
  | 'port-unreachable'
  | 'host-unreachable'
  | 'net-unreachable'
  | 'protocol-unreachable'
  | 'host-prohibited'
  | 'net-prohibited'
  | 'admin-prohibited'

/** What an address becomes. */
export type Rewrite =
  /** One of the addresses from `first` to `last`, inclusive; several are alternatives, the trace takes the first. */
  | { readonly kind: 'address'; readonly first: Ip; readonly last: Ip }
  /** The device's own address on the out-interface (masquerade) or the in-interface (redirect). */
  | { readonly kind: 'own-address' }
  /** The network part replaced, the host bits kept (NETMAP). */
  | { readonly kind: 'prefix'; readonly prefix: Prefix }
  /** The port alone changes. */
  | { readonly kind: 'same' }

/**
 * What a rule does with a packet it matches.
 *
 * `accept` ends the stage's rule set (with its callers), the next stage follows; `drop` and `reject` end the packet;
 * `return` goes back to the caller, in a rule set without a caller the policy applies; `pass` does nothing (log,
 * count). In a translating stage `accept` means: no translation for this connection.
 */
export type Action =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'pass' }
  | { readonly kind: 'reject'; readonly with: Rejection }
  /** `jump` comes back after the rule set's end, `goto` comes back to the caller's caller. `to` is a key of `Device.ruleSets`. */
  | { readonly kind: 'jump'; readonly to: string }
  | { readonly kind: 'goto'; readonly to: string }
  /** Replaces the bits of `mask` by those of `value`; the walk goes on. */
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'session-mark'; readonly value: number; readonly mask: number }
  /** Copies the connection's mark to the packet, or the packet's to the connection; the walk goes on. */
  | { readonly kind: 'restore-mark'; readonly mask: number }
  | { readonly kind: 'save-mark'; readonly mask: number }
  /** Routing will use this table first (RouterOS mark-routing); the walk goes on. */
  | { readonly kind: 'use-table'; readonly table: string }
  /** This packet and its replies are not tracked; the walk goes on. */
  | { readonly kind: 'no-track' }
  /** Lowers the MSS in a SYN or SYN+ACK, never raises it; `path` = the smaller link MTU both ways less 40. The walk goes on. */
  | { readonly kind: 'clamp-mss'; readonly to: number | 'path' }
  /** Ends the rule set and translates the connection; `ports` absent = the port is kept. */
  | { readonly kind: 'rewrite-source'; readonly to: Rewrite; readonly ports?: PortRange }
  | { readonly kind: 'rewrite-destination'; readonly to: Rewrite; readonly ports?: PortRange }
  /** The platform does not offer this at all; `because` is the reason a person can check. */
  | { readonly kind: 'unsupported'; readonly because: string }
  /** Somebody else decides (NFQUEUE, a script): the verdict is unknown. */
  | { readonly kind: 'opaque'; readonly text: string }
