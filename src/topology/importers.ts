import type { AzureOptions, AzurePart, ResolvConf } from '../importers/index.ts'
import type { NetworkPart, ResolverPart } from '../model/index.ts'
import type { TextFile } from '../text/index.ts'
import type { DeviceFormat, NameServer } from './plan.ts'

/** The importers a topology calls, by the formats it names. */
export interface Importers {
  readonly devices: Readonly<Record<DeviceFormat, (name: string, files: readonly TextFile[]) => NetworkPart>>
  readonly azure: (files: readonly TextFile[], options: AzureOptions) => AzurePart
  readonly resolvConf: (file: TextFile) => ResolvConf
  readonly nameServers: Readonly<Record<NameServer, (files: readonly TextFile[]) => ResolverPart>>
}

/** The endings of the files that are read from a folder, by format; none = every file. */
export const ENDINGS: Readonly<Record<DeviceFormat | 'azure' | NameServer, readonly string[]>> = {
  routeros: ['.rsc'],
  uci: [],
  unifi: ['.json'],
  edgeos: [],
  netfilter: [],
  azure: ['.json'],
  bind: [],
  dnsmasq: [],
  unbound: [],
}
