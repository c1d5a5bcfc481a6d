// Prints how long reading and lowering an export of 40,000 lines takes: what a very big router holds, in its proportions.
import { performance } from 'node:perf_hooks'

const LINES = 40_000
const ROUNDS = 5

/** Reads the export `ROUNDS` times and prints the median. */
export function routerosLines(product) {
  const text = exportOf(LINES)
  const files = [{ path: 'big.rsc', text }]
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const { devices, diagnostics } = product.importRouteros('big', files)
    times.push(performance.now() - start)
    const rules = Object.values(devices[0].ruleSets).reduce((sum, set) => sum + set.rules.length, 0)
    if (rules < LINES / 3 || diagnostics.some((one) => one.severity === 'error')) throw new Error(`${rules} rules read`)
  }
  const middle = times.sort((a, b) => a - b)[ROUNDS >> 1]
  console.log(
    `RouterOS             ${text.split('\n').length - 1} lines, ${(text.length / 1e6).toFixed(1)} MB, ${(middle / 1000).toFixed(2)} s to read (goal 1 s)`,
  )
}

function exportOf(lines) {
  const octets = (index) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
  const makers = [
    ['/ip firewall address-list', 5, (at) => `add address=${octets(at)} comment="entry ${at}" list=list${at % 40}`],
    [
      '/ip dns static',
      1,
      (at) => `add address=${octets(at)} comment="lease \\"${at}\\"" name=host${at}.plant.example ttl=5m`,
    ],
    ['/ip route', 1, (at) => `add distance=1 dst-address=${octets(at << 8)}/24 gateway=192.168.0.${(at % 250) + 2}`],
    [
      '/ip firewall filter',
      8,
      (at) =>
        `add action=${at % 3 === 0 ? 'drop' : 'accept'} chain=${at % 50 === 0 ? 'forward' : `own${at % 50}`} comment="rule ${at}" \\\n    dst-address=${octets(at << 8)}/24 dst-port=${(at % 60000) + 1},443 protocol=tcp src-address-list=list${at % 40}`,
    ],
    [
      '/ip firewall nat',
      1,
      (at) =>
        `add action=dst-nat chain=dstnat dst-address=203.0.113.1 dst-port=${(at % 60000) + 1} protocol=tcp to-addresses=${octets(at)} to-ports=443`,
    ],
  ]
  const whole = makers.reduce((sum, [menu, share]) => sum + share * (menu.endsWith('filter') ? 2 : 1), 0)
  const text = ['# 2026-11-22 10:00:00 by RouterOS 7.16', '/ip address', 'add address=192.168.0.1/16 interface=ether1']
  for (const [menu, share, make] of makers) {
    const count = Math.floor((share * (lines - makers.length - 3)) / whole)
    text.push(menu, ...Array.from({ length: count }, (_, at) => make(at)))
  }
  return `${text.join('\n')}\n`
}
