import type { DoubtfulNames, Resolver } from '../model/index.ts'

const compiled = new WeakMap<DoubtfulNames, RegExp | undefined>()

/** The entry that answers a name in a way that cannot be told; `undefined` when there is none. */
export function doubtOver({ doubtfulNames }: Resolver, name: string): DoubtfulNames | undefined {
  return doubtfulNames?.find((one) => expressionOf(one)?.test(name) ?? true)
}

/** The expression; `undefined` for one that this program cannot test, or not in a time anybody would wait for. */
function expressionOf(names: DoubtfulNames): RegExp | undefined {
  if (!compiled.has(names)) compiled.set(names, compile(names.pattern))
  return compiled.get(names)
}

function compile(pattern: string): RegExp | undefined {
  // What POSIX means by `[[:alpha:]]` is another thing here.
  const isForeign = /\[[:.=]/.test(pattern)
  const repeats = pattern.match(/[*+{]/g)?.length ?? 0
  if (isForeign || pattern.length > 500 || repeats > 4 || /[*+}]\)[*+{]/.test(pattern)) return undefined
  try {
    return new RegExp(pattern, 'i')
  } catch {
    return undefined
  }
}
