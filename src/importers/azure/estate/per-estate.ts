import type { Estate } from './estate.ts'

/** Makes a value once for each estate and remembers it as long as the estate lives. */
export function perEstate<T>(make: (estate: Estate) => T): (estate: Estate) => T {
  const memory = new WeakMap<Estate, { readonly value: T }>()
  return (estate) => {
    const known = memory.get(estate)
    if (known) return known.value
    const value = make(estate)
    memory.set(estate, { value })
    return value
  }
}
