/**
 * One policy, in words. The dialects beside this file write it each in its own language:
 *
 * 1. answers pass, 2. what is invalid does not; 3. the LAN reaches everything; 4. things reach the broker on the NAS and
 * 5. nothing else on the LAN; 6. on the internet they reach HTTPS and 7. NTP, 8. all else is rejected; 9. guests reach the
 * internet and 10. no local network; 11. of the gateway, guests and things may ask for names and addresses, 12. and nothing
 * else; 13. from the internet nothing comes in but 14. HTTPS to the NAS on another port, 15. which the LAN reaches by the
 * public address too; 16. the branch behind the VPN appliance reaches the NAS by SMB and 17. nothing else; 18. what goes to
 * the branch keeps its address, 19. all else that leaves is masqueraded.
 */
export const VERDICTS: readonly (readonly [from: string, to: string, expected: string])[] = [
  ['pc', 'camera:80/tcp', 'yes: accepted'],
  ['pc', 'guest:80/tcp', 'yes: accepted'],
  ['pc', '198.51.100.7:443/tcp', 'yes: accepted'],
  ['pc', '192.168.10.1:22/tcp', 'yes: accepted'],
  ['pc', '203.0.113.2:443/tcp', 'yes: accepted'],
  ['pc', 'branch:443/tcp', 'yes: accepted'],
  ['camera', 'nas:1883/tcp', 'yes: accepted'],
  ['camera', 'nas:445/tcp', 'no: denied'],
  ['camera', 'pc:1883/tcp', 'no: denied'],
  ['camera', '198.51.100.7:443/tcp', 'yes: accepted'],
  ['camera', '198.51.100.7:123/udp', 'yes: accepted'],
  ['camera', '198.51.100.7:80/tcp', 'no: rejected'],
  ['camera', '192.168.20.1:53/udp', 'yes: accepted'],
  ['camera', '192.168.20.1:22/tcp', 'no: denied'],
  ['guest', '198.51.100.7:80/tcp', 'yes: accepted'],
  ['guest', 'nas:445/tcp', 'no: denied'],
  ['guest', 'camera:80/tcp', 'no: denied'],
  ['guest', '192.168.30.1:53/udp', 'yes: accepted'],
  ['guest', '192.168.30.1:22/tcp', 'no: denied'],
  ['stranger', '203.0.113.2:443/tcp', 'yes: accepted'],
  ['stranger', '203.0.113.2:22/tcp', 'no: denied'],
  ['branch', 'nas:445/tcp', 'yes: accepted'],
  ['branch', 'nas:22/tcp', 'no: denied'],
  ['branch', 'camera:80/tcp', 'no: denied'],
]

/** The policy in one dialect: the device entry of a topology, what its interfaces are called, and its files. */
export interface Dialect {
  readonly entry: string
  readonly wan: string
  readonly lan: string
  readonly things: string
  readonly guests: string
  readonly files: Readonly<Record<string, string>>
}

/** The branch's VPN appliance, the same for all: it lets in what comes from the LAN's own addresses, not translated ones. */
const APPLIANCE = `interfaces {
    ethernet eth0 {
        address 203.0.113.3/24
        firewall {
            in {
                name FROM_LAN
            }
        }
    }
    ethernet eth1 {
        address 10.9.0.1/24
    }
}
firewall {
    name FROM_LAN {
        default-action drop
        rule 1 {
            action accept
            source {
                address 192.168.10.0/24
            }
        }
    }
}
protocols {
    static {
        route 192.168.0.0/16 {
            next-hop 203.0.113.2 {
            }
        }
    }
}
`

/** The provider's router, between the gateway, the appliance and a stranger; it knows no private network. */
const PROVIDER = `interfaces {
    ethernet eth0 {
        address 198.51.100.1/24
    }
    ethernet eth1 {
        address 203.0.113.1/24
    }
}
`

/** The files of the network around a gateway of a dialect; the topology is `lab/lab.yaml`. */
export function filesAround(dialect: Dialect): Record<string, string> {
  const files = Object.entries(dialect.files).map(([path, text]) => [`lab/gw/${path}`, text])
  return {
    ...Object.fromEntries(files),
    'lab/appliance.boot': APPLIANCE,
    'lab/provider.boot': PROVIDER,
    'lab/lab.yaml': `nettrace: 1
devices:
  gw: { ${dialect.entry} }
  appliance: { edgeos: appliance.boot }
  provider: { edgeos: provider.boot }
hosts:
  pc: { address: 192.168.10.50/24, gateway: 192.168.10.1, on: "gw:${dialect.lan}" }
  nas: { address: 192.168.10.2/24, gateway: 192.168.10.1, on: "gw:${dialect.lan}" }
  camera: { address: 192.168.20.9/24, gateway: 192.168.20.1, on: "gw:${dialect.things}" }
  guest: { address: 192.168.30.7/24, gateway: 192.168.30.1, on: "gw:${dialect.guests}" }
  branch: { address: 10.9.0.5/24, gateway: 10.9.0.1, on: "appliance:eth1" }
  stranger: { address: 198.51.100.7/24, gateway: 198.51.100.1, on: "provider:eth0" }
links:
  - ["gw:${dialect.wan}", "appliance:eth0", "provider:eth1"]
`,
  }
}
