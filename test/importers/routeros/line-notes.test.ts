import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/read-lines.ts'

/** What became of the last line of an export. */
function lastLine(text: string) {
  const [file] = readLines([{ path: 'router.rsc', text }], 'routeros').files
  const line = file?.lines.at(-1)
  if (!line) throw new Error('no line was read')
  return line
}

const kindOf = (text: string) => {
  const { kind, relevant, modelled } = lastLine(text)
  return `${kind}${relevant ? '' : ', cannot matter'}${relevant && !modelled ? ', not modelled' : ''}`
}

const HEADER = '# 2026-01-01 by RouterOS 7.16\n/interface bridge\nadd name=bridge\n'
const FILTERING = '# by RouterOS 7.16\n/interface bridge\nadd name=bridge vlan-filtering=yes\n'
const PEER = '/ip ipsec peer\nadd address=198.51.100.4/32 name=azure\n'
const ADDRESS = '/ip address\nadd address=10.0.0.1/24 interface=bridge\n'

describe('what becomes of a line', () => {
  test.for([
    ['add address=10.0.0.1/24 interface=bridge network=10.0.0.0', '/ip address\n', 'understood'],
    ['add address=10.0.0.1/24 interface=bridge made-up=yes', '/ip address\n', 'partly, not modelled'],
    ['add chain=forward action=drop limit=5,5:packet', '/ip firewall filter\n', 'understood'],
    ['add chain=forward action=drop made-up=5', '/ip firewall filter\n', 'partly, not modelled'],
    ['add chain=forward action=drop random=50', '/ip firewall filter\n', 'partly, not modelled'],
    ['add chain=forward action=drop src-mac-address=AA:BB:CC:DD:EE:FF', '/ip firewall filter\n', 'understood'],
    ['add chain=forward action=drop random=50 disabled=yes', '/ip firewall filter\n', 'understood'],
    ['set [ find default-name=wlan1 ] ssid=plant country=latvia', '/interface wireless\n', 'understood'],
    ['set [ find default-name=wlan1 ] country=latvia made-up=1', '/interface wireless\n', 'ignored, not modelled'],
    ['add name=pool ranges=10.0.0.10-10.0.0.99', '/ip pool\n', 'understood'],
    ['add interface=bridge address-pool=pool lease-time=1d', `${ADDRESS}/ip dhcp-server\n`, 'understood'],
    ['add address=10.0.0.0/24 gateway=10.0.0.1 netmask=24', `${ADDRESS}/ip dhcp-server network\n`, 'understood'],
    ['add address=10.0.0.9 mac-address=AA:BB:CC:DD:EE:FF', `${ADDRESS}/ip dhcp-server lease\n`, 'understood'],
    ['add address=10.0.0.9 block-access=yes', `${ADDRESS}/ip dhcp-server lease\n`, 'partly, not modelled'],
    ['add area=backbone network=10.0.0.0/24', `${ADDRESS}/routing ospf network\n`, 'understood'],
    ['add area=backbone network=10.0.0.0/24 made-up=1', `${ADDRESS}/routing ospf network\n`, 'partly, not modelled'],
    ['add name=aws remote-as=64512 remote-address=169.254.0.1', '/routing bgp peer\n', 'understood'],
    ['add action=accept chain=ospf-in set-routing-mark=vpn', '/routing filter\n', 'ignored, not modelled'],
    ['set enabled=yes default-profile=default-encryption', '/interface l2tp-server server\n', 'understood'],
    ['set enabled=yes', '/ip upnp\n', 'understood'],
    ['set port=8888', '/ip proxy\n', 'understood'],
    ['set enabled=yes port=8888', '/ip proxy\n', 'partly, not modelled'],
    ['set accept-source-route=yes', '/ip settings\n', 'ignored, cannot matter'],
    ['set disable-ipv6=yes', '/ipv6 settings\n', 'understood'],
    ['add peer=azure secret=x', `${PEER}/ip ipsec identity\n`, 'understood'],
    ['add peer=azure secret=x generate-policy=port-strict', `${PEER}/ip ipsec identity\n`, 'partly, not modelled'],
    ['set 0 dst-address=0.0.0.0/0 src-address=0.0.0.0/0', '/ip ipsec policy\n', 'understood'],
    ['add bridge=bridge interface=ether2 pvid=20 frame-types=admit-all', '/interface bridge port\n', 'understood'],
    ['add bridge=bridge interface=ether2 made-up=20', '/interface bridge port\n', 'partly, not modelled'],
    ['set [ find default-name=ether2 ] arp=reply-only', '/interface ethernet\n', 'partly, not modelled'],
    ['add url=https://lists.example/hosts', '/ip dns adlist\n', 'partly, not modelled'],
    ['add name=x', '/ip made-up\n', 'ignored, not modelled'],
    ['set name=x', '/system made-up\n', 'ignored, cannot matter'],
    ['[admin@router] > ', '', 'ignored, cannot matter'],
    ['Step 5: Create NAT policy', '', 'ignored, cannot matter'],
    [':put "x"', '', 'ignored, not modelled'],
    ['/import guests.rsc', '', 'understood'],
    ['add name=x', '/\n', 'ignored, not modelled'],
  ] as const)('%s (below %s): %s', ([line, before, expected]) => {
    expect(kindOf(`${HEADER}${before}${line}\n`)).toBe(expected)
  })

  test.for([
    ['add bridge=bridge interface=ether2 pvid=20 frame-types=admit-only-vlan-tagged', 'understood'],
    ['add bridge=bridge interface=ether2 pvid=20 tag-stacking=yes', 'understood'],
    ['add bridge=bridge interface=ether2 made-up=20', 'partly, not modelled'],
  ] as const)('on a bridge that filters VLANs, %s: %s', ([line, expected]) => {
    const vlan = '/interface vlan\nadd interface=bridge name=v20 vlan-id=20\n'
    expect(kindOf(`${FILTERING}${vlan}/interface bridge port\n${line}\n`)).toBe(expected)
  })

  test('what a part of a configuration names in another is not its fault; a whole export would have it', () => {
    const text = '/ip firewall filter\nadd chain=forward out-interface=pppoe-out1\n'
    expect(kindOf(text)).toBe('understood')
    expect(kindOf(`# by RouterOS 7.16\n${text}`)).toBe('partly, not modelled')
  })
})

const DATA = process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))

describe('real exports', () => {
  // 4 of the lines left in the second folder choose an uplink by a hash nobody documents, 2 stand below no menu.
  for (const [folder, least] of [
    ['configs/routeros', 97],
    ['configs/routeros-not-exports', 94],
  ] as const) {
    const there = existsSync(`${DATA}/${folder}`)
    if (!there) console.warn(`skipped: ${DATA}/${folder} is not there; set NETTRACE_DATA`)
    test.skipIf(!there)(
      `at least ${least} % of the lines of ${folder} that matter are modelled (needs NETTRACE_DATA)`,
      () => {
        let relevant = 0
        let modelled = 0
        for (const name of readdirSync(`${DATA}/${folder}`).filter((one) => one.endsWith('.rsc'))) {
          const text = readFileSync(`${DATA}/${folder}/${name}`, 'utf8')
          const lines = readLines([{ path: name, text }], 'routeros').files.flatMap((file) => file.lines)
          relevant += lines.filter((line) => line.relevant).length
          modelled += lines.filter((line) => line.modelled).length
        }
        console.log(`${folder}: ${modelled} of ${relevant} lines, ${((100 * modelled) / relevant).toFixed(1)} %`)
        expect((100 * modelled) / relevant).toBeGreaterThanOrEqual(least)
      },
    )
  }
})
