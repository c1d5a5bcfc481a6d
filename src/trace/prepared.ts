import type { Device, Endpoint, Interface, Link, Network, TableRule } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import type { Matcher, Surroundings } from './matcher.ts'
import type { RouteIndex } from './route-index.ts'
import type { PreparedRuleSet } from './rule-walk.ts'
import type { OwnedStandIn } from './stand-in.ts'

/** A link made ready: who owns which address on it. */
export interface PreparedLink {
  readonly link: Link
  readonly owners: ReadonlyMap<Ip, Endpoint>
}

/** A network made ready to be traced in. Devices are prepared when a packet first meets them. */
export interface PreparedNetwork {
  readonly network: Network
  /** The addresses that stand for ones that are not known. */
  readonly standIns: ReadonlyMap<Ip, OwnedStandIn>
  /** The device of a name; `undefined` when there is none. */
  device(name: string): PreparedDevice | undefined
  /** The link an interface is on; `undefined` when it is on none. */
  linkOf(device: string, interfaceName: string): PreparedLink | undefined
}

/** A device made ready: its own addresses, route tables, rule sets and links, looked up rather than searched. */
export interface PreparedDevice {
  readonly device: Device
  readonly network: PreparedNetwork
  /** The interface that owns an address; the first, when several do. */
  readonly owns: ReadonlyMap<Ip, Interface>
  readonly tableRules: readonly { readonly rule: TableRule; readonly matcher: Matcher }[]
  readonly surroundings: Surroundings
  table(name: string): RouteIndex | undefined
  ruleSet(name: string): PreparedRuleSet | undefined
  interface(name: string): Interface | undefined
  link(interfaceName: string): PreparedLink | undefined
}
