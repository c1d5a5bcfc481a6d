/** A stream of choices that a seed decides: the same seed, the same choices. */
export interface Random {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number
  chance(of: number): boolean
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T
  /** Some of them, at most `most`, none twice, in their order. */
  some<T>(from: readonly T[], most: number): T[]
}

/** Choices by the generator mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const random: Random = {
    below: (below) => Math.floor(next() * below),
    chance: (of) => next() < of,
    pick: <T>(from: readonly T[]): T => {
      const chosen = from[random.below(from.length)]
      if (chosen === undefined) throw new TypeError('nothing to pick from')
      return chosen
    },
    some: (from, most) => {
      const count = random.below(most + 1)
      const left = from.map((one, at) => ({ one, at }))
      const taken: typeof left = []
      while (taken.length < count && left.length > 0) taken.push(...left.splice(random.below(left.length), 1))
      return taken.sort((a, b) => a.at - b.at).map(({ one }) => one)
    },
  }
  return random
}
