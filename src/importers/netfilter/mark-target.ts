import type { Action } from '../../model/index.ts'
import { parseMark } from './match-session.ts'
import type { Extension } from './rule-words.ts'

const ALL = 0xffffffff

/**
 * MARK and CONNMARK as "replace the bits of a mask by a value" (iptables-extensions(8)): `--set-xmark v/m` clears the
 * bits of m and toggles those of v, `--set-mark v/m` clears m and sets v. `undefined` for a change that is no
 * replacement, such as toggling bits that were not cleared.
 */
export function markAction(target: Extension): Action | undefined {
  const kind = target.name === 'MARK' ? 'mark' : 'session-mark'
  const option = target.options.find((one) => CHANGES.has(one.name))
  if (!option) return undefined
  if (option.name === 'save-mark' || option.name === 'restore-mark') return copyAction(option.name, target)
  const bits = parseMark(option.values[0])
  if (!bits) return undefined
  const { value, mask } = bits
  if (option.name === 'set-mark') return { kind, value, mask: (mask | value) >>> 0 }
  if (option.name === 'set-xmark') return (value & ~mask) === 0 ? { kind, value, mask } : undefined
  if (option.name === 'and-mark') return { kind, value: 0, mask: ~value >>> 0 }
  return option.name === 'or-mark' ? { kind, value, mask: value } : undefined
}

const CHANGES: ReadonlySet<string> = new Set([
  'set-mark',
  'set-xmark',
  'and-mark',
  'or-mark',
  'xor-mark',
  'save-mark',
  'restore-mark',
])

function copyAction(name: string, target: Extension): Action | undefined {
  const maskOf = (option: string) => {
    const found = target.options.find((one) => one.name === option)
    return found ? parseMark(found.values[0])?.value : ALL
  }
  const common = target.options.some((one) => one.name === 'mask') ? maskOf('mask') : undefined
  const packet = common ?? maskOf('nfmask')
  const connection = common ?? maskOf('ctmask')
  // With different masks bits of one mark are mixed into the other.
  if (packet === undefined || packet !== connection) return undefined
  return { kind: name === 'save-mark' ? 'save-mark' : 'restore-mark', mask: packet }
}
