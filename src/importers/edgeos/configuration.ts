import type { Diagnostic, InterfaceAddress, Source } from '../../model/index.ts'
import type { EdgeNode } from './node.ts'

/** One interface by the name the system gives it: `eth0`, `eth0.10`, `pppoe0`, `switch0.10`, `br0`, `vti0`. */
export interface EdgeInterface {
  readonly name: string
  readonly kind: string
  readonly node: EdgeNode
  readonly addresses: readonly InterfaceAddress[]
  /** Its address comes by DHCP or PPPoE and is not in the configuration. */
  readonly dynamic: boolean
  readonly disabled: boolean
  readonly vlan?: string
}

/** The tree with what most parts of it refer to. */
export interface Configuration {
  readonly root: EdgeNode
  /** Ports of bridges and switches are not here: they are other names of the bridge. */
  readonly interfaces: readonly EdgeInterface[]
  /** Whether anything of it is IPv6. */
  readonly hasIpv6: boolean
  readonly diagnostics: Diagnostic[]
}

/** Adds a warning: something that could change an answer was not understood. */
export function warn(configuration: Configuration, code: string, message: string, source: Source): void {
  configuration.diagnostics.push({ severity: 'warning', code, message, source })
}
