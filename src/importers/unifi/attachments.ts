import { type Interface, implied } from '../../model/index.ts'
import type { Collections } from './collections.ts'
import { childrenOf, type Entry, flagOf, numberOf, sourceOf, textOf, textsOf } from './entry.ts'
import { idOf, nameOf } from './networks.ts'
import type { LanNetwork, Site } from './site.ts'

/** A network a switch port carries and how; of a network without the gateway the id alone. */
interface Carried {
  readonly untagged: string | undefined
  readonly tagged: ReadonlySet<string>
}

type Where = Pick<Site, 'lans' | 'interfaces' | 'diagnostics'>

/**
 * Gives the gateway's interfaces the names of the places their networks come out at: SSIDs (`corp`, `uap-1:corp`) and
 * switch ports (`sw-1:3` untagged, `sw-1:3.20` tagged), as WLANs, port profiles and port overrides say. A network that
 * the uplink of its switch does not carry ends there: such a port becomes an interface of its own that leads nowhere.
 */
export function withAttachments(collections: Collections, site: Where): Interface[] {
  const names = new Map<string, Set<string>>()
  const add = (network: string | undefined, name: string) => {
    const lan = site.lans.find((one) => one.id === network)
    if (!lan) return
    const known = names.get(lan.interface) ?? new Set()
    names.set(lan.interface, known.add(name))
  }
  const devices = collections.entries.get('device') ?? []
  nameSsids(collections, devices, site.lans, add)
  const cut = nameSwitchPorts(collections, devices, site, add)
  const taken = new Set(site.interfaces.flatMap((one) => [one.name, ...one.aliases]))
  const named = site.interfaces.map((one) => {
    const more = [...(names.get(one.name) ?? [])].filter((name) => !taken.has(name))
    for (const name of more) taken.add(name)
    return more.length === 0 ? one : { ...one, aliases: [...one.aliases, ...more] }
  })
  return [...named, ...cut.filter((one) => !taken.has(one.name))]
}

type Add = (network: string | undefined, name: string) => void

function nameSsids(collections: Collections, devices: readonly Entry[], lans: readonly LanNetwork[], add: Add): void {
  const points = devices.filter((one) => textOf(one, 'type') === 'uap').map(nameOf)
  for (const wlan of collections.entries.get('wlanconf') ?? []) {
    if (flagOf(wlan, 'enabled') === false) continue
    const network = textOf(wlan, 'networkconf_id') ?? defaultNetwork(lans)
    add(network, nameOf(wlan))
    for (const point of points) add(network, `${point}:${nameOf(wlan)}`)
  }
}

/** The network without a VLAN, which ports and SSIDs are on unless they say otherwise. */
function defaultNetwork(lans: readonly LanNetwork[]): string | undefined {
  return (lans.find((lan) => !isTagged(lan)) ?? lans[0])?.id
}

function isTagged(lan: LanNetwork): boolean {
  return flagOf(lan.entry, 'vlan_enabled') !== false && numberOf(lan.entry, 'vlan') !== undefined
}

function nameSwitchPorts(collections: Collections, devices: readonly Entry[], site: Where, add: Add): Interface[] {
  const profiles = new Map((collections.entries.get('portconf') ?? []).map((entry) => [idOf(entry), entry]))
  const cut: Interface[] = []
  for (const device of devices.filter((one) => textOf(one, 'type') === 'usw')) {
    const carriedBy = (port: number) => carried(device, port, profiles, site.lans)
    const uplink = uplinkPort(device)
    const trunk = uplink === undefined ? undefined : carriedBy(uplink)
    const reaches = (network: string) => !trunk || trunk.untagged === network || trunk.tagged.has(network)
    for (const port of portsOf(device)) {
      if (port === uplink) continue
      const { untagged, tagged } = carriedBy(port)
      const name = `${nameOf(device)}:${port}`
      if (untagged !== undefined && reaches(untagged)) add(untagged, name)
      else if (untagged !== undefined) cut.push(cutOff(name, device, untagged, uplink, site))
      for (const lan of site.lans) {
        if (tagged.has(lan.id) && reaches(lan.id)) add(lan.id, `${name}.${textOf(lan.entry, 'vlan')}`)
      }
    }
  }
  return cut
}

function portsOf(device: Entry): number[] {
  const listed = [...childrenOf(device, 'port_table'), ...childrenOf(device, 'port_overrides')]
  return [...new Set(listed.flatMap((port) => numberOf(port, 'port_idx') ?? []))]
}

function uplinkPort(device: Entry): number | undefined {
  const marked = childrenOf(device, 'port_table').find((port) => flagOf(port, 'is_uplink') === true)
  const [uplink] = childrenOf(device, 'uplink')
  return (marked && numberOf(marked, 'port_idx')) ?? (uplink && numberOf(uplink, 'port_idx'))
}

/** What a port carries: its override, else its profile, else every network with the default one untagged. */
function carried(
  device: Entry,
  port: number,
  profiles: ReadonlyMap<string, Entry>,
  lans: readonly LanNetwork[],
): Carried {
  const own = (key: string) => childrenOf(device, key).find((one) => numberOf(one, 'port_idx') === port)
  const override = own('port_overrides')
  const profileId = (override && textOf(override, 'portconf_id')) ?? textOfPort(own('port_table'), 'portconf_id')
  const profile = profiles.get(profileId ?? '')
  const said = (key: string) => (override && textOf(override, key)) ?? textOfPort(profile, key)
  const forward = said('forward') ?? 'all'
  const tagging = said('tagged_vlan_mgmt')
  if (forward === 'disabled') return { untagged: undefined, tagged: new Set() }
  const untagged = said('native_networkconf_id') ?? defaultNetwork(lans)
  if (forward === 'native' || tagging === 'block_all') return { untagged, tagged: new Set() }
  const excluder = override && textOf(override, 'forward') !== undefined ? override : (profile ?? override)
  const excluded = new Set(excluder ? textsOf(excluder, 'excluded_networkconf_ids') : [])
  const custom = forward === 'customize' || tagging === 'custom'
  const ids = lans.filter((lan) => isTagged(lan) && lan.id !== untagged && !(custom && excluded.has(lan.id)))
  return { untagged, tagged: new Set(ids.map((lan) => lan.id)) }
}

function textOfPort(entry: Entry | undefined, key: string): string | undefined {
  return entry && textOf(entry, key)
}

function cutOff(name: string, device: Entry, network: string, uplink: number | undefined, site: Where): Interface {
  const lan = site.lans.find((one) => one.id === network)
  const called = lan?.name ?? network
  const message = `${name} is on ${called}, which the uplink of ${nameOf(device)} (port ${uplink}) does not carry: what is connected there reaches nobody.`
  const source = sourceOf(device, 'port_overrides')
  site.diagnostics.push({ severity: 'warning', code: 'NT1418', message, source })
  const because = `the uplink of ${nameOf(device)} (port ${uplink}) does not carry ${called}`
  return { name, aliases: [], addresses: [], source: source.kind === 'implied' ? implied(because) : source }
}
