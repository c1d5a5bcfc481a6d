import type { Resolution } from '../dns/index.ts'
import { formatIp, type Ip } from '../net/index.ts'

/** The addresses of an answer in words; one that only stands for another is said to. */
export function addressWords({ answer, addresses }: Pick<Resolution, 'answer' | 'addresses'>): string {
  const standing = new Set<Ip | string>(answer.records.flatMap((one) => (one.standsFor ? [one.value] : [])))
  const words = (ip: Ip) => (standing.has(ip) ? `an address not known (${formatIp(ip)} stands for it)` : formatIp(ip))
  return addresses.map(words).join(', ')
}
