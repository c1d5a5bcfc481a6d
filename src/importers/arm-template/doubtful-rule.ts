import type { ProducedDocument } from './produced-document.ts'
import { isMembers, type Members, memberName, memberOf, textOf } from './value.ts'

/**
 * Puts a rule that nobody can decide where rules of an NSG, firewall or route table could not be evaluated as a whole
 * or lack their direction or priority: were they left out, what they do would be decided by the rules around them.
 * Changes the body it is given.
 */
export function keepDoubtfulRules(produced: ProducedDocument, body: Members): void {
  const properties = memberOf(body, 'properties')
  const type = textOf(body, 'type')?.toLowerCase()
  if (!isMembers(properties)) return
  if (type === 'microsoft.network/networksecuritygroups') rewrite(produced, properties, 'securityRules', securityRules)
  if (type === 'microsoft.network/routetables') rewrite(produced, properties, 'routes', routes)
  if (type !== 'microsoft.network/firewallpolicies/rulecollectiongroups') return
  rewrite(produced, properties, 'ruleCollections', ruleCollections)
  const collections = memberOf(properties, 'ruleCollections')
  for (const collection of Array.isArray(collections) ? collections : []) {
    if (isMembers(collection)) rewrite(produced, collection, 'rules', firewallRules)
  }
}

type Doubtful = (text: string) => readonly Members[]

/** Replaces each unknown element of a list, or the list itself, by rules that cannot be decided. */
function rewrite(produced: ProducedDocument, holder: Members, key: string, make: Doubtful): void {
  const name = memberName(holder, key)
  const list = name === undefined ? undefined : holder[name]
  if (name === undefined || (!Array.isArray(list) && !isExpression(list))) return
  const elements: readonly unknown[] = Array.isArray(list) ? list : [list]
  const made = elements.flatMap((one): readonly unknown[] => {
    const text = isExpression(one) ? one : key === 'securityRules' ? doubtOf(one) : undefined
    const rules = text === undefined ? undefined : make(text)
    for (const rule of rules ?? []) traceAll(produced, rule, isMembers(one) ? one : holder, name)
    return rules ?? [one]
  })
  const origin = produced.originOf(Array.isArray(list) ? list : holder)
  if (origin) produced.trace(made, origin)
  const target = holder as Record<string, unknown>
  target[name] = made
}

function traceAll(produced: ProducedDocument, rule: Members, from: Members, key: string): void {
  const origin = produced.originOf(from)
  if (!origin) return
  const place = origin.key === undefined && Object.hasOwn(origin.container, key) ? { ...origin, key } : origin
  for (const one of [rule, rule.properties]) if (isMembers(one)) produced.trace(one, place)
}

function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('[') && value.endsWith(']')
}

/** The text of what makes a rule's place among the others unknown. */
function doubtOf(rule: unknown): string | undefined {
  const properties = memberOf(rule, 'properties')
  const parts = [properties, memberOf(properties, 'direction'), memberOf(properties, 'priority')]
  return parts.find(isExpression)
}

function securityRules(text: string): readonly Members[] {
  const everything = { sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*' }
  return ['Inbound', 'Outbound'].map((direction) => ({
    name: text,
    properties: { ...everything, destinationPortRange: '*', protocol: '*', priority: 0, direction, access: text },
  }))
}

function routes(text: string): readonly Members[] {
  return [{ name: text, properties: { addressPrefix: text, nextHopType: text } }]
}

function firewallRules(text: string): readonly Members[] {
  const lists = { ipProtocols: ['Any'], sourceAddresses: [text], destinationAddresses: ['*'], destinationPorts: ['*'] }
  return [{ name: text, ruleType: 'NetworkRule', ...lists }]
}

function ruleCollections(text: string): readonly Members[] {
  const ruleCollectionType = 'FirewallPolicyFilterRuleCollection'
  return [{ name: text, ruleCollectionType, priority: 0, action: { type: 'Deny' }, rules: firewallRules(text) }]
}
