import { type JsonDocument, type Member, type MemberNote, noteJsonLines, type TextFile } from '../../text/index.ts'

/** Notes what became of every line of some JSON, after it was lowered. Does nothing for files without a ledger. */
export function noteJson(documents: ReadonlyMap<TextFile, JsonDocument>): void {
  for (const [{ ledger }, document] of documents) if (ledger) noteJsonLines(document, ledger, judge)
}

/** Counts everything inside a value as looked at: it was read as a whole. */
export function visitAll({ visits }: Pick<JsonDocument, 'visits'>, value: unknown): void {
  if (!visits || typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    visits.visit(value, key)
    visitAll({ visits }, member)
  }
}

function judge({ path }: Member): MemberNote {
  const key = String(path.findLast((one) => typeof one === 'string') ?? '')
  if (path.includes('metainfo')) return { kind: 'inert', because: 'the version of the program that printed it' }
  if (INERT.has(key)) return { kind: 'inert', because: `${key} changes neither reachability nor names` }
  return { kind: 'unread', because: `"${key}" is not read` }
}

// What iproute2 prints of an interface, an address or a route that no packet's way depends on.
const INERT: ReadonlySet<string> = new Set([
  ...['ifindex', 'qdisc', 'group', 'txqlen', 'address', 'broadcast', 'link_type', 'label', 'handle', 'link_index'],
  ...['valid_life_time', 'preferred_life_time', 'dynamic', 'noprefixroute', 'mngtmpaddr', 'link_netnsid', 'parentbus'],
  ...['parentdev', 'altnames', 'promiscuity', 'allmulti', 'min_mtu', 'max_mtu', 'num_tx_queues', 'num_rx_queues'],
  ...['gso_max_size', 'gso_max_segs', 'tso_max_size', 'tso_max_segs', 'gro_max_size', 'inet6_addr_gen_mode'],
  // How far an address is valid follows from itself, and a route's from whether it has a gateway; who made a route is a word.
  ...['scope', 'family', 'operstate', 'tentative', 'protocol', 'pref'],
  ...['linkmode', 'carrier_changes', 'carrier_up_count', 'carrier_down_count', 'permaddr', 'stats', 'stats64'],
])
