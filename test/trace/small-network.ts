import {
  type Action,
  allOf,
  type Device,
  type Interface,
  implied,
  type Link,
  type Match,
  type Network,
  NO_STAGES,
  type Route,
  type Rule,
  type RuleSet,
} from '../../src/model/index.ts'
import { type AddressSet, addressSet, ip, prefix, singlePort, TCP } from '../../src/net/index.ts'

/** Where every fact of these networks stands. */
export const here = implied('written in this test')

/** An interface; addresses as `10.0.1.1/24`. */
export function port(name: string, ...addresses: string[]): Interface {
  return {
    name,
    aliases: [],
    addresses: addresses.map((text) => ({ ip: ip(text.split('/')[0] ?? text), prefix: prefix(text), source: here })),
    source: here,
  }
}

/** A device whose connected routes are made from its interfaces; `more` overrides anything. */
export function device(
  name: string,
  interfaces: readonly Interface[],
  routes: readonly Route[] = [],
  more: Partial<Device> = {},
): Device {
  const connected = interfaces.flatMap((one) =>
    one.addresses.map(
      (address): Route => ({
        prefix: address.prefix,
        nextHop: { kind: 'connected', interface: one.name },
        distance: 0,
        metric: 0,
        origin: 'connected',
        source: here,
      }),
    ),
  )
  return {
    name,
    kind: 'router',
    label: name,
    aliases: [],
    interfaces,
    tables: [{ name: 'main', routes: [...connected, ...routes] }],
    tableRules: [],
    forwards: { enabled: true, source: here },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source: here,
    ...more,
  }
}

/** A host with one interface `eth0` and a default route. */
export function host(name: string, address: string, gateway: string, more: Partial<Device> = {}): Device {
  return device(name, [port('eth0', address)], [via('0.0.0.0/0', gateway)], {
    kind: 'host',
    forwards: { enabled: false, source: here },
    ...more,
  })
}

/** A static route through a gateway. */
export function via(to: string, gateway: string): Route {
  const nextHop = { kind: 'via', gateway: ip(gateway) } as const
  return { prefix: prefix(to), nextHop, distance: 1, metric: 0, origin: 'static', source: here }
}

/** A segment; ends as `device:interface`. */
export function segment(name: string, ...ends: string[]): Link {
  const split = (end: string) => ({ device: end.split(':')[0] ?? '', interface: end.split(':')[1] ?? '' })
  return { name, kind: 'segment', ends: ends.map(split), source: here }
}

/** A network of devices and links. */
export function network(devices: readonly Device[], links: readonly Link[]): Network {
  return {
    name: 'small',
    devices: new Map(devices.map((one) => [one.name, one])),
    links,
    services: [],
    diagnostics: [],
  }
}

/** A rule set with numbered rules. */
export function rules(name: string, policy: Action, ...list: [Match, Action][]): RuleSet {
  return {
    name,
    label: name,
    rules: list.map(([match, action], index): Rule => ({ name: `#${index + 1}`, match, action, source: here })),
    policy,
    policySource: here,
  }
}

export const ACCEPT: Action = { kind: 'accept' }
export const DROP: Action = { kind: 'drop' }
export const established: Match = { kind: 'session', in: ['established', 'related'] }

/** The match of a TCP port towards some prefixes. */
export function tcpTo(portNumber: number, ...to: string[]): Match {
  const where: Match[] = to.length === 0 ? [] : [{ kind: 'destination', in: addressSet(...to) as AddressSet }]
  return allOf({ kind: 'protocol', in: [TCP] }, { kind: 'destination-port', in: [singlePort(portNumber)] }, ...where)
}
