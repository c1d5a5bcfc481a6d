import { type Device, implied, NO_STAGES, type Resolver, type Service, type Source } from '../model/index.ts'
import { hostPrefix, type Ip } from '../net/index.ts'
import { privatelinkForms } from './internet.ts'
import { publicAddresses } from './public-dns.ts'
import { askingPublicDns, toInternet } from './public-host.ts'
import type { Report } from './written.ts'

/**
 * Services that send packets themselves, as devices of their own: at their public address, on the internet. One
 * whose address is unknown, or another's too, is left out with a note: then it can be asked, but asks nobody.
 * Parts of a service (by resource id) share its address; the service itself has it.
 */
export function serviceDevices(
  services: readonly Service[],
  resolver: Resolver,
  isTaken: (name: string) => boolean,
  report: Report,
): Device[] {
  const senders = services.filter((one) => one.stamps.length > 0 && !isTaken(one.name))
  const placed = senders.map((service) => ({ service, addresses: addressesOf(service, resolver) }))
  const owners = new Map<Ip, Set<Service>>()
  for (const { service, addresses } of placed) {
    for (const { ip } of addresses) owners.set(ip, (owners.get(ip) ?? new Set()).add(service))
  }
  const devices: Device[] = []
  for (const { service, addresses } of placed) {
    const sharing = addresses.flatMap(({ ip }) => [...(owners.get(ip) ?? [])].filter((one) => one !== service))
    const others = sharing.filter((one) => !isPartOf(one, service))
    if (addresses.length > 0 && others.length === 0) devices.push(serviceDevice(service, addresses))
    else report({ severity: 'note', code: 'NT1117', message: absence(service, others[0]), source: service.source })
  }
  return devices
}

/** Whether a service's resource lies below another's, as an online endpoint in its workspace: it is behind its door. */
function isPartOf(part: Service, whole: Service): boolean {
  return part.aliases.some((id) =>
    whole.aliases.some((other) => id.toLowerCase().startsWith(`${other.toLowerCase()}/`)),
  )
}

function absence({ label, name, names: [main = name] }: Service, other: Service | undefined): string {
  if (!other) return `${label} ${name} has no known public address: add ${main} under public: to ask from it`
  return `${label} ${name} has the public address of ${other.name}: give ${main} its own under public: to ask from it`
}

function addressesOf(service: Service, resolver: Resolver): readonly { ip: Ip; source: Source }[] {
  for (const name of service.names) {
    for (const form of [name, ...privatelinkForms(service, name)]) {
      const found = publicAddresses(resolver, form)
      if (found.length > 0) return found.filter((one, at) => found.findIndex((two) => two.ip === one.ip) === at)
    }
  }
  return []
}

function serviceDevice(service: Service, addresses: readonly { ip: Ip; source: Source }[]): Device {
  return {
    name: service.name,
    kind: 'service',
    label: service.label,
    aliases: service.aliases,
    interfaces: [
      {
        name: 'public',
        aliases: [],
        addresses: addresses.map(({ ip, source }) => ({ ip, prefix: hostPrefix(ip), source })),
        source: service.source,
      },
    ],
    tables: [{ name: 'main', routes: toInternet(addresses.map((one) => one.ip)) }],
    tableRules: [],
    forwards: { enabled: false, source: implied('a service forwards nothing') },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stubResolver: askingPublicDns(),
    stamps: service.stamps,
    notModelled: [],
    source: service.source,
  }
}
