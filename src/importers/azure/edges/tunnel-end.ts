import type { Ip } from '../../../net/index.ts'

/**
 * The names of a tunnel's near ends: one for each instance of its gateway, by the instances' public addresses. At least one, as
 * the tunnel is there whether or not the export holds those addresses.
 */
export function nearEnds(name: string, publicIps: readonly Ip[]): readonly string[] {
  if (publicIps.length < 2) return [name]
  return publicIps.map((_, index) => (index === 0 ? name : `${name}/${index + 1}`))
}
