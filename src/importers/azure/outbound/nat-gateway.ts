import { type Device, implied, notOf, type Rule, type RuleSet } from '../../../model/index.ts'
import {
  addressesOfPrefixes,
  hostPrefix,
  type Ip,
  isIp4,
  parsePrefix,
  prefix,
  prefixFirst,
  TCP,
  UDP,
  unionOf,
} from '../../../net/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import { ESTABLISHED } from '../estate/established.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { natGatewayIdOf } from '../estate/subnet-nat-gateway.ts'

/** A NAT gateway that some subnet uses. */
export interface NatGateway {
  readonly body: Body
  readonly device: string
  readonly vnet: VirtualNetwork
  /** The subnets that use it: it translates for their network interfaces. */
  readonly subnets: readonly Subnet[]
  /** Its public addresses; the trace uses the first of each family. */
  readonly addresses: readonly [Ip, ...Ip[]]
}

const all = perEstate((estate) => {
  const gateways = new Map<string, NatGateway>()
  for (const subnet of estate.subnets.values()) {
    const id = natGatewayIdOf(estate, subnet)
    const body = estate.byId(id)
    if (id === undefined || !body || gateways.has(id)) continue
    const [first, ...rest] = publicAddresses(estate, body)
    if (first === undefined) {
      const message = `NAT gateway ${body.name} has no public address in the export`
      estate.report(body.diagnostic('warning', 'NT1625', message, 'name'))
    } else {
      const subnets = [...estate.subnets.values()].filter((one) => natGatewayIdOf(estate, one) === id)
      const { vnet } = subnet
      gateways.set(id, { body, device: estate.deviceName(body), vnet, subnets, addresses: [first, ...rest] })
    }
  }
  return gateways
})

/** The NAT gateway of an id, when the export holds it and a public address of it. */
export function natGatewayOf(estate: Estate, id: string): NatGateway | undefined {
  return all(estate).get(id)
}

function publicAddresses(estate: Estate, body: Body): Ip[] {
  const idsIn = (...keys: readonly string[]) => keys.flatMap((key) => body.references(key))
  const single = idsIn('publicIpAddresses', 'publicIpAddressesV6').map((id) => estate.publicIp(id))
  const prefixes = idsIn('publicIpPrefixes', 'publicIpPrefixesV6')
  const ranges = prefixes.map((id) => parsePrefix(estate.byId(id)?.text('ipPrefix') ?? ''))
  const firsts = ranges.map((one) => one && prefixFirst(one))
  return [...single, ...firsts].filter((one) => one !== undefined)
}

/** The devices of the NAT gateways. */
export function natGatewayDevices(estate: Estate): readonly Device[] {
  return [...all(estate).values()].map(natGatewayDevice)
}

const ONE_WAY = implied(
  'a NAT gateway carries TCP and UDP that start inside; ICMP is not supported and nothing comes in unasked (Learn: What is Azure NAT Gateway?)',
)

function natGatewayDevice(gateway: NatGateway): Device {
  const source = gateway.body.source('name')
  const segment = onSegment(gateway.vnet)
  const route = (nextInterface: string) => ({
    nextHop: { kind: 'connected', interface: nextInterface } as const,
    distance: 0,
    metric: 0,
    origin: 'NAT gateway',
    source,
  })
  const ruleSets = [forwardRules(), translation(gateway, source), NO_REWRITE, NO_INBOUND]
  return {
    name: gateway.device,
    kind: 'gateway',
    label: 'Azure NAT gateway',
    aliases: [gateway.body.id],
    interfaces: [
      { name: segment, aliases: [], addresses: [], source },
      {
        name: INTERNET,
        aliases: [],
        addresses: gateway.addresses.map((ip) => ({ ip, prefix: hostPrefix(ip), source })),
        source,
      },
    ],
    tables: [
      {
        name: 'main',
        routes: [
          ...gateway.vnet.prefixes.map((one) => ({ prefix: one, ...route(segment) })),
          { prefix: prefix('0.0.0.0/0'), ...route(INTERNET) },
          { prefix: prefix('::/0'), ...route(INTERNET) },
        ],
      },
    ],
    tableRules: [],
    forwards: { enabled: true, source },
    ruleSets: Object.fromEntries(ruleSets.map((one) => [one.name, one])),
    pipeline: {
      prerouting: [{ kind: 'track' }, { kind: 'translate', ruleSet: NO_REWRITE.name }],
      input: [{ kind: 'filter', ruleSet: NO_INBOUND.name }],
      forward: [{ kind: 'filter', ruleSet: 'nat/forward' }],
      output: [],
      postrouting: [{ kind: 'translate', ruleSet: 'nat/translation' }],
    },
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
}

function forwardRules(): RuleSet {
  const rules: Rule[] = [
    ESTABLISHED,
    {
      name: 'public source',
      match: { kind: 'source', in: PUBLIC_SPACE },
      action: { kind: 'accept' },
      source: implied('the answer to a connection that came in by a public address of its own'),
    },
    { name: 'TCP and UDP', match: { kind: 'protocol', in: [TCP, UDP] }, action: { kind: 'accept' }, source: ONE_WAY },
  ]
  return {
    name: 'nat/forward',
    label: 'NAT gateway (TCP and UDP only): IcmpUnsupported',
    rules,
    policy: { kind: 'drop' },
    policySource: ONE_WAY,
  }
}

const NO_REWRITE: RuleSet = {
  name: 'nat/inbound',
  label: 'NAT gateway inbound',
  rules: [],
  policy: { kind: 'accept' },
  policySource: ONE_WAY,
}

const NO_INBOUND: RuleSet = { ...NO_REWRITE, name: 'nat/unasked', policy: { kind: 'drop' } }

function translation(gateway: NatGateway, source: Rule['source']): RuleSet {
  const prefixes = gateway.subnets.flatMap((one) => one.prefixes)
  const rules = [true, false].flatMap((four): Rule[] => {
    const address = gateway.addresses.find((one) => isIp4(one) === four)
    if (address === undefined) return []
    const inside = addressesOfPrefixes(prefixes.filter((one) => isIp4(one.ip) === four))
    const match = { kind: 'source', in: inside } as const
    const action = { kind: 'rewrite-source', to: { kind: 'address', first: address, last: address } } as const
    return [{ name: 'public address of the NAT gateway', match, action, source }]
  })
  const known = unionOf(PUBLIC_SPACE, addressesOfPrefixes(prefixes))
  const text = 'whether the appliance before it translates the source of what it forwards'
  rules.push({
    name: 'forwarded',
    match: notOf({ kind: 'source', in: known }),
    action: { kind: 'opaque', text },
    source: implied(
      'a NAT gateway translates addresses of its subnets; the operating system of an appliance is not in the export',
    ),
  })
  return {
    name: 'nat/translation',
    label: 'NAT gateway translation',
    rules,
    policy: { kind: 'accept' },
    policySource: ONE_WAY,
  }
}
