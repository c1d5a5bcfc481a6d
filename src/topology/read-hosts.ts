import type { ResourceRecord } from '../model/index.ts'
import { type Ip, isIp4, parseIp } from '../net/index.ts'
import { domainName } from './domain-name.ts'
import { type HostPlace, type HostPlan, NAME_SERVERS, type PathReader } from './plan.ts'
import { readDns } from './read-dns.ts'
import { addressesOf, addressOf, entriesOf, fault, type Located, membersOf, quoted, textOf, textsOf } from './shape.ts'
import type { Member, Report, Written } from './written.ts'

const KEYS = [
  'address',
  'on',
  'in',
  'gateway',
  'dns',
  'search',
  'hosts-file',
  'netfilter',
  ...NAME_SERVERS,
  'label',
] as const

/** Reads `hosts:`. A host without a usable address or place is reported and left out. */
export function readHosts(value: Written | undefined, pathsOf: PathReader, report: Report): HostPlan[] {
  if (!value) return []
  const plans: HostPlan[] = []
  for (const [name, member] of entriesOf(value, 'hosts', report)) {
    const plan = readHost(name, member, pathsOf, report)
    if (plan) plans.push(plan)
  }
  return plans
}

function readHost(name: string, member: Member, pathsOf: PathReader, report: Report): HostPlan | undefined {
  const what = `host ${name}`
  const members = membersOf(member.value, what, KEYS, report)
  if (member.value.kind !== 'map' && member.value.kind !== 'nothing') return undefined
  const address = readAddress(members.get('address'), what, member, report)
  const place = readPlace(members, what, member, report)
  const gateway = textOf(members.get('gateway'), `the gateway of ${what}`, report)
  const via = gateway && addressOf(gateway, `the gateway of ${what}`, report)
  const label = textOf(members.get('label'), `the label of ${what}`, report)
  const rest = {
    ...(via && { gateway: via }),
    dns: readDns(members.get('dns'), what, pathsOf, report),
    search: textsOf(members.get('search'), `search of ${what}`, report).map((text) => domainName(text.value)),
    hostsFile: readHostsFile(members.get('hosts-file'), `the hosts file of ${what}`, report),
    netfilter: pathsOf(members.get('netfilter'), `netfilter of ${what}`),
    nameServers: NAME_SERVERS.flatMap((software) => {
      const paths = pathsOf(members.get(software), `${software} of ${what}`)
      return paths.length > 0 ? [{ software, paths }] : []
    }),
    ...(label && { label: label.value }),
  }
  return address && place ? { name, ...address, place, ...rest, source: member.source } : undefined
}

interface Address {
  readonly address: Located<Ip>
  readonly length?: number
}

function readAddress(value: Written | undefined, what: string, member: Member, report: Report): Address | undefined {
  if (!value) {
    fault(report, 'NT1103', `${what} has no address: add "address: 10.0.0.10/24"`, member.source)
    return undefined
  }
  const text = textOf(value, `the address of ${what}`, report)
  if (!text) return undefined
  const [bare = '', suffix, ...more] = text.value.split('/')
  const ip = parseIp(bare)
  const length = suffix === undefined ? undefined : Number(suffix)
  const fits =
    ip !== undefined &&
    more.length === 0 &&
    (suffix === undefined || (/^\d{1,3}$/.test(suffix) && Number(suffix) <= (isIp4(ip) ? 32 : 128)))
  if (fits) return { address: { value: ip, source: text.source }, ...(length !== undefined && { length }) }
  const message = `the address of ${what}: ${quoted(text.value)} is not an IP address with or without a prefix length`
  fault(report, 'NT1110', message, text.source)
  return undefined
}

function readPlace(
  members: ReadonlyMap<string, Written>,
  what: string,
  member: Member,
  report: Report,
): HostPlace | undefined {
  const on = textOf(members.get('on'), `"on" of ${what}`, report)
  const inside = textOf(members.get('in'), `"in" of ${what}`, report)
  if (on && inside) {
    const message = `${what} is both on an interface and in a subnet: keep "on" or "in"`
    fault(report, 'NT1103', message, inside.source, ['the other place', on.source])
  }
  if (on) {
    if (on.value.toLowerCase() === 'internet') return { kind: 'internet', source: on.source }
    return { kind: 'interface', endpoint: on }
  }
  if (inside) return { kind: 'subnet', subnet: inside }
  if (members.has('on') || members.has('in')) return undefined
  const message = `${what} is nowhere: add "on: device:interface", "on: internet" or "in: vnet/subnet"`
  fault(report, 'NT1103', message, member.source)
  return undefined
}

function readHostsFile(value: Written | undefined, what: string, report: Report): ResourceRecord[] {
  if (!value) return []
  return [...entriesOf(value, what, report)].flatMap(([name, member]) =>
    addressesOf(member.value, `${quoted(name)} in ${what}`, report).map(
      (address): ResourceRecord => ({
        name: domainName(name),
        type: isIp4(address.value) ? 'A' : 'AAAA',
        value: address.value,
        source: address.source,
      }),
    ),
  )
}
