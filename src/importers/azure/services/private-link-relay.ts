import { type Device, implied, type Route, type RuleSet } from '../../../model/index.ts'
import { prefix } from '../../../net/index.ts'
import type { EndpointConnection } from '../estate/private-endpoint-connection.ts'
import { TO_PROVIDER } from '../estate/private-link-service.ts'

const TABLE = 'private link'
const PLATFORM = implied(
  'what a private endpoint takes comes out at its Private Link service (Learn: What is Azure Private Link service?)',
)

/**
 * A private endpoint whose Private Link service is in the export takes a packet on to it: addressed to what the service
 * stands before, by a table of its own, as both sides may use the same addresses. Any other endpoint stays as it is.
 */
export function relayed({ approved, service }: EndpointConnection, device: Device, gate: string): Device {
  const [own] = device.interfaces
  if (!approved || !service || !own) return device
  const { target } = service
  const rules: RuleSet[] = [
    {
      name: 'private-link/target',
      label: `private link service ${service.body.name}`,
      rules: target
        ? [
            {
              name: service.isDirect ? 'destination address' : 'load balancer frontend',
              match: { kind: 'any' },
              action: { kind: 'rewrite-destination', to: { kind: 'address', first: target.ip, last: target.ip } },
              source: target.source,
            },
          ]
        : [],
      policy: { kind: 'accept' },
      policySource: PLATFORM,
    },
    { name: 'private-link/back', label: 'private link', rules: [], policy: { kind: 'accept' }, policySource: PLATFORM },
    {
      name: 'private-link/way',
      label: 'private link',
      rules: [{ name: 'way', match: { kind: 'any' }, action: { kind: 'use-table', table: TABLE }, source: PLATFORM }],
      policy: { kind: 'accept' },
      policySource: PLATFORM,
    },
  ]
  const { pipeline } = device
  const interfaces = [own.name]
  return {
    ...device,
    interfaces: [own, { name: TO_PROVIDER, aliases: [], addresses: [], source: device.source }],
    tables: [...device.tables, { name: TABLE, routes: wayOn(service) }],
    tableBeforeLocal: true,
    forwards: { enabled: true, source: device.source },
    ruleSets: { ...device.ruleSets, ...Object.fromEntries(rules.map((one) => [one.name, one])) },
    pipeline: {
      ...pipeline,
      prerouting: [
        ...pipeline.prerouting,
        { kind: 'gate', ruleSet: gate, interfaces },
        { kind: 'translate', ruleSet: 'private-link/target' },
        { kind: 'mark', ruleSet: 'private-link/way', interfaces },
      ],
      postrouting: [...pipeline.postrouting, { kind: 'translate', ruleSet: 'private-link/back' }],
    },
  }
}

function wayOn({ body, device, target, subnet }: NonNullable<EndpointConnection['service']>): Route[] {
  const missing = target ? (subnet ? undefined : 'the subnet of its NAT addresses') : 'what it stands before'
  const because = `private link service ${body.name}: ${missing} is not in the export`
  return ['0.0.0.0/0', '::/0'].map((to) => ({
    prefix: prefix(to),
    nextHop: missing === undefined ? { kind: 'device', device, interface: TO_PROVIDER } : { kind: 'unknown', because },
    distance: 0,
    metric: 0,
    origin: 'private link',
    source: body.source('name'),
  }))
}
