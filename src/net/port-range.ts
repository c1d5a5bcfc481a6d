/** Ports from `first` to `last`, both inclusive, 0 to 65535. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Every port. */
export const EVERY_PORT: PortRange = { first: 0, last: 65535 }

/** The range of one port. */
export function singlePort(port: number): PortRange {
  return { first: port, last: port }
}

/**
 * The range a text names, or `undefined`: `443`, `8704-8710`, `1024:2048` (netfilter), with open ends `:1024`,
 * `1024:`. Ends that are swapped or above 65535 are refused.
 */
export function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d*)\s*(?:([-:])\s*(\d*))?$/.exec(text.trim())
  if (!match || (match[1] === '' && (match[2] === undefined || match[3] === ''))) return undefined
  const first = match[1] === '' ? 0 : Number(match[1])
  const last = match[2] === undefined ? first : match[3] === '' ? 65535 : Number(match[3])
  return first <= last && last <= 65535 ? { first, last } : undefined
}

/** Whether any of some ranges holds a port. */
export function portsContain(ranges: readonly PortRange[], port: number): boolean {
  for (const range of ranges) if (range.first <= port && port <= range.last) return true
  return false
}

/** Ranges as people write them: `80,443,8704-8710`. */
export function formatPorts(ranges: readonly PortRange[]): string {
  return ranges
    .map((range) => (range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`))
    .join(',')
}
