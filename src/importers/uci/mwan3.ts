import { allOf, implied, type Match, type Route, type RouteTable, someOf, type TableRule } from '../../model/index.ts'
import { isIp4, prefix } from '../../net/index.ts'
import { addressMatch, familyMatch, familyOf } from './address-match.ts'
import type { Complaints, UciNetworks } from './network.ts'
import { transportMatch } from './protocol-match.ts'
import { flagOf, numberOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** What mwan3 adds to a device: a table for each policy, and the rules that choose one. */
export interface MultiWan {
  readonly tables: readonly RouteTable[]
  readonly tableRules: readonly TableRule[]
}

/**
 * mwan3 (OpenWrt: mwan3): the first rule that fits chooses a policy; of its members those with the lowest metric share
 * the connections, the next only when none of them is up. Networks the device is attached or routed to go by `main`.
 * Interfaces are taken to be up. `defaults` are the default routes by network.
 */
export function multiWanOf(
  mwan3: UciPackage | undefined,
  defaults: ReadonlyMap<string, readonly Route[]>,
  networks: UciNetworks,
  complaints: Complaints,
): MultiWan {
  if (!mwan3) return { tables: [], tableRules: [] }
  const rules = sectionsOf(mwan3, 'rule').filter((section) => flagOf(section, 'enabled', true))
  const policies = new Map(sectionsOf(mwan3, 'policy').map((section) => [section.name ?? '', section]))
  const tables = [...policies].map(([name, policy]) => policyTable(name, policy, mwan3, defaults))
  const known = rules.flatMap((rule) => tableRule(rule, policies, networks, complaints) ?? [])
  return { tables, tableRules: rules.length > 0 ? [ATTACHED_FIRST, ...known] : [] }
}

const ATTACHED_FIRST: TableRule = {
  name: 'mwan3 connected networks',
  match: { kind: 'any' },
  action: { kind: 'lookup', table: 'main', onMiss: 'continue', suppressPrefixLength: 0 },
  source: implied('what main knows better than by a default route is not balanced (OpenWrt: mwan3, mwan3_connected)'),
}

const tableName = (policy: string): string => `mwan3 policy ${policy}`

function policyTable(
  name: string,
  policy: UciSection,
  mwan3: UciPackage,
  defaults: ReadonlyMap<string, readonly Route[]>,
): RouteTable {
  const members = wordsOf(policy, 'use_member').flatMap((word) => {
    const member = sectionsOf(mwan3, 'member').find((section) => section.name === word.text)
    const network = member && textOf(member, 'interface')
    const settings = sectionsOf(mwan3, 'interface').find((section) => section.name === network)
    const distance = member && numberOf(member, 'metric')
    const isUsed = weighs(member) && settings !== undefined && flagOf(settings, 'enabled', false)
    const family = familyOf((settings && textOf(settings, 'family')) ?? 'ipv4')
    return member && network !== undefined && isUsed ? [{ member, network, family, distance: distance ?? 1 }] : []
  })
  const routes = members.flatMap(({ member, network, family, distance }) => {
    const own = (defaults.get(network) ?? []).filter((route) => isIp4(route.prefix.ip) === (family === 4))
    const origin = `mwan3 member ${member.name ?? ''}`
    return own.map((route) => ({ ...route, distance, metric: 0, origin, source: member.source }))
  })
  return { name: tableName(name), routes: [...routes, ...lastResort(policy)] }
}

function weighs(member: UciSection | undefined): boolean {
  return member !== undefined && (numberOf(member, 'weight') ?? 1) > 0
}

/** Without a member that is up: `unreachable` unless the policy says otherwise; `default` goes on to `main`. */
function lastResort(policy: UciSection): Route[] {
  const word = textOf(policy, 'last_resort') ?? 'unreachable'
  if (word === 'default') return []
  const nextHop = { kind: 'discard', answer: word === 'blackhole' ? 'silent' : 'unreachable' } as const
  const rest = { nextHop, distance: 255, metric: 0, origin: `mwan3 last resort ${word}`, source: policy.source }
  return [
    { prefix: prefix('0.0.0.0/0'), ...rest },
    { prefix: prefix('::/0'), ...rest },
  ]
}

function tableRule(
  rule: UciSection,
  policies: ReadonlyMap<string, UciSection>,
  networks: UciNetworks,
  complaints: Complaints,
): TableRule | undefined {
  const name = `mwan3 rule ${rule.name ?? `@rule[${rule.index}]`}`
  const policy = textOf(rule, 'use_policy') ?? ''
  const base = { name, match: ruleMatch(rule, networks), source: rule.source }
  if (policy === 'default') return { ...base, action: { kind: 'lookup', table: 'main', onMiss: 'stop' } }
  if (policy === 'unreachable') return { ...base, action: { kind: 'discard', answer: 'unreachable' } }
  if (policy === 'blackhole') return { ...base, action: { kind: 'discard', answer: 'silent' } }
  if (policies.has(policy)) return { ...base, action: { kind: 'lookup', table: tableName(policy), onMiss: 'continue' } }
  const message = `This rule of mwan3 uses the policy "${policy.slice(0, 40)}", which is not in the file; it was left out.`
  complaints.diagnostics.push({ severity: 'warning', code: 'NT1318', message, source: rule.source })
  return undefined
}

function ruleMatch(rule: UciSection, networks: UciNetworks): Match {
  const source = addressMatch(wordsOf(rule, 'src_ip'), 'source', networks)
  const destination = addressMatch(wordsOf(rule, 'dest_ip'), 'destination', networks)
  const family = familyOf(textOf(rule, 'family'))
  const protocols = wordsOf(rule, 'proto').filter((word) => word.text !== 'all')
  const ports = [...wordsOf(rule, 'src_port'), ...wordsOf(rule, 'dest_port')]
  const transport =
    protocols.length === 0 && ports.length === 0
      ? []
      : [
          transportMatch({
            protocols,
            sourcePorts: wordsOf(rule, 'src_port'),
            destinationPorts: wordsOf(rule, 'dest_port'),
            icmpTypes: [],
            family,
          }),
        ]
  const from = textOf(rule, 'src_iface')
  const device = from === undefined ? undefined : networks.get(from)?.device
  const set = textOf(rule, 'ipset')
  return allOf(
    familyMatch(family),
    ...transport,
    ...[source, destination].flatMap((one) => one?.match ?? []),
    ...(from === undefined
      ? []
      : [device === undefined ? someOf() : ({ kind: 'in-interface', in: [device] } as const)]),
    ...(set === undefined ? [] : [{ kind: 'opaque', text: `ipset ${set}`, othersMissing: true } as const]),
  )
}
