import {
  type Device,
  type Interface,
  implied,
  type NextHop,
  type Route,
  type RouteTable,
  type Rule,
} from '../../../model/index.ts'
import { addressesOfPrefixes, formatIp, hostPrefix, prefix } from '../../../net/index.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { type BalancerFrontend, type BalancerRule, balancerFrontends } from '../outbound/load-balancer.ts'
import { frontendMatch, portMatch } from '../outbound/load-balancer-backend.ts'
import { refusesProbe } from './probe.ts'

/** The devices of the load balancers: one for each frontend. */
export function balancerDevices(estate: Estate): readonly Device[] {
  return balancerFrontends(estate).map((one) => balancerDevice(estate, one))
}

const NO_RULE = implied(
  'a load balancer passes on only what one of its rules is for (Learn: What is Azure Load Balancer?)',
)
const ALL_ADDRESSES = [prefix('0.0.0.0/0'), prefix('::/0')]

/**
 * A frontend: each rule picks a table whose routes are its healthy members. The destination is left alone, the
 * member rewrites it, so that its answer goes straight back. A private frontend also takes packets for other
 * addresses (it is the next hop of a user route) and gives them to the members of the rule for their port.
 */
function balancerDevice(estate: Estate, frontend: BalancerFrontend): Device {
  const source = frontend.body.source('name')
  const marks = { name: 'load-balancer/rules', label: `load balancer ${frontend.balancer.name}` }
  const policy = { policy: { kind: 'accept' }, policySource: NO_RULE } as const
  const ruleSets = [
    { ...marks, rules: frontend.rules.map((one) => pick(frontend, one)), ...policy },
    {
      name: 'load-balancer/no-rule',
      label: `load balancer ${frontend.balancer.name}: no rule for this port`,
      rules: [],
      policy: { kind: 'drop' },
      policySource: NO_RULE,
    } as const,
    { name: 'load-balancer/inbound', label: marks.label, rules: [], ...policy },
    { name: 'load-balancer/outbound', label: `${marks.label} outbound`, rules: outboundRules(frontend), ...policy },
  ]
  return {
    name: frontend.device,
    kind: 'load-balancer',
    label: `Azure load balancer frontend ${formatIp(frontend.ip)}`,
    aliases: [frontend.body.id || frontend.balancer.id],
    interfaces: interfacesOf(frontend),
    tables: [
      { name: 'main', routes: mainRoutes(frontend) },
      ...frontend.rules.map((one) => memberTable(estate, frontend, one)),
    ],
    tableRules: [],
    tableBeforeLocal: true,
    forwards: { enabled: true, source },
    ruleSets: Object.fromEntries(ruleSets.map((one) => [one.name, one])),
    pipeline: {
      prerouting: [
        { kind: 'track' },
        { kind: 'translate', ruleSet: 'load-balancer/inbound' },
        { kind: 'mark', ruleSet: 'load-balancer/rules' },
      ],
      input: [{ kind: 'filter', ruleSet: 'load-balancer/no-rule' }],
      forward: [],
      output: [],
      postrouting: [{ kind: 'translate', ruleSet: 'load-balancer/outbound' }],
    },
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
}

function vnetsOf(frontend: BalancerFrontend): VirtualNetwork[] {
  const members = [...frontend.rules, ...frontend.outbound].flatMap((one) => one.members.map((member) => member.vnet))
  return [...new Set([...(frontend.vnet ? [frontend.vnet] : []), ...members])]
}

function interfacesOf(frontend: BalancerFrontend): Interface[] {
  const source = frontend.body.source('name')
  const address = { ip: frontend.ip, prefix: hostPrefix(frontend.ip), source }
  const inside = vnetsOf(frontend).map((vnet) => ({
    name: onSegment(vnet),
    aliases: [],
    addresses: vnet === frontend.vnet ? [address] : [],
    source,
  }))
  if (frontend.vnet) return inside
  return [...inside, { name: INTERNET, aliases: [], addresses: [address], source }]
}

function tableOf(rule: BalancerRule): string {
  return `rule ${rule.name}`
}

function pick(frontend: BalancerFrontend, rule: BalancerRule): Rule {
  return {
    name: `rule ${rule.name}`,
    match: frontend.vnet ? portMatch(rule) : frontendMatch(frontend, rule),
    action: { kind: 'use-table', table: tableOf(rule) },
    source: rule.source,
  }
}

function memberTable(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule): RouteTable {
  const refusals = rule.members.map((member) => refusesProbe(estate, rule, member))
  const healthy = rule.members.filter((_, index) => refusals[index] === undefined)
  const route = (nextHop: NextHop, origin: string): Route[] =>
    ALL_ADDRESSES.map((one) => ({ prefix: one, nextHop, distance: 0, metric: 0, origin, source: rule.source }))
  const routes = healthy.flatMap((member) =>
    route(
      { kind: 'via', gateway: member.ip, interface: onSegment(member.vnet) },
      `backend ${member.configuration?.nic.name ?? formatIp(member.ip)}`,
    ),
  )
  if (routes.length > 0) return { name: tableOf(rule), routes }
  const why = refusals.find((one) => one !== undefined)
  const because = why
    ? `no member of ${frontend.device} is healthy: ${why}`
    : `the backend pool of rule ${rule.name} of ${frontend.device} is empty in the export`
  return {
    name: tableOf(rule),
    routes: route({ kind: 'broken', because, code: 'NoHealthyBackend' }, 'no healthy backend'),
  }
}

function mainRoutes(frontend: BalancerFrontend): Route[] {
  const source = frontend.body.source('name')
  const shared = { distance: 0, metric: 0, origin: 'load balancer', source }
  const because = `${frontend.device} has no load-balancing rule for this packet`
  if (frontend.vnet) {
    return ALL_ADDRESSES.map((one) => ({
      prefix: one,
      nextHop: { kind: 'broken', because, code: 'NoLoadBalancingRule' },
      ...shared,
    }))
  }
  const inside = vnetsOf(frontend).flatMap((vnet) =>
    vnet.prefixes.map(
      (one): Route => ({ prefix: one, nextHop: { kind: 'connected', interface: onSegment(vnet) }, ...shared }),
    ),
  )
  const outside = ALL_ADDRESSES.map(
    (one): Route => ({ prefix: one, nextHop: { kind: 'connected', interface: INTERNET }, ...shared }),
  )
  return [...inside, ...outside]
}

/** A public frontend lends its address to members' own connections. */
function outboundRules(frontend: BalancerFrontend): Rule[] {
  if (frontend.vnet) return []
  const prefixes = vnetsOf(frontend).flatMap((one) => one.prefixes)
  return [
    {
      name: `frontend ${frontend.body.name}`,
      match: {
        kind: 'all',
        of: [
          { kind: 'source', in: addressesOfPrefixes(prefixes) },
          { kind: 'out-interface', in: [INTERNET] },
        ],
      },
      action: { kind: 'rewrite-source', to: { kind: 'address', first: frontend.ip, last: frontend.ip } },
      source: frontend.body.source('name'),
    },
  ]
}
