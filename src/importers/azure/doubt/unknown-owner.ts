import type { Device, Link, NetworkPart, Route } from '../../../model/index.ts'
import { NO_STAGES } from '../../../model/index.ts'
import { formatIp, hostPrefix, type Ip, parseIp, prefixContains } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import { typeOf } from '../estate/resource-id.ts'
import type { Doubt } from './doubt.ts'
import { doubtfulDevice } from './doubtful-device.ts'

/** A part in which an address that nobody is known to have may be somebody's, in the networks that subnets reach directly. */
export function withUnknownOwners(part: NetworkPart, doubt: Doubt): NetworkPart {
  const faces = new Map(part.devices.flatMap((one) => one.interfaces.map((face) => [`${one.name} ${face.name}`, face])))
  const owners = new Map<Link, readonly Ip[]>(
    part.links.map((link) => [
      link,
      link.ends.flatMap((end) => (faces.get(`${end.device} ${end.interface}`)?.addresses ?? []).map(({ ip }) => ip)),
    ]),
  )
  const linkOf = new Map(part.links.flatMap((link) => link.ends.map((end) => [`${end.device} ${end.interface}`, link])))
  const all = new Set([...owners.values()].flat())
  const split = (device: Device, route: Route): readonly Route[] => {
    const { nextHop } = route
    if (nextHop.kind === 'via' && !all.has(nextHop.gateway) && route.inactive === undefined) {
      return [{ ...route, nextHop: { kind: 'unknown', because: doubt.text } }]
    }
    const link = nextHop.kind === 'connected' ? linkOf.get(`${device.name} ${nextHop.interface}`) : undefined
    if (link?.kind !== 'segment' || route.inactive !== undefined) return [route]
    const known = [...new Set(owners.get(link))].filter((ip) => prefixContains(route.prefix, ip))
    const unknown: Route = { ...route, nextHop: { kind: 'unknown', because: doubt.text }, source: doubt.source }
    const each = known.map(
      (ip): Route => ({ ...route, prefix: hostPrefix(ip), origin: `${route.origin} (${formatIp(ip)})` }),
    )
    return [...each.filter((one) => one.prefix.length !== route.prefix.length), unknown]
  }
  const devices = part.devices.map((device) =>
    device.kind === 'subnet'
      ? {
          ...device,
          tables: device.tables.map((table) => ({
            ...table,
            routes: table.routes.flatMap((route) => split(device, route)),
          })),
        }
      : device,
  )
  return { ...part, devices }
}

/** A part in which the public addresses of the export that nobody is known to have are those of devices in doubt. */
export function withUnknownPublicOwners(part: NetworkPart, bodies: readonly Body[], doubt: Doubt): NetworkPart {
  const internet = part.links.find(({ kind }) => kind === 'internet')
  if (!internet) return part
  const owned = new Set(
    part.devices.flatMap((one) => one.interfaces.flatMap((face) => face.addresses.map(({ ip }) => ip))),
  )
  const devices = bodies.flatMap((body): Device[] => {
    if (!typeOf(body).endsWith('/publicipaddresses')) return []
    const ip = parseIp(body.unnoticed().text('ipAddress') ?? '')
    return ip === undefined || owned.has(ip) ? [] : [doubtfulDevice(bearer(body, ip), doubt)]
  })
  const ends = devices.map(({ name }) => ({ device: name, interface: 'internet' }))
  const links = part.links.map((one) => (one === internet ? { ...one, ends: [...one.ends, ...ends] } : one))
  return { ...part, devices: [...part.devices, ...devices], links }
}

/** Whoever has a public address. */
function bearer(body: Body, ip: Ip): Device {
  const source = body.source()
  return {
    name: `whoever has ${body.name}`,
    kind: 'service',
    label: `public address ${formatIp(ip)}`,
    aliases: [],
    interfaces: [{ name: 'internet', aliases: [], addresses: [{ ip, prefix: hostPrefix(ip), source }], source }],
    tables: [{ name: 'main', routes: [] }],
    tableRules: [],
    forwards: { enabled: false, source },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
}
