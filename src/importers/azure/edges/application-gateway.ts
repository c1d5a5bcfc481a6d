import {
  type Action,
  allOf,
  type Device,
  implied,
  type Match,
  type Rule,
  type RuleSet,
  type Source,
} from '../../../model/index.ts'
import { addressesOfPrefixes, formatIp, hostPrefix, type Ip, parseIp, singlePort, TCP } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { type ManagedInstance, managedInstances } from '../estate/managed-instance.ts'
import { nicConfiguration, nicOfAddress } from '../estate/nic-configuration.ts'
import { type RequiredTraffic, reportMissingRules } from '../security/required-rule.ts'
import { nicDevice, stubResolverOf } from '../subnets/nic.ts'

const BACKENDS = 'application-gateway/rules'
const OWN_SOURCE = 'application-gateway/source'
const UNTOLD = 'application-gateway/listeners'

/**
 * The application gateways. Each listener leads to its rule's backend, with the gateway's own address as the source,
 * because it is a proxy: the backend's NSG and routes see the gateway, the client's see the frontend (Learn: How an
 * application gateway works). What a web application firewall refuses is not modelled and said so.
 */
export function applicationGatewayDevices(estate: Estate): readonly Device[] {
  return managedInstances(estate)
    .filter((one) => one.kind === 'application-gateway')
    .map((one) => gatewayDevice(estate, one))
}

/** Health and management (Learn: Application Gateway infrastructure configuration, "Network security groups"). */
function required(body: Body): readonly RequiredTraffic[] {
  const tier = (body.child('sku')?.text('tier') ?? body.child('sku')?.text('name') ?? '').toLowerCase()
  const ports = tier === '' || tier.includes('v2') ? [65200, 65535] : [65503, 65534]
  return [
    { direction: 'inbound', tag: 'GatewayManager', ports, purpose: 'without it the gateway is unhealthy' },
    { direction: 'inbound', tag: 'AzureLoadBalancer', ports: [443], purpose: 'its instances are probed from there' },
  ]
}

function gatewayDevice(estate: Estate, instance: ManagedInstance): Device {
  const { body, subnet, ip, inside, outside } = instance
  reportMissingRules(estate, subnet, `application gateway ${body.name}`, required(body))
  const source = body.source('name')
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
    notModelled: notModelled(body),
    source,
  })
  const rules = backendRules(estate, instance)
  const own = inside[0]?.ip ?? ip
  const sets = [rules, ownSource(own, source), listenerSet(body, source)]
  return {
    ...made,
    ruleSets: { ...made.ruleSets, ...Object.fromEntries(sets.map((one) => [one.name, one])) },
    pipeline: {
      ...made.pipeline,
      prerouting: [...made.pipeline.prerouting, { kind: 'translate', ruleSet: BACKENDS }],
      input: [{ kind: 'filter', ruleSet: UNTOLD }],
      postrouting: [{ kind: 'translate', ruleSet: OWN_SOURCE }, ...made.pipeline.postrouting],
    },
  }
}

function notModelled(body: Body): string[] {
  const firewall =
    body.has('firewallPolicy') || body.child('webApplicationFirewallConfiguration')?.flag('enabled') === true
  return firewall ? [`the web application firewall of ${body.name}, which refuses requests by what they hold`] : []
}

/** What comes for a port without a listener is dropped; a gateway whose listeners are not in the export is unknown. */
function listenerSet(body: Body, source: Source): RuleSet {
  const text = `the export does not hold the listeners of application gateway ${body.name}`
  return {
    name: UNTOLD,
    label: `application gateway ${body.name}: no listener for this port and name`,
    rules: [],
    policy: body.has('httpListeners') ? { kind: 'drop' } : { kind: 'opaque', text },
    policySource: source,
  }
}

const PROXIES = implied('a backend sees the address of the gateway (Learn: How an application gateway works)')

function ownSource(ip: Ip, source: Source): RuleSet {
  const action: Action = { kind: 'rewrite-source', to: { kind: 'address', first: ip, last: ip } }
  const match: Match = allOf({ kind: 'translated', which: 'destination' }, { kind: 'direction', is: 'original' })
  return {
    name: OWN_SOURCE,
    label: 'application gateway',
    rules: [{ name: 'its own connection to the backend', match, action, source: PROXIES }],
    policy: { kind: 'accept' },
    policySource: source,
  }
}

function backendRules(estate: Estate, instance: ManagedInstance): RuleSet {
  const { body } = instance
  const rules = body
    .children('requestRoutingRules')
    .sort((a, b) => (a.number('priority') ?? 0) - (b.number('priority') ?? 0))
  // Listeners with host names come first, whatever the priority (Learn: Application Gateway multi-site hosting).
  const made = rules.flatMap((rule) => ruleOf(estate, instance, rule))
  return {
    name: BACKENDS,
    label: `application gateway ${body.name}`,
    rules: [...made.filter((one) => one.named), ...made.filter((one) => !one.named)].map((one) => one.rule),
    policy: { kind: 'accept' },
    policySource: body.source('requestRoutingRules'),
  }
}

function ruleOf(estate: Estate, instance: ManagedInstance, rule: Body): { rule: Rule; named: boolean }[] {
  const { body } = instance
  const listener = partOf(body, 'httpListeners', rule.reference('httpListener'))
  const port = listener && partOf(body, 'frontendPorts', listener.reference('frontendPort'))?.number('port')
  const match = listener && frontendMatch(instance, listener)
  if (!listener || port === undefined || !match) return []
  const hosts = [...listener.texts('hostName'), ...listener.texts('hostNames')].map((one) => one.toLowerCase())
  const name: Match[] = hosts.length > 0 ? [{ kind: 'server-name', in: hosts }] : []
  return [
    {
      named: hosts.length > 0,
      rule: {
        name: `rule ${rule.name}`,
        match: allOf(
          { kind: 'protocol', in: [TCP] },
          match,
          { kind: 'destination-port', in: [singlePort(port)] },
          ...name,
        ),
        ...targetOf(estate, instance, rule),
        source: rule.source('name'),
      },
    },
  ]
}

/** A part of the gateway that another part names by id. */
function partOf(body: Body, member: string, id: string | undefined): Body | undefined {
  const name = id?.slice(id.lastIndexOf('/') + 1)
  return body.children(member).find((one) => one.id.toLowerCase() === id || one.name.toLowerCase() === name)
}

function frontendMatch({ inside, outside, ip }: ManagedInstance, listener: Body): Match | undefined {
  const id = listener.reference('frontendIPConfiguration')
  const name = id?.slice(id.lastIndexOf('/') + 1)
  const is = (one: { readonly id: string; readonly name: string }) => one.id === id || one.name.toLowerCase() === name
  const privately = inside.find(is)
  const to = privately?.ip ?? (outside.some(is) ? ip : undefined)
  return to === undefined ? undefined : { kind: 'destination', in: addressesOfPrefixes([hostPrefix(to)]) }
}

function targetOf(estate: Estate, { body, subnet }: ManagedInstance, rule: Body): Pick<Rule, 'action' | 'comment'> {
  const opaque = (text: string) => ({ action: { kind: 'opaque', text } }) as const
  if (rule.has('redirectConfiguration')) return opaque(`rule ${rule.name} answers with a redirect`)
  const map = partOf(body, 'urlPathMaps', rule.reference('urlPathMap'))
  const holder = map ?? rule
  const key = map ? 'defaultBackend' : 'backend'
  const pool = partOf(body, 'backendAddressPools', holder.reference(`${key}AddressPool`))
  const settings = partOf(body, 'backendHttpSettingsCollection', holder.reference(`${key}HttpSettings`))
  const port = settings?.number('port')
  if (!pool || port === undefined) return opaque(`where rule ${rule.name} leads is not in the export`)
  const members = membersOf(estate, pool, body)
  if (members.kind === 'unknown') return opaque(members.because)
  if (members.ips.length === 0)
    return opaque(`backend pool ${pool.name} is empty in the export: the gateway answers 502`)
  const [first] = members.ips
  if (first === undefined || !alike(estate, subnet.vnet.id, members.ips)) {
    const list = members.ips.map(formatIp).join(', ')
    return opaque(`which of ${list} answers depends on their health; ask about each of them`)
  }
  const comment = map ? `paths that URL path map ${map.name} does not name` : undefined
  return {
    action: { kind: 'rewrite-destination', to: { kind: 'address', first, last: first }, ports: singlePort(port) },
    ...(comment !== undefined && { comment }),
  }
}

type Members =
  | { readonly kind: 'known'; readonly ips: readonly Ip[] }
  | { readonly kind: 'unknown'; readonly because: string }

function membersOf(estate: Estate, pool: Body, gateway: Body): Members {
  const ips: Ip[] = []
  for (const one of pool.children('backendAddresses')) {
    const text = one.text('ipAddress') ?? one.text('fqdn') ?? ''
    const ip = parseIp(text)
    if (ip === undefined) return { kind: 'unknown', because: `${gateway.name} looks up backend ${text} itself` }
    ips.push(ip)
  }
  for (const one of pool.children('backendIPConfigurations')) {
    const found = nicConfiguration(estate, one.id)
    if (!found) return { kind: 'unknown', because: `a member of backend pool ${pool.name} is not in the export` }
    ips.push(found.ip)
  }
  return { kind: 'known', ips: [...new Set(ips)] }
}

/** Members that stand in one subnet behind the same NSGs fare alike, so that the first speaks for all. */
function alike(estate: Estate, vnet: string, ips: readonly Ip[]): boolean {
  if (ips.length === 1) return true
  const places = ips.map((ip) => {
    const found = nicOfAddress(estate, vnet, ip)
    return found && `${found.subnet.id} ${found.nic.reference('networkSecurityGroup') ?? ''}`
  })
  return places[0] !== undefined && places.every((one) => one === places[0])
}
