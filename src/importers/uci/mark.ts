import { type Action, type Match, notOf } from '../../model/index.ts'

const EVERY_BIT = 0xffffffff

/** A value and its mask: `0x10`, `0x10/0xff`; `undefined` for other texts. The mask's default is every bit. */
function valueAndMask(text: string): { value: number; mask: number } | undefined {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text.trim())
  if (!match) return undefined
  const value = Number(match[1])
  const mask = match[2] === undefined ? EVERY_BIT : Number(match[2])
  return value <= EVERY_BIT && mask <= EVERY_BIT ? { value, mask } : undefined
}

/** The test of a mark; a leading `!` turns it round. */
export function markMatch(text: string): Match {
  const bare = text.replace(/^!\s*/, '')
  const parsed = valueAndMask(bare)
  if (!parsed) return { kind: 'opaque', text: `mark ${text}` }
  const match: Match = { kind: 'mark', value: parsed.value, mask: parsed.mask }
  return bare === text ? match : notOf(match)
}

/**
 * The setting of a mark: `set_mark` clears the bits of the mask and sets those of the value, `set_xmark` clears the
 * mask and flips the value (iptables-extensions(8), MARK). Flipping bits that were not cleared is not modelled.
 */
export function markAction(key: 'set_mark' | 'set_xmark', text: string): Action {
  const parsed = valueAndMask(text)
  if (!parsed) return { kind: 'opaque', text: `${key} ${text}` }
  const { value, mask } = parsed
  if (key === 'set_mark') return { kind: 'mark', value, mask: (mask | value) >>> 0 }
  if ((value & ~mask) === 0) return { kind: 'mark', value, mask }
  return { kind: 'opaque', text: `${key} ${text}` }
}
