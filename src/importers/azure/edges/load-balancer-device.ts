import {
  ANY,
  allOf,
  type Device,
  type Interface,
  implied,
  type Match,
  type NextHop,
  type Route,
  type RouteTable,
  type Rule,
  type RuleSet,
} from '../../../model/index.ts'
import { addressesOfPrefixes, formatIp, hostPrefix, prefix } from '../../../net/index.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { throughAppliances } from '../estate/gateway-load-balancer.ts'
import { type BalancerFrontend, balancerFrontends } from '../outbound/load-balancer.ts'
import { frontendMatch, portMatch } from '../outbound/load-balancer-backend.ts'
import type { BalancerMember } from '../outbound/load-balancer-pool.ts'
import type { BalancerRule } from '../outbound/load-balancer-rule.ts'
import { pingRules } from './load-balancer-ping.ts'
import { symmetric } from './load-balancer-symmetry.ts'
import { healthOf, type Unhealthy } from './probe.ts'

/** The devices of the load balancers: one for each frontend. */
export function balancerDevices(estate: Estate): readonly Device[] {
  return balancerFrontends(estate).map((one) => balancerDevice(estate, one))
}

const NO_RULE = implied(
  'a load balancer passes on only what one of its rules is for (Learn: What is Azure Load Balancer?)',
)
const NOT_FOR_IT: Rule = { name: 'no rule for this port', match: ANY, action: { kind: 'drop' }, source: NO_RULE }
const KEPT = 'load-balancer/kept'
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
  const tables = frontend.rules.flatMap((one) => [
    memberTable(estate, frontend, one),
    ...ownTable(estate, frontend, one),
  ])
  const forAllPorts = frontend.rules.filter((one) => one.protocol === undefined && one.frontendPort === 0)
  const kept = symmetric(frontend, tables, new Set(forAllPorts.map(tableOf)))
  const remembers = kept.remembers.length === 0 ? [] : [{ ...marks, name: KEPT, rules: kept.remembers, ...policy }]
  const ruleSets = [
    { ...marks, rules: [...frontend.rules.flatMap((one) => picks(estate, frontend, one)), ...kept.picks], ...policy },
    {
      name: 'load-balancer/no-rule',
      label: `${marks.label}:`,
      rules: [...pingRules(estate, frontend), NOT_FOR_IT],
      policy: { kind: 'drop' },
      policySource: NO_RULE,
    } as const,
    { name: 'load-balancer/inbound', label: marks.label, rules: [], ...policy },
    ...chainSets(frontend),
    { name: 'load-balancer/outbound', label: `${marks.label} outbound`, rules: outboundRules(frontend), ...policy },
    ...remembers,
  ]
  return {
    name: frontend.device,
    kind: 'load-balancer',
    label: `Azure load balancer frontend ${formatIp(frontend.ip)}`,
    aliases: [frontend.body.id || frontend.balancer.id],
    interfaces: interfacesOf(frontend),
    tables: [{ name: 'main', routes: mainRoutes(frontend) }, ...kept.tables],
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
      forward: chainSets(frontend).map(({ name }) => ({ kind: 'filter', ruleSet: name })),
      output: [],
      postrouting: [
        ...remembers.map(({ name }) => ({ kind: 'mark', ruleSet: name }) as const),
        { kind: 'translate', ruleSet: 'load-balancer/outbound' },
      ],
    },
    encapsulations: [],
    stamps: [],
    notModelled: probesOf(frontend),
    source,
  }
}

/** What passes a gateway load balancer first is for its appliances to decide (Learn: Gateway Load Balancer). */
function chainSets({ body, chained }: BalancerFrontend): RuleSet[] {
  if (chained === undefined) return []
  const source = body.source('gatewayLoadBalancer')
  const rule: Rule = { name: 'gateway load balancer', match: ANY, action: throughAppliances(chained), source }
  const rest = { policy: { kind: 'accept' }, policySource: source } as const
  return [{ name: 'load-balancer/chain', label: `frontend ${body.name}`, rules: [rule], ...rest }]
}

/** No export tells what a machine answers to its probes. */
function probesOf({ rules }: BalancerFrontend): string[] {
  const probes = [...new Set(rules.flatMap((one) => (one.probe && one.members.length > 0 ? [one.probe] : [])))]
  const words = probes.map((one) => `${one.text('protocol') ?? ''} ${one.number('port') ?? ''}`.trim())
  if (words.length === 0) return []
  return [`what its members answer to the health probes (${[...new Set(words)].join(', ')})`]
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

/** The last that is for a packet decides. */
function picks(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule): Rule[] {
  const made = { name: `rule ${rule.name}`, source: rule.source }
  const match = frontend.vnet ? portMatch(rule) : frontendMatch(frontend, rule)
  const usual: Rule = { ...made, match, action: { kind: 'use-table', table: tableOf(rule) } }
  const own = ownMembers(estate, frontend, rule)
  if (own.length === 0) return [usual]
  const from: Match = { kind: 'source', in: addressesOfPrefixes(own.map((one) => hostPrefix(one.ip))) }
  const asks = allOf(frontendMatch(frontend, rule), from)
  return [usual, { ...made, match: asks, action: { kind: 'use-table', table: ownTableOf(rule) } }]
}

/** The members that an internal frontend may send their own connections back to. */
function ownMembers(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule): BalancerMember[] {
  const states = frontend.vnet ? healthOf(estate, rule) : []
  return states.length === 0 ? [] : rule.members.filter((_, index) => states[index]?.is !== 'down')
}

function ownTableOf(rule: BalancerRule): string {
  return `rule ${rule.name}, asked by a member`
}

/**
 * What a member meets at an internal frontend of its own: where it is chosen itself, the answer comes from another address
 * than it asked and is dropped (Learn: Troubleshoot Azure Load Balancer, access to the internal load balancer from a member).
 */
function ownTable(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule): RouteTable[] {
  const own = ownMembers(estate, frontend, rule)
  if (own.length === 0) return []
  const all = own.length + rule.missing.length
  const words = `${frontend.device} may choose the machine that asks, a member of rule ${rule.name}, which then gets no answer (LbHairpin)`
  const nextHop: NextHop =
    all > 1
      ? { kind: 'unknown', because: `${words}: about 1 of ${all} connections fails` }
      : { kind: 'broken', because: words.replace('may choose', 'chooses'), code: 'LbHairpin' }
  const shared = { distance: 0, metric: 0, origin: 'a member asks', source: rule.source }
  return [{ name: ownTableOf(rule), routes: ALL_ADDRESSES.map((one) => ({ prefix: one, nextHop, ...shared })) }]
}

function memberTable(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule): RouteTable {
  const states = healthOf(estate, rule)
  const route = (nextHop: NextHop, origin: string, source = rule.source): Route[] =>
    ALL_ADDRESSES.map((one) => ({ prefix: one, nextHop, distance: 0, metric: 0, origin, source }))
  const routes = rule.members.flatMap((member, index): Route[] => {
    const state = states[index]
    if (state?.is === 'down') return []
    if (state) return route({ kind: 'unknown', because: state.because }, 'a member’s health', state.source)
    const nextHop = { kind: 'via', gateway: member.ip, interface: onSegment(member.vnet) } as const
    return route(nextHop, `backend ${member.configuration?.nic.name ?? formatIp(member.ip)}`)
  })
  if (rule.missing.length > 0)
    routes.push(...route({ kind: 'unknown', because: missingWords(frontend, rule) }, 'a member'))
  if (routes.length > 0) return { name: tableOf(rule), routes }
  const [why] = states.filter((one): one is Unhealthy => one !== undefined)
  const because = why
    ? `no member of ${frontend.device} is healthy: ${why.because}`
    : `nobody is in the backend pool of rule ${rule.name} of ${frontend.device} in the export`
  const nextHop = { kind: 'broken', because, code: 'NoHealthyBackend' } as const
  return { name: tableOf(rule), routes: route(nextHop, 'no healthy backend', why?.source) }
}

const SHOWN = 3

/** Who may get the packet and is not in the export; of a global load balancer the frontends of its regions. */
function missingWords({ balancer, device }: BalancerFrontend, { missing }: BalancerRule): string {
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : ''
  const list = `${missing.slice(0, SHOWN).join(', ')}${more}`
  const isGlobal = balancer.child('sku')?.text('tier')?.toLowerCase() === 'global'
  if (!isGlobal) return `${device} may send it to what the export does not hold: ${list}`
  return `${device} is a global load balancer and sends it to the region nearest to the client: ${list}; ask about each of them`
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
