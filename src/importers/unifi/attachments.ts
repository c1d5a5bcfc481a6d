import type { CutOff, Interface, Source } from '../../model/index.ts'
import type { Collections } from './collections.ts'
import { childrenOf, type Entry, flagOf, numberOf, sourceOf, textOf, textsOf } from './entry.ts'
import { idOf, nameOf } from './networks.ts'
import type { LanNetwork, Site } from './site.ts'

/** The networks a switch port carries and what says so; of a network without the gateway the id alone. */
interface Carried {
  readonly untagged: string | undefined
  readonly tagged: ReadonlySet<string>
  /** The override or profile that decides, in words, and its place. */
  readonly by: string
  readonly source: Source
}

type Where = Pick<Site, 'lans' | 'interfaces' | 'diagnostics'>

/** What the places behind the gateway come to. */
interface Attachments {
  readonly interfaces: readonly Interface[]
  readonly cutOff: readonly CutOff[]
}

/**
 * Gives the gateway's interfaces the names of the places their networks come out at: SSIDs (`corp`, `uap-1:corp`) and
 * switch ports (`sw-1:3` untagged, `sw-1:3.20` tagged), as WLANs, port profiles and port overrides say. A place is cut off
 * where its port or one between it and the gateway does not carry the network; the ports between are those of
 * `uplink` and `last_uplink`.
 */
export function withAttachments(collections: Collections, site: Where): Attachments {
  const names = new Map<string, Set<string>>()
  const add = (network: string | undefined, name: string) => {
    const lan = site.lans.find((one) => one.id === network)
    if (!lan) return
    const known = names.get(lan.interface) ?? new Set()
    names.set(lan.interface, known.add(name))
  }
  const switching = switchingOf(collections, site)
  const cut = [...nameSsids(collections, switching, add), ...nameSwitchPorts(switching, add)]
  const taken = new Set(site.interfaces.flatMap((one) => [one.name, ...one.aliases]))
  const interfaces = site.interfaces.map((one) => {
    const more = [...(names.get(one.name) ?? [])].filter((name) => !taken.has(name))
    for (const name of more) taken.add(name)
    return more.length === 0 ? one : { ...one, aliases: [...one.aliases, ...more] }
  })
  return { interfaces, cutOff: cut.filter((one) => !taken.has(one.name)) }
}

type Add = (network: string | undefined, name: string) => void

/** The switches and access points of a site and what their ports carry. */
interface Switching {
  readonly devices: readonly Entry[]
  readonly profiles: ReadonlyMap<string, Entry>
  /** Where each device is connected: to which, and at which of its ports. */
  readonly uplinks: ReadonlyMap<Entry, { readonly above: Entry | undefined; readonly port: number | undefined }>
  readonly site: Where
}

function switchingOf(collections: Collections, site: Where): Switching {
  const profiles = new Map((collections.entries.get('portconf') ?? []).map((entry) => [idOf(entry), entry]))
  const devices = collections.entries.get('device') ?? []
  const switches = new Map(devices.map((one) => [textOf(one, 'mac'), one] as const))
  const uplinks = new Map(
    devices.map((device) => {
      const links = [...childrenOf(device, 'uplink'), ...childrenOf(device, 'last_uplink')].map((link) => ({
        mac: textOf(link, 'uplink_mac'),
        port: numberOf(link, 'uplink_remote_port'),
      }))
      const [uplink] = links.filter((link) => link.mac !== undefined)
      const above = uplink && switches.get(uplink.mac)
      const isSwitch = above !== undefined && textOf(above, 'type') === 'usw'
      return [device, { above: isSwitch ? above : undefined, port: uplink?.port }] as const
    }),
  )
  return { devices, profiles, uplinks, site }
}

/** Why a network does not get from a device to the gateway; absent = it does, as far as the export says. */
type Block = Pick<CutOff, 'because' | 'source'>

const DEPTH_LIMIT = 16

/** The first port between a switch or access point and the gateway that does not carry a network. */
function blockOf(switching: Switching, device: Entry, network: string, depth = 0): Block | undefined {
  const own = textOf(device, 'type') === 'usw' ? uplinkPort(device) : undefined
  const ownPort = own === undefined ? undefined : carried(switching, device, own)
  if (ownPort && !carries(ownPort, network)) {
    return blocked(`the uplink of ${nameOf(device)} (port ${own})`, ownPort, network, switching.site)
  }
  const { above, port } = switching.uplinks.get(device) ?? { above: undefined, port: undefined }
  if (!above || above === device || depth >= DEPTH_LIMIT) return undefined
  const far = port === undefined ? undefined : carried(switching, above, port)
  if (far && !carries(far, network)) {
    return blocked(
      `port ${port} of ${nameOf(above)}, where ${nameOf(device)} is connected,`,
      far,
      network,
      switching.site,
    )
  }
  return blockOf(switching, above, network, depth + 1)
}

function carries({ untagged, tagged }: Carried, network: string): boolean {
  return untagged === network || tagged.has(network)
}

function blocked(what: string, { by, source }: Carried, network: string, { lans }: Where): Block {
  const lan = lans.find((one) => one.id === network)
  const vlan = lan && isTagged(lan) ? ` (VLAN ${textOf(lan.entry, 'vlan')})` : ''
  return { because: `${what} does not carry ${lan?.name ?? network}${vlan}: ${by}`, source }
}

function cutFrom(name: string, network: string, block: Block, { lans }: Where): CutOff {
  const from = lans.find((one) => one.id === network)?.interface
  return { name, ...(from !== undefined && { from }), ...block }
}

function nameSsids(collections: Collections, switching: Switching, add: Add): CutOff[] {
  const { devices, site } = switching
  const points = devices.filter((one) => textOf(one, 'type') === 'uap')
  const groups = new Map(points.map((one) => [one, GROUPS.flatMap((key) => textOf(one, key) ?? [])]))
  const overrides = new Map(points.map((one) => [one, overridesOf(one)]))
  const cut: CutOff[] = []
  for (const wlan of collections.entries.get('wlanconf') ?? []) {
    if (flagOf(wlan, 'enabled') === false) continue
    const named = textOf(wlan, 'networkconf_id') ?? vlanNetwork(wlan, site.lans)
    const group = textOf(wlan, 'wlangroup_id')
    const network = named ?? defaultNetwork(site.lans)
    if (network === undefined) continue
    const blocks = points
      .filter((one) => announces(groups.get(one) ?? [], group))
      .map((point) => ({ point, block: blockOf(switching, point, network) }))
    const everywhere = blocks.length > 0 && blocks.every(({ block }) => block) ? blocks[0]?.block : undefined
    if (everywhere) cut.push(cutFrom(nameOf(wlan), network, everywhere, site))
    else add(network, nameOf(wlan))
    for (const { point, block } of blocks) {
      const own = overrides.get(point)?.get(idOf(wlan))
      if (own?.isOff) continue
      const name = `${nameOf(point)}:${own?.name ?? nameOf(wlan)}`
      if (block) cut.push(cutFrom(name, network, block, site))
      else add(network, name)
    }
  }
  return cut
}

/** Older controllers put a WLAN on a VLAN by its number. */
function vlanNetwork(wlan: Entry, lans: readonly LanNetwork[]): string | undefined {
  const isOn = flagOf(wlan, 'vlan_enabled') === true
  const vlan = textOf(wlan, 'vlan')
  return isOn ? lans.find((lan) => textOf(lan.entry, 'vlan') === vlan)?.id : undefined
}

/** An access point announces the WLANs of its groups, where it names any (go-unifi: Device, WlanConf). */
function announces(groups: readonly string[], group: string | undefined): boolean {
  return groups.length === 0 || group === undefined || groups.includes(group)
}

/** What an access point does otherwise than a WLAN says, by the WLAN's id. */
function overridesOf(
  point: Entry,
): ReadonlyMap<string, { readonly name: string | undefined; readonly isOff: boolean }> {
  const overrides = childrenOf(point, 'wlan_overrides')
  return new Map(
    overrides.map((one) => [
      textOf(one, 'wlan_id') ?? '',
      { name: textOf(one, 'name'), isOff: flagOf(one, 'enabled') === false },
    ]),
  )
}

const GROUPS = ['wlangroup_id_na', 'wlangroup_id_ng'] as const

/** The network without a VLAN, which ports and SSIDs are on unless they say otherwise. */
function defaultNetwork(lans: readonly LanNetwork[]): string | undefined {
  return (lans.find((lan) => !isTagged(lan)) ?? lans[0])?.id
}

function isTagged(lan: LanNetwork): boolean {
  return flagOf(lan.entry, 'vlan_enabled') !== false && numberOf(lan.entry, 'vlan') !== undefined
}

function nameSwitchPorts(switching: Switching, add: Add): CutOff[] {
  const { devices, site } = switching
  const cut: CutOff[] = []
  for (const device of devices.filter((one) => ['usw', 'uap'].includes(textOf(one, 'type') ?? ''))) {
    const uplink = uplinkPort(device)
    const blocks = new Map(site.lans.map((lan) => [lan.id, blockOf(switching, device, lan.id)]))
    for (const [port, at] of portsOf(device).map((one) => [one, carried(switching, device, one)] as const)) {
      if (port === uplink) continue
      const name = `${nameOf(device)}:${port}`
      const block = at.untagged === undefined ? undefined : blocks.get(at.untagged)
      if (at.untagged !== undefined && !block) add(at.untagged, name)
      else if (at.untagged !== undefined && block) cut.push(reported(cutFrom(name, at.untagged, block, site), site))
      for (const lan of site.lans) {
        if (!isTagged(lan) || lan.id === at.untagged) continue
        const tagged = `${name}.${textOf(lan.entry, 'vlan')}`
        const why = at.tagged.has(lan.id)
          ? blocks.get(lan.id)
          : blocked(`port ${port} of ${nameOf(device)}`, at, lan.id, site)
        if (why) cut.push(cutFrom(tagged, lan.id, why, site))
        else add(lan.id, tagged)
      }
    }
  }
  return cut
}

function reported(cut: CutOff, site: Where): CutOff {
  const message = `${cut.name} is cut off: ${cut.because}; what is connected there reaches nobody.`
  site.diagnostics.push({ severity: 'warning', code: 'NT1418', message, source: cut.source })
  return cut
}

function portsOf(device: Entry): number[] {
  const listed = [...childrenOf(device, 'port_table'), ...childrenOf(device, 'port_overrides')]
  return [...new Set(listed.flatMap((port) => numberOf(port, 'port_idx') ?? []))]
}

function uplinkPort(device: Entry): number | undefined {
  const [marked] = childrenOf(device, 'port_table').filter((port) => flagOf(port, 'is_uplink') === true)
  const [uplink] = childrenOf(device, 'uplink')
  const reported = uplink && numberOf(uplink, 'port_idx')
  return (marked && numberOf(marked, 'port_idx')) ?? reported
}

/** What a port carries: its override, else its profile, else every network with the default one untagged. */
function carried({ profiles, site: { lans } }: Switching, device: Entry, port: number): Carried {
  const own = (key: string) => childrenOf(device, key).find((one) => numberOf(one, 'port_idx') === port)
  const override = own('port_overrides')
  const running = textOfPort(own('port_table'), 'portconf_id')
  const profileId = (override && textOf(override, 'portconf_id')) ?? running
  const profile = profiles.get(profileId ?? '')
  const said = (key: string) => (override && textOf(override, key)) ?? textOfPort(profile, key)
  const forward = said('forward') ?? 'all'
  const tagging = said('tagged_vlan_mgmt')
  const excluder = override && textOf(override, 'forward') !== undefined ? override : (profile ?? override)
  const where = { by: wordsOf(override, profile, excluder), source: placeOf(device, excluder, tagging) }
  if (forward === 'disabled') return { untagged: undefined, tagged: new Set(), ...where }
  const untagged = said('native_networkconf_id') ?? defaultNetwork(lans)
  if (forward === 'native' || tagging === 'block_all') return { untagged, tagged: new Set(), ...where }
  const excluded = new Set(excluder ? textsOf(excluder, 'excluded_networkconf_ids') : [])
  const custom = forward === 'customize' || tagging === 'custom'
  const ids = lans.filter((lan) => isTagged(lan) && lan.id !== untagged && !(custom && excluded.has(lan.id)))
  return { untagged, tagged: new Set(ids.map((lan) => lan.id)), ...where }
}

function wordsOf(override: Entry | undefined, profile: Entry | undefined, decides: Entry | undefined): string {
  if (decides && decides === profile) return `port profile ${nameOf(profile)}`
  return override ? 'the settings of the port itself' : 'it has no port profile'
}

/** The member that leaves networks out, else the one that says what is forwarded. */
function placeOf(device: Entry, decides: Entry | undefined, tagging: string | undefined): Source {
  if (!decides) return sourceOf(device, 'port_overrides')
  const keys = ['excluded_networkconf_ids', ...(tagging === 'block_all' ? ['tagged_vlan_mgmt'] : []), 'forward']
  return sourceOf(decides, keys.find((key) => Object.hasOwn(decides.value, key)) ?? 'name')
}

function textOfPort(entry: Entry | undefined, key: string): string | undefined {
  return entry && textOf(entry, key)
}
