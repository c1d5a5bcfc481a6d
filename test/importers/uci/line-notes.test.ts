import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/index.ts'

const DEVICE = "config interface 'lan'\noption device 'br-lan'\noption proto 'static'\noption ipaddr '10.0.0.1/24'\n"
const SERVER = "config dnsmasq\noption domain 'lan'\n"
const ZONE = "config zone\noption name 'lan'\nlist device 'br-lan'\n"

/** What the last line of a file means. */
function lastLine(path: string, text: string): string {
  const [file] = readLines([{ path, text }], 'uci').files
  const line = file?.lines.at(-1)
  if (!line) throw new Error('no line')
  return line.relevant ? (line.modelled ? 'modelled' : line.kind) : 'cannot matter'
}

describe('a line of a network file', () => {
  test.for([
    [`${DEVICE}option gateway '10.0.0.254'`, 'modelled'],
    [`${DEVICE}option mtu '1400'`, 'modelled'],
    [`${DEVICE}option macaddr '02:00:00:00:00:01'`, 'modelled'],
    [`${DEVICE}option dns_search 'plant.example'`, 'modelled'],
    [`${DEVICE}option ip6assign '60'`, 'modelled'],
    [`${DEVICE}option force_link '1'`, 'cannot matter'],
    [`${DEVICE}option ip4table 'other'`, 'partly'],
    [`${DEVICE}option frobnicate '1'`, 'ignored'],
    ["config interface 'loopback'\noption device 'lo'\noption proto 'static'\noption ipaddr '127.0.0.1'", 'modelled'],
    [`${DEVICE}config device\noption name 'br-lan'\noption type 'bridge'\nlist ports 'lan1'`, 'modelled'],
    [`${DEVICE}config device\noption name 'br-lan'\noption type 'bridge'\noption stp '1'`, 'cannot matter'],
    [`${DEVICE}config device\noption name 'br-lan'\noption frobnicate '1'`, 'ignored'],
    ["config globals 'globals'\noption ula_prefix 'fd00:1:2::/48'", 'modelled'],
    ["config switch\noption name 'switch0'\noption enable_vlan '1'", 'ignored'],
    ["config switch_vlan\noption device 'switch0'\noption ports '0t 1'\noption vid '7'\noption vlan '2'", 'modelled'],
    ["config tunnel_of_tomorrow 'x'\noption remote '10.0.0.9'", 'ignored'],
  ] as const)('%s: %s', ([text, expected]) => expect(lastLine('network', text)).toBe(expected))
})

describe('a line of a dhcp file', () => {
  const host = "config host\noption name 'nas'\noption ip '10.0.0.2'\n"
  test.for([
    [`${SERVER}${host}option mac '02:00:00:00:00:01'`, 'modelled'],
    [`${SERVER}${host}option hostid '::2'`, 'modelled'],
    [`${SERVER}${host}option duid '0001'`, 'modelled'],
    [`${SERVER}${host}option leasetime '1h'`, 'cannot matter'],
    [`${SERVER}${host}option tag 'known'`, 'ignored'],
    [`${SERVER}option localise_queries '1'`, 'modelled'],
    [`${SERVER}option cachesize '1000'`, 'cannot matter'],
    [`${SERVER}option frobnicate '1'`, 'ignored'],
    [`${SERVER}config dhcp 'lan'\noption interface 'lan'\noption start '100'`, 'modelled'],
    [`${SERVER}config dhcp 'lan'\noption interface 'lan'\nlist dhcp_option '3,10.0.0.254'`, 'modelled'],
    [`${SERVER}config dhcp 'lan'\noption interface 'lan'\noption ndp 'relay'`, 'ignored'],
    [`${SERVER}config dhcp 'lan'\noption ignore '1'\noption interface 'lan'`, 'modelled'],
  ] as const)('%s: %s', ([text, expected]) => expect(lastLine('dhcp', text)).toBe(expected))
})

describe('a line of a firewall file', () => {
  const rule = "config rule\noption src 'lan'\noption target 'ACCEPT'\n"
  test.for([
    [`${ZONE}option input 'ACCEPT'`, 'modelled'],
    [`${ZONE}list network 'lan'`, 'modelled'],
    [`${ZONE}option frobnicate '1'`, 'ignored'],
    [`${ZONE}${rule}option src_mac '02:00:00:00:00:01'`, 'modelled'],
    [`${ZONE}${rule}option name 'allow'`, 'modelled'],
    [`${ZONE}config rule\noption src 'lan'\noption target 'DROP'\noption log '1'`, 'cannot matter'],
    [`config defaults\noption input 'DROP'\noption disable_ipv6 '1'`, 'modelled'],
    [`config defaults\noption input 'DROP'\noption flow_offloading '1'`, 'cannot matter'],
    [`${ZONE}config include\noption path '/etc/firewall.extra'`, 'modelled'],
    // The doubt stands on the line the rule is known by.
    [`${ZONE}option input 'DROP'\noption target 'ACCEPT'\nconfig frob 'x'\noption y '1'`, 'ignored'],
  ] as const)('%s: %s', ([text, expected]) => expect(lastLine('firewall', text)).toBe(expected))

  test('a rule with a time of day is understood and not in the model', () => {
    const text = `${ZONE}config rule\noption src 'lan'\noption target 'DROP'\noption start_time '08:00'\n`
    const line = readLines([{ path: 'firewall', text }], 'uci').files[0]?.lines[3]
    expect(line).toMatchObject({ modelled: false, because: 'cannot be decided: start_time 08:00' })
  })
})

test.for([
  ["config globals 'globals'\noption mmx_mask '0x3F00'", 'cannot matter'],
  ["config interface 'wan'\noption enabled '1'\noption family 'ipv4'", 'ignored'],
  ["config rule 'r'\noption use_policy 'default'\noption sticky '1'", 'cannot matter'],
  ["config rule 'r'\noption use_policy 'default'\noption dest_port '443'", 'modelled'],
] as const)('mwan3: %s: %s', ([text, expected]) => expect(lastLine('mwan3', text)).toBe(expected))

test('looking whether a section is off is no reading of it', () => {
  const text = "config member 'm'\noption interface 'wan'\noption enabled '1'\noption disabled '0'\n"
  const lines = readLines([{ path: 'mwan3', text }], 'uci').files[0]?.lines ?? []
  expect(lines.map((line) => line.modelled)).not.toContain(true)
})

const folder = join(
  process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'configs/openwrt',
)
const present = existsSync(folder)
if (!present) console.warn(`skipped: real OpenWrt configurations are not in ${folder}`)

test.skipIf(!present)(
  'of the lines of real devices that matter 97 in 100 are modelled (needs the reference data)',
  () => {
    const paths = present
      ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
      : []
    let relevant = 0
    let modelled = 0
    for (const { parentPath, name } of paths) {
      const text = readFileSync(join(parentPath, name), 'utf8')
      for (const line of readLines([{ path: name, text }], 'uci').files[0]?.lines ?? []) {
        relevant += line.relevant ? 1 : 0
        modelled += line.modelled ? 1 : 0
      }
    }
    console.info(`OpenWrt: ${modelled} of ${relevant} lines (${((100 * modelled) / relevant).toFixed(1)} %)`)
    expect(relevant).toBeGreaterThan(1000)
    expect(modelled / relevant).toBeGreaterThanOrEqual(0.97)
  },
)
