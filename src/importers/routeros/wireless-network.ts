import type { Configuration } from './configuration.ts'
import { type Entry, textOf } from './entry.ts'
import type { Port } from './port.ts'

/**
 * The name of the wireless network (SSID) of a radio, its own or its configuration's: hosts on it are on the interface's
 * segment, so a topology may use it for the place (MikroTik: Wireless Interface, WiFi).
 */
export function wirelessNetworkOf(configuration: Configuration, entry: Entry): string | undefined {
  const own = textOf(entry, 'ssid') ?? textOf(entry, 'configuration.ssid')
  if (own !== undefined) return own
  const name = textOf(entry, 'configuration')
  if (name === undefined) return undefined
  const shared = configuration.entries(`${entry.menu} configuration`).find((one) => textOf(one, 'name') === name)
  return shared && textOf(shared, 'ssid')
}

/** Takes the names of wireless networks away that several interfaces have: they would not say which is meant. */
export function dropSharedNetworks(ports: ReadonlyMap<string, Port>, configuration: Configuration): void {
  const networks = new Set<string>()
  for (const menu of ['interface wireless', 'interface wifi', 'interface wifiwave2', 'interface w60g'])
    for (const entry of configuration.entries(menu)) networks.add(wirelessNetworkOf(configuration, entry) ?? '')
  for (const name of networks) {
    const holders = [...ports.values()].filter((port) => port.aliases.includes(name) && port.master === undefined)
    if (holders.length < 2 && !ports.has(name)) continue
    for (const port of ports.values()) {
      const kept = port.aliases.filter((alias) => alias !== name)
      port.aliases.splice(0, port.aliases.length, ...kept)
    }
  }
}
