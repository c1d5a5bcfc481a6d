import { parsePortRange } from '../../../net/index.ts'
import type { Estate } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'
import { ruleCollections } from '../firewall/firewall-collection.ts'

/** Firewalls whose rules let names be asked and nothing else pass. */
export function reportFirewallFindings(estate: Estate): void {
  for (const firewall of estate.ofType('microsoft.network/azurefirewalls')) {
    if (isManagedId(firewall.id)) continue
    const { ordered } = ruleCollections(estate, firewall)
    const allowing = ordered.filter((one) => one.action !== 'deny' && one.rules.length > 0)
    const isKnown = ordered.every((one) => one.unread === undefined && one.unplaced === undefined)
    if (!isKnown || allowing.length === 0 || allowing.some((one) => one.kind !== 'network')) continue
    const ports = allowing.flatMap((one) => one.rules).flatMap((one) => one.unnoticed().texts('destinationPorts'))
    if (ports.length === 0 || !ports.every(isDns)) continue
    const first = allowing[0]
    if (!first) continue
    const message = `firewall ${firewall.name} lets only DNS pass (port 53): everything else that is sent to it is denied`
    estate.report({ ...first.body.diagnostic('note', 'NT1786', message), finding: true })
  }
}

function isDns(text: string): boolean {
  const range = parsePortRange(text)
  return range?.first === 53 && range.last === 53
}
