import type { Action, Match, Rewrite } from '../../model/index.ts'
import { firstAddress, formatIp, isIp4, type PortRange, parseIp, parsePrefix, SERVICE_PORTS } from '../../net/index.ts'
import { rangeOfValue } from './nft-constant.ts'
import { dependencies, familyOf, isCatchAll, membershipTest } from './nft-match.ts'
import type { NftScope } from './nft-scope.ts'
import type { Expression, NatStatement, SetElement } from './nft-tree.ts'
import { addressesOf } from './nft-value.ts'

/** What one way of translating needs of a packet, and does. */
interface NatCase {
  readonly needs: readonly Match[]
  readonly action: Action
}

/**
 * A translation by nft: one case, or one for each element of its map (nft(8): NAT statements); a packet no element
 * fits goes on to the next rule. `undefined` when the target is not understood.
 */
export function natCases(statement: NatStatement, scope: NftScope): NatCase[] | undefined {
  const map = mapOf(statement)
  if (!map) {
    const action = actionOf(statement, statement.address, statement.port)
    return action && [{ needs: familyNeeds(statement, statement.address, scope), action }]
  }
  const elements = elementsOf(map.in, scope)
  if (!elements) return undefined
  const cases: NatCase[] = []
  for (const element of elements) {
    const one = caseOf(statement, map.key, element, scope)
    if (!one) return undefined
    cases.push(one)
  }
  return cases
}

type MapExpression = Extract<Expression, { kind: 'map' }>

/** The one map a target holds; two maps are not one choice. */
function mapOf(statement: NatStatement): MapExpression | undefined {
  const { address, port } = statement
  if (address?.kind === 'map') return port?.kind === 'map' ? undefined : address
  return port?.kind === 'map' ? port : undefined
}

function elementsOf(set: Expression, scope: NftScope): readonly SetElement[] | undefined {
  if (set.kind === 'set') return set.elements
  const named = set.kind === 'named' ? scope.table.sets.get(set.name) : undefined
  return named && !named.dynamic ? named.elements : undefined
}

function caseOf(statement: NatStatement, key: Expression, element: SetElement, scope: NftScope): NatCase | undefined {
  // A key for everything else is met by what no other has; telling them apart is not worth guessing.
  const test = isCatchAll(element) ? undefined : membershipTest(key, element.key, scope)
  const { data } = element
  if (!test || !data) return undefined
  const inAddress = statement.address?.kind === 'map'
  const both = inAddress && data.kind === 'concat' && data.of.length === 2
  const address = both ? data.of[0] : inAddress ? data : statement.address
  const port = both ? data.of[1] : inAddress ? statement.port : data
  const action = actionOf(statement, address, port)
  const needs = [...dependencies(key, scope, false), test, ...familyNeeds(statement, address, scope)]
  return action && { needs, action }
}

function familyNeeds(statement: NatStatement, address: Expression | undefined, scope: NftScope): Match[] {
  const first = address && firstAddress(addressesOf(address) ?? { v4: new Uint32Array(0), v6: [] })
  const seen = first === undefined ? undefined : isIp4(first) ? 'ip' : 'ip6'
  return familyOf(statement.family ?? seen, scope)
}

function actionOf(
  statement: NatStatement,
  address: Expression | undefined,
  port: Expression | undefined,
): Action | undefined {
  const kind = statement.what === 'snat' || statement.what === 'masquerade' ? 'rewrite-source' : 'rewrite-destination'
  const ports = port === undefined ? undefined : portsOf(port)
  if (port !== undefined && !ports) return undefined
  const own = statement.what === 'masquerade' || statement.what === 'redirect'
  const to: Rewrite | undefined = own
    ? { kind: 'own-address' }
    : address
      ? rewriteOf(address, statement.keepsHostBits)
      : ports && { kind: 'same' }
  if (!to) return undefined
  return ports ? { kind, to, ports } : { kind, to }
}

function portsOf(port: Expression): PortRange | undefined {
  const range = rangeOfValue(port, SERVICE_PORTS)
  return range && range.last <= 65535 ? range : undefined
}

function rewriteOf(address: Expression, keepsHostBits: boolean): Rewrite | undefined {
  if (address.kind === 'prefix' && keepsHostBits) {
    const prefix = parsePrefix(`${address.address}/${address.length}`)
    return prefix && { kind: 'prefix', prefix }
  }
  const set = addressesOf(address)
  if (!set || keepsHostBits) return undefined
  const ends = [...set.v4, ...set.v6]
  const [first, last] = [firstAddress(set), ends.at(-1)]
  if (first === undefined || last === undefined || ends.length !== 2) return undefined
  // The end is of the family of the beginning, as the set has one range.
  const until = isIp4(first) ? parseIp(formatIp(last as typeof first)) : (last as typeof first)
  return until === undefined ? undefined : { kind: 'address', first, last: until }
}
