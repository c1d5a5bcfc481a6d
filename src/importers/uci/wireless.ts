import type { Interface } from '../../model/index.ts'
import type { UciNetworks } from './network.ts'
import { isDisabled, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/**
 * Gives interfaces the names of the wireless networks that come out at them, as access points announce them (OpenWrt:
 * wireless configuration, `ssid` and `network` of wifi-iface sections). A name two networks share is given to neither.
 */
export function withSsids(
  wireless: UciPackage | undefined,
  networks: UciNetworks,
  interfaces: readonly Interface[],
): readonly Interface[] {
  const off = new Set(
    sectionsOf(wireless, 'wifi-device')
      .filter(isDisabled)
      .map((radio) => radio.name),
  )
  const named = sectionsOf(wireless, 'wifi-iface').flatMap((section) => placesOf(section, off, networks))
  const devicesOf = (name: string) => new Set(named.filter((one) => one.name === name).map((one) => one.device))
  const taken = new Set(interfaces.flatMap((one) => [one.name, ...one.aliases]))
  return interfaces.map((one) => {
    const own = named.filter(
      ({ name, device }) => device === one.name && devicesOf(name).size === 1 && !taken.has(name),
    )
    const more = [...new Set(own.map(({ name }) => name))]
    return more.length === 0 ? one : { ...one, aliases: [...one.aliases, ...more] }
  })
}

function placesOf(
  section: UciSection,
  off: ReadonlySet<string | undefined>,
  networks: UciNetworks,
): { name: string; device: string }[] {
  const mode = textOf(section, 'mode') ?? 'ap'
  const names = [textOf(section, 'ssid', 'mesh_id'), textOf(section, 'ifname')].filter((name) => name !== undefined)
  const bridged = wordsOf(section, 'network').flatMap((word) => networks.get(word.text)?.device ?? [])
  if (isDisabled(section) || off.has(textOf(section, 'device')) || !['ap', 'mesh', 'adhoc'].includes(mode)) return []
  return bridged.flatMap((device) => names.map((name) => ({ name, device })))
}
