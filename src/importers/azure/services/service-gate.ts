import { ANY, allOf, type Match, type Refusal, type Rule, type RuleSet, type Source } from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import { leaningOn } from '../estate/settings.ts'
import { fromSubnet } from '../estate/subnet-stamp.ts'
import { hostOf } from '../names/service-host.ts'
import { type ServiceAccess, subnetWords } from './service-access.ts'
import { appRestrictions } from './service-app.ts'
import { serviceAccess } from './service-gate-access.ts'
import { ipRules } from './service-ip-rule.ts'
import { refusalOf, type ServiceKind, subnetRefusalOf } from './service-kind.ts'
import { perimeterOf, withPerimeter } from './service-perimeter.ts'
import { resourceStamp, trustedStamps } from './service-trust.ts'

/** A resource whose front door is asked for. */
export interface Gated {
  readonly type: string
  readonly body: Body
  readonly kind: ServiceKind
  /** `storage account stmlvision`. */
  readonly words: string
}

/**
 * What a service's public front door lets in, in the service's own order: no public access, a perimeter, open to all,
 * then virtual network rules, IP rules, resource instances, trusted services, else refused (Learn: Configure Azure
 * Storage firewalls; the other services share the shape).
 */
export function gateOf(estate: Estate, gated: Gated): RuleSet {
  const access = serviceAccess(estate, gated.type, gated.body)
  const gate = ownGate(estate, gated, access)
  const perimeter = perimeterOf(estate, gated.body)
  if (!perimeter) return gate
  const enforced = perimeter.enforced || access.publicAccess === 'securedbyperimeter'
  const name = `network security perimeter ${perimeter.name} has no access rule for the caller (${gated.kind.refusal})`
  const refusal = refuse(name, refusalOf(gated.kind, 'off'), perimeter.source)
  return withPerimeter({ ...perimeter, enforced }, { ...gate, label: `${gated.words}:` }, refusal)
}

/** What the resource's own settings let in, without its perimeter. */
function ownGate(estate: Estate, gated: Gated, access: ServiceAccess): RuleSet {
  const set = (rules: readonly Rule[], closed: Source | undefined): RuleSet => ({
    name: 'gate',
    // Every way through a closed gate is a rule, whose name follows: `storage account x: IP rule 1.2.3.4 accepts`.
    label: closed ? `${gated.words}:` : gated.words,
    rules,
    policy: { kind: closed ? 'drop' : 'accept' },
    policySource: closed ?? access.defaultSource,
  })
  const exempt = [...resourceRules(estate, access), ...trustedRules(gated, access)]
  if (access.publicAccess === 'disabled') {
    const name = `${access.closedBy ?? 'publicNetworkAccess is Disabled'} (${gated.kind.refusal})`
    const passing = exempt.map((one) => whenDisabled(estate, one))
    return set([...passing, refuse(name, refusalOf(gated.kind, 'off'), access.publicSource)], access.publicSource)
  }
  if (access.publicAccess !== 'enabled') return set([perimeterRule(access)], access.publicSource)
  const filters = ipFilterRules(estate, gated)
  if (filters.length > 0) return set(filters, undefined)
  const restrictions = appRestrictions(estate, gated.body, gated.kind)
  if (restrictions) return { ...set(restrictions, undefined), label: `${gated.words}:` }
  if (access.defaultAction === 'allow') return set([], undefined)
  const name = `default action is Deny and no rule names the caller (${gated.kind.refusal})`
  const rules = [
    ...builtInEndpoint(gated),
    ...subnetRules(estate, access),
    ...ipRules(estate, gated, access),
    ...exempt,
  ]
  if (access.defaultAction === 'unknown') return set([...rules, unreadable(access)], access.defaultSource)
  const last = refuse(name, refusalOf(gated.kind, 'on'), access.defaultSource)
  return set([...rules, ...subnetRefusal(estate, gated, last), last], access.defaultSource)
}

/** What a rule for trusted callers means while public access is disabled: the pages of the services do not say. */
function whenDisabled({ settings }: Estate, rule: Rule): Rule {
  const passes = settings.trustedPassWhenPublicDisabled
  const what = `${rule.name} ${passes ? 'counts' : 'does not count'} while public network access is disabled`
  const leansOn = leaningOn(settings, 'trustedPassWhenPublicDisabled', what)
  return passes ? { ...rule, leansOn } : { ...rule, leansOn, action: { kind: 'drop' } }
}

function refuse(name: string, refusal: Refusal, source: Source): Rule {
  return { name, match: ANY, action: { kind: 'drop' }, refusal, source }
}

function accept(name: string, match: Match, source: Source): Rule {
  return { name, match, action: { kind: 'accept' }, source }
}

/** Some services tell callers from a subnet with their service endpoint another error. */
function subnetRefusal(estate: Estate, { kind }: Gated, last: Rule): Rule[] {
  const refusal = subnetRefusalOf(kind)
  const subnets = [...estate.subnets.keys()].map((id) => `subnet:${id}`)
  if (!refusal || subnets.length === 0) return []
  const name = `default action is Deny and no virtual network rule names the caller's subnet (${kind.refusal})`
  return [{ ...last, name, match: { kind: 'stamp', in: subnets }, refusal }]
}

/** A default action that is not known. */
function unreadable({ defaultSource, defaultUnknown }: ServiceAccess): Rule {
  const action = { kind: 'opaque', text: defaultUnknown ?? 'its default action is neither Allow nor Deny' } as const
  return { name: 'default action', match: ANY, action, source: defaultSource }
}

function perimeterRule(access: ServiceAccess): Rule {
  const perimeter = access.publicAccess === 'securedbyperimeter'
  const why = perimeter
    ? 'its association with a network security perimeter is not in the export'
    : 'what that means is not known'
  const text = `publicNetworkAccess is ${access.publicAccess}: ${why}`
  return {
    name: 'network security perimeter',
    match: ANY,
    action: { kind: 'opaque', text },
    source: access.publicSource,
  }
}

/** A packet carries its subnet only when that subnet has the service's endpoint, so a rule without one never matches. */
function subnetRules(estate: Estate, access: ServiceAccess): Rule[] {
  return access.subnets.map(({ value, source, unread, lapsed }) => {
    if (unread) return accept(value, { kind: 'opaque', text: value }, source)
    if (lapsed !== undefined) {
      const name = `virtual network rule ${subnetWords(value)} (its state is ${lapsed}: it lets nobody in)`
      return accept(name, { kind: 'stamp', in: [] }, source)
    }
    const subnet = estate.subnet(value)
    const off = subnet && subnet.body.children('serviceEndpoints').length === 0
    const note = off ? ' (the subnet has no service endpoint, so it never matches)' : ''
    return accept(`virtual network rule ${subnetWords(value)}${note}`, fromSubnet(value, subnetWords(value)), source)
  })
}

/** Resource instance rules; an id may hold `*` for every resource of a type (Learn: Configure Azure Storage firewalls). */
function resourceRules(estate: Estate, access: ServiceAccess): Rule[] {
  return access.resources.map(({ value, source, unread }) => {
    if (unread) return accept(value, { kind: 'opaque', text: value }, source)
    const ids = value.includes('*')
      ? estate.bodies.map((one) => one.id.toLowerCase()).filter((id) => fits(id, value))
      : [value]
    const name = value.includes('*') ? value : lastPart(value)
    return accept(`resource instance rule ${name}`, { kind: 'stamp', in: ids.map(resourceStamp) }, source)
  })
}

function fits(id: string, pattern: string): boolean {
  const parts = id.split('/')
  const wanted = pattern.split('/')
  return parts.length === wanted.length && wanted.every((part, index) => part === '*' || part === parts[index])
}

function trustedRules(gated: Gated, access: ServiceAccess): Rule[] {
  if (!access.bypass) return []
  return [accept('trusted Azure services (bypass)', { kind: 'stamp', in: trustedStamps(gated.type) }, access.bypass)]
}

const FILTERED = new Set(['microsoft.devices/iothubs', 'microsoft.devices/provisioningservices'])

/** The older IP filter of IoT hubs: rules in order, accept or reject; what none names is accepted (Learn: Use IoT Hub IP filters, classic). */
function ipFilterRules(estate: Estate, gated: Gated): Rule[] {
  if (!FILTERED.has(gated.type) || gated.body.has('networkRuleSets')) return []
  return gated.body.children('ipFilterRules').map((one): Rule => {
    const text = one.text('ipMask') ?? ''
    const set = addressesOfText(text)
    if (!set) {
      const message = `${gated.words}: IP filter "${text}" is no address range`
      estate.report(one.diagnostic('warning', 'NT1751', message, 'ipMask'))
    }
    const from: Match = set ? { kind: 'source', in: set } : { kind: 'opaque', text: `address ${text}` }
    const match = allOf(from, ...targetOf(one))
    const accepts = one.text('action')?.toLowerCase() === 'accept'
    const name = `IP filter ${one.text('filterName') ?? text}`
    const source = one.source()
    if (accepts) return accept(name, match, source)
    return { name, match, action: { kind: 'drop' }, refusal: refusalOf(gated.kind, 'on'), source }
  })
}

/** A provisioning service's rule may be for one of its two APIs alone (Learn: Microsoft.Devices provisioningServices, ipFilterRules). */
function targetOf(filter: Body): Match[] {
  const target = filter.text('target')
  if (target === undefined || target.toLowerCase() === 'all') return []
  return [{ kind: 'opaque', text: `whether the request is for the ${target}, which alone the IP filter is for` }]
}

/** A hub's rule set covers its built-in Event Hubs endpoint only when it says so. */
function builtInEndpoint({ type, body }: Gated): Rule[] {
  const rules = type === 'microsoft.devices/iothubs' ? body.child('networkRuleSets') : undefined
  const host = hostOf(body.child('eventHubEndpoints')?.child('events')?.text('endpoint'))
  const key = 'applyToBuiltInEventHubEndpoint'
  if (!rules || host === undefined || rules.flag(key) === true) return []
  const match: Match = { kind: 'server-name', in: [host] }
  const source = rules.source(key)
  if (rules.flag(key) === false) return [accept('built-in endpoint, which the rule set leaves out', match, source)]
  if (!rules.isDoubtful(key)) return []
  const action = { kind: 'opaque', text: `${key} is neither true nor false` } as const
  return [{ name: 'built-in endpoint', match, action, source }]
}
