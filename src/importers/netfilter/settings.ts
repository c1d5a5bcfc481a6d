import type { Device } from '../../model/index.ts'
import type { SavedText, Setting } from './saved-text.ts'

type ReversePath = NonNullable<Device['reversePath']>

const MODES = ['off', 'strict', 'loose'] as const

/**
 * rp_filter as the kernel takes it: the larger of `all` and the interface's own value (ip-sysctl); interfaces that are
 * not listed have `default`. `undefined` when the export has none, which is read as off, the kernel's default.
 */
export function reversePath(settings: SavedText['settings']): ReversePath | undefined {
  const own = new Map<string, number>()
  for (const [name, setting] of ofInterfaces(settings, 'rp_filter')) own.set(name, Number(setting.value))
  if (own.size === 0) return undefined
  const all = own.get('all') ?? 0
  const modeOf = (value: number) => MODES[Math.max(all, value)] ?? 'off'
  const named = [...own].filter(([name]) => name !== 'all' && name !== 'default')
  return {
    default: modeOf(own.get('default') ?? 0),
    interfaces: Object.fromEntries(named.map(([name, value]) => [name, modeOf(value)])),
  }
}

/** What the export says of forwarding, and of interfaces that differ (ip-sysctl: conf/interface/forwarding); `undefined` when it says nothing. */
export function forwarding(settings: SavedText['settings']): Device['forwards'] | undefined {
  const setting = settings.get('net.ipv4.ip_forward') ?? settings.get('net.ipv4.conf.all.forwarding')
  if (!setting) return undefined
  const enabled = setting.value === '1'
  const differ = [...ofInterfaces(settings, 'forwarding')].filter(
    ([name, one]) => !['all', 'default', 'lo'].includes(name) && (one.value === '1') !== enabled,
  )
  const except = Object.fromEntries(differ.map(([name, one]) => [name, one.source]))
  return { enabled, source: setting.source, ...(differ.length > 0 && { except }) }
}

/**
 * Interfaces over which 127.0.0.0/8 may be reached: those where `route_localnet` is 1, every one (`*`) when that of
 * `all` is (ip-sysctl). `undefined` when none is known, which is the kernel's default.
 */
export function loopbackOver(settings: SavedText['settings']): string[] | undefined {
  const on = [...ofInterfaces(settings, 'route_localnet')].filter(([, one]) => one.value === '1').map(([name]) => name)
  if (on.includes('all')) return ['*']
  const names = on.filter((name) => name !== 'default')
  return names.length > 0 ? names : undefined
}

/** The lines `net.ipv4.conf.NAME.key` by NAME, which may be `all` or `default`. */
function ofInterfaces(settings: SavedText['settings'], key: string): Map<string, Setting> {
  const found = new Map<string, Setting>()
  const [start, end] = ['net.ipv4.conf.', `.${key}`]
  for (const [name, setting] of settings) {
    if (name.startsWith(start) && name.endsWith(end) && name.length > start.length + end.length)
      found.set(name.slice(start.length, -end.length), setting)
  }
  return found
}
