import { connect } from '../../../src/diagnose/index.ts'
import { importEdgeos } from '../../../src/importers/index.ts'
import type { Device, Diagnostic } from '../../../src/model/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { memory } from '../../topology/small-estate.ts'

/** The router a configuration makes, called `edge`. */
export function routerOf(text: string): Device {
  const [device] = importEdgeos('edge', [{ path: 'config.boot', text }]).devices
  if (!device) throw new Error('no device')
  return device
}

/** What reading a configuration has to say. */
export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return importEdgeos('edge', [{ path: 'config.boot', text }]).diagnostics
}

/** Rules, tests and addresses of everyone on the networks of `ROUTER`. */
const LAB = `nettrace: 1
devices:
  edge: { edgeos: config.boot }
hosts:
  pc: { address: 192.168.1.50, on: "edge:eth1" }
  nas: { address: 192.168.1.10, on: "edge:eth1" }
  camera: { address: 192.168.20.9, on: "edge:VLAN20" }
  stranger: { address: 198.51.100.7, on: internet }
links:
  - internet: [edge:eth0]
`

/** Ports and addresses: eth0 to the internet, eth1 with the LAN, VLAN 20 on it. `more` goes into eth0, eth1 and vif 20. */
export function interfaces(more: { readonly wan?: string; readonly lan?: string; readonly iot?: string } = {}): string {
  return `interfaces {
    ethernet eth0 {
        address 203.0.113.2/24
        ${more.wan ?? ''}
    }
    ethernet eth1 {
        address 192.168.1.1/24
        ${more.lan ?? ''}
        vif 20 {
            address 192.168.20.1/24
            ${more.iot ?? ''}
        }
    }
}
protocols {
    static {
        route 0.0.0.0/0 {
            next-hop 203.0.113.1 {
            }
        }
    }
}
`
}

/** Whether `from` reaches `to` (`host:port/proto`) through a router of a configuration: the answer and what decided it. */
export function ask(
  text: string,
  from: string,
  to: string,
  lab = LAB,
  more: Readonly<Record<string, string>> = {},
): string {
  const reader = memory({ 'lab/lab.yaml': lab, 'lab/config.boot': text, ...more })
  const topology = loadTopology('lab/lab.yaml', { reader })
  const wrong = topology.diagnostics.filter((one) => one.severity === 'error')
  if (wrong.length > 0) throw new Error(wrong.map((one) => one.message).join('; '))
  const { works, outcome, decidedBy } = connect(prepare(topology.network), from, to)
  return `${works}: ${outcome}, ${decidedBy.text}`
}
