import { allOf, implied, type Match, type Route, type RouteTable, type Rule } from '../../../model/index.ts'
import { formatIp } from '../../../net/index.ts'
import type { BalancerFrontend } from '../outbound/load-balancer.ts'

const SYMMETRIC = implied(
  'a flow that passes a frontend with high availability ports both ways meets one appliance (Learn: Deploy highly available NVAs)',
)
const EVERY_BIT = 0xffffffff

/** How a frontend sends a connection's later packets, and its answers, to the member that got the first. */
export interface Symmetry {
  /** The table of each rule, its routes to members stamped; and a table for each member alone. */
  readonly tables: readonly RouteTable[]
  /** Behind the rules that pick a table for new connections. */
  readonly picks: readonly Rule[]
  /** On the way out: which member the connection has. */
  readonly remembers: readonly Rule[]
}

/**
 * Makes an internal frontend with high availability ports keep a flow's member both ways, as the hash of its addresses and
 * ports does. Other rules see a connection's answers under other ports, or not at all, and stay as they are.
 */
export function symmetric(
  frontend: BalancerFrontend,
  tables: readonly RouteTable[],
  names: ReadonlySet<string>,
): Symmetry {
  const made: RouteTable[] = []
  const picks: Rule[] = []
  const remembers: Rule[] = []
  for (const table of tables) {
    const members = frontend.vnet && names.has(table.name) ? membersOf(table) : []
    if (members.length < 2) {
      made.push(table)
      continue
    }
    const stampOf = (member: string) => `${frontend.device}: ${table.name}: ${member}`
    const stamped = table.routes.map((one): Route => {
      const member = memberOf(one)
      return member === undefined ? one : { ...one, stamp: stampOf(member) }
    })
    made.push({ name: table.name, routes: stamped })
    for (const member of members) {
      const own = `${table.name}, a connection of ${member}`
      const value = remembers.length + 1
      const has: Match = { kind: 'session-mark', value, mask: EVERY_BIT }
      const old: Match = { kind: 'session', in: ['established'] }
      made.push({ name: own, routes: table.routes.filter((one) => memberOf(one) === member) })
      picks.push(rule(`member ${member}`, allOf(old, has), { kind: 'use-table', table: own }))
      const taken: Match = { kind: 'stamp', in: [stampOf(member)] }
      remembers.push(rule(`member ${member}`, taken, { kind: 'session-mark', value, mask: EVERY_BIT }))
    }
  }
  return { tables: made, picks, remembers }
}

function rule(name: string, match: Match, action: Rule['action']): Rule {
  return { name, match, action, source: SYMMETRIC }
}

function memberOf({ nextHop }: Route): string | undefined {
  return nextHop.kind === 'via' ? formatIp(nextHop.gateway) : undefined
}

function membersOf({ routes }: RouteTable): string[] {
  return [...new Set(routes.map(memberOf).filter((one) => one !== undefined))]
}
