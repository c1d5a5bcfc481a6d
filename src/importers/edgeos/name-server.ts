import type { Resolver, ResourceRecord, StubResolver } from '../../model/index.ts'
import { addressesOfPrefixes, isIp4, parseIp } from '../../net/index.ts'
import { type DnsmasqOption, type HostEntry, lowerDnsmasq, type NameServer } from '../dnsmasq/index.ts'
import type { Configuration, EdgeInterface } from './configuration.ts'
import { leasedNames, reservedNames } from './dhcp.ts'
import { at, isOn, placeOf, sourceOf, tagsAt, textAt, textsAt } from './node.ts'

/**
 * The dnsmasq that `service dns forwarding` runs; absent without it. It asks the servers it names; with `system`, or
 * when it names none, those of `system name-server`, and those that DHCP and PPPoE bring (EdgeOS User Guide: DNS
 * forwarding). Lines of `options` are dnsmasq's own. `runs` = it runs although nothing here says so.
 */
export function lowerResolver(name: string, around: Configuration, runs = false): Resolver | undefined {
  const node = at(around.root, 'service', 'dns', 'forwarding')
  if (!node && !runs) return undefined
  const option = (optionName: string, leaf: string): DnsmasqOption[] =>
    (at(node, leaf)?.values ?? []).map((value) => ({
      name: optionName,
      value: value.text,
      source: placeOf(value.origin),
    }))
  const own = [...(at(node, 'options')?.values ?? [])].map((value): DnsmasqOption => {
    const [key = '', ...rest] = value.text.split('=')
    return { name: key.trim().replace(/^--/, ''), value: rest.join('='), source: placeOf(value.origin) }
  })
  const servers = option('server', 'name-server')
  const dynamic = tagsAt(node, 'dhcp').map((one) => one.name)
  const usesSystem = at(node, 'system') !== undefined || (servers.length === 0 && dynamic.length === 0)
  const brings = usesSystem ? around.interfaces.filter(bringsServers).map((one) => one.name) : dynamic
  const lowered = lowerDnsmasq(
    [...own, ...servers, ...option('interface', 'listen-on'), ...option('except-interface', 'except-interface')],
    {
      label: `dnsmasq on ${name}`,
      source: sourceOf(node),
      hosts: [...staticHosts(around), ...reservedNames(around)],
      nameServers: usesSystem ? systemServers(around) : [],
      ...(brings.length > 0 && { nameServersLacking: `servers that come at run time on ${brings.join(', ')}` }),
      lacking: leasedNames(around),
      attached: addressesOfPrefixes(around.interfaces.flatMap((one) => one.addresses.map((address) => address.prefix))),
    },
  )
  around.diagnostics.push(...lowered.diagnostics)
  return lowered.resolver
}

/** `name-server none` of PPPoE and `no-update` of a DHCP client keep what the other end says out of resolv.conf. */
function bringsServers({ dynamic, node }: EdgeInterface): boolean {
  const told = textAt(node, 'name-server') ?? textAt(node, 'dhcp-options', 'name-server')
  return dynamic && told !== 'none' && told !== 'no-update'
}

function systemServers(around: Configuration): NameServer[] {
  return (at(around.root, 'system', 'name-server')?.values ?? []).flatMap((value): NameServer[] => {
    const ip = parseIp(value.text)
    return ip === undefined ? [] : [{ ip, source: placeOf(value.origin) }]
  })
}

/** `system static-host-mapping`: names in the router's hosts file, which its name server answers. */
function staticHosts(around: Configuration): HostEntry[] {
  return tagsAt(around.root, 'system', 'static-host-mapping', 'host-name').flatMap((host) =>
    textsAt(host, 'inet').flatMap((text): HostEntry[] => {
      const ip = parseIp(text)
      if (ip === undefined) return []
      const source = sourceOf(host, 'inet')
      return [host.name, ...textsAt(host, 'alias')].map((name) => ({ name: name.toLowerCase(), ip, source }))
    }),
  )
}

/** Whom the router itself asks: `system name-server`, behind the names of its own hosts file. */
export function lowerStub(name: string, around: Configuration): StubResolver | undefined {
  const servers = systemServers(around)
  const hosts = [...staticHosts(around), ...reservedNames(around)].map(
    ({ name: host, ip, source }): ResourceRecord => ({ name: host, type: isIp4(ip) ? 'A' : 'AAAA', value: ip, source }),
  )
  if (servers.length === 0 && hosts.length === 0) return undefined
  const domain = textAt(around.root, 'system', 'domain-name')
  const search = domain === undefined ? [] : [domain.toLowerCase()]
  return { servers, hosts, search, ndots: 1, label: `system name-server of ${name}` }
}

/** Whether the router runs a name server. */
export function servesNames(around: Configuration): boolean {
  return at(around.root, 'service', 'dns', 'forwarding') !== undefined
}

/** Whether the router runs a DHCP server. */
export function servesDhcp(around: Configuration): boolean {
  const server = at(around.root, 'service', 'dhcp-server')
  return server !== undefined && !isOn(server, 'disabled') && tagsAt(server, 'shared-network-name').length > 0
}
