import type { Diagnostic, InterfaceAddress } from '../../model/index.ts'
import type { UciSection } from './section.ts'

/** One `config interface`: what UCI calls a network, on its Linux device. */
export interface UciNetwork {
  /** The UCI name: `lan`, `wan`. */
  readonly name: string
  /** The Linux device packets come in and go out by: `br-lan`, `pppoe-wan`. */
  readonly device: string
  readonly protocol: string
  /** Those the file states; an address given at run time is not here. */
  readonly addresses: readonly InterfaceAddress[]
  /** Its address is given at run time. */
  readonly dynamic: boolean
  readonly disabled: boolean
  readonly section: UciSection
}

/** The networks of a device, by UCI name. */
export type UciNetworks = ReadonlyMap<string, UciNetwork>

/** Where diagnostics are collected. */
export interface Complaints {
  readonly diagnostics: Diagnostic[]
}
