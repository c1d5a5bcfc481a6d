import { textOf, type UciSection, wordsOf } from './section.ts'

/**
 * How each protocol names the Linux device it makes; `#` is the UCI name (OpenWrt: netifd and its protocol handlers).
 * A protocol that is not here uses the device of the section.
 */
const MADE_BY_PROTOCOL: Readonly<Record<string, string>> = {
  '3g': '3g-#',
  '464xlat': '464-#',
  '6in4': '6in4-#',
  '6rd': '6rd-#',
  '6to4': '6to4-#',
  batadv: '#',
  dslite: 'ds-#',
  gre: 'gre4-#',
  gretap: 'gre4t-#',
  grev6: 'gre6-#',
  grev6tap: 'gre6t-#',
  ipip: 'ipip-#',
  l2tp: 'l2tp-#',
  openconnect: 'vpn-#',
  ppp: 'ppp-#',
  pppoa: 'pppoa-#',
  pppoe: 'pppoe-#',
  pptp: 'pptp-#',
  vpnc: 'vpn-#',
  vti: 'vti-#',
  vtiv6: 'vti6-#',
  vxlan: '#',
  wireguard: '#',
  xfrm: '#',
}

/**
 * The Linux device of a `config interface` section, in both generations of the syntax: `option type bridge` makes
 * `br-NAME`, protocols with a link of their own name it, `@lan` stands for the device of `lan`, else the first of
 * `device` (since 21.02) or `ifname`. A network without any (wireless only) goes by its own name.
 */
export function deviceName(section: UciSection, byName: ReadonlyMap<string, UciSection>, depth = 0): string {
  const name = section.name ?? ''
  if (textOf(section, 'type') === 'bridge') return `br-${name}`
  const made = MADE_BY_PROTOCOL[(textOf(section, 'proto') ?? '').toLowerCase()]
  if (made !== undefined) return made.replace('#', name)
  const device = wordsOf(section, 'device', 'ifname')[0]?.text ?? name
  if (!device.startsWith('@')) return device
  const other = byName.get(device.slice(1))
  return other && depth < 8 ? deviceName(other, byName, depth + 1) : device.slice(1)
}
