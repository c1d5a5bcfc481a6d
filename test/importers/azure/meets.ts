import { type Device, implied, type Link, NO_STAGES, type RuleSet } from '../../../src/model/index.ts'
import { hostPrefix, ip, prefix, TCP } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'

/** Sends one packet with stamps to a device that holds only the rule set. */
export function meets(
  ruleSet: RuleSet,
  from: { stamps?: string[]; source?: string; to?: string; name?: string },
): string {
  const source = implied('test')
  const device = (name: string, address: string, more: Partial<Device>): Device => ({
    name,
    kind: 'host',
    label: name,
    aliases: [],
    interfaces: [
      { name: 'nic', aliases: [], addresses: [{ ip: ip(address), prefix: hostPrefix(ip(address)), source }], source },
    ],
    tables: [
      {
        name: 'main',
        routes: [
          {
            prefix: prefix('0.0.0.0/0'),
            nextHop: { kind: 'connected', interface: 'nic' },
            distance: 0,
            metric: 0,
            origin: '',
            source,
          },
        ],
      },
    ],
    tableRules: [],
    forwards: { enabled: false, source },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
    ...more,
  })
  const caller = from.source ?? '203.0.113.7'
  const to = from.to ?? '20.60.1.1'
  const devices = [
    device('caller', caller, { stamps: from.stamps ?? [] }),
    device('service', to, {
      ruleSets: { gate: ruleSet },
      pipeline: { ...NO_STAGES, input: [{ kind: 'gate', ruleSet: 'gate' }] },
    }),
  ]
  const ends = devices.map((one) => ({ device: one.name, interface: 'nic' }))
  const link: Link = { name: 'all', kind: 'segment', ends, source }
  const network = prepare({
    name: '',
    devices: new Map(devices.map((one) => [one.name, one])),
    links: [link],
    services: [],
    diagnostics: [],
  })
  const flow = { protocol: TCP, source: ip(caller), sourcePort: 40000, destination: ip(to), destinationPort: 443 }
  const [path] = trace(network, 'caller', { ...flow, ...(from.name !== undefined && { serverName: from.name }) })
  return `${path?.disposition}${path?.decision ? `: ${path.decision.text}` : ''}`
}
