import { parsePortRange } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { type Direction, rulesOf } from './network-security-group.ts'

/** Traffic that a managed service in a subnet cannot do without, as one rule of an NSG would allow it. */
export interface RequiredTraffic {
  readonly direction: Direction
  /** The tag of the other end. */
  readonly tag: string
  readonly ports: readonly number[]
  /** What it is for, in words. */
  readonly purpose: string
}

/** Reports what the NSG of a subnet keeps from a managed service in it that cannot work without it. */
export function reportMissingRules(
  estate: Estate,
  subnet: Subnet,
  service: string,
  required: readonly RequiredTraffic[],
): void {
  const group = subnet.securityGroup
  if (!group) return
  for (const one of required) {
    const blocked = one.ports.filter((port) => !decisionOf(estate, group, { ...one, protocol: 'tcp' }, port).allowed)
    if (blocked.length === 0) continue
    const [way, from] = one.direction === 'inbound' ? ['in from', 'inbound'] : ['out to', 'outbound']
    const ports = blocked.length > 1 ? `ports ${blocked.join(', ')}` : `port ${blocked[0]}`
    const message = `NSG ${group.name} of ${subnet.fabric} does not let ${service} ${way} ${one.tag} on ${ports} (${from}): ${one.purpose}`
    estate.report({ ...group.diagnostic('warning', 'NT1642', message, 'name'), finding: true })
  }
}

/** Traffic between a subnet and the addresses of a tag. */
export interface Traffic {
  readonly direction: Direction
  readonly tag: string
  readonly protocol: 'tcp' | 'udp'
}

/** What an NSG says to traffic, and the rule that does as the export holds it; absent = a default rule it does not print. */
export interface RuleDecision {
  readonly allowed: boolean
  readonly rule?: Body
}

/** The first rule that is for the whole of the traffic decides; the defaults allow what comes from or goes to the VNet. */
export function decisionOf(estate: Estate, group: Body, wanted: Traffic, port: number): RuleDecision {
  const inbound = wanted.direction === 'inbound'
  for (const rule of rulesOf(estate, group, wanted.direction)) {
    const plain = rule.unnoticed()
    const protocol = plain.text('protocol')?.toLowerCase() ?? '*'
    if (![wanted.protocol, '*', 'any'].includes(protocol)) continue
    if (!holdsPort(plain, port)) continue
    const isAllow = plain.text('access')?.toLowerCase() === 'allow'
    const ends = textsOf(plain, inbound ? 'source' : 'destination')
    const own = textsOf(plain, inbound ? 'destination' : 'source')
    // A deny for a part of it is not looked at, an allow for a part of our own side is taken for all of it.
    if (ends.some((text) => covers(text, wanted.tag)) && (isAllow || isEverything(own)))
      return { allowed: isAllow, rule }
  }
  const tag = wanted.tag.toLowerCase()
  if (tag === 'virtualnetwork') return { allowed: true }
  return { allowed: wanted.direction === 'outbound' || tag === 'azureloadbalancer' }
}

function holdsPort(rule: Body, port: number): boolean {
  const texts = [...rule.texts('destinationPortRange'), ...rule.texts('destinationPortRanges')]
  return texts.some((text) => {
    const range = parsePortRange(text)
    return text === '*' || (range !== undefined && range.first <= port && port <= range.last)
  })
}

function textsOf(rule: Body, side: 'source' | 'destination'): string[] {
  return [...rule.texts(`${side}AddressPrefix`), ...rule.texts(`${side}AddressPrefixes`)].map((one) =>
    one.toLowerCase(),
  )
}

function covers(text: string, tag: string): boolean {
  return (
    text === tag.toLowerCase() ||
    text.startsWith(`${tag.toLowerCase()}.`) ||
    isEverything([text]) ||
    (text === 'internet' && tag !== 'VirtualNetwork' && tag !== 'AzureLoadBalancer')
  )
}

function isEverything(texts: readonly string[]): boolean {
  return texts.some((one) => ['*', 'any', '0.0.0.0/0'].includes(one))
}
