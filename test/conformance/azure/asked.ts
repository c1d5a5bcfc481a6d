import { type Connection, connect } from '../../../src/diagnose/index.ts'
import type { Network } from '../../../src/model/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { loadTopology, type Topology } from '../../../src/topology/index.ts'
import { type PreparedNetwork, prepare } from '../../../src/trace/index.ts'
import type { Json } from '../../importers/azure/arm.ts'

/** An estate of a worked example, as a topology and its files say it. */
export interface Example {
  readonly bodies: readonly Json[]
  /** Rows of learned routes, as `az network vnet-gateway list-learned-routes` prints them. */
  readonly learned?: readonly Json[]
  /** Microsoft's list of service tags. */
  readonly tags?: { readonly path: string; readonly text: string }
  readonly settings?: Readonly<Record<string, boolean>>
  readonly hosts?: Readonly<Record<string, Json>>
  readonly names?: Readonly<Record<string, Json>>
  /** The RouterOS export of a router at a site, `ether1` on the internet. */
  readonly site?: string
}

/** An answer in the words worked examples use. */
export interface Asked {
  readonly works: Connection['works']
  readonly outcome: Connection['outcome']
  /** What decided. */
  readonly decision: string
  readonly code: string | undefined
  readonly cause: string
  /** The devices there, and back. */
  readonly there: readonly string[]
  readonly back: readonly string[]
  /** The source address the far end saw. */
  readonly seen: string | undefined
  readonly resolved: readonly string[]
  readonly notes: readonly string[]
  /** Everything the NSGs and other filters decided, in order. */
  readonly decided: readonly string[]
}

/** The topology of an example. */
export function topologyOf({ bodies, learned, tags, settings, hosts, names, site }: Example): Topology {
  const files = new Map([
    ['azure.json', JSON.stringify(bodies, null, 1)],
    ...(learned ? [['learned.json', JSON.stringify({ value: learned }, null, 1)] as const] : []),
    ...(tags ? [['tags.json', tags.text] as const] : []),
    ...(site === undefined ? [] : [['site.rsc', site] as const]),
  ])
  const plan = {
    nettrace: 1,
    azure: {
      resources: [...files.keys()].filter((one) => one === 'azure.json' || one === 'learned.json'),
      ...(tags && { 'service-tags': 'tags.json' }),
      ...(settings && { settings }),
    },
    ...(hosts && { hosts }),
    ...(names && { public: names }),
    ...(site !== undefined && { devices: { site: { routeros: 'site.rsc' } }, links: [{ internet: ['site:ether1'] }] }),
  }
  const reader = {
    read: (path: string) => {
      const text = path.endsWith('.yaml') ? JSON.stringify(plan) : files.get(path)
      return text === undefined ? { problem: 'there is no such file' } : { text }
    },
    list: () => undefined,
  }
  const topology = loadTopology('example.yaml', { reader })
  const errors = topology.diagnostics.filter((one) => one.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map((one) => one.message).join('; '))
  return topology
}

/** The network of an example. */
export function networkOf(example: Example): Network {
  return topologyOf(example).network
}

const prepared = new WeakMap<Example, PreparedNetwork>()

/** Asks "can A reach B" of an example. */
export function asked(example: Example, from: string, to: string): Asked {
  const network = prepared.get(example) ?? prepare(networkOf(example))
  prepared.set(example, network)
  const answer = connect(network, from, to)
  const path = answer.paths[0]
  const steps = path?.forward.hops.flatMap((hop) => hop.steps) ?? []
  return {
    works: answer.works,
    outcome: answer.outcome,
    decision: answer.decidedBy.text,
    code: answer.cause?.code,
    cause: answer.cause?.message ?? '',
    there: path?.forward.hops.map((hop) => hop.device) ?? [],
    back: path?.replies[0]?.hops.map((hop) => hop.device) ?? [],
    seen: lastSource(path?.forward.hops.at(-1)?.flow.source),
    resolved: answer.resolution?.addresses.map(formatIp) ?? [],
    notes: answer.notes,
    decided: steps
      .filter((step) => step.kind === 'filter')
      .map((step) => {
        const last = step.visits.at(-1)
        return `${last?.ruleSet.label ?? step.ruleSet.label} ${last?.rule?.name ?? 'end'}`
      }),
  }
}

function lastSource(ip: number | bigint | undefined): string | undefined {
  return ip === undefined ? undefined : formatIp(ip as Parameters<typeof formatIp>[0])
}

/** The codes of everything reported about an example. */
export function reported(example: Example): readonly string[] {
  return topologyOf(example).diagnostics.map((one) => `${one.code} ${one.message}`)
}

/** A site's router with its LAN, and a tunnel to an Azure gateway's public address. */
export function siteRouter(lan: string, gateway: string, remote = '10.0.0.0/8'): string {
  const [network = '', length = ''] = lan.split('/')
  const router = network.replace(/\.0$/, '.1')
  return `/interface bridge
add name=lan
/interface bridge port
add bridge=lan interface=ether2
/ip ipsec peer
add address=${gateway}/32 local-address=203.0.113.50 name=azure
/ip address
add address=${router}/${length} interface=lan
add address=203.0.113.50/24 interface=ether1
/ip ipsec policy
add dst-address=${remote} peer=azure src-address=${lan} tunnel=yes
/ip route
add dst-address=0.0.0.0/0 gateway=203.0.113.1
`
}
