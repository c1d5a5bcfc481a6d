/** The five places of a packet's way, as both firewalls' base chains name them. */
export type BaseChain =
  | 'input'
  | 'forward'
  | 'output'
  | 'dstnat'
  | 'srcnat'
  | 'raw-prerouting'
  | 'raw-output'
  | 'mangle-prerouting'
  | 'mangle-input'
  | 'mangle-forward'
  | 'mangle-output'
  | 'mangle-postrouting'

/** The chains each zone has. */
export type ZoneChain = 'input' | 'forward' | 'output' | 'dstnat' | 'srcnat'

/**
 * A firewall program of OpenWrt, as data: what it calls its chains and the few things in which it differs. In chain
 * names ZONE stands for the zone's name. The small chains both make for verdicts (`zone_wan_dest_ACCEPT`, `reject`;
 * `accept_to_wan`, `handle_reject`) are not chains here: their rules stand where they are jumped to, so that the rule
 * that decides is the one a person wrote.
 */
export interface Dialect {
  readonly name: 'fw3' | 'fw4'
  readonly base: Readonly<Record<BaseChain, string>>
  readonly zone: Readonly<Record<ZoneChain, string>>
  /** A rule without a target: fw3 rejects, fw4 counts and goes on. */
  readonly missingTarget: 'REJECT' | undefined
  /** Accepting packets from a zone wants new or untracked ones, unless invalid ones are dropped before. */
  readonly acceptsOnlyNew: boolean
  /** The base chain in which MARK rules with a source zone stand, by whether they name a destination. */
  readonly markChains: {
    readonly here: BaseChain
    readonly everywhere: BaseChain
    readonly through: BaseChain
    readonly towards: BaseChain
  }
  /** Where the MSS of connections that leave a zone is clamped; of those that enter, both do it in forward. */
  readonly mssEgress: BaseChain
}

/** firewall3: iptables rules (OpenWrt: firewall3, zones.c, rules.c, defaults.c, redirects.c; up to OpenWrt 21.02). */
export const FW3: Dialect = {
  name: 'fw3',
  base: {
    input: 'filter/INPUT',
    forward: 'filter/FORWARD',
    output: 'filter/OUTPUT',
    dstnat: 'nat/PREROUTING',
    srcnat: 'nat/POSTROUTING',
    'raw-prerouting': 'raw/PREROUTING',
    'raw-output': 'raw/OUTPUT',
    'mangle-prerouting': 'mangle/PREROUTING',
    'mangle-input': 'mangle/INPUT',
    'mangle-forward': 'mangle/FORWARD',
    'mangle-output': 'mangle/OUTPUT',
    'mangle-postrouting': 'mangle/POSTROUTING',
  },
  zone: {
    input: 'filter/zone_ZONE_input',
    forward: 'filter/zone_ZONE_forward',
    output: 'filter/zone_ZONE_output',
    dstnat: 'nat/zone_ZONE_prerouting',
    srcnat: 'nat/zone_ZONE_postrouting',
  },
  missingTarget: 'REJECT',
  acceptsOnlyNew: true,
  markChains: {
    here: 'mangle-prerouting',
    everywhere: 'mangle-prerouting',
    through: 'mangle-prerouting',
    towards: 'mangle-prerouting',
  },
  mssEgress: 'mangle-forward',
}

/** firewall4: one nftables table, inet fw4 (OpenWrt: firewall4, fw4.uc and its ruleset template; since 22.03). */
export const FW4: Dialect = {
  name: 'fw4',
  base: {
    input: 'fw4/input',
    forward: 'fw4/forward',
    output: 'fw4/output',
    dstnat: 'fw4/dstnat',
    srcnat: 'fw4/srcnat',
    'raw-prerouting': 'fw4/raw_prerouting',
    'raw-output': 'fw4/raw_output',
    'mangle-prerouting': 'fw4/mangle_prerouting',
    'mangle-input': 'fw4/mangle_input',
    'mangle-forward': 'fw4/mangle_forward',
    'mangle-output': 'fw4/mangle_output',
    'mangle-postrouting': 'fw4/mangle_postrouting',
  },
  zone: {
    input: 'fw4/input_ZONE',
    forward: 'fw4/forward_ZONE',
    output: 'fw4/output_ZONE',
    dstnat: 'fw4/dstnat_ZONE',
    srcnat: 'fw4/srcnat_ZONE',
  },
  missingTarget: undefined,
  acceptsOnlyNew: false,
  markChains: {
    here: 'mangle-input',
    everywhere: 'mangle-prerouting',
    through: 'mangle-forward',
    towards: 'mangle-postrouting',
  },
  mssEgress: 'mangle-postrouting',
}

/** The key of one of a zone's chains. */
export function zoneChain(dialect: Dialect, chain: ZoneChain, zone: string): string {
  return dialect.zone[chain].replace('ZONE', () => zone)
}

/** A chain as people name it: `filter chain zone_lan_forward`, `fw4 chain forward_lan`. */
export function chainLabel(key: string): string {
  const slash = key.indexOf('/')
  return `${key.slice(0, slash)} chain ${key.slice(slash + 1)}`
}
