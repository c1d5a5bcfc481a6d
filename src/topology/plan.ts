import type { AzureSettings, DeploymentPlace, ResolvConf } from '../importers/index.ts'
import type { Expectation, Link, ResourceRecord, Source, StubRoute } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import type { Located } from './shape.ts'
import type { Written } from './written.ts'

/** A file or folder a topology names: the path as messages show it, and the line that names it. */
export interface NamedPath {
  readonly path: string
  readonly source: Source
}

/** Reads paths: a list of them or a single one, seen from the topology's folder; `what` names the entry in messages. */
export type PathReader = (value: Written | undefined, what: string) => NamedPath[]

/** The formats a device can be read from, as `devices:` spells them. */
export const DEVICE_FORMATS = ['routeros', 'uci', 'unifi', 'edgeos', 'netfilter'] as const
export type DeviceFormat = (typeof DEVICE_FORMATS)[number]

/** One entry of `devices:`. */
export interface DevicePlan {
  readonly name: string
  readonly format: DeviceFormat
  readonly paths: readonly NamedPath[]
  /** Where its name stands. */
  readonly source: Source
}

/** `azure: deployment:`, what ARM templates do not say about themselves. */
export interface DeploymentPlan {
  readonly place: Partial<DeploymentPlace>
  /** For templates that have no parameters file of their own name. */
  readonly parameters?: NamedPath
}

/** `azure:`; of several files the resources are added up, the last list of service tags and settings count. */
export interface AzurePlan {
  readonly resources: readonly NamedPath[]
  readonly serviceTags?: NamedPath
  readonly deployment?: DeploymentPlan
  readonly settings: Partial<AzureSettings>
}

/** Where a host is attached. */
export type HostPlace =
  /** `device:interface`, as written. */
  | { readonly kind: 'interface'; readonly endpoint: Located<string> }
  | { readonly kind: 'subnet'; readonly subnet: Located<string> }
  | { readonly kind: 'internet'; readonly source: Source }

/** Name servers whose own configuration a host entry can name; the word is the entry's key. */
export const NAME_SERVERS = ['bind', 'dnsmasq', 'unbound'] as const

export type NameServer = (typeof NAME_SERVERS)[number]

/** `https:` of a host's `dns:`: the server a browser there asks by itself. */
export interface HttpsPlan {
  readonly server: Ip
  readonly fallsBack: boolean
  readonly url: string
  readonly source: Source
}

/** `dns:` of a host: its name servers, or more of what decides whom it asks. */
export interface DnsPlan {
  readonly servers: readonly Located<Ip>[]
  readonly resolvConf?: NamedPath
  /** As resolv.conf's options line has them. */
  readonly options: Partial<Pick<ResolvConf, 'ndots' | 'rotate' | 'room' | 'overTcp'>>
  readonly routes: readonly StubRoute[]
  /** Suffixes the links bring along. */
  readonly search: readonly string[]
  /** The host runs systemd-resolved: it has links. */
  readonly resolved: boolean
  readonly https?: HttpsPlan
}

/** One entry of `hosts:`. */
export interface HostPlan {
  readonly name: string
  readonly address: Located<Ip>
  /** Absent = as the interface it is on. */
  readonly length?: number
  readonly place: HostPlace
  readonly gateway?: Located<Ip>
  readonly dns: DnsPlan
  readonly search: readonly string[]
  readonly hostsFile: readonly ResourceRecord[]
  readonly netfilter: readonly NamedPath[]
  /** The name servers configured on it, in the order of NAME_SERVERS; only those the entry names. */
  readonly nameServers: readonly { readonly software: NameServer; readonly paths: readonly NamedPath[] }[]
  readonly label?: string
  /** Where its name stands. */
  readonly source: Source
}

/** One entry of `links:`. */
export interface LinkPlan {
  readonly kind: Link['kind']
  /** As written: `device:interface`, for a tunnel also a device alone. */
  readonly ends: readonly Located<string>[]
  readonly mtu?: number
  readonly fragmentationNeeded?: 'sent' | 'lost'
  readonly source: Source
}

/** One entry of `public:`; the name in lower case, `*.x` for all names below x. */
export interface PublicName {
  readonly name: string
  readonly addresses: readonly Located<Ip>[]
  readonly cname?: Located<string>
  /** The alias of the platform's own resources that this name belongs to: `/services/Azure/MachineLearning`. */
  readonly serves?: string
  readonly source: Source
}

/** What a topology file and all it includes ask for, in order, what is included first. */
export interface Plan {
  readonly name?: string
  readonly devices: readonly DevicePlan[]
  readonly azure?: AzurePlan
  readonly hosts: readonly HostPlan[]
  readonly links: readonly LinkPlan[]
  readonly publicNames: readonly PublicName[]
  readonly expectations: readonly Expectation[]
  /** Every name under `devices:` and `hosts:`, those of entries that could not be read too. */
  readonly declared: readonly string[]
}

/** A plan that asks for nothing. */
export const EMPTY_PLAN: Plan = {
  devices: [],
  hosts: [],
  links: [],
  publicNames: [],
  expectations: [],
  declared: [],
}
