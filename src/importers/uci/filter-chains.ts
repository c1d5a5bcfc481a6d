import { ANY, implied, type Match, type Source } from '../../model/index.ts'
import { familyMatch, familyOf } from './address-match.ts'
import { type Compilation, leaveOut, zoneReference } from './compilation.ts'
import { type BaseChain, zoneChain } from './dialect.ts'
import { flagOf, isDisabled, optionOf, sectionLabel, sectionsOf, textOf } from './section.ts'
import { appendVerdict } from './verdict-rules.ts'
import type { ZonePolicy } from './zone.ts'

const HOOKS = ['input', 'forward', 'output'] as const

/**
 * The first rules of the filter's base chains: loopback, replies, invalid packets (OpenWrt: firewall3, defaults.c;
 * firewall4, ruleset template). A limit on new connections (`syn_flood`) is not here: one flow never meets it.
 */
export function headRules(compilation: Compilation): void {
  const { sets, dialect, defaults } = compilation
  for (const hook of HOOKS) {
    const key = dialect.base[hook]
    const policy = defaults[hook]
    sets.setPolicy(key, { kind: policy.verdict === 'ACCEPT' ? 'accept' : 'drop' }, policy.source)
    if (hook !== 'forward') {
      const match: Match = { kind: hook === 'input' ? 'in-interface' : 'out-interface', in: ['lo'] }
      sets.append(key, { name: 'loopback', match, action: { kind: 'accept' }, source: ALWAYS })
    }
    const known: Match = { kind: 'session', in: ['established', 'related'] }
    sets.append(key, { name: 'replies', match: known, action: { kind: 'accept' }, source: ALWAYS })
    if (defaults.dropInvalid && defaults.section) {
      const match: Match = { kind: 'session', in: ['invalid'] }
      const source = optionOf(defaults.section, 'drop_invalid')?.source ?? ALWAYS
      sets.append(key, { name: 'drop_invalid', match, action: { kind: 'drop' }, source })
    }
  }
}

const ALWAYS: Source = implied(
  'The firewall always begins so (OpenWrt: firewall3, defaults.c; firewall4, ruleset template).',
)

/** `config forwarding`: one direction, for new connections. */
export function forwardingRules(compilation: Compilation): void {
  const { dialect } = compilation
  for (const section of sectionsOf(compilation.firewall, 'forwarding')) {
    if (isDisabled(section)) continue
    const from = zoneReference(section, 'src', compilation)
    const to = zoneReference(section, 'dest', compilation)
    if (from.kind === 'unknown' || to.kind === 'unknown') continue
    if (from.kind === 'absent' || to.kind === 'absent') {
      leaveOut(section, 'it names no zone to come from or to go to', compilation)
      continue
    }
    const key = from.kind === 'zone' ? zoneChain(dialect, 'forward', from.zone.name) : dialect.base.forward
    const decided = {
      name: `forwarding ${textOf(section, 'src')} -> ${textOf(section, 'dest')}`,
      match: familyMatch(familyOf(textOf(section, 'family'))),
      source: section.source,
    }
    appendVerdict(compilation, key, decided, 'ACCEPT', to.kind === 'zone' ? { way: 'to', zone: to.zone } : undefined)
  }
}

/** The ends of the zones' chains and the jumps into them, then the ends of the base chains. */
export function zoneRules(compilation: Compilation): void {
  for (const zone of compilation.zones.values()) {
    if (compilation.redirected.has(zone.name)) acceptRedirected(compilation, zone.name, zone.section.source)
    endOfZone(compilation, zone.name, 'input', zone.input)
    endOfZone(compilation, zone.name, 'forward', zone.forward)
    endOfZone(compilation, zone.name, 'output', zone.output)
    for (const hook of HOOKS) {
      const match = hook === 'output' ? zone.to : zone.from
      if (match === undefined) continue
      jumpInto(compilation, hook, zone.name, match, zone.section.source)
    }
  }
  for (const hook of HOOKS) tail(compilation, hook)
}

function jumpInto(
  compilation: Compilation,
  hook: BaseChain & ('input' | 'forward' | 'output'),
  zone: string,
  match: Match,
  source: Source,
): void {
  const { sets, dialect } = compilation
  const to = zoneChain(dialect, hook, zone)
  const name = `zone ${zone}`
  sets.append(dialect.base[hook], { name, match, action: { kind: 'jump', to }, source })
}

/**
 * Connections a redirect of the zone has rewritten pass without a rule of their own; rules of the zone come before
 * (OpenWrt: firewall3, zones.c; firewall4, "Accept port forwards").
 */
function acceptRedirected({ sets, dialect }: Compilation, zone: string, source: Source): void {
  for (const hook of ['input', 'forward'] as const) {
    sets.append(zoneChain(dialect, hook, zone), {
      name: `redirects of zone ${zone}`,
      match: { kind: 'translated', which: 'destination' },
      action: { kind: 'accept' },
      source,
    })
  }
}

/**
 * The zone's own policy. For input it judges all that came in from the zone; for forward and output only what goes out
 * by the zone's own devices: `forward` is about packets that stay in the zone (OpenWrt: firewall3, zones.c).
 */
function endOfZone(
  compilation: Compilation,
  name: string,
  hook: 'input' | 'forward' | 'output',
  policy: ZonePolicy,
): void {
  const zone = compilation.zones.get(name)
  if (!zone) return
  const key = zoneChain(compilation.dialect, hook, name)
  const decided = { name: `zone ${name} ${hook} ${policy.verdict}`, match: ANY, source: policy.source }
  appendVerdict(compilation, key, decided, policy.verdict, { way: hook === 'input' ? 'from' : 'to', zone })
}

function tail(compilation: Compilation, hook: 'input' | 'forward' | 'output'): void {
  const { verdict, source } = compilation.defaults[hook]
  if (verdict !== 'REJECT') return
  const decided = { name: `defaults ${hook} REJECT`, match: ANY, source }
  appendVerdict(compilation, compilation.dialect.base[hook], decided, 'REJECT')
}

/** Whether new connections to the device itself are limited in number. */
export function limitsNewConnections({ defaults }: Compilation): boolean {
  const { section } = defaults
  return section !== undefined && (flagOf(section, 'syn_flood', false) || flagOf(section, 'synflood_protect', false))
}

/** A section's words in a rule set: `rule Allow-Ping`. */
export function ruleName(section: Parameters<typeof sectionLabel>[0]): string {
  return `${section.type} ${sectionLabel(section)}`
}
