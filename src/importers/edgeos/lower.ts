import { type Device, type Diagnostic, implied, type RuleSet } from '../../model/index.ts'
import type { Configuration } from './configuration.ts'
import { lowerDhcp } from './dhcp.ts'
import { lowerFilter, statePolicyRules } from './filter.ts'
import { lowerInterfaces, readInterfaces } from './interfaces.ts'
import { lowerIpsec } from './ipsec.ts'
import { ROUTING_PROTOCOLS } from './learned.ts'
import { lowerListeners } from './listeners.ts'
import { lowerModify } from './modify.ts'
import { lowerResolver, lowerStub } from './name-server.ts'
import { lowerNat } from './nat.ts'
import { at, type EdgeNode, sourceOf, tagsAt, textAt } from './node.ts'
import { lowerPortForwards } from './port-forwards.ts'
import { lowerTables } from './routes.ts'
import { noteUnread } from './unread.ts'
import { openedPorts } from './upnp.ts'
import { lowerZones } from './zones.ts'

/** A tree with what its parts refer to; diagnostics are collected while it is lowered. */
export function configurationOf(root: EdgeNode, diagnostics: Diagnostic[]): Configuration {
  const interfaces = readInterfaces(root)
  const addressed = interfaces.some((one) => one.addresses.some((address) => typeof address.ip === 'bigint'))
  return { root, interfaces, hasIpv6: addressed || at(root, 'firewall', 'ipv6-name') !== undefined, diagnostics }
}

/** The router a tree describes. Packets go through it as through any Linux (netfilter's hooks). */
export function lowerRouter(name: string, around: Configuration): Device {
  const { root } = around
  const ruleSets: Record<string, RuleSet> = {}
  const ipsec = lowerIpsec(around)
  const forwards = lowerPortForwards(around)
  const states = statePolicyRules(around)
  const passing = [...states, ...ipsec.firewall, ...forwards.firewall]
  const filter = lowerFilter(ruleSets, { forward: passing, local: [...states, ...ipsec.firewall] }, around)
  const zones = lowerZones(ruleSets, passing, around)
  const modify = lowerModify(ruleSets, around)
  const [before, after] = lowerNat(ruleSets, forwards, ipsec.bypass, around)
  const resolver = lowerResolver(name, around)
  const stub = lowerStub(name, around)
  const reversePath = reversePathOf(around)
  noteUnread(around)
  return {
    name,
    kind: 'router',
    label: 'EdgeOS router',
    aliases: aliasesOf(root, name),
    interfaces: [...lowerInterfaces(around, lowerDhcp(around), ipsec.routed), ...ipsec.interfaces],
    tables: lowerTables(around),
    tableRules: [],
    forwards: forwarding(root),
    ...(reversePath && { reversePath }),
    ruleSets,
    pipeline: {
      prerouting: [{ kind: 'track' }, ...modify.prerouting, ...(before ? [before] : [])],
      input: [...zones.input, ...filter.input],
      forward: [...filter.forward, ...zones.forward],
      output: [{ kind: 'track' }, ...zones.output],
      postrouting: [...modify.postrouting, ...(after ? [after] : [])],
    },
    sparesTunnel: 'iptables: -m policy --dir out --pol none',
    encapsulations: ipsec.encapsulations,
    listeners: lowerListeners(around),
    ...(resolver && { resolver }),
    ...(stub && { stubResolver: stub }),
    stamps: [],
    notModelled: notModelled(around),
    source: sourceOf(root, 'system', 'host-name'),
  }
}

function forwarding(root: EdgeNode): Device['forwards'] {
  const off = at(root, 'system', 'ip', 'disable-forwarding')
  if (off) return { enabled: false, source: sourceOf(off) }
  return { enabled: true, source: implied('EdgeOS forwards packets unless it is told not to') }
}

function aliasesOf(root: EdgeNode, name: string): string[] {
  const host = textAt(root, 'system', 'host-name')
  return host === undefined || host.toLowerCase() === name.toLowerCase() ? [] : [host]
}

/** `firewall source-validation`, and `ip source-validation` of an interface (Linux: rp_filter). */
function reversePathOf(around: Configuration): Device['reversePath'] {
  const own: Record<string, 'off' | 'loose' | 'strict'> = {}
  const read = (text: string | undefined) => (text === 'strict' || text === 'loose' ? text : 'off')
  for (const one of around.interfaces) {
    const text = textAt(one.node, 'ip', 'source-validation')
    if (text !== undefined) own[one.name] = read(text)
  }
  const whole = read(textAt(around.root, 'firewall', 'source-validation'))
  return whole === 'off' && Object.keys(own).length === 0 ? undefined : { default: whole, interfaces: own }
}

// Kinds of interface whose other end is decided by software we do not read.
const SOFTWARE = new Set(['openvpn', 'l2tp-client', 'pptp-client', 'l2tpv3', 'wirelessmodem'])

function notModelled(around: Configuration): string[] {
  const { root } = around
  const facts: string[] = []
  for (const one of around.interfaces) {
    if (SOFTWARE.has(one.kind)) facts.push(`the tunnel ${one.name} (${one.kind})`)
  }
  for (const kind of tagsAt(root, 'vpn')) {
    if (kind.name === 'l2tp' || kind.name === 'pptp') facts.push(`remote access by ${kind.name.toUpperCase()}`)
  }
  const learned = ROUTING_PROTOCOLS.filter((protocol) => at(root, 'protocols', protocol))
  if (learned.length > 0) facts.push(`routes learned by ${learned.join(', ')}`)
  if (openedPorts(around).length > 0) facts.push('UPnP: hosts may have opened ports by themselves')
  const groups = tagsAt(root, 'load-balance', 'group').map((group) => group.name)
  if (groups.length > 0) facts.push(`load balancing over ${groups.join(', ')}`)
  for (const fact of facts) {
    const message = `Not modelled: ${fact}; answers that depend on it may be wrong.`
    around.diagnostics.push({ severity: 'note', code: 'NT1444', message, source: sourceOf(root) })
  }
  return facts
}
