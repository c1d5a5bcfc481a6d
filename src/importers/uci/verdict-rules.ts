import { type Action, ANY, allOf, type Match, type Rejection, type Source } from '../../model/index.ts'
import { TCP } from '../../net/index.ts'
import { familyMatch } from './address-match.ts'
import type { Compilation } from './compilation.ts'
import { flagOf, optionOf, placeOf } from './section.ts'
import type { FirewallDefaults, FirewallZone, Verdict } from './zone.ts'

/** What a line of the file decides, before its verdict is spelled out. */
export interface Decided {
  readonly name: string
  readonly match: Match
  readonly source: Source
}

/** The devices a verdict is limited to: those packets of a zone come in or go out by. */
export interface Limit {
  readonly way: 'from' | 'to'
  readonly zone: FirewallZone
}

/**
 * Appends the rules of a verdict to a chain. Limited to a zone it holds for the zone's own devices only (OpenWrt:
 * firewall3, zones.c, `zone_X_src_ACCEPT`, `zone_X_dest_ACCEPT`; firewall4, `accept_from_X`, `accept_to_X`); before
 * packets are accepted to a masquerading zone, invalid ones are dropped: they would leave with their private source.
 * A zone without devices takes nothing. REJECT answers TCP with a reset and everything else with port unreachable.
 */
export function appendVerdict(
  compilation: Compilation,
  key: string,
  decided: Decided,
  verdict: Verdict,
  limit?: Limit,
): void {
  const { sets } = compilation
  sets.mention(key)
  const devices = limit ? limit.zone[limit.way] : ANY
  if (devices === undefined) return
  if (limit?.way === 'to' && verdict === 'ACCEPT') preventLeaks(compilation, key, decided, limit.zone)
  const onlyNew = limit?.way === 'from' && verdict === 'ACCEPT' ? newOnes(compilation) : ANY
  const match = allOf(decided.match, devices, onlyNew)
  if (verdict !== 'REJECT') {
    sets.append(key, { ...decided, match, action: { kind: verdict === 'ACCEPT' ? 'accept' : 'drop' } })
    return
  }
  const { defaults } = compilation
  const toTcp = answer(defaults, 'tcp_reject_code', 'tcp-reset')
  sets.append(key, { ...decided, match: allOf(match, { kind: 'protocol', in: [TCP] }), action: toTcp })
  sets.append(key, { ...decided, match, action: answer(defaults, 'any_reject_code', 'port-unreachable') })
}

function newOnes({ dialect, defaults }: Compilation): Match {
  return dialect.acceptsOnlyNew && !defaults.dropInvalid ? { kind: 'session', in: ['new', 'untracked'] } : ANY
}

function preventLeaks({ sets, defaults }: Compilation, key: string, decided: Decided, zone: FirewallZone): void {
  if (defaults.dropInvalid || flagOf(zone.section, 'masq_allow_invalid', false)) return
  const families = [zone.masquerades4 ? 4 : undefined, zone.masquerades6 ? 6 : undefined] as const
  for (const family of families) {
    if (family === undefined) continue
    sets.append(key, {
      name: `masquerading zone ${zone.name}: no invalid packets`,
      match: allOf(decided.match, familyMatch(family), zone.to ?? ANY, { kind: 'session', in: ['invalid'] }),
      action: { kind: 'drop' },
      source: placeOf(zone.section, family === 4 ? 'masq' : 'masq6'),
    })
  }
}

/** `option tcp_reject_code` and `any_reject_code` in iptables' words (OpenWrt: firewall3, options.c). */
const REJECTIONS: Readonly<Record<string, Rejection>> = {
  'adm-prohib': 'admin-prohibited',
  'adm-prohibited': 'admin-prohibited',
  'admin-prohibited': 'admin-prohibited',
  'host-unreach': 'host-unreachable',
  'port-unreach': 'port-unreachable',
  'tcp-reset': 'tcp-reset',
}

function answer(defaults: FirewallDefaults, option: string, otherwise: Rejection): Action {
  const value = defaults.section && optionOf(defaults.section, option)
  if (!value) return { kind: 'reject', with: otherwise }
  const named = REJECTIONS[value.text.trim().toLowerCase()]
  return named ? { kind: 'reject', with: named } : { kind: 'opaque', text: `${option} ${value.text}` }
}
