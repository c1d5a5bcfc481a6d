import type { Source } from '../../../model/index.ts'
import type { Protocol } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { BalancerMember } from './load-balancer-pool.ts'

/** A load-balancing or inbound NAT rule of one frontend. */
export interface BalancerRule {
  readonly name: string
  /** Absent = every protocol (HA ports). */
  readonly protocol?: Protocol
  /** 0 = every port. */
  readonly frontendPort: number
  /** The last of a range of ports; absent = `frontendPort` is the only one. */
  readonly lastPort?: number
  readonly backendPort: number
  /** The destination stays as it is (Direct Server Return). */
  readonly floating: boolean
  /** `enableFloatingIP` is neither true nor false: which port the member sees is not known, where the two differ. */
  readonly floatingUnknown?: true
  /** Whether members may use the frontend for connections of their own. */
  readonly givesOutbound: boolean
  readonly members: readonly BalancerMember[]
  /** Members that the export does not hold, in words. */
  readonly missing: readonly string[]
  /** Absent = all members count as healthy. */
  readonly probe?: Body
  readonly source: Source
}
