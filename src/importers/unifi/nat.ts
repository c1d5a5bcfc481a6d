import { allOf, implied, type Match, type Rule, type RuleSet } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import { flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import type { PortForwards } from './port-forwards.ts'
import { interfaceNames, type LanNetwork, type Site } from './site.ts'

/** The keys of the translating rule sets. */
export const DESTINATION_NAT = 'nat/PREROUTING'
export const SOURCE_NAT = 'nat/POSTROUTING'

/**
 * The translations of the gateway: two rule sets, or none when nothing is translated. Local networks are masqueraded on
 * every uplink, except those with `"is_nat": false` (go-unifi: NetworkConf) and those the site's setting `global_nat`
 * switches off or excludes. What enters a tunnel keeps its addresses.
 */
export function lowerNat(site: Site, forwards: PortForwards, hasTunnels: boolean): Record<string, RuleSet> {
  const masked = site.lans.filter((lan) => isTranslated(lan, site))
  const wans = site.wans.filter((wan) => flagOf(wan.entry, 'is_nat') !== false)
  const masquerade = wans.length === 0 ? [] : masked.map((lan) => masqueradeRule(lan, interfaceNames(wans)))
  const bypass = hasTunnels && masquerade.length > 0 ? [tunnelBypass()] : []
  const source = [...bypass, ...forwards.source, ...masquerade]
  if (source.length === 0 && forwards.destination.length === 0) return {}
  return {
    [DESTINATION_NAT]: natRuleSet(DESTINATION_NAT, 'destination NAT', forwards.destination),
    [SOURCE_NAT]: natRuleSet(SOURCE_NAT, 'source NAT', source),
  }
}

function isTranslated(lan: LanNetwork, site: Site): boolean {
  const setting = site.settings.get('global_nat')
  const mode = setting && textOf(setting, 'mode')
  if (mode === 'off') return false
  if (mode === 'custom' && setting && textsOf(setting, 'excluded_network_ids').includes(lan.id)) return false
  return flagOf(lan.entry, 'is_nat') !== false
}

function masqueradeRule(lan: LanNetwork, wans: readonly string[]): Rule {
  const said = flagOf(lan.entry, 'is_nat') === true
  const match: Match = allOf(
    { kind: 'out-interface', in: wans },
    { kind: 'source', in: addressesOfPrefixes([lan.subnet]) },
  )
  return {
    name: `masquerade ${lan.name}`,
    match,
    action: { kind: 'rewrite-source', to: { kind: 'own-address' } },
    source: said
      ? sourceOf(lan.entry, 'is_nat')
      : implied(`"is_nat" of ${lan.name} is not in the export; a local network is masqueraded unless it is off`),
  }
}

/** Practice: the gateway excludes tunnelled networks from its masquerading. */
function tunnelBypass(): Rule {
  return {
    name: 'no translation into a tunnel',
    match: { kind: 'tunnel', direction: 'out', present: true },
    action: { kind: 'accept' },
    source: implied('the gateway excludes the networks of a site-to-site VPN from masquerading'),
  }
}

function natRuleSet(name: string, label: string, rules: readonly Rule[]): RuleSet {
  const policySource = implied('what no rule names is not translated')
  return { name, label, rules, policy: { kind: 'accept' }, policySource }
}
