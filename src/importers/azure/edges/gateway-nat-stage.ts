import {
  allOf,
  implied,
  type Match,
  type Pipeline,
  type Route,
  type RouteTable,
  type Rule,
  type RuleSet,
} from '../../../model/index.ts'
import { addressesOfPrefixes, type Prefix, prefix, prefixLast } from '../../../net/index.ts'
import type { GatewayConnection } from '../gateways/gateway-connection.ts'
import type { GatewayNatRule } from '../gateways/gateway-nat.ts'

/** What the NAT rules of a gateway's connections make of the gateway's device. */
export interface GatewayNat {
  readonly tables: readonly RouteTable[]
  readonly ruleSets: Readonly<Record<string, RuleSet>>
  readonly pipeline: Pipeline
}

interface Used {
  readonly connection: GatewayConnection
  readonly rule: GatewayNatRule
  /** The near ends of the connection that the rule is for. */
  readonly interfaces: readonly string[]
}

const STATELESS = implied(
  'what no NAT rule of its connection is for keeps its addresses (Learn: About NAT on Azure VPN Gateway)',
)

/**
 * The stages of NAT rules; `undefined` when no connection has any. One rule translates both ways: a site's addresses where
 * its packets come in and where the VNet's go out to it, the VNet's the other way round. As both sides may use the same
 * addresses, what is for a site's translated address takes a table that leads over its connection alone.
 */
export function gatewayNat(
  connections: readonly GatewayConnection[],
  endsOf: (connection: GatewayConnection) => readonly string[],
): GatewayNat | undefined {
  const all = connections.flatMap((connection) =>
    (connection.natRules ?? []).map((rule): Used => {
      const ends = endsOf(connection)
      const own = rule.instance === undefined ? undefined : ends[rule.instance]
      return { connection, rule, interfaces: own === undefined ? ends : [own] }
    }),
  )
  if (all.length === 0) return undefined
  const ruleSets = [
    ruleSet('nat/way', all.flatMap(wayOf)),
    ruleSet('nat/one-way', all.flatMap(refused)),
    ruleSet('nat/in', all.flatMap(inward)),
    ruleSet('nat/out', all.flatMap(outward)),
  ]
  return {
    tables: connections.filter((one) => (one.natRules ?? []).length > 0).map((one) => tableOver(one, endsOf(one))),
    ruleSets: Object.fromEntries(ruleSets.map((one) => [one.name, one])),
    pipeline: {
      prerouting: [
        { kind: 'track' },
        { kind: 'filter', ruleSet: 'nat/one-way' },
        { kind: 'mark', ruleSet: 'nat/way' },
        { kind: 'translate', ruleSet: 'nat/in' },
      ],
      input: [],
      forward: [],
      output: [],
      postrouting: [{ kind: 'translate', ruleSet: 'nat/out' }],
    },
  }
}

function ruleSet(name: string, rules: readonly Rule[]): RuleSet {
  return { name, label: 'NAT rules of the gateway', rules, policy: { kind: 'accept' }, policySource: STATELESS }
}

const tableName = ({ name }: GatewayConnection): string => `nat ${name}`
const source = (prefixes: readonly Prefix[]): Match => ({ kind: 'source', in: addressesOfPrefixes(prefixes) })
const destination = (prefixes: readonly Prefix[]): Match => ({ kind: 'destination', in: addressesOfPrefixes(prefixes) })
const externals = ({ mappings }: GatewayNatRule): Prefix[] => mappings.map((one) => one.external)
const comesIn = ({ interfaces }: Used): Match => ({ kind: 'in-interface', in: interfaces })
const goesOut = ({ interfaces }: Used): Match => ({ kind: 'out-interface', in: interfaces })

function tableOver(connection: GatewayConnection, ends: readonly string[]): RouteTable {
  const routes = ends.map(
    (end, index): Route => ({
      prefix: prefix('0.0.0.0/0'),
      nextHop: { kind: 'connected', interface: end },
      distance: 0,
      metric: index,
      origin: `connection ${connection.name}`,
      source: connection.body.source('name'),
    }),
  )
  return { name: tableName(connection), routes }
}

/** What is for the translated addresses of a site leaves over its connection, whatever they are translated to. */
function wayOf({ connection, rule }: Used): Rule[] {
  if (rule.mode !== 'ingress' || rule.unclear !== undefined) return []
  const action = { kind: 'use-table', table: tableName(connection) } as const
  return [{ name: `NAT rule ${rule.name}`, match: destination(externals(rule)), action, source: rule.source }]
}

/** With a dynamic rule the side it is about opens the connections. */
function refused({ rule, ...used }: Used): Rule[] {
  if (rule.isStatic || rule.unclear !== undefined) return []
  const to = destination(externals(rule))
  const fresh: Match = { kind: 'session', in: ['new'] }
  const match = rule.mode === 'egress' ? allOf(comesIn({ rule, ...used }), to, fresh) : allOf(to, fresh)
  const name = `dynamic NAT rule ${rule.name} lets only the other side open connections`
  return [{ name, match, action: { kind: 'drop' }, source: rule.source }]
}

/** Destinations: a site's translated ones of what the VNet sends, the VNet's translated ones of what the site sends. */
function inward(used: Used): Rule[] {
  const { rule, connection } = used
  const name = `NAT rule ${rule.name}`
  if (rule.unclear !== undefined) {
    const known = destination(connection.prefixes.map((one) => one.prefix))
    const match: Match = { kind: 'some', of: [comesIn(used), known] }
    return [{ name, match, action: { kind: 'opaque', text: rule.unclear }, source: rule.source }]
  }
  if (!rule.isStatic) return []
  return rule.mappings.map(({ internal, external }) => ({
    name,
    match: rule.mode === 'egress' ? allOf(comesIn(used), destination([external])) : destination([external]),
    action: { kind: 'rewrite-destination', to: { kind: 'prefix', prefix: internal } },
    source: rule.source,
  }))
}

/** Sources: the VNet's of what goes out over the connection, the site's of what came in over it. */
function outward(used: Used): Rule[] {
  const { rule } = used
  if (rule.unclear !== undefined) return []
  return rule.mappings.map(({ internal, external }) => ({
    name: `NAT rule ${rule.name}`,
    match: allOf(rule.mode === 'egress' ? goesOut(used) : comesIn(used), source([internal])),
    action: {
      kind: 'rewrite-source',
      to: rule.isStatic
        ? { kind: 'prefix', prefix: external }
        : { kind: 'address', first: external.ip, last: prefixLast(external) },
    },
    source: rule.source,
  }))
}
