import { deviceName } from './device-name.ts'
import { flagOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** The protocol of an interface that a mesh goes over. */
export const HARDIF = 'batadv_hardif'

/**
 * Ports that a device carries, by the names a cable or a topology would give them: the members of a bridge, of those that
 * are VLANs of another bridge its ports, of a VLAN device (`8021q`, `8021ad`) or a `macvlan` what it sits on (OpenWrt:
 * network configuration, device sections).
 */
export function portsOf(device: string, network: UciPackage | undefined): string[] {
  const found = new Set<string>()
  const visit = (name: string, depth: number) => {
    if (depth > DEPTH_LIMIT) return
    for (const port of portsBelow(name, network)) {
      if (found.has(port) || port === device) continue
      found.add(port)
      visit(port, depth + 1)
    }
  }
  visit(device, 0)
  return [...found]
}

const DEPTH_LIMIT = 8

function portsBelow(device: string, network: UciPackage | undefined): string[] {
  const interfaces = sectionsOf(network, 'interface')
  const bridged = interfaces.filter(
    (section) => textOf(section, 'type') === 'bridge' && `br-${section.name ?? ''}` === device,
  )
  const ports = bridged.flatMap((section) => wordsOf(section, 'ifname', 'device').map((word) => word.text))
  for (const section of sectionsOf(network, 'device')) {
    if (textOf(section, 'name') === device) ports.push(...lowerDevices(section))
  }
  return [...ports, ...meshPorts(device, interfaces), ...vlanPorts(device, network)]
}

/** What a `config device` section is made of. */
function lowerDevices(section: UciSection): string[] {
  const type = textOf(section, 'type')
  const under = textOf(section, 'ifname')
  if (under !== undefined && (type === '8021q' || type === '8021ad')) {
    const vlan = textOf(section, 'vid')
    return vlan === undefined ? [] : [`${under}.${vlan}`]
  }
  if (under !== undefined && type === 'macvlan') return [under]
  // Only a bridge has ports; where the type is left out, they say what it is.
  return type === undefined || type === 'bridge' ? wordsOf(section, 'ports').map((word) => word.text) : []
}

function meshPorts(device: string, interfaces: readonly UciSection[]): string[] {
  const below = interfaces.filter((one) => textOf(one, 'proto') === HARDIF && textOf(one, 'master') === device)
  return below.map((one) => deviceName(one, new Map()))
}

function vlanPorts(device: string, network: UciPackage | undefined): string[] {
  const [bridge, vlan] = splitVlan(device)
  const sections = sectionsOf(network, 'bridge-vlan').filter((one) => {
    const at = [textOf(one, 'device'), textOf(one, 'vlan')]
    // With `local 0` the router itself is no member (OpenWrt: DSA Mini-Tutorial).
    return flagOf(one, 'local', true) && at[0] === bridge && at[1] === vlan
  })
  return sections.flatMap((one) => wordsOf(one, 'ports').map((word) => vlanPort(word.text, vlan ?? '')))
}

/** `br-lan.10` -> its bridge and VLAN. */
function splitVlan(device: string): [string, string | undefined] {
  const dot = device.lastIndexOf('.')
  return dot === -1 ? [device, undefined] : [device.slice(0, dot), device.slice(dot + 1)]
}

/** A port of a bridge-vlan: tagged (`lan1:t`) it carries the VLAN as `lan1.10`, untagged as itself. */
function vlanPort(port: string, vlan: string): string {
  const [name = port, mode = ''] = port.split(':')
  return mode.includes('t') ? `${name}.${vlan}` : name
}
