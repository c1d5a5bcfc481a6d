/**
 * How something that has let a client connect tells it no: a service at its gate, a firewall that reads names. It only
 * says what the client sees; whether it refuses is for the rule.
 */
export type Refusal =
  /** An HTTP answer; `text` is the error as programs print it and people search for it. */
  | { readonly kind: 'http'; readonly status: number; readonly text: string }
  /** The connection or the sign-in is refused in the service's own protocol. */
  | { readonly kind: 'protocol'; readonly text: string }
  /**
   * The device answers the TCP handshake itself and resets the connection once it has read the TLS server name; plain
   * HTTP is answered with `status` and `text`.
   */
  | { readonly kind: 'tls-reset'; readonly status: number; readonly text: string }
  /** Nothing comes back. */
  | { readonly kind: 'silence' }
