import type { Pipeline, RuleSet, Stage } from '../../model/index.ts'

/** The firewall tables of RouterOS; rule sets are keyed `table/chain`, those of `/ipv6 firewall` `ip6 table/chain`. */
export type FirewallTable = 'filter' | 'nat' | 'mangle' | 'raw'

/** 4 for `/ip firewall`, 6 for `/ipv6 firewall`. */
export type Family = 4 | 6

/** The chains the packet flow itself enters, by table; any other chain is only jumped to. */
export const BUILT_IN_CHAINS: Readonly<Record<FirewallTable, readonly string[]>> = {
  raw: ['prerouting', 'output'],
  mangle: ['prerouting', 'input', 'forward', 'output', 'postrouting'],
  nat: ['dstnat', 'srcnat', 'input', 'output'],
  filter: ['input', 'forward', 'output'],
}

const TRACK: Stage = { kind: 'track' }

const KINDS = { raw: 'filter', mangle: 'mark', nat: 'translate', filter: 'filter' } as const

/**
 * The order of RouterOS (MikroTik: Packet Flow in RouterOS): raw, connection tracking, mangle and dst-nat before
 * routing; mangle then filter for what is forwarded or local; mangle then src-nat last, IPsec policies behind it.
 * `tracks` false: `/ip firewall connection tracking set enabled=no`; translations then do nothing. RouterOS 7 also has
 * the nat chains `input` and `output` (MikroTik: NAT). `ipv6`: IPv6 packets see chains of their own, each beside IPv4's.
 */
export function routerosPipeline(major: number, tracks: boolean, ipv6 = false): Pipeline {
  const families: readonly Family[] = ipv6 ? [4, 6] : [4]
  const stages = (table: FirewallTable) => (chain: string) =>
    families.map((family): Stage => ({ kind: KINDS[table], ruleSet: chainKey(table, chain, family) }))
  const [raw, mangle, nat, filter] = [stages('raw'), stages('mangle'), stages('nat'), stages('filter')]
  const track = tracks ? [TRACK] : []
  const seven = (chain: string) => (major >= 7 ? nat(chain) : [])
  return {
    prerouting: [...raw('prerouting'), ...track, ...mangle('prerouting'), ...nat('dstnat')],
    input: [...mangle('input'), ...filter('input'), ...seven('input')],
    forward: [...mangle('forward'), ...filter('forward')],
    output: [...raw('output'), ...track, ...mangle('output'), ...seven('output'), ...filter('output')],
    postrouting: [...mangle('postrouting'), ...nat('srcnat')],
  }
}

/**
 * A pipeline without the raw, mangle and IPv6 stages whose chain has no rule: they neither decide nor change anything.
 */
export function withoutEmptyStages(pipeline: Pipeline, ruleSets: Readonly<Record<string, RuleSet>>): Pipeline {
  const kept = (stages: readonly Stage[]) =>
    stages.filter(
      (stage) =>
        stage.kind === 'track' ||
        !/^(raw|mangle|ip6 \w+)\//.test(stage.ruleSet) ||
        (ruleSets[stage.ruleSet]?.rules.length ?? 0) > 0,
    )
  const { prerouting, input, forward, output, postrouting } = pipeline
  return {
    prerouting: kept(prerouting),
    input: kept(input),
    forward: kept(forward),
    output: kept(output),
    postrouting: kept(postrouting),
  }
}

/** The key of a chain among a device's rule sets. */
export function chainKey(table: FirewallTable, chain: string, family: Family = 4): string {
  return `${family === 6 ? 'ip6 ' : ''}${table}/${chain}`
}
