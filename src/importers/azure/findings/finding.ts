import type { Estate } from '../estate/estate.ts'
import { reportClusterFindings } from './finding-cluster.ts'
import { reportEffectiveFindings } from './finding-effective.ts'
import { reportEndpointFindings } from './finding-endpoint.ts'
import { reportFirewallFindings } from './finding-firewall.ts'
import { reportForwardingFindings } from './finding-forwarding.ts'
import { reportLearningFindings } from './finding-learning.ts'
import { reportPeeringFindings } from './finding-peering.ts'

/**
 * Says what of an estate does not work, or will not once something usual is added, without a question being asked: a
 * warning where it is broken as it stands, else a note. No answer depends on them.
 */
export function reportFindings(estate: Estate): void {
  reportLearningFindings(estate)
  reportClusterFindings(estate)
  reportEndpointFindings(estate)
  reportPeeringFindings(estate)
  reportForwardingFindings(estate)
  reportFirewallFindings(estate)
  reportEffectiveFindings(estate)
}
