import { describe, expect, test } from 'vitest'
import { type Connection, connect } from '../../src/diagnose/index.ts'
import { formatSource } from '../../src/model/index.ts'
import { DISK, type FileReader, loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { memory } from '../topology/small-estate.ts'

const ROUTER = 'fixtures/home-lab/router.rsc'
const BYPASS = /^add action=accept chain=srcnat comment="no NAT into the Azure tunnel"[\s\S]*?192\.168\.88\.0\/24\n/m

/** What becomes of SSH from the home lab to its VM with another text of the router's export. */
function home(change: (text: string) => string): Connection {
  const reader: FileReader = {
    ...DISK,
    read(path) {
      const outcome = DISK.read(path)
      if (path !== ROUTER || !('text' in outcome)) return outcome
      const text = change(outcome.text)
      if (text === outcome.text) throw new Error('nothing changed')
      return { text }
    },
  }
  return connect(prepare(loadTopology('topologies/home-lab.yaml', { reader }).network), 'laptop', 'vm-lab:22')
}

const EDGE = `interfaces {
    ethernet eth0 {
        address 203.0.113.2/24
    }
    ethernet eth1 {
        address 192.168.1.1/24
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
vpn {
    ipsec {
        site-to-site {
            peer 198.51.100.60 {
                local-address 203.0.113.2
                tunnel 1 {
                    local {
                        prefix 192.168.1.0/24
                    }
                    remote {
                        prefix 10.60.0.0/16
                    }
                }
            }
        }
    }
}
service {
    nat {
        NAT_ACCEPT
        rule 5010 {
            description "masquerade for WAN"
            outbound-interface eth0
            type masquerade
        }
    }
}
`

const OPENWRT = {
  network: `config interface 'lan'
	option device 'br-lan'
	option proto 'static'
	option ipaddr '192.168.1.1'
	option netmask '255.255.255.0'

config interface 'wg0'
	option proto 'wireguard'
	list addresses '10.9.0.1/24'

config wireguard_wg0
	option endpoint_host '192.0.2.7'
	option route_allowed_ips '1'
	list allowed_ips '10.60.0.0/16'
`,
  firewall: `config zone
	option name 'lan'
	list network 'lan'
	option input 'ACCEPT'
	option output 'ACCEPT'
	option forward 'ACCEPT'

config zone
	option name 'vpn'
	list network 'wg0'
	option input 'ACCEPT'
	option output 'ACCEPT'
	option forward 'ACCEPT'
	MASQ

config forwarding
	option src 'lan'
	option dest 'vpn'
`,
  far: `config interface 'lan'
	option device 'br-lan'
	option proto 'static'
	option ipaddr '10.60.0.1'
	option netmask '255.255.0.0'

config interface 'wg0'
	option proto 'wireguard'
	list addresses '10.9.0.2/24'

config wireguard_wg0
	option route_allowed_ips '1'
	list allowed_ips '192.168.1.0/24'
`,
}

/** Whether a PC reaches a server through a WireGuard tunnel between two OpenWrt routers. */
function overWireguard(masq: string): Connection {
  const files = {
    'lab.yaml': `nettrace: 1
devices:
  near: { uci: [near/network, near/firewall] }
  far: { uci: far/network }
hosts:
  pc: { address: 192.168.1.9/24, on: "near:lan", gateway: 192.168.1.1 }
  server: { address: 10.60.0.9/16, on: "far:lan", gateway: 10.60.0.1 }
links:
  - tunnel: ["near:wg0", "far:wg0"]
`,
    'near/network': OPENWRT.network,
    'near/firewall': OPENWRT.firewall.replace('MASQ', masq),
    'far/network': OPENWRT.far,
  }
  return connect(prepare(loadTopology('lab.yaml', { reader: memory(files) }).network), 'pc', 'server:22')
}

describe('source translation before a tunnel looks', () => {
  test('RouterOS: a masquerade that leaves no packet of the tunnel alone is the cause, with its line and what to do', () => {
    const connection = home((text) =>
      text.replace(BYPASS, '').replace(/ +ipsec-policy=out,none out-interface-list=WAN/, '    out-interface-list=WAN'),
    )
    expect([connection.works, connection.cause?.code, connection.symptom?.kind]).toEqual([
      'no',
      'nat-before-ipsec',
      'timeout',
    ])
    const { cause } = connection
    expect(cause?.message).toContain(
      '"defconf: masquerade" on router rewrites the source 192.168.88.20 to 203.0.113.50',
    )
    expect(cause?.message).toContain('ipsec-policy=out,none')
    expect(cause && formatSource(cause.source)).toMatch(/^fixtures\/home-lab\/router\.rsc:\d+:1$/)
    expect(cause?.source.kind === 'line' && cause.source.text).toContain('action=masquerade')
  })

  test('RouterOS: either of the two cures is enough', () => {
    expect(home((text) => text.replace(BYPASS, '')).works).toBe('yes')
    expect(home((text) => text.replace(/ipsec-policy=out,none /, '')).works).toBe('yes')
  })

  test('RouterOS: the rule that should let it be is of no use behind the masquerade', () => {
    const moved = home((text) => {
      const [rule = ''] = BYPASS.exec(text) ?? []
      return text
        .replace(rule, '')
        .replace(/ +ipsec-policy=out,none out-interface-list=WAN\n/, `    out-interface-list=WAN\n${rule}`)
    })
    expect([moved.works, moved.cause?.code]).toEqual(['no', 'nat-before-ipsec'])
  })

  test.for([
    ['without an exclude rule', '', 'nat-before-ipsec'],
    [
      'with one in front',
      'rule 5000 {\n description "no NAT to Azure"\n destination {\n address 10.60.0.0/16\n }\n exclude\n outbound-interface eth0\n type masquerade\n }',
      undefined,
    ],
  ] as const)('EdgeOS: %s', ([, rule, code]) => {
    const files = {
      'lab.yaml': `nettrace: 1
devices:
  edge: { edgeos: config.boot }
hosts:
  pc: { address: 192.168.1.9/24, on: "edge:eth1", gateway: 192.168.1.1 }
links:
  - internet: ["edge:eth0"]
`,
      'config.boot': EDGE.replace('NAT_ACCEPT', rule),
    }
    const connection = connect(
      prepare(loadTopology('lab.yaml', { reader: memory(files) }).network),
      'pc',
      '10.60.0.9:22',
    )
    expect(connection.cause?.code === 'nat-before-ipsec' ? 'nat-before-ipsec' : undefined).toBe(code)
    if (code) expect(connection.cause?.message).toContain('-m policy --dir out --pol none')
  })

  test('OpenWrt: a zone that masquerades into a WireGuard tunnel whose far end takes the LAN only', () => {
    const connection = overWireguard("option masq '1'")
    expect([connection.works, connection.cause?.code]).toEqual(['no', 'nat-before-tunnel'])
    expect(connection.cause?.message).toContain('rewrites the source 192.168.1.9 to 10.9.0.1')
    expect(connection.cause?.message).toContain('far wg0')
    expect(overWireguard('').works).toBe('yes')
  })
})
