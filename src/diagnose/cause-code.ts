/** A code of the model or the engine as causes spell it: `NextHopUnreachable` is `next-hop-unreachable`. */
export function causeCodeOf(code: string): string {
  return code.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}
