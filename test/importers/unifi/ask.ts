import { connect } from '../../../src/diagnose/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { memory } from '../../topology/small-estate.ts'
import { NETWORKS } from './site-text.ts'

const LAB = `nettrace: 1
devices:
  usg: { unifi: site }
hosts:
  pc: { address: 192.168.10.50, on: "usg:LAN" }
  nas: { address: 192.168.10.2, on: "usg:LAN" }
  camera: { address: 192.168.20.9, on: "usg:IoT" }
  guest: { address: 192.168.30.7, on: "usg:VLAN30" }
  stranger: { address: 198.51.100.7, on: internet }
links:
  - internet: [usg:wan]
`

/**
 * Whether `from` reaches `to` (`host:port/proto`) through the gateway of some collections, and what decided. `overlay` is
 * a config.gateway.json.
 */
export function ask(collections: object, from: string, to: string, overlay?: object): string {
  const site = { networkconf: NETWORKS, firewallrule: [], setting: [{ key: 'guest_access' }], ...collections }
  const reader = memory({
    'lab/lab.yaml': LAB,
    'lab/site/site.json': JSON.stringify(site, null, 1),
    ...(overlay && { 'lab/site/config.gateway.json': JSON.stringify(overlay, null, 1) }),
  })
  const topology = loadTopology('lab/lab.yaml', { reader })
  const wrong = topology.diagnostics.filter((one) => one.severity === 'error')
  if (wrong.length > 0) throw new Error(wrong.map((one) => one.message).join('; '))
  const { works, outcome, decidedBy } = connect(prepare(topology.network), from, to)
  return `${works}: ${outcome}, ${decidedBy.text}`
}
