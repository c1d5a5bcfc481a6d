/** Properties of a firewall rule that say what it does or how it is shown, not what it matches. */
export const NO_MATCHERS: ReadonlySet<string> = new Set([
  ...['action', 'chain', 'comment', 'disabled', 'log', 'log-prefix', 'passthrough', 'jump-target', 'place-before'],
  ...['to-addresses', 'to-address', 'to-ports', 'reject-with', 'address-list', 'address-list-timeout', 'hw-offload'],
  ...['new-connection-mark', 'new-packet-mark', 'new-routing-mark', 'new-mss', 'new-ttl', 'new-dscp', 'new-priority'],
  ...['new-connection-rate', 'same-not-by-dst', 'randomise-ports', 'route-dst', 'sniff-id', 'sniff-target'],
  ...['sniff-target-port', 'dynamic', 'invalid', 'bytes', 'packets', 'copy-from', 'numbers'],
])
