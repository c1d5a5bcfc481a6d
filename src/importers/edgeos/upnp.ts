import { type Action, allOf, type Match, type Rule } from '../../model/index.ts'
import { type Prefix, prefix, prefixFirst, prefixLast, TCP, UDP } from '../../net/index.ts'
import { matchInterface } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { at, type EdgeNode, isOff, isOn, sourceOf, tagsAt, textAt } from './node.ts'

/** A UPnP server: where hosts may ask for ports, and where these are opened. */
interface UpnpServer {
  readonly node: EdgeNode
  /** Interfaces whose hosts may ask. */
  readonly inside: readonly string[]
  readonly outside: string
  /** A host opens ports for itself alone. */
  readonly isSecure: boolean
  /** Hosts may ask by NAT-PMP too. */
  readonly speaksNatPmp: boolean
}

/** `service upnp2`, and `service upnp`, which names the outside for each inside (EdgeOS: UPnP). */
export function upnpServers(around: Configuration): UpnpServer[] {
  const second = at(around.root, 'service', 'upnp2')
  const outside = textAt(second, 'wan')
  const inside = tagsAt(second, 'listen-on').map((one) => one.name)
  const isSecure = isOn(second, 'secure-mode')
  const speaksNatPmp = second !== undefined && !isOff(second, 'nat-pmp')
  const two = second && outside !== undefined ? [{ node: second, inside, outside, isSecure, speaksNatPmp }] : []
  const one = tagsAt(around.root, 'service', 'upnp', 'listen-on').flatMap((own): UpnpServer[] => {
    const wan = textAt(own, 'outbound-interface')
    if (wan === undefined) return []
    return [{ node: own, inside: [own.name], outside: wan, isSecure: false, speaksNatPmp: true }]
  })
  return [...two, ...one]
}

const ANYWHERE = prefix('0.0.0.0/0')

/** Ports that hosts opened by themselves: which, only the running router says. They come behind the written translations. */
export function openedPorts(around: Configuration): Rule[] {
  return upnpServers(around).map((server): Rule => {
    const text = 'a host opened this port by UPnP, which only the running router says'
    const opened: Match = { kind: 'opaque', text, othersMissing: true }
    const match = allOf(
      { kind: 'in-interface', in: [server.outside] },
      { kind: 'protocol', in: [TCP, UDP] },
      matchInterface('destination', false, server.outside, around),
      opened,
    )
    const to = reachable(server, around)
    const rewritten = { kind: 'address', first: prefixFirst(to), last: prefixLast(to) } as const
    const action: Action = { kind: 'rewrite-destination', to: rewritten }
    return { name: 'ports opened by UPnP', match, action, source: sourceOf(server.node) }
  })
}

/** Where an opened port may lead. */
function reachable(server: UpnpServer, around: Configuration): Prefix {
  const own = around.interfaces.find((one) => server.inside.includes(one.name))
  const network = own?.addresses.find((one) => typeof one.ip === 'number')?.prefix
  return server.isSecure && network ? network : ANYWHERE
}
