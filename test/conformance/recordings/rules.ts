import { expect } from 'vitest'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import type { Device, Match, Rule } from '../../../src/model/index.ts'
import { addressSet, type Flow, formatAddressSet, ip } from '../../../src/net/index.ts'
import { judge } from '../../../src/trace/index.ts'
import { NotReplayable } from './not-replayable.ts'
import {
  type Case,
  deviceOf,
  hasBody,
  type Json,
  listOf,
  type Snapshot,
  snapshotOf,
  targetOf,
} from './recorded-case.ts'
import { byRole, roleOf } from './rule-name.ts'
import { portOf, protocolOf } from './written-flow.ts'

/** IP flow verify: allow or deny, and the rule. */
export function compareFlow(one: Case): void {
  const { request, response } = one.query
  const snapshot = snapshotOf(one, { learned: true })
  const device = targetOf(snapshot, request)
  const found = verdictOf(snapshot, device, String(request?.direction), flowOf(request))
  const name = String(response.ruleName)
  const recorded = { access: response.access, rule: byRole(name) }
  if (found.access === 'Allow' && response.access === 'Deny' && /Default(In|Out)boundDenyAll$/.test(name))
    throw new NotReplayable(
      'shortly after deployment: the default’s old name says that the rules were not programmed yet',
    )
  if (found.rule !== recorded.rule && /^securityRules\//.test(name) && !isWritten(snapshot, recorded.rule))
    throw new NotReplayable(`rule ${recorded.rule} decided, and no NSG of the estate holds it`)
  expect(found).toEqual(recorded)
}

/** Whether a rule of this name stands in some NSG of the estate. */
function isWritten({ network }: Snapshot, name: string): boolean {
  const all = [...network.devices.values()].flatMap((device) => Object.values(device.ruleSets))
  return all.some((set) => set.rules.some((rule) => roleOf(rule.name) === name))
}

/** What the NSGs of a device say of a flow, and the rule that decides. */
export function verdictOf(
  snapshot: Snapshot,
  device: Device,
  direction: string,
  flow: Flow,
): { access: string; rule: string } {
  const hook = /^in/i.test(direction) ? 'prerouting' : 'postrouting'
  const { steps, stop } = judge(snapshot.prepared, device.name, hook, device.interfaces[0]?.name, flow)
  const rule = steps
    .filter((step) => step.kind === 'filter')
    .at(-1)
    ?.visits.at(-1)?.rule
  return { access: stop ? 'Deny' : 'Allow', rule: roleOf(rule?.name ?? '') }
}

interface Listed {
  readonly name: string
  readonly direction: string
  readonly access: string
  readonly sourceAddressPrefix?: string
  readonly expandedSourceAddressPrefix?: readonly string[]
  readonly destinationAddressPrefix?: string
  readonly expandedDestinationAddressPrefix?: readonly string[]
}

/** Which rules of each NSG are in force, in which order, and what `VirtualNetwork` holds; `Internet`'s parts are Microsoft's own. */
export function compareGroups(one: Case): void {
  const snapshot = snapshotOf(one, { learned: true })
  const device = deviceOf(snapshot, one.query.target)
  const groups = listOf(one.query.response.value ?? one.query.response.effectiveNetworkSecurityGroups)
  const idOf = (group: Json) => String(((group.networkSecurityGroup ?? {}) as Json).id ?? 'of a network manager')
  const held = groups.filter((group) => hasBody(snapshot, idOf(group)))
  for (const group of held) {
    compareListed(device, [lastPart(idOf(group))], listOf(group.effectiveSecurityRules) as unknown as Listed[])
  }
  const unknown = groups.map(idOf).filter((id) => !hasBody(snapshot, id))
  if (unknown.length > 0)
    throw new NotReplayable(`NSG ${unknown.map(lastPart).join(', ')} is not among the bodies of the estate`)
  const named = groups.map((group) => lastPart(idOf(group)).toLowerCase())
  expect(groupsOf(device).filter((name) => !named.includes(name.toLowerCase()))).toEqual([])
}

/** The names of the NSGs that guard a device. */
function groupsOf(device: Device): readonly string[] {
  const names = Object.entries(device.ruleSets).flatMap(([name, set]) =>
    set.rules.some((rule) => rule.name.startsWith('rule ')) ? (/^(.*)\/(in|out)bound$/.exec(name)?.[1] ?? []) : [],
  )
  return [...new Set(names)]
}

/** The security group view: the rules in force on each NIC, those of the subnet and of the NIC together. */
export function compareView(one: Case): void {
  const snapshot = snapshotOf(one, { learned: true })
  const nics = listOf(one.query.response.networkInterfaces)
  if (nics.length === 0) throw new NotReplayable('the answer lists no NIC')
  for (const nic of nics) {
    const { listed, ids } = viewedRules((nic.securityRuleAssociations ?? {}) as Json)
    const unknown = ids.filter((id) => !hasBody(snapshot, id)).map(lastPart)
    if (unknown.length > 0) throw new NotReplayable(`NSG ${unknown.join(', ')} is not among the bodies of the estate`)
    const device = deviceOf(snapshot, nic.id)
    const groups = groupsOf(device)
    if (listed.length === 0) expect(groups, 'Azure lists no rule').toEqual([])
    compareListed(device, groups, listed)
  }
}

/** The rules a view lists, and the ids of the NSGs that hold them; older answers list them by association alone. */
function viewedRules(associations: Json): { listed: readonly Listed[]; ids: readonly string[] } {
  const parts = [associations.networkInterfaceAssociation, associations.subnetAssociation]
  const rules = parts.flatMap((part) => listOf(((part ?? {}) as Json).securityRules))
  const ids = rules.flatMap(({ id }) => /^(.*)\/securityRules\/[^/]+$/i.exec(String(id))?.[1] ?? [])
  const effective = listOf(associations.effectiveSecurityRules)
  const defaults = listOf(associations.defaultSecurityRules)
  const plain = [...rules, ...defaults.map((one): Json => ({ ...one, name: `DefaultRule_${one.name}` }))]
  const written = plain.map(({ name, properties }): Json => ({ name, ...((properties ?? {}) as Json) }))
  const listed = (effective.length > 0 ? effective : written) as unknown as readonly Listed[]
  return { listed, ids: [...new Set(ids)] }
}

function compareListed(device: Device, groups: readonly string[], listed: readonly Listed[]): void {
  for (const direction of ['Inbound', 'Outbound']) {
    const theirs = listed.filter((one) => one.direction.toLowerCase() === direction.toLowerCase())
    // Some answers hold one direction only, and the NSG twice.
    if (theirs.length === 0) continue
    const ours = groups.flatMap((group) => written(device, group, direction))
    const access = (one: Rule) => (one.action.kind === 'accept' ? 'Allow' : 'Deny')
    // The view prints the last default under two names; of two NSGs together it keeps no order.
    const names = (all: readonly string[]) => {
      const once = [...new Set(all)]
      return groups.length > 1 ? once.sort() : once
    }
    expect(names(ours.map((one) => `${roleOf(one.name)} ${access(one)}`))).toEqual(
      names(inOrder(theirs, ours).map((one) => `${byRole(one.name)} ${one.access}`)),
    )
    for (const one of theirs) {
      const mine = ours.find((rule) => roleOf(rule.name) === byRole(one.name))
      for (const side of ['source', 'destination'] as const) {
        const expanded = side === 'source' ? one.expandedSourceAddressPrefix : one.expandedDestinationAddressPrefix
        const written = side === 'source' ? one.sourceAddressPrefix : one.destinationAddressPrefix
        if (written?.toLowerCase() !== 'virtualnetwork' || !expanded) continue
        expect(addressesOf(mine, side)).toBe(formatAddressSet(addressSet(...expanded)))
      }
    }
  }
}

/** The security group view prints its rules in no order. */
function inOrder(theirs: readonly Listed[], ours: readonly Rule[]): readonly Listed[] {
  if (!theirs.every((one) => 'priority' in one)) return theirs
  const place = (one: Listed) => ours.findIndex((rule) => roleOf(rule.name) === byRole(one.name))
  const priority = (one: Listed) => Number((one as unknown as Json).priority)
  return [...theirs].sort((a, b) => priority(a) - priority(b) || place(a) - place(b))
}

/** The written rules of one side of an NSG, whose name may be spelled in any case. */
export function written(device: Device, group: string, direction: string): readonly Rule[] {
  const wanted = `${group}/${direction}`.toLowerCase()
  const set = Object.entries(device.ruleSets).find(([name]) => name.toLowerCase() === wanted)?.[1]
  return (set?.rules ?? []).filter((one) => one.name.startsWith('rule '))
}

function addressesOf(rule: Rule | undefined, side: 'source' | 'destination'): string {
  for (const one of partsOf(rule)) if (one.kind === side) return formatAddressSet(one.in)
  return ''
}

/** The parts of a rule's match that must all hold. */
export function partsOf(rule: Rule | undefined): readonly Match[] {
  if (!rule) return []
  return rule.match.kind === 'all' ? rule.match.of : [rule.match]
}

function flowOf(request: Json | null | undefined): Flow {
  const local = { ip: ip(String(request?.localIPAddress)), port: portOf(request?.localPort) }
  const remote = { ip: ip(String(request?.remoteIPAddress)), port: portOf(request?.remotePort) }
  const [from, to] = /^in/i.test(String(request?.direction)) ? [remote, local] : [local, remote]
  return {
    protocol: protocolOf(request?.protocol),
    source: from.ip,
    sourcePort: from.port,
    destination: to.ip,
    destinationPort: to.port,
  }
}
