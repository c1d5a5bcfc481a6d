/** The options of the extensions we evaluate and how many values each takes (iptables-extensions(8), 1.8.9). */
const MATCH_OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ports: { sport: 1, 'source-port': 1, dport: 1, 'destination-port': 1 },
  tcp: {
    sport: 1,
    'source-port': 1,
    dport: 1,
    'destination-port': 1,
    syn: 0,
    'tcp-flags': 2,
    'tcp-option': 1,
  },
  icmp: { 'icmp-type': 1 },
  icmp6: { 'icmpv6-type': 1 },
  multiport: { 'source-ports': 1, sports: 1, 'destination-ports': 1, dports: 1, ports: 1 },
  state: { state: 1 },
  conntrack: {
    ctstate: 1,
    ctproto: 1,
    ctorigsrc: 1,
    ctorigdst: 1,
    ctreplsrc: 1,
    ctrepldst: 1,
    ctorigsrcport: 1,
    ctorigdstport: 1,
    ctreplsrcport: 1,
    ctrepldstport: 1,
    ctstatus: 1,
    ctexpire: 1,
    ctdir: 1,
  },
  mark: { mark: 1 },
  connmark: { mark: 1 },
  iprange: { 'src-range': 1, 'dst-range': 1 },
  set: { 'match-set': 2, set: 2, 'return-nomatch': 0, 'update-counters': 0, 'update-subcounters': 0 },
  addrtype: { 'src-type': 1, 'dst-type': 1, 'limit-iface-in': 0, 'limit-iface-out': 0 },
  policy: {
    dir: 1,
    pol: 1,
    strict: 0,
    next: 0,
    reqid: 1,
    spi: 1,
    proto: 1,
    mode: 1,
    'tunnel-src': 1,
    'tunnel-dst': 1,
  },
  rpfilter: { loose: 0, validmark: 0, 'accept-local': 0, invert: 0 },
  comment: { comment: 1 },
  mac: { 'mac-source': 1 },
}
const MATCH_ALIASES: Readonly<Record<string, string>> = {
  udp: 'ports',
  udplite: 'ports',
  sctp: 'ports',
  dccp: 'ports',
  icmpv6: 'icmp6',
  'ipv6-icmp': 'icmp6',
  mport: 'multiport',
}
const MARK = { 'set-mark': 1, 'set-xmark': 1, 'and-mark': 1, 'or-mark': 1, 'xor-mark': 1 }
const NAT = { random: 0, 'random-fully': 0, persistent: 0 }
const TARGET_OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  DNAT: { 'to-destination': 1, ...NAT },
  SNAT: { 'to-source': 1, ...NAT },
  MASQUERADE: { 'to-ports': 1, ...NAT },
  REDIRECT: { 'to-ports': 1, ...NAT },
  NETMAP: { to: 1 },
  REJECT: { 'reject-with': 1 },
  MARK,
  CONNMARK: { ...MARK, 'save-mark': 0, 'restore-mark': 0, nfmask: 1, ctmask: 1, mask: 1 },
  TCPMSS: { 'set-mss': 1, 'clamp-mss-to-pmtu': 0 },
  CT: { notrack: 0, helper: 1, ctevents: 1, expevents: 1, 'zone-orig': 1, 'zone-reply': 1, zone: 1, timeout: 1 },
}
const NOTHING: Readonly<Record<string, number>> = {}

interface Named {
  readonly name: string
  readonly kind: 'match' | 'target'
}

function optionsOf(extension: Named): Readonly<Record<string, number>> {
  const table = extension.kind === 'target' ? TARGET_OPTIONS : MATCH_OPTIONS
  const name = extension.kind === 'target' ? extension.name : canonicalMatch(extension.name)
  return Object.hasOwn(table, name) ? (table[name] ?? NOTHING) : NOTHING
}

/** The extension that evaluates a match: `udp` and `sctp` share `ports`. */
export function canonicalMatch(name: string): string {
  return Object.hasOwn(MATCH_ALIASES, name) ? (MATCH_ALIASES[name] ?? name) : name
}

/** The names of the options an extension takes; empty for one we do not know. */
export function knownOptions(extension: Named): readonly string[] {
  const options = optionsOf(extension)
  const known = NAMES.get(options) ?? Object.keys(options)
  NAMES.set(options, known)
  return known
}

// A rule asks for the same few lists again and again.
const NAMES = new Map<object, readonly string[]>()

/** How many values an option takes; `undefined` when nobody knows. */
export function arityOf(extension: Named, option: string): number | undefined {
  const options = optionsOf(extension)
  return Object.hasOwn(options, option) ? options[option] : undefined
}

/** The match extension that `-p PROTOCOL` (a name or a number) brings; `undefined` for protocols without one. */
export function extensionOfProtocol(protocol: string): string | undefined {
  return Object.hasOwn(PROTOCOL_EXTENSIONS, protocol) ? PROTOCOL_EXTENSIONS[protocol] : undefined
}

const PROTOCOL_EXTENSIONS: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
  udplite: 'udplite',
  '136': 'udplite',
  sctp: 'sctp',
  '132': 'sctp',
  dccp: 'dccp',
  '33': 'dccp',
  icmp: 'icmp',
  '1': 'icmp',
  icmp6: 'icmp6',
  icmpv6: 'icmp6',
  'ipv6-icmp': 'icmp6',
  '58': 'icmp6',
}
