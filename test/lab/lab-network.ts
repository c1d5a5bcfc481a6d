/** A small network to be built for real: what goes into it, before anything is captured. */
export interface LabNetwork {
  /** It has IPv6 too; absent = its kernel has none. */
  readonly six?: true
  readonly devices: readonly LabDevice[]
}

/** A namespace and what is configured in it, in the words of the tools that do it. */
export interface LabDevice {
  readonly name: string
  readonly interfaces: readonly LabInterface[]
  readonly forwards: boolean
  /** What follows `ip route add`. */
  readonly routes: readonly string[]
  /** What follows `ip rule add`. */
  readonly rules: readonly string[]
  /** `net.ipv4.conf.eth0.rp_filter` and its value. */
  readonly settings: Readonly<Record<string, string>>
  readonly tables: readonly LabTable[]
  /** Tables of ip6tables; absent = none. */
  readonly tables6?: readonly LabTable[]
  /** Sets of ipset, those that lists name before the lists; absent = none. */
  readonly sets?: readonly LabSet[]
  /** Commands that are run when all else is set up, before anything is captured; absent = none. */
  readonly after?: readonly string[]
  /** Tables of nft beside those of iptables; absent = none. */
  readonly nft?: readonly LabNftTable[]
  /** In which of its two forms the output of nft is captured; absent = as JSON. */
  readonly nftAs?: 'json' | 'text'
}

/** A set of ipset. */
export interface LabSet {
  readonly name: string
  readonly type: string
  /** How many directions a test of it needs. */
  readonly sides: number
  readonly entries: readonly string[]
}

/** A table of nft. */
export interface LabNftTable {
  readonly family: 'ip' | 'inet' | 'ip6'
  readonly name: string
  /** Whole, as `set s { type ipv4_addr; }`. */
  readonly sets: readonly string[]
  /** In the order they are made. */
  readonly chains: readonly LabNftChain[]
}

export interface LabNftChain {
  readonly name: string
  /** As `type filter hook forward priority 0; policy drop;`; absent = it is only jumped to. */
  readonly hook?: string
  readonly rules: readonly string[]
}

export interface LabInterface {
  readonly name: string
  /** Empty for a bridge, whose ports have the links. */
  readonly link: string
  /** The bridge of the device that it is a port of; absent = of none. */
  readonly bridge?: string
  /** As `10.0.1.1/24`. */
  readonly addresses: readonly string[]
}

/** A table of iptables. */
export interface LabTable {
  readonly name: string
  readonly policies: Readonly<Record<string, 'ACCEPT' | 'DROP'>>
  readonly chains: readonly string[]
  /** What follows `-A`: `FORWARD -p tcp -j DROP`. */
  readonly rules: readonly string[]
}

/** One question to the kernel. */
export interface Probe {
  readonly from: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly sourcePort: number
  readonly destination: string
  /** 0 for ICMP. */
  readonly port: number
}

/** What came of a probe, as its sender sees it, and what arrived at the far end. */
export interface Outcome {
  readonly result: Result
  /** What the kernel called it; absent: it told the sender nothing, or a tracer speaks. */
  readonly errno?: string
  /** Absent: nothing was seen to arrive. */
  readonly seen?: Seen
}

export type Result =
  | 'answered'
  /** TCP: the handshake ended and then nothing came. */
  | 'open-silent'
  | 'refused'
  | 'silent'
  | 'net-unreachable'
  | 'host-unreachable'
  | 'protocol-unreachable'
  /** The sender's own kernel would not send it. */
  | 'not-sent'

/** The packet as the far end saw it. Ports are 0 for ICMP. */
export interface Seen {
  readonly device: string
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
}

/** Ports on which every device answers; on all others it refuses. */
export const OPEN_PORTS: readonly number[] = [22, 80, 443, 8080]

/** The text `iptables-restore` reads. */
export function restoreText(tables: readonly LabTable[]): string {
  return tables
    .map((table) => {
      const policies = Object.entries(table.policies).map(([chain, policy]) => `:${chain} ${policy} [0:0]`)
      const chains = table.chains.map((chain) => `:${chain} - [0:0]`)
      const rules = table.rules.map((rule) => `-A ${rule}`)
      return [`*${table.name}`, ...policies, ...chains, ...rules, 'COMMIT', ''].join('\n')
    })
    .join('')
}

/** The text `nft -f` reads. All chains are made before any has rules, so that these may name each other. */
export function nftText(tables: readonly LabNftTable[]): string {
  const lines: string[] = []
  for (const { family, name, sets, chains } of tables) {
    lines.push(
      `table ${family} ${name} {`,
      ...sets.map((set) => set.replaceAll(';', '\n').replace(/\{/, '{\n').replace(/\}$/, '\n}')),
    )
    for (const chain of chains) lines.push(`chain ${chain.name} {`, ...(chain.hook ? [chain.hook] : []), '}')
    lines.push('}')
  }
  for (const { family, name, chains } of tables) {
    for (const chain of chains)
      for (const rule of chain.rules) lines.push(`add rule ${family} ${name} ${chain.name} ${rule}`)
  }
  return lines.join('\n')
}

/** The text `ipset restore` reads. */
export function setText(sets: readonly LabSet[]): string {
  return sets
    .flatMap(({ name, type, entries }) => [
      `create ${name} ${type}${type === 'bitmap:port' ? ' range 0-65535' : ''}`,
      ...entries.map((entry) => `add ${name} ${entry}`),
    ])
    .join('\n')
}
