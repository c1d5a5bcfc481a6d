import { parseIp } from '../../net/index.ts'
import type { AssignedAddress } from './assigned-address.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, setMember, textOf } from './value.ts'

type Place = NonNullable<AssignedAddress['at']>

/** A document of bodies that can be told of copies, and of members which no line says. */
export interface ImplyingDocument {
  /** Lets an object stand where another one does. */
  copied(from: object, to: object): void
  imply(made: object, key: string, because: string): void
}

/**
 * A copy of a body with the addresses that Azure will assign, marked as implied. A private endpoint gets them as Azure
 * lists them, with the sub-resource they stand for.
 */
export function withAddresses(
  produced: ImplyingDocument,
  body: Members,
  addresses: readonly AssignedAddress[],
): Members {
  if (addresses.length === 0) return body
  const made = copyOf(produced, body) as Members
  fill(produced, made, addresses)
  return made
}

// What is written into must not be shared with another resource, as the value of a variable may be.
function copyOf(produced: ImplyingDocument, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isUnevaluated(value)) return value
  const made: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
  produced.copied(value, made)
  for (const [key, member] of Object.entries(value)) {
    if (Array.isArray(made)) made.push(copyOf(produced, member))
    else setMember(made, key, copyOf(produced, member))
  }
  return made
}

function fill(produced: ImplyingDocument, body: Members, addresses: readonly AssignedAddress[]): void {
  const properties = memberOf(body, 'properties')
  if (!isMembers(properties)) return
  for (const one of addresses) {
    const inner = one.at ? configurationOf(produced, properties, one.at) : properties
    if (!isMembers(inner)) continue
    const key = one.at ? 'privateIPAddress' : 'ipAddress'
    // Once others have theirs, an expression may say it.
    if (parseIp(textOf(inner, key) ?? '') !== undefined) continue
    // DNS resolvers spell it their own way; members are read without regard to case.
    const target = inner as Record<string, unknown>
    target[memberName(inner, key) ?? key] = one.address
    produced.imply(inner, key, one.because)
    if (one.standsIn) target[`${key}StandsIn`] = true
  }
}

function configurationOf(produced: ImplyingDocument, properties: Members, at: Place): unknown {
  const name = memberName(properties, at.list)
  const configurations = name === undefined ? undefined : properties[name]
  const known: unknown = Array.isArray(configurations) ? configurations[at.index] : undefined
  const configuration = isMembers(known) ? known : endpointConfiguration(produced, properties, at)
  return memberOf(configuration, 'properties') ?? configuration
}

function endpointConfiguration(
  produced: ImplyingDocument,
  properties: Members,
  { member }: Place,
): Members | undefined {
  const lists = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']
  const connections = lists.map((one) => memberOf(properties, one)).find((one) => Array.isArray(one) && one.length > 0)
  const first: unknown = Array.isArray(connections) ? connections[0] : undefined
  if (!isMembers(first)) return undefined
  const inner = member ? { groupId: member.group, memberName: member.name } : {}
  const made = { name: 'assigned', properties: inner }
  const target = properties as Record<string, unknown>
  const name = memberName(properties, 'ipConfigurations') ?? 'ipConfigurations'
  const known = target[name]
  const list: unknown[] = Array.isArray(known) ? known : []
  list.push(made)
  for (const one of [inner, made, list]) produced.copied(first, one)
  target[name] = list
  return made
}
