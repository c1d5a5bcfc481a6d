import { type Action, allOf, type Match, type Rule } from '../../model/index.ts'
import { prefix, prefixFirst, prefixLast, TCP, UDP } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'
import { masterOf, type Ports } from './port.ts'

const SERVERS = [
  ['ip upnp', 'UPnP'],
  ['ip nat-pmp', 'NAT-PMP'],
] as const

/**
 * Ports that hosts opened by themselves, behind the written rules of `dstnat`: they exist where a service is enabled and
 * has an interface of each type, and which they are only the running router says (MikroTik: UPnP, NAT-PMP).
 */
export function openedPorts(configuration: Configuration, ports: Ports): Rule[] {
  return SERVERS.flatMap(([menu, label]): Rule[] => {
    const [settings] = configuration.entries(menu)
    const outside = interfacesOf(configuration, ports, menu, 'external')
    const inside = interfacesOf(configuration, ports, menu, 'internal')
    if (!settings || !isYes(settings, 'enabled') || outside.length === 0 || inside.length === 0) return []
    const text = `a host opened this port by ${label}, which only the running router says`
    const opened: Match = { kind: 'opaque', text, othersMissing: true }
    const match = allOf(
      { kind: 'in-interface', in: outside },
      { kind: 'protocol', in: [TCP, UDP] },
      { kind: 'destination-type', in: ['local'] },
      opened,
    )
    return [{ name: `ports opened by ${label}`, match, action: TO_ANYONE, source: sourceOf(settings) }]
  })
}

const ANYWHERE = prefix('0.0.0.0/0')
const TO_ANYONE: Action = {
  kind: 'rewrite-destination',
  to: { kind: 'address', first: prefixFirst(ANYWHERE), last: prefixLast(ANYWHERE) },
}

function interfacesOf(configuration: Configuration, ports: Ports, menu: string, type: string): string[] {
  return configuration.entries(`${menu} interfaces`).flatMap((entry: Entry) => {
    const name = textOf(entry, 'interface')
    const own = textOf(entry, 'type')
    return name === undefined || own !== type || isDisabled(entry) ? [] : [masterOf(ports, name)?.name ?? name]
  })
}
