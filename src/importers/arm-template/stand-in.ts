// FNV-1a over UTF-16 units, 32 bits.
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/** Thirteen characters that stand in for `uniqueString()`: the same for the same words, but not Azure's own. */
export function standInString(words: readonly string[]): string {
  const text = words.join('-')
  let made = ''
  for (let at = 0; at < 13; at++) made += LETTERS[hash(text, at + 1) & 31]
  return made
}

/** A GUID that stands in for `guid()`: the same for the same words, but not Azure's own. */
export function standInGuid(words: readonly string[]): string {
  const text = words.join('-')
  const digits = [1, 2, 3, 4].map((seed) => hash(text, seed).toString(16).padStart(8, '0')).join('')
  const [a, b, c, d, e] = [0, 8, 12, 16, 20].map((start, index) => digits.slice(start, [8, 12, 16, 20, 32][index]))
  return `${a}-${b}-5${c?.slice(1)}-a${d?.slice(1)}-${e}`
}
