import type { AssignedAddress } from './assigned-address.ts'
import type { ProducedDocument } from './produced-document.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, setMember } from './value.ts'

/**
 * A copy of a body with the addresses that Azure will assign, marked as implied. A private endpoint gets them as Azure
 * lists them, with the sub-resource they stand for.
 */
export function withAddresses(
  produced: ProducedDocument,
  body: Members,
  addresses: readonly AssignedAddress[],
): Members {
  if (addresses.length === 0) return body
  const made = copyOf(produced, body) as Members
  fill(produced, made, addresses)
  return made
}

// What is written into must not be shared with another resource, as the value of a variable may be.
function copyOf(produced: ProducedDocument, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isUnevaluated(value)) return value
  const made: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
  produced.copied(value, made)
  for (const [key, member] of Object.entries(value)) {
    if (Array.isArray(made)) made.push(copyOf(produced, member))
    else setMember(made, key, copyOf(produced, member))
  }
  return made
}

function fill(produced: ProducedDocument, body: Members, addresses: readonly AssignedAddress[]): void {
  const properties = memberOf(body, 'properties')
  if (!isMembers(properties)) return
  for (const { list, index, address, because } of addresses) {
    const name = memberName(properties, list)
    const configurations = name === undefined ? undefined : properties[name]
    const known = Array.isArray(configurations) ? configurations[index] : undefined
    const configuration = isMembers(known) ? known : endpointConfiguration(produced, properties)
    const inner = memberOf(configuration, 'properties') ?? configuration
    if (!isMembers(inner)) continue
    // DNS resolvers spell it their own way; members are read without regard to case.
    const target = inner as Record<string, unknown>
    target[memberName(inner, 'privateIPAddress') ?? 'privateIPAddress'] = address
    produced.imply(inner, 'privateIPAddress', because)
  }
}

function endpointConfiguration(produced: ProducedDocument, properties: Members): Members | undefined {
  const lists = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']
  const connections = lists.map((one) => memberOf(properties, one)).find((one) => Array.isArray(one) && one.length > 0)
  const first: unknown = Array.isArray(connections) ? connections[0] : undefined
  const groups = memberOf(memberOf(first, 'properties') ?? first, 'groupIds')
  if (!isMembers(first) || !Array.isArray(groups)) return undefined
  const inner = { groupId: groups[0] as unknown, memberName: groups[0] as unknown }
  const made = { name: 'assigned', properties: inner }
  const list = [made]
  const origin = produced.originOf(first)
  if (origin) for (const one of [inner, made, list]) produced.trace(one, origin)
  const target = properties as Record<string, unknown>
  target[memberName(properties, 'ipConfigurations') ?? 'ipConfigurations'] = list
  return made
}
