/** A seeded source of chance: the same seed throws the same numbers (mulberry32). */
export interface Dice {
  /** A whole number from 0 to `sides` - 1. */
  below(sides: number): number
  /** True in about `percent` of a hundred throws. */
  chance(percent: number): boolean
  one<T>(of: readonly [T, ...T[]]): T
  one<T>(of: readonly T[]): T | undefined
}

/** Dice of a seed. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (sides: number) => Math.floor(next() * sides)
  return {
    below,
    chance: (percent) => next() * 100 < percent,
    one: <T>(of: readonly T[]) => of[below(of.length)] as T,
  }
}
