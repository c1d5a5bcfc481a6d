import { addressesOfPrefixes, type Ip, type Ip4, isIp4, prefix } from '../../../net/index.ts'
import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'

const indexes = perEstate((estate) => new Map([...estate.subnets.keys()].map((id, index) => [id, index])))
const STAND_INS = prefix('198.18.0.0/15')

/** Every address that stands for a public one we cannot know. */
export const STAND_IN_ADDRESSES = addressesOfPrefixes([STAND_INS])

/**
 * The address that stands for a public one we cannot know: Microsoft's own for default outbound access, or one that
 * is not allocated. From the range for benchmarks (RFC 2544), which no packet on the internet has; one a subnet.
 */
export function standInAddress(estate: Estate, subnet: Subnet): Ip {
  const index = indexes(estate).get(subnet.id) ?? 0
  return (isIp4(STAND_INS.ip) ? STAND_INS.ip + index + 1 : 0) as Ip4
}
