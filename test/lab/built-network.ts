import { importNetfilter } from '../../src/importers/netfilter/index.ts'
import { type Device, type Diagnostic, implied, type Link, type Network } from '../../src/model/index.ts'
import { singlePort, TCP, UDP } from '../../src/net/index.ts'
import { type Captures, segments } from './kernel.ts'
import { type LabNetwork, OPEN_PORTS } from './lab-network.ts'

const WIRED = implied('the lab laid this cable')
const LISTENING = implied('the lab listens here')

/** The network as our importer reads it from what the devices printed; only cables and open ports come from the lab. */
export function builtNetwork(network: LabNetwork, captures: Captures): Network {
  const devices = new Map<string, Device>()
  const diagnostics: Diagnostic[] = []
  for (const [name, files] of captures) {
    const part = importNetfilter(name, files)
    diagnostics.push(...part.diagnostics)
    for (const device of part.devices) devices.set(device.name, { ...device, listeners: LISTENERS })
  }
  const links = [...segments(network)].map(([name, ends]): Link => ({ name, kind: 'segment', ends, source: WIRED }))
  return { name: 'lab', devices, links, services: [], diagnostics }
}

const LISTENERS = [TCP, UDP].flatMap((protocol) =>
  OPEN_PORTS.map((port) => ({ protocol, ports: singlePort(port), label: `port ${port}`, source: LISTENING })),
)
