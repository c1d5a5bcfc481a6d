import type { ProducedDocument } from './produced-document.ts'
import { isMembers, type Members, memberName, memberOf } from './value.ts'

/** By type, the property that says what a child does: unreadable, it may do anything or nothing. */
const DECIDING: Readonly<Record<string, string>> = {
  'microsoft.network/networksecuritygroups/securityrules': 'access',
  'microsoft.network/routetables/routes': 'nextHopType',
  'microsoft.network/firewallpolicies/rulecollectiongroups': 'ruleCollections',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings': 'allowVirtualNetworkAccess',
}

/** Whether a child of a type that may or may not be deployed is kept and says nothing certain. */
export function isDoubtfulChild(type: string): boolean {
  return Object.hasOwn(DECIDING, type.toLowerCase())
}

/** Makes what a child does unknown: `text` is the condition that nobody can evaluate. Changes the body it is given. */
export function doubtChild(produced: ProducedDocument, body: Members, type: string, text: string): void {
  const key = DECIDING[type.toLowerCase()]
  const properties = memberOf(body, 'properties')
  if (key === undefined || !isMembers(properties)) return
  const target = properties as Record<string, unknown>
  target[memberName(properties, key) ?? key] = text
  const origin = produced.originOf(body)
  if (origin) produced.trace(properties, origin)
}
