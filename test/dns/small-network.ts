import { type Query, type Resolution, resolveOver, type Transport } from '../../src/dns/index.ts'
import { importBind } from '../../src/importers/bind/index.ts'
import { DNSMASQ_HABITS } from '../../src/importers/dnsmasq/index.ts'
import { importUnbound } from '../../src/importers/unbound/index.ts'
import type {
  Device,
  DnsForward,
  DnsZone,
  ForwardTarget,
  Network,
  RecordType,
  Resolver,
  ResolverPart,
  ResourceRecord,
  Service,
  StubResolver,
} from '../../src/model/index.ts'
import { implied, NO_STAGES } from '../../src/model/index.ts'
import { formatIp, ip, parseIp, prefix } from '../../src/net/index.ts'

/** Networks of a few devices made by hand: enough to ask names in. */

const SOURCE = implied('made by hand')
export const AZURE_DNS = '168.63.129.16'

/** A device with addresses; the rest as given. */
export function device(name: string, addresses: readonly string[], rest: Partial<Device> = {}): Device {
  return {
    name,
    kind: 'host',
    label: name,
    aliases: [],
    interfaces: [
      {
        name: 'eth0',
        aliases: [],
        addresses: addresses.map((text) => ({ ip: ip(text), prefix: prefix(`${text}/24`), source: SOURCE })),
        source: SOURCE,
      },
    ],
    tables: [],
    tableRules: [],
    forwards: { enabled: false, source: SOURCE },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source: implied(`device ${name}`),
    ...rest,
  }
}

/** Records as a person writes them: `www A 10.0.0.1`, `@ NS ns1`; names are below `origin` unless they end in a dot. */
export function records(origin: string, ...lines: readonly string[]): ResourceRecord[] {
  return lines.map((line) => {
    const [owner = '', type = 'A', value = ''] = line.split(/\s+/)
    const below = origin === '' ? owner : `${owner}.${origin}`
    const name = owner === '@' ? origin : owner.endsWith('.') ? owner.slice(0, -1) : below
    const text = value.endsWith('.') ? value.slice(0, -1) : value
    return { name, type: type as RecordType, value: parseIp(value) ?? text, source: implied(`record ${line}`) }
  })
}

export function zone(name: string, onMissing: DnsZone['onMissing'], ...lines: readonly string[]): DnsZone {
  return {
    name,
    label: `zone ${name === '' ? '.' : name}`,
    records: records(name, ...lines),
    onMissing,
    source: implied(`zone ${name}`),
  }
}

/** A forwarder; targets are addresses, `from@address`, `device:name` or `public`. */
export function forward(suffix: string, targets: readonly string[], rest: Partial<DnsForward> = {}): DnsForward {
  return {
    suffix,
    to: targets.map(target),
    mode: 'only',
    order: targets.length > 1 ? 'in-order' : 'any',
    label: `forwarder ${suffix === '' ? '.' : suffix}`,
    source: implied(`forward ${suffix}`),
    ...rest,
  }
}

function target(text: string): ForwardTarget {
  if (text === 'public') return { kind: 'public' }
  if (text.startsWith('device:')) return { kind: 'device', device: text.slice(7) }
  const [from, address] = text.includes('@') ? text.split('@') : [undefined, text]
  return { kind: 'server', ip: ip(address ?? ''), port: 53, ...(from !== undefined && { from }) }
}

/** What may stand on a device of a test, by the words people know it by. */
export type Software =
  | 'azure'
  | 'azure-firewall'
  | 'azure-inbound'
  | 'bind'
  | 'unbound'
  | 'dnsmasq'
  | 'routeros'
  | 'public'
  | 'other'

// As the importers set them, so that no test holds habits nobody has.
const NATURES: Partial<Readonly<Record<Software, Pick<Resolver, 'role' | 'habits'>>>> = {
  azure: { role: 'platform', habits: { aliasTarget: { server: 'as-given' } } },
  public: { role: 'public' },
  bind: natureOf(importBind([{ path: 'named.conf', text: 'options { };' }])),
  unbound: natureOf(importUnbound([{ path: 'unbound.conf', text: 'server:' }])),
  dnsmasq: { habits: DNSMASQ_HABITS },
  routeros: { habits: { onFailure: 'relay', withoutSoa: true, insistsOn: 'names' } },
}

function natureOf({ resolver: read }: ResolverPart): Pick<Resolver, 'habits'> {
  return read?.habits ? { habits: read.habits } : {}
}

export function resolver(software: Software, rest: Partial<Resolver> = {}): Resolver {
  const rechases = software === 'azure' || software === 'bind' || software === 'unbound'
  return {
    label: `${software} server`,
    ...NATURES[software],
    zones: [],
    forwards: [],
    rechasesCname: rechases,
    otherwise: 'refuse',
    notModelled: [],
    source: implied(`resolver ${software}`),
    ...rest,
  }
}

export function stub(servers: readonly string[], rest: Partial<StubResolver> = {}): StubResolver {
  return {
    servers: servers.map((text) => ({ ip: ip(text), source: SOURCE })),
    hosts: [],
    search: [],
    ndots: 1,
    label: 'resolv.conf',
    ...rest,
  }
}

/** Public DNS with some records. */
export function internet(...lines: readonly string[]): Device {
  const known = zone('', 'unknown', ...lines)
  return device('internet', [], {
    kind: 'internet',
    resolver: resolver('public', {
      label: 'public DNS',
      zones: [{ ...known, label: 'public DNS' }],
      otherwise: 'unknown',
    }),
  })
}

export function network(devices: readonly Device[], rest: Partial<Network> = {}): Network {
  return {
    name: 'small',
    devices: new Map(devices.map((one) => [one.name, one])),
    links: [],
    services: [],
    diagnostics: [],
    ...rest,
  }
}

export function service(name: string, ...names: readonly string[]): Service {
  return {
    name,
    label: 'storage account',
    aliases: [],
    names,
    port: 443,
    gate: { name: 'gate', label: 'gate', rules: [], policy: { kind: 'accept' }, policySource: SOURCE },
    records: [],
    stamps: [],
    source: SOURCE,
  }
}

/**
 * A transport by who owns an address: every packet arrives, unless `dead` names the address. A public address of
 * nobody arrives at the internet. Azure's own address belongs to the device given for the asker.
 */
export function everythingArrives(
  on: Network,
  options: { dead?: readonly string[]; azure?: Readonly<Record<string, string>> } = {},
): Transport {
  return (from, server) => {
    const address = formatIp(server)
    if (options.dead?.includes(address)) {
      return { arrivals: [], traces: [], because: { text: `rule 4000 drops udp 53 to ${address}`, source: SOURCE } }
    }
    const client = on.devices.get(from)?.interfaces[0]?.addresses[0]?.ip
    const seen = client === undefined ? {} : { client }
    if (address === AZURE_DNS) {
      const azure = options.azure?.[from]
      if (azure !== undefined) return { arrivals: [{ device: azure, ...seen }], traces: [] }
      return { arrivals: [], traces: [], because: { text: `${AZURE_DNS} answers only inside a VNet`, source: SOURCE } }
    }
    for (const one of on.devices.values()) {
      if (one.interfaces.some((own) => own.addresses.some((each) => each.ip === server))) {
        return { arrivals: [{ device: one.name, ...seen }], traces: [] }
      }
    }
    if (address.startsWith('10.') || address.startsWith('192.168.')) {
      return { arrivals: [], traces: [], because: { text: `no route to ${address}`, source: SOURCE } }
    }
    return { arrivals: [{ device: 'internet', ...seen, assumed: true }], traces: [] }
  }
}

/** A client `pc` at 10.0.0.9 that asks one server at 10.0.0.53, with whatever else there is. */
export function asking(
  server: Resolver,
  others: readonly Device[] = [],
  stubRest: Partial<StubResolver> = {},
): Network {
  return network([
    device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.53'], stubRest) }),
    device('ns', ['10.0.0.53'], { resolver: server }),
    ...others,
  ])
}

/** What `pc` gets, in a line: the CNAME targets and addresses in order, or the kind. */
export function outcome(on: Network, name: string, type: RecordType = 'A', dead: readonly string[] = []): string {
  return shown(resolveOver(on, everythingArrives(on, { dead }), { device: 'pc', name, type }))
}

/** A resolution in a line. */
export function shown({ answer }: Pick<Resolution, 'answer'>): string {
  const values = answer.records.map((record) =>
    typeof record.value === 'string' ? `${record.type} ${record.value}` : formatIp(record.value),
  )
  return [answer.kind === 'answer' ? '' : answer.kind, ...values].filter((text) => text !== '').join(' ')
}

/** Every query of a resolution as `label:name`, in the order asked, those asked in turn after the one that asked. */
export function log(resolution: Pick<Resolution, 'queries'>): string[] {
  const lines: string[] = []
  const walk = (query: Query) => {
    const where = query.server === undefined ? query.label : formatIp(query.server)
    lines.push(`${where}: ${query.question.name}`)
    query.asked.forEach(walk)
  }
  resolution.queries.forEach(walk)
  return lines
}
