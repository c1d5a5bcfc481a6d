import {
  type Action,
  allOf,
  type Device,
  implied,
  type Match,
  type Refusal,
  type Rule,
  type RuleSet,
  type Source,
} from '../../../model/index.ts'
import { type Ip, singlePort } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { type ManagedInstance, managedInstances } from '../estate/managed-instance.ts'
import { type RequiredTraffic, reportMissingRules } from '../security/required-rule.ts'
import { nicDevice, stubResolverOf } from '../subnets/nic.ts'
import { gatewayFirewall } from './application-gateway-firewall.ts'
import { type GatewayRouting, gatewayRoutings, isNewer } from './application-gateway-listener.ts'
import { type Routed, routedTo } from './application-gateway-target.ts'

const BACKENDS = 'application-gateway/rules'
const OWN_SOURCE = 'application-gateway/source'
const NOBODY = 'application-gateway/nobody'
const ANSWERS = 'application-gateway/listeners'

/**
 * The application gateways. Each listener leads to its rule's backend, with the gateway's own address as the source,
 * because it is a proxy: the backend's NSG and routes see the gateway, the client's see the frontend (Learn: How an
 * application gateway works). Redirects, and requests that it has nobody for, it answers itself.
 */
export function applicationGatewayDevices(estate: Estate): readonly Device[] {
  return managedInstances(estate)
    .filter((one) => one.kind === 'application-gateway')
    .map((one) => gatewayDevice(estate, one))
}

/** Health and management (Learn: Application Gateway infrastructure configuration, "Network security groups"). */
function required(body: Body): readonly RequiredTraffic[] {
  const ports = isNewer(body) ? [65200, 65535] : [65503, 65534]
  return [
    { direction: 'inbound', tag: 'GatewayManager', ports, purpose: 'without it the gateway is unhealthy' },
    { direction: 'inbound', tag: 'AzureLoadBalancer', ports: [443], purpose: 'its instances are probed from there' },
  ]
}

function gatewayDevice(estate: Estate, instance: ManagedInstance): Device {
  const { body, subnet, ip, inside, outside } = instance
  reportMissingRules(estate, subnet, `application gateway ${body.name}`, required(body))
  const source = body.source('name')
  const led = gatewayRoutings(instance).map((routing): Led => ({ routing, ...routedTo(estate, body, routing) }))
  const firewall = gatewayFirewall(
    estate,
    body,
    led.map(({ routing, holder }) => ({ routing, policy: policyOf(body, routing, holder) })),
  )
  const made = nicDevice(estate, {
    name: estate.deviceName(body),
    kind: 'load-balancer',
    label: 'Azure application gateway',
    aliases: [body.id].filter((id) => id !== ''),
    subnet,
    addresses: [
      ...inside.map((one) => ({ ip: one.ip, source: one.source })),
      ...(outside.length > 0 || inside.length === 0 ? [{ ip, source: instance.ipSource }] : []),
    ],
    guarded: { standardPublic: outside.length > 0 },
    forwards: { enabled: true, source: implied('an application gateway opens a connection of its own to a backend') },
    stubResolver: stubResolverOf(estate, subnet),
    notModelled: firewall.notModelled,
    source,
  })
  const backends = ruleSet(
    BACKENDS,
    `application gateway ${body.name}`,
    led.map(backendRule),
    body.source('requestRoutingRules'),
  )
  const nobody = ruleSet(NOBODY, `application gateway ${body.name}:`, led.flatMap(badGateway), source)
  const own = ownSource(inside[0]?.ip ?? ip, source)
  const sets = [backends, own, nobody, answers(body, led, source), ...(firewall.ruleSet ? [firewall.ruleSet] : [])]
  return {
    ...made,
    // A listener of TCP or TLS has no HTTP to answer in.
    ...(body.children('listeners').length === 0 && { whenNotReached: BAD_GATEWAY }),
    ruleSets: { ...made.ruleSets, ...Object.fromEntries(sets.map((one) => [one.name, one])) },
    pipeline: {
      ...made.pipeline,
      prerouting: [
        ...made.pipeline.prerouting,
        ...(firewall.ruleSet ? [{ kind: 'gate', ruleSet: firewall.ruleSet.name } as const] : []),
        { kind: 'translate', ruleSet: BACKENDS },
      ],
      input: [
        ...(nobody.rules.length > 0 ? [{ kind: 'gate', ruleSet: NOBODY } as const] : []),
        { kind: 'filter', ruleSet: ANSWERS },
      ],
      postrouting: [{ kind: 'translate', ruleSet: OWN_SOURCE }, ...made.pipeline.postrouting],
    },
  }
}

/** A rule of the gateway and where it leads. */
interface Led extends Routed {
  readonly routing: GatewayRouting
}

/** The policy nearest to the request counts alone: of its path, of its listener, of the gateway. */
function policyOf(gateway: Body, { listener }: GatewayRouting, holder: Body): string | undefined {
  return (
    holder.reference('firewallPolicy') ?? listener.reference('firewallPolicy') ?? gateway.reference('firewallPolicy')
  )
}

function ruleSet(name: string, label: string, rules: readonly Rule[], policySource: Source): RuleSet {
  return { name, label, rules, policy: { kind: 'accept' }, policySource }
}

/** What the gateway passes on; what it answers itself is for itself. */
function backendRule({ routing, target, otherPaths }: Led): Rule {
  const { rule, match } = routing
  const made = { name: `rule ${rule.name}`, match, source: rule.source('name') }
  switch (target.kind) {
    case 'backend': {
      const to = { kind: 'address', first: target.ip, last: target.ip } as const
      const action: Action = { kind: 'rewrite-destination', to, ports: singlePort(target.port) }
      return { ...made, action, ...(otherPaths !== undefined && { leansOn: otherPaths }) }
    }
    case 'unknown':
      return { ...made, action: { kind: 'opaque', text: target.because } }
    default:
      return { ...made, action: { kind: 'accept' } }
  }
}

/** What clients see whose backend is blocked, down or missing (Learn: Troubleshooting bad gateway errors in Application Gateway). */
const BAD_GATEWAY: Refusal = { kind: 'http', status: 502, text: 'Bad Gateway, "Server Error"' }

function badGateway({ routing, target }: Led): Rule[] {
  if (target.kind !== 'bad-gateway') return []
  const { rule, match } = routing
  const name = `rule ${rule.name}: ${target.because}`
  return [{ name, match, action: { kind: 'drop' }, refusal: BAD_GATEWAY, source: rule.source('name') }]
}

/** What the gateway answers itself. What comes for a port or name without a listener is dropped; without listeners in the export it is unknown. */
function answers(gateway: Body, led: readonly Led[], source: Source): RuleSet {
  const text = `the export does not hold the listeners of application gateway ${gateway.name}`
  const known = gateway.has('httpListeners') || gateway.has('listeners')
  const rules = led.flatMap(({ routing, target, otherPaths }): Rule[] => {
    if (target.kind !== 'redirect') return []
    const { rule, match } = routing
    const name = `rule ${rule.name} ${target.words}`
    const leansOn = [`${gateway.name} ${name}: ask about that, too`, otherPaths]
      .filter((one) => one !== undefined)
      .join('; ')
    return [{ name, match, action: { kind: 'accept' }, leansOn, source: rule.source('name') }]
  })
  return {
    name: ANSWERS,
    label: `application gateway ${gateway.name}: no listener for this port and name`,
    rules,
    policy: known ? { kind: 'drop' } : { kind: 'opaque', text },
    policySource: source,
  }
}

const PROXIES = implied('a backend sees the address of the gateway (Learn: How an application gateway works)')

function ownSource(ip: Ip, source: Source): RuleSet {
  const action: Action = { kind: 'rewrite-source', to: { kind: 'address', first: ip, last: ip } }
  const match: Match = allOf({ kind: 'translated', which: 'destination' }, { kind: 'direction', is: 'original' })
  const rules: Rule[] = [{ name: 'its own connection to the backend', match, action, source: PROXIES }]
  return ruleSet(OWN_SOURCE, 'application gateway', rules, source)
}
