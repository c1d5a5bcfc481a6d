import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/read-lines.ts'

/** What became of the line that holds some words. */
function kindOf(text: string, words: string): string {
  const [file] = readLines([{ path: 'config.boot', text }], 'edgeos').files
  const at = text.split('\n').findIndex((line) => line.includes(words))
  const line = file?.lines[at]
  if (!line) throw new Error('no line was read')
  const { kind, relevant, modelled } = line
  return `${kind}${relevant ? '' : ', cannot matter'}${relevant && !modelled ? ', not modelled' : ''}`
}

const LAN = 'interfaces {\n ethernet eth0 {\n address dhcp\n }\n ethernet eth1 {\n address 10.0.0.1/24\n }\n}\n'
const inside = (path: string, line: string) => {
  const names = path.split(' / ')
  return `${LAN}${names.map((name) => `${name} {\n`).join('')}${line}\n${'}\n'.repeat(names.length)}`
}

const SUBNET = 'service / dhcp-server / shared-network-name LAN / subnet 10.0.0.0/24'

describe('what becomes of a line of a configuration', () => {
  test.for([
    ['default-router 10.0.0.1', SUBNET, 'understood'],
    ['lease 86400', SUBNET, 'ignored, cannot matter'],
    ['made-up 1', SUBNET, 'ignored, not modelled'],
    ['stop 10.0.0.99', `${SUBNET} / start 10.0.0.10`, 'understood'],
    ['mac-address aa:bb:cc:dd:ee:ff', `${SUBNET} / static-mapping nas`, 'understood'],
    ['authoritative enable', 'service / dhcp-server / shared-network-name LAN', 'ignored, cannot matter'],
    ['remote-as 64512', 'protocols / bgp 64511 / neighbor 10.0.0.2', 'ignored, cannot matter'],
    ['shutdown enable', 'protocols / bgp 64511 / neighbor 10.0.0.2', 'understood'],
    ['made-up 1', 'protocols / bgp 64511 / neighbor 10.0.0.2', 'ignored, not modelled'],
    ['network 10.0.0.0/24', 'protocols / ospf / area 0', 'understood'],
    ['action deny', 'policy / route-map none / rule 10', 'understood'],
    ['prefix 10.0.0.0/8', 'policy / prefix-list ours / rule 10', 'understood'],
    ['listen-on eth1', 'service / upnp2', 'understood'],
    ['made-up eth1', 'service / upnp2', 'ignored, not modelled'],
    ['cache-size 500', 'service / dns / forwarding', 'ignored, cannot matter'],
    ['output off', 'interfaces / ethernet eth1 / poe', 'ignored, cannot matter'],
    ['made-up off', 'interfaces / ethernet eth1', 'ignored, not modelled'],
    ['broadcast-ping disable', 'firewall', 'understood'],
    ['receive-redirects disable', 'firewall', 'ignored, cannot matter'],
    ['made-up disable', 'firewall', 'partly, not modelled'],
    ['name-server 1.1.1.1', 'system', 'understood'],
    ['modules sip', 'system / conntrack', 'ignored, cannot matter'],
    ['host-name edge', 'system', 'understood'],
  ] as const)('%s (in %s): %s', ([line, path, expected]) => {
    expect(kindOf(inside(path, line), line)).toBe(expected)
  })

  test('a rule about an address that comes at run time is understood', () => {
    const rule = 'rule 10 {\n forward-to {\n address 10.0.0.9\n }\n original-port 443\n protocol tcp\n }'
    const text = inside('port-forward', `wan-interface eth0\n lan-interface eth1\n ${rule}`)
    expect(kindOf(text, 'original-port')).toBe('understood')
    expect(kindOf(text, 'rule 10')).not.toContain('not modelled')
  })
})

const FOLDER = `${process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/configs/edgeos`
const there = existsSync(FOLDER)
if (!there) console.warn(`skipped: ${FOLDER} is not there; set NETTRACE_DATA`)

test.skipIf(!there)(
  'at least 97 % of the lines of configs/edgeos that matter are modelled (needs NETTRACE_DATA)',
  () => {
    let relevant = 0
    let modelled = 0
    for (const name of readdirSync(FOLDER).filter((one) => one.includes('.boot'))) {
      const text = readFileSync(`${FOLDER}/${name}`, 'utf8')
      const lines = readLines([{ path: name, text }], 'edgeos').files.flatMap((file) => file.lines)
      relevant += lines.filter((line) => line.relevant).length
      modelled += lines.filter((line) => line.modelled).length
    }
    console.log(`configs/edgeos: ${modelled} of ${relevant} lines, ${((100 * modelled) / relevant).toFixed(1)} %`)
    expect((100 * modelled) / relevant).toBeGreaterThanOrEqual(97)
  },
)
