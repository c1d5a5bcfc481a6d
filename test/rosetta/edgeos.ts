import type { Dialect } from './policy.ts'

const ANSWERS = `rule 10 {
            action accept
            state {
                established enable
                related enable
            }
        }
        rule 20 {
            action drop
            state {
                invalid enable
            }
        }`

const rule = (number: number, action: string, ...lines: string[]) =>
  `rule ${number} {\naction ${action}\n${lines.join('\n')}\n}`
const to = (...lines: string[]) => `destination {\n${lines.join('\n')}\n}`
const from = (address: string) => `source {\naddress ${address}\n}`
const set = (name: string, policy: string, ...rules: string[]) =>
  `name ${name} {\ndefault-action ${policy}\n${ANSWERS}\n${rules.join('\n')}\n}`
const bound = (...pairs: [string, string][]) =>
  `firewall {\n${pairs.map(([direction, name]) => `${direction} {\nname ${name}\n}`).join('\n')}\n}`

const FIREWALL = `firewall {
${set('WAN_IN', 'drop', rule(30, 'accept', 'protocol tcp', from('10.9.0.0/24'), to('address 192.168.10.2', 'port 445')))}
${set('WAN_LOCAL', 'drop')}
${set(
  'THINGS_IN',
  'reject',
  rule(30, 'accept', 'protocol tcp', to('address 192.168.10.2', 'port 1883')),
  rule(40, 'drop', to('address 192.168.0.0/16')),
  rule(50, 'accept', 'protocol tcp', to('port https')),
  rule(60, 'accept', 'protocol udp', to('port 123')),
)}
${set('GUESTS_IN', 'accept', rule(30, 'drop', to('address 192.168.0.0/16')), rule(40, 'drop', to('address 10.9.0.0/24')))}
${set('SERVED', 'drop', rule(30, 'accept', 'protocol tcp_udp', to('port 53')), rule(40, 'accept', 'protocol udp', to('port 67')))}
}
`

/** EdgeOS: rule sets by interface and direction, port-forward with auto-firewall and hairpin. */
export const EDGEOS: Dialect = {
  entry: 'edgeos: gw/config.boot',
  wan: 'eth0',
  lan: 'eth1',
  things: 'VLAN20',
  guests: 'VLAN30',
  files: {
    'config.boot': `${FIREWALL}
interfaces {
    ethernet eth0 {
        address 203.0.113.2/24
        ${bound(['in', 'WAN_IN'], ['local', 'WAN_LOCAL'])}
    }
    ethernet eth1 {
        address 192.168.10.1/24
        vif 20 {
            address 192.168.20.1/24
            ${bound(['in', 'THINGS_IN'], ['local', 'SERVED'])}
        }
        vif 30 {
            address 192.168.30.1/24
            ${bound(['in', 'GUESTS_IN'], ['local', 'SERVED'])}
        }
    }
}
port-forward {
    auto-firewall enable
    hairpin-nat enable
    lan-interface eth1
    rule 1 {
        forward-to {
            address 192.168.10.2
            port 8443
        }
        original-port 443
        protocol tcp
    }
    wan-interface eth0
}
protocols {
    static {
        route 0.0.0.0/0 {
            next-hop 203.0.113.1 {
            }
        }
        route 10.9.0.0/24 {
            next-hop 203.0.113.3 {
            }
        }
    }
}
service {
    dns {
        forwarding {
            name-server 9.9.9.9
        }
    }
    nat {
        rule 5000 {
            destination {
                address 10.9.0.0/24
            }
            exclude
            outbound-interface eth0
            type masquerade
        }
        rule 5010 {
            outbound-interface eth0
            type masquerade
        }
    }
    ssh {
        port 22
    }
}
`,
  },
}
