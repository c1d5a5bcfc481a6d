// The numbers of netfilter's own tables in the families ip, ip6 and inet (nft(8): standard priority names).
const NAMES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
}

/** The priority a text names: a number, a name, or `name + n` and `name - n`; 0 for a text that is none. */
export function parsePriority(text: string): number {
  const found = /^\s*(-?\d+|[a-z]+)\s*(?:([+-])\s*(\d+))?\s*$/.exec(text)
  const word = found?.[1] ?? ''
  const start = /^-?\d+$/.test(word) ? Number(word) : Object.hasOwn(NAMES, word) ? NAMES[word] : undefined
  const offset = found?.[3] === undefined ? 0 : Number(found[3])
  return (start ?? 0) + (found?.[2] === '-' ? -offset : offset)
}
