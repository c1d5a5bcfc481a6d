// How many flows a second go through a box with 5,000 rules: one chain of them, met by every packet of a connection.
import { performance } from 'node:perf_hooks'

const RULES = 5000
const FLOWS = 2000

/** Prints the rate, and what a packet meets on the way. */
export function rules(product) {
  const network = boxOf(product)
  const prepared = product.prepare(network)
  // Nearly all of them meet every rule, as the packets of a long list's policy do.
  const flows = Array.from({ length: FLOWS }, (_, at) => ({
    protocol: 6,
    source: product.ip('10.0.1.10'),
    sourcePort: 40000,
    destination: product.ip(`10.${2 + ((at * 7) % 20)}.${(at * 13) % 256}.${1 + (at % 250)}`),
    destinationPort: at % 3 === 0 ? 443 : 80,
  }))
  for (const flow of flows.slice(0, 200)) product.trace(prepared, 'box', flow)
  const start = performance.now()
  let denied = 0
  for (const flow of flows) {
    const [first] = product.trace(prepared, 'box', flow)
    if (first.disposition === 'denied') denied++
  }
  const seconds = (performance.now() - start) / 1000
  console.log(`${RULES} rules        ${(FLOWS / seconds).toFixed(0)} flows/s (goal 2000), ${denied} of ${FLOWS} denied`)
}

/** A Linux box as its own dump says it is: 5,000 rules in OUTPUT, addresses and ports, three in a hundred drop. */
function boxOf(product) {
  const lines = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]']
  for (let at = 0; at < RULES; at++) {
    const net = `10.${2 + (at % 20)}.${at % 256}.${(at * 8) % 256}/29`
    const verdict = at % 33 === 0 ? 'DROP' : 'ACCEPT'
    lines.push(`-A OUTPUT -d ${net} -p tcp -m tcp --dport ${at % 2 === 0 ? 443 : 22} -j ${verdict}`)
  }
  lines.push('COMMIT', '')
  const addresses = JSON.stringify([
    {
      ifname: 'eth0',
      flags: ['UP'],
      addr_info: [{ family: 'inet', local: '10.0.1.10', prefixlen: 24, scope: 'global' }],
    },
  ])
  const routes = JSON.stringify([
    { dst: 'default', gateway: '10.0.1.1', dev: 'eth0', flags: [], table: 'main' },
    { dst: '10.0.1.0/24', dev: 'eth0', protocol: 'kernel', scope: 'link', flags: [], table: 'main' },
  ])
  const { devices, diagnostics } = product.importNetfilter('box', [
    { path: 'iptables-save', text: lines.join('\n') },
    { path: 'addr.json', text: addresses },
    { path: 'route.json', text: routes },
  ])
  const source = { kind: 'implied', because: 'the benchmark' }
  const [box] = devices
  if (!box || Object.values(box.ruleSets).every((one) => one.rules.length < RULES))
    throw new Error(`the benchmark's rules were not read: ${diagnostics[0]?.message}`)
  const link = { name: 'lan', kind: 'segment', ends: [{ device: 'box', interface: 'eth0' }], source }
  return {
    name: 'bench',
    devices: new Map([['box', box]]),
    links: [link],
    services: [],
    diagnostics: [],
  }
}
