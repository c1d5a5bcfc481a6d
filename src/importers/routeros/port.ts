import type { Interface, TunnelEnd } from '../../model/index.ts'

/** What sort of interface it is; `all-ppp` and the like ask for it. */
export type PortKind =
  | 'ethernet'
  | 'vlan'
  | 'bridge'
  | 'bonding'
  | 'ppp'
  | 'wireguard'
  | 'tunnel'
  | 'wireless'
  | 'vrrp'
  | 'other'

/** An interface of the router before it has addresses. */
export interface Port {
  readonly name: string
  readonly kind: PortKind
  readonly aliases: string[]
  readonly mtu?: number
  readonly disabled: boolean
  readonly tunnel?: TunnelEnd
  /** The interface it needs to be up: the port below a VLAN or a PPPoE client. */
  readonly below?: string
  /** The bridge or bond it belongs to; it then has no IP of its own (MikroTik: Bridging and Switching). */
  master?: string
  readonly source: Interface['source']
}

/** Every interface an export names, by its present name, in order of appearance. */
export type Ports = ReadonlyMap<string, Port>

const DEPTH_LIMIT = 8

/** The port that has the IP addresses of another: the bridge of a bridge's port, the bond of a bond's, itself. */
export function masterOf(ports: Ports, name: string): Port | undefined {
  let port = ports.get(name)
  for (let depth = 0; port?.master !== undefined && depth < DEPTH_LIMIT; depth++) port = ports.get(port.master) ?? port
  return port
}

/** Whether a port is switched off, itself or by what it stands on. */
export function isDown(ports: Ports, port: Port): boolean {
  let at: Port | undefined = port
  for (let depth = 0; at && depth < DEPTH_LIMIT; depth++) {
    if (at.disabled) return true
    at = at.below === undefined ? undefined : ports.get(at.below)
  }
  return false
}

const PHYSICAL = /^(ether|sfp|qsfp|combo|wlan|wifi|lte|usb)[\w.-]*$/

/** Whether a name is one RouterOS gives to a port by itself. */
export function isPhysicalName(name: string): boolean {
  return PHYSICAL.test(name)
}

const PSEUDO: Readonly<Record<string, readonly PortKind[]>> = {
  'all-ethernet': ['ethernet'],
  'all-ppp': ['ppp'],
  'all-vlan': ['vlan'],
  'all-wireless': ['wireless'],
}

/** The kinds a name such as `all-ppp` stands for where a rule names an interface; `undefined` for other names. */
export function pseudoKinds(name: string): readonly PortKind[] | undefined {
  return Object.hasOwn(PSEUDO, name) ? PSEUDO[name] : undefined
}
