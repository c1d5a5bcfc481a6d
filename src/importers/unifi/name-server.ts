import {
  type DnsForward,
  type DnsZone,
  implied,
  type RecordType,
  type Resolver,
  type ResourceRecord,
  type Source,
  type StubResolver,
} from '../../model/index.ts'
import { type Ip, parseIp } from '../../net/index.ts'
import { DNSMASQ_HABITS } from '../dnsmasq/index.ts'
import { type Entry, flagOf, sourceOf, textOf } from './entry.ts'
import type { Site } from './site.ts'

interface Upstream {
  readonly ip: Ip
  readonly source: Source
}

/** The name servers set on the uplinks, else those the provider gave; empty when the export does not say them. */
export function upstreams(site: Site): Upstream[] {
  return site.wans.flatMap((wan) => {
    const automatic = textOf(wan.entry, 'wan_type') !== 'static' && textOf(wan.entry, 'wan_dns_preference') === 'auto'
    const keys = automatic ? [] : ['wan_dns1', 'wan_dns2', 'wan_dns3', 'wan_dns4']
    const stated = keys.flatMap((key): Upstream[] => {
      const ip = parseIp(textOf(wan.entry, key) ?? '')
      return ip === undefined ? [] : [{ ip, source: sourceOf(wan.entry, key) }]
    })
    return stated.length > 0 ? stated : (wan.nameServers ?? [])
  })
}

/** The gateway's dnsmasq: it forwards to the uplinks' name servers, and answers what `static-dns` says. */
export function lowerResolver(name: string, site: Site, records: readonly Entry[]): Resolver {
  const servers = upstreams(site)
  const zones = localZones(records)
  const [first] = servers
  const forward: DnsForward[] = first
    ? [
        {
          suffix: '',
          to: servers.map((one) => ({ kind: 'server', ip: one.ip, port: 53 }) as const),
          mode: 'only',
          // dnsmasq asks whichever answered last, and all of them now and then (dnsmasq(8)).
          order: 'any',
          label: `name servers of the uplinks of ${name}`,
          source: first.source,
        },
      ]
    : []
  return {
    label: `dnsmasq on ${name}`,
    habits: DNSMASQ_HABITS,
    zones,
    forwards: forward,
    // dnsmasq passes an answer's CNAME on as it came (measured on dnsmasq 2.90).
    rechasesCname: false,
    otherwise: 'public',
    notModelled: [],
    source:
      first?.source ??
      implied('a UniFi gateway runs dnsmasq for its networks and asks the name servers of its provider'),
  }
}

const TYPES: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']

function localZones(entries: readonly Entry[]): DnsZone[] {
  const [first] = entries
  const records = entries.flatMap((entry): ResourceRecord[] => {
    const type = TYPES.find((one) => one === (textOf(entry, 'record_type') ?? 'A').toUpperCase())
    const name = textOf(entry, 'key')?.toLowerCase().replace(/\.$/, '')
    const text = textOf(entry, 'value')
    if (flagOf(entry, 'enabled') === false || !type || name === undefined || text === undefined) return []
    const value = type === 'A' || type === 'AAAA' ? parseIp(text) : text.toLowerCase().replace(/\.$/, '')
    return value === undefined ? [] : [{ name, type, value, source: sourceOf(entry, 'key') }]
  })
  if (!first || records.length === 0) return []
  return [{ name: '', label: 'local DNS records', records, onMissing: 'forward', source: sourceOf(first, 'key') }]
}

/** Whom the gateway itself asks. */
export function lowerStub(name: string, site: Site): StubResolver | undefined {
  const servers = upstreams(site)
  if (servers.length === 0) return undefined
  return { servers, hosts: [], search: [], ndots: 1, label: `uplinks of ${name}` }
}
