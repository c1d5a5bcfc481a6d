import type { Configuration } from './configuration.ts'
import { sourceOfProperty, textOf } from './entry.ts'

/**
 * Ports of a switch chip that sort frames by VLAN themselves (MikroTik: Switch Chip Features): said and not followed.
 * With `vlan-mode=disabled`, the default, a port's `default-vlan-id` and its header setting mean nothing.
 */
export function switchChipDoubts(configuration: Configuration): readonly string[] {
  const doubts: string[] = []
  for (const entry of configuration.entries('interface ethernet switch port')) {
    const mode = textOf(entry, 'vlan-mode') ?? 'disabled'
    const unused = mode === 'disabled' && [textOf(entry, 'default-vlan-id'), textOf(entry, 'vlan-header')]
    if (unused) continue
    const message = `vlan-mode=${mode}: VLANs of the switch chip are not read.`
    const source = sourceOfProperty(entry, 'vlan-mode')
    configuration.diagnostics.push({ severity: 'warning', code: 'NT1207', message, source })
    doubts.push('VLANs of the switch chip (/interface ethernet switch port)')
  }
  return [...new Set(doubts)]
}
