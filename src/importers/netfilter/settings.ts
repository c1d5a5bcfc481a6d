import { type Device, implied, type RuleSet, type Source } from '../../model/index.ts'
import type { SavedText, Setting } from './saved-text.ts'

type ReversePath = NonNullable<Device['reversePath']>

const MODES = ['off', 'strict', 'loose'] as const

/**
 * rp_filter as the kernel takes it: the larger of `all` and the interface's own value (ip-sysctl); interfaces that are
 * not listed have `default`. `undefined` when the export has none, which is read as off, the kernel's default.
 */
export function reversePath(settings: SavedText['settings']): ReversePath | undefined {
  const own = new Map<string, number>()
  for (const [name, setting] of settings) {
    const found = /^net\.ipv4\.conf\.(.+)\.rp_filter$/.exec(name)
    if (found?.[1] !== undefined) own.set(found[1], Number(setting.value))
  }
  if (own.size === 0) return undefined
  const all = own.get('all') ?? 0
  const modeOf = (value: number) => MODES[Math.max(all, value)] ?? 'off'
  const named = [...own].filter(([name]) => name !== 'all' && name !== 'default')
  return {
    default: modeOf(own.get('default') ?? 0),
    interfaces: Object.fromEntries(named.map(([name, value]) => [name, modeOf(value)])),
  }
}

/** What the export says of forwarding; `undefined` when it says nothing. */
export function forwarding(settings: SavedText['settings']): { enabled: boolean; source: Source } | undefined {
  const setting = settings.get('net.ipv4.ip_forward') ?? settings.get('net.ipv4.conf.all.forwarding')
  return setting && { enabled: setting.value === '1', source: setting.source }
}

/** The key of the rule set that drops what arrives by an interface whose own forwarding is off. */
export const NOT_FORWARDING = 'sysctl/forwarding'

/**
 * Interfaces with `forwarding = 0` on a host that forwards: it counts on the interface a packet arrives by (ip-sysctl),
 * so that packets from there are dropped without a word.
 */
export function deafInterfaces(settings: SavedText['settings']): { names: string[]; ruleSet: RuleSet } | undefined {
  const found: [string, Setting][] = []
  for (const [name, setting] of settings) {
    const match = /^net\.ipv4\.conf\.(.+)\.forwarding$/.exec(name)
    const named = match?.[1] !== undefined && !['all', 'default', 'lo'].includes(match[1])
    if (named && match[1] !== undefined && setting.value === '0') found.push([match[1], setting])
  }
  const [first] = found
  if (!first) return undefined
  const rules = found.map(([name, setting]) => ({
    name,
    match: { kind: 'in-interface', in: [name] } as const,
    action: { kind: 'drop' } as const,
    source: setting.source,
  }))
  const ruleSet: RuleSet = {
    name: NOT_FORWARDING,
    label: 'forwarding switched off by interface',
    rules,
    policy: { kind: 'accept' },
    policySource: implied('other interfaces forward (ip-sysctl: conf/interface/forwarding)'),
  }
  return { names: found.map(([name]) => name), ruleSet }
}
