import type { Source } from '../../../model/index.ts'
import { isIp4, type Prefix, parsePrefix, prefixCovers, prefix as prefixOf } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'

/** A NAT rule of a VPN gateway as one of its connections uses it. */
export interface GatewayNatRule {
  readonly name: string
  /** Whose addresses it is about: `ingress` the site's, `egress` the VNet's. */
  readonly mode: 'ingress' | 'egress'
  /** A fixed address for each; a dynamic one works only for connections that the internal side opens. */
  readonly isStatic: boolean
  /** Before and after the translation, for static rules of one length each. */
  readonly mappings: readonly { readonly internal: Prefix; readonly external: Prefix }[]
  /** The gateway's instance it is for, from 0; absent = all. */
  readonly instance?: number
  /** Why it cannot be followed; absent = it can. */
  readonly unclear?: string
  readonly source: Source
}

/** The NAT rules of a connection of a gateway (Learn: About NAT on Azure VPN Gateway). */
export function natRulesOf(estate: Estate, gateway: Body | undefined, connection: Body): GatewayNatRule[] {
  const modes = [
    ['ingress', 'ingressNatRules'],
    ['egress', 'egressNatRules'],
  ] as const
  return modes.flatMap(([mode, member]) =>
    connection.references(member).map((id) => natRule(estate, gateway, connection, { mode, member, id })),
  )
}

function natRule(
  estate: Estate,
  gateway: Body | undefined,
  connection: Body,
  { mode, member, id }: { readonly mode: GatewayNatRule['mode']; readonly member: string; readonly id: string },
): GatewayNatRule {
  const name = id.slice(id.lastIndexOf('/') + 1)
  const inside = gateway?.children('natRules') ?? []
  const body = estate.byId(id) ?? inside.find((one) => one.name.toLowerCase() === name)
  if (!body) {
    const message = `NAT rule ${name} of connection ${connection.name} is not in the export: what it translates is unknown`
    estate.report(connection.diagnostic('warning', 'NT1673', message, member))
    return { name, mode, isStatic: true, mappings: [], unclear: message, source: connection.source(member) }
  }
  const [internal, external] = [body.children('internalMappings'), body.children('externalMappings')]
  const mappings = internal.flatMap((one, index) => {
    const pair = [one, external[index]].map((each) => parsePrefix(each?.text('addressSpace') ?? ''))
    const [before, after] = pair
    return before && after ? [{ internal: before, external: after }] : []
  })
  const isStatic = body.text('type')?.toLowerCase() !== 'dynamic'
  const ports = [...internal, ...external].some((one) => one.has('portRange'))
  const isWhole = mappings.length === internal.length && internal.length === external.length && internal.length > 0
  const isEven = mappings.every((one) => one.internal.length === one.external.length)
  const unclear = !isWhole
    ? `the mappings of NAT rule ${name} cannot be read`
    : ports
      ? `NAT rule ${name} is for some ports alone, which is not modelled`
      : isStatic && !isEven
        ? `the mappings of NAT rule ${name} differ in size`
        : undefined
  const instance = instanceOf(gateway, body)
  return {
    name: body.name,
    mode,
    isStatic,
    mappings,
    ...(instance !== undefined && { instance }),
    ...(unclear !== undefined && { unclear }),
    source: body.source('name'),
  }
}

function instanceOf(gateway: Body | undefined, rule: Body): number | undefined {
  const wanted = rule.text('ipConfigurationId')?.toLowerCase()
  const all = gateway?.children('ipConfigurations') ?? []
  const at = wanted === undefined ? -1 : all.findIndex((one) => one.id.toLowerCase() === wanted)
  return at === -1 ? undefined : at
}

/** A site's prefix as the VNet knows it: behind a rule for it the address space after the translation counts. */
export function knownPrefix(rules: readonly GatewayNatRule[], prefix: Prefix): Prefix {
  for (const rule of rules.filter((one) => one.mode === 'ingress' && one.unclear === undefined)) {
    for (const { internal, external } of rule.mappings) {
      if (!prefixCovers(internal, prefix)) continue
      return rule.isStatic ? moved(prefix, internal, external) : external
    }
  }
  return prefix
}

function moved(prefix: Prefix, from: Prefix, to: Prefix): Prefix {
  if (!isIp4(prefix.ip) || !isIp4(from.ip) || !isIp4(to.ip)) return to
  const ip = to.ip + (prefix.ip - from.ip)
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256)
  return prefixOf(`${octets.join('.')}/${prefix.length}`)
}
