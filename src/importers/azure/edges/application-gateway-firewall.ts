import { ANY, allOf, implied, type Match, notOf, type Refusal, type Rule, type RuleSet } from '../../../model/index.ts'
import { unionOf } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import type { GatewayRouting } from './application-gateway-listener.ts'

const NAME = 'application-gateway/web-application-firewall'

const REFUSAL: Refusal = { kind: 'http', status: 403, text: 'Forbidden, "Microsoft-Azure-Application-Gateway/v2"' }

/** What a web application firewall in front of a gateway's rules refuses. */
export interface GatewayFirewall {
  /** Absent = no request is looked at. */
  readonly ruleSet?: RuleSet
  /** What is not looked at here, in words; empty = nothing. */
  readonly notModelled: readonly string[]
}

/** A rule of the gateway and the policy that stands before it. */
export interface Guarded {
  readonly routing: GatewayRouting
  /** The lower-case id of the policy; absent = none. */
  readonly policy: string | undefined
}

/**
 * What the custom rules of web application firewalls refuse by the client's address; what requests hold is in no question,
 * so that a rule about it may match or not, and managed rules are not looked at (Learn: Custom rules for Web Application
 * Firewall v2 on Azure Application Gateway).
 */
export function gatewayFirewall(estate: Estate, gateway: Body, guarded: readonly Guarded[]): GatewayFirewall {
  const old = gateway.child('webApplicationFirewallConfiguration')
  const managed = old?.flag('enabled') === true && old.text('firewallMode')?.toLowerCase() !== 'detection'
  const policies = guarded.map((one) => one.policy)
  if (policies.every((one) => one === undefined)) return { notModelled: managed ? [managedWords(gateway.name)] : [] }
  const rules = guarded.flatMap((one) => rulesBefore(estate, one))
  const refusing = policies.some((id) => id !== undefined && modeOf(estate.byId(id)) !== 'off')
  const ruleSet: RuleSet = {
    name: NAME,
    label: `web application firewall of ${gateway.name}:`,
    rules,
    policy: { kind: 'accept' },
    policySource: LISTENERS,
  }
  return { ruleSet, notModelled: refusing ? [managedWords(gateway.name)] : [] }
}

function managedWords(name: string): string {
  return `the managed rules of the web application firewall of ${name}, which refuse requests by what they hold`
}

const LISTENERS = implied('a listener without a firewall policy refuses nothing')

/** The custom rules before one rule of the gateway; what none of them stops is not asked for the next one's. */
function rulesBefore(estate: Estate, { routing, policy }: Guarded): Rule[] {
  const here = allOf({ kind: 'direction', is: 'original' }, routing.match)
  const end: Rule = { name: 'no custom rule', match: here, action: { kind: 'accept' }, source: LISTENERS }
  if (policy === undefined) return [end]
  const body = estate.byId(policy)
  if (!body) {
    const text = `web application firewall policy ${lastPart(policy)} is not in the export`
    const source = routing.listener.source('firewallPolicy')
    const match = allOf(here, { kind: 'opaque', text, othersMissing: true })
    return [{ name: `policy ${lastPart(policy)}`, match, action: { kind: 'drop' }, refusal: REFUSAL, source }, end]
  }
  const mode = modeOf(body)
  if (mode === 'off') return [end]
  const sorted = body
    .children('customRules')
    .filter((one) => one.text('state')?.toLowerCase() !== 'disabled')
    .sort((a, b) => (a.number('priority') ?? 0) - (b.number('priority') ?? 0))
  return [...sorted.flatMap((one) => customRule(body, one, here, mode)), end]
}

/** Only a policy that is on and prevents refuses anything. */
function modeOf(policy: Body | undefined): 'prevention' | 'unknown' | 'off' {
  const settings = policy?.child('policySettings')
  if (settings?.text('state')?.toLowerCase() === 'disabled') return 'off'
  const mode = settings?.text('mode')?.toLowerCase()
  if (mode === 'detection') return 'off'
  return mode === 'prevention' ? 'prevention' : 'unknown'
}

function customRule(policy: Body, body: Body, here: Match, mode: 'prevention' | 'unknown'): Rule[] {
  const name = `custom rule ${body.text('name') ?? body.number('priority') ?? ''} of ${policy.name}`
  const conditions = body.children('matchConditions').map((one) => conditionOf(one, name))
  const isCounting = body.text('ruleType')?.toLowerCase() === 'ratelimitrule'
  const counting: Match[] = isCounting ? [{ kind: 'opaque', text: `how often the client has asked (${name})` }] : []
  const rule = { name, match: allOf(here, ...conditions, ...counting), source: body.source() }
  const unsure = { kind: 'opaque', text: `what ${name} does` } as const
  switch (body.text('action')?.toLowerCase()) {
    case 'allow':
      return [{ ...rule, action: { kind: 'accept' } }]
    case 'block':
      return [blocking({ ...rule, action: mode === 'unknown' ? unsure : { kind: 'drop' } })]
    case 'log':
      return []
    default:
      return [{ ...rule, action: unsure }]
  }
}

function blocking(rule: Rule): Rule {
  return { ...rule, name: `${rule.name} (HTTP 403)`, refusal: REFUSAL }
}

function conditionOf(body: Body, name: string): Match {
  const operator = body.text('operator')?.toLowerCase()
  if (operator === 'any') return ANY
  const variables = body.children('matchVariables').map((one) => one.text('variableName')?.toLowerCase())
  const sets = body.texts('matchValues').map(addressesOfText)
  const known = sets.filter((one) => one !== undefined)
  const isAddress = operator === 'ipmatch' && variables.length > 0 && variables.every((one) => one === 'remoteaddr')
  if (!isAddress || known.length < sets.length) return { kind: 'opaque', text: `what ${name} looks at` }
  const from: Match = { kind: 'source', in: unionOf(...known) }
  return body.flag('negationConditon') === true || body.flag('negationCondition') === true ? notOf(from) : from
}
