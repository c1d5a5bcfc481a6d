import { type Device, type Interface, implied, type RuleSet } from '../../model/index.ts'
import { hostPrefix, type Ip, parseIp } from '../../net/index.ts'
import { INTERNET, onSegment } from './attachment.ts'
import type { Body } from './body.ts'
import type { Estate, Subnet } from './estate.ts'
import { defaultRouteToFabric } from './nic.ts'

interface Meaning {
  readonly severity: 'warning' | 'note'
  readonly text: string
}

/** Resource types that carry or stop packets and that nothing here models yet, and what that means. */
const UNMODELLED: ReadonlyMap<string, Meaning> = new Map([
  ['microsoft.network/applicationgateways', { severity: 'warning', text: 'what it does with a request is unknown' }],
  ['microsoft.network/bastionhosts', { severity: 'note', text: 'place a host in its subnet to ask about it' }],
  ['microsoft.network/virtualwans', { severity: 'warning', text: 'what passes through it is missing' }],
  ['microsoft.network/vpngateways', { severity: 'warning', text: 'what passes through it is missing' }],
  ['microsoft.network/expressroutegateways', { severity: 'warning', text: 'what passes through it is missing' }],
  ['microsoft.network/networksecurityperimeters', { severity: 'warning', text: 'its refusals are missing' }],
])

/** Says which resources of the export could change an answer and are left out. */
export function reportUnmodelled(estate: Estate): void {
  for (const [type, { severity, text }] of UNMODELLED) {
    for (const body of estate.ofType(type)) {
      const message = `${type.slice(type.lastIndexOf('/') + 1)} ${body.name} is not modelled: ${text}`
      estate.report(body.diagnostic(severity, 'NT1629', message, 'name'))
    }
  }
}

/** Devices that own the addresses of what is not modelled, so that a packet to them is unknown and not lost. */
export function unmodelledDevices(estate: Estate): readonly Device[] {
  return estate.ofType('microsoft.network/applicationgateways').flatMap((body) => {
    const configurations = [...body.children('gatewayIPConfigurations'), ...body.children('frontendIPConfigurations')]
    const subnet = configurations.map((one) => estate.subnet(one.reference('subnet'))).find((one) => one !== undefined)
    return subnet ? [gatewayDevice(estate, body, subnet)] : []
  })
}

function gatewayDevice(estate: Estate, body: Body, subnet: Subnet): Device {
  const source = body.source('name')
  const frontends = body.children('frontendIPConfigurations')
  const inside = frontends.map((one) => parseIp(one.text('privateIPAddress') ?? ''))
  const outside = frontends.map((one) => estate.publicIp(one.reference('publicIPAddress')))
  const onto = (name: string, ips: readonly (Ip | undefined)[]): Interface => {
    const known = ips.filter((one) => one !== undefined)
    return { name, aliases: [], addresses: known.map((ip) => ({ ip, prefix: hostPrefix(ip), source })), source }
  }
  const ruleSet: RuleSet = {
    name: 'unmodelled',
    label: `application gateway ${body.name}`,
    rules: [],
    policy: { kind: 'opaque', text: 'its listeners, rules and backends are not modelled' },
    policySource: source,
  }
  return {
    name: estate.deviceName(body),
    kind: 'load-balancer',
    label: 'Azure application gateway',
    aliases: [body.id],
    interfaces: [onto(onSegment(subnet.vnet), inside), onto(INTERNET, outside)],
    tables: [{ name: 'main', routes: defaultRouteToFabric(subnet.fabric) }],
    tableRules: [],
    forwards: { enabled: false, source: implied('an application gateway is a proxy: it forwards no packets') },
    ruleSets: { [ruleSet.name]: ruleSet },
    pipeline: {
      prerouting: [],
      input: [{ kind: 'filter', ruleSet: ruleSet.name }],
      forward: [],
      output: [],
      postrouting: [],
    },
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
}
