import { describe, expect, test } from 'vitest'
import { ask, interfaces } from './estate.ts'

const WAN_IN = `firewall {
    name WAN_IN {
        default-action drop
        rule 10 {
            action accept
            state {
                established enable
                related enable
            }
        }
    }
    name WAN_LOCAL {
        default-action drop
        rule 10 {
            action accept
            state {
                established enable
                related enable
            }
        }
    }
}
`
const BOUND = 'firewall { \n in { \n name WAN_IN \n } \n local { \n name WAN_LOCAL \n } \n }'
const MASQUERADE = `rule 5000 {
            outbound-interface eth0
            type masquerade
        }`
const nat = (...rules: string[]) => `service {\n nat {\n ${rules.join('\n')}\n }\n}\n`
const DNAT = `rule 10 {
            destination {
                address 203.0.113.2
                port 443
            }
            inbound-interface eth0
            inside-address {
                address 192.168.1.10
                port 8443
            }
            protocol tcp
            type destination
        }`
const forward = (more: string) => `port-forward {
    ${more}
    lan-interface eth1
    rule 1 {
        description web
        forward-to {
            address 192.168.1.10
            port 8443
        }
        original-port 443
        protocol tcp
    }
    wan-interface eth0
}
`

describe('a router with WAN_IN that drops', () => {
  const router = (more: string) => WAN_IN + interfaces({ wan: BOUND }) + more

  test.for([
    ['pc', '198.51.100.7:443/tcp', nat(MASQUERADE), 'yes'],
    ['stranger', '203.0.113.2:443/tcp', nat(DNAT, MASQUERADE), 'no: denied, firewall name WAN_IN'],
    ['stranger', '203.0.113.2:443/tcp', nat(MASQUERADE) + forward('auto-firewall enable'), 'yes'],
    [
      'stranger',
      '203.0.113.2:443/tcp',
      nat(MASQUERADE) + forward('auto-firewall disable'),
      'no: denied, firewall name WAN_IN',
    ],
    ['stranger', '203.0.113.2:22/tcp', nat(MASQUERADE), 'no: denied, firewall name WAN_LOCAL'],
    ['camera', 'pc:445/tcp', nat(MASQUERADE), 'yes'],
  ] as const)('%s to %s', ([from, to, more, expected]) => {
    expect(ask(router(more), from, to).slice(0, expected.length)).toBe(expected)
  })

  test('a neighbour of the server reaches the public address only with hairpin NAT', () => {
    const words = (more: string) => ask(router(nat(MASQUERADE) + forward(more)), 'pc', '203.0.113.2:443/tcp')
    expect(words('auto-firewall enable\n hairpin-nat enable')).toMatch(/^yes/)
    expect(words('auto-firewall enable')).toMatch(/^no/)
  })

  test('hairpin for another network needs no translated source', () => {
    const text = router(nat(MASQUERADE) + forward('hairpin-nat enable\n lan-interface eth1.20'))
    expect(ask(text, 'camera', '203.0.113.2:443/tcp')).toMatch(/^yes/)
  })
})

describe('rules between local networks', () => {
  const isolated = (state: string, action = 'drop') =>
    `service {
    gui {
        https-port 443
    }
}
firewall {
    group {
        network-group LOCAL {
            network 192.168.0.0/16
        }
    }
    name IOT_IN {
        default-action accept
        rule 20 {
            action ${action}
            destination {
                group {
                    network-group LOCAL
                }
            }
            ${state}
        }
    }
}
${interfaces({ iot: 'firewall {\n in {\n name IOT_IN\n }\n }' })}`

  test.for([
    ['camera', 'pc:445/tcp', '', 'drop', 'no: denied, firewall name IOT_IN rule 20'],
    ['camera', 'pc:445/tcp', '', 'reject', 'no: rejected, firewall name IOT_IN rule 20'],
    ['camera', '198.51.100.7:443/tcp', '', 'drop', 'no'],
    ['pc', 'camera:80/tcp', '', 'drop', 'one-way'],
    ['pc', 'camera:80/tcp', 'state {\n new enable\n }', 'drop', 'yes'],
    ['camera', 'pc:445/tcp', 'state {\n new enable\n }', 'drop', 'no: denied, firewall name IOT_IN rule 20'],
    ['camera', 'pc:445/tcp', 'time {\n weekdays Mon\n }', 'drop', 'unknown'],
    ['camera', 'pc:445/tcp', 'disable', 'drop', 'yes'],
    ['camera', '192.168.20.1:443/tcp', '', 'drop', 'yes'],
  ] as const)('%s to %s with "%s", %s', ([from, to, state, action, expected]) => {
    expect(ask(isolated(state, action), from, to).slice(0, expected.length)).toBe(expected)
  })
})

describe('a VPN', () => {
  const vpn = (more: string) => `vpn {
    ipsec {
        ${more}
        site-to-site {
            peer 198.51.100.9 {
                authentication {
                    pre-shared-secret hunter2
                }
                local-address 203.0.113.2
                tunnel 1 {
                    local {
                        prefix 192.168.1.0/24
                    }
                    remote {
                        prefix 10.9.0.0/24
                    }
                }
            }
        }
    }
}
`
  const lab = `nettrace: 1
devices:
  edge: { edgeos: config.boot }
  far: { edgeos: far.boot }
hosts:
  pc: { address: 192.168.1.50, on: "edge:eth1" }
  server: { address: 10.9.0.5, on: "far:eth1" }
links:
  - internet: [edge:eth0, far:eth0]
  - tunnel: [edge, far]
`
  const far = `interfaces {
    ethernet eth0 {
        address 198.51.100.9/24
    }
    ethernet eth1 {
        address 10.9.0.1/24
    }
}
protocols {
    static {
        route 0.0.0.0/0 {
            next-hop 198.51.100.1 {
            }
        }
    }
}
vpn {
    ipsec {
        site-to-site {
            peer 203.0.113.2 {
                local-address 198.51.100.9
                tunnel 1 {
                    local {
                        prefix 10.9.0.0/24
                    }
                    remote {
                        prefix 192.168.1.0/24
                    }
                }
            }
        }
    }
}
`
  const router = (more: string) => WAN_IN + interfaces({ wan: BOUND }) + nat(MASQUERADE) + vpn(more)

  test.for([
    ['pc', 'server:443/tcp', 'auto-firewall-nat-exclude enable', 'yes'],
    ['server', 'pc:443/tcp', 'auto-firewall-nat-exclude enable', 'yes'],
    ['pc', 'server:443/tcp', '', 'no'],
    ['server', 'pc:443/tcp', '', 'no: denied, firewall name WAN_IN'],
  ] as const)('%s to %s with "%s"', ([from, to, more, expected]) => {
    expect(ask(router(more), from, to, lab, { 'lab/far.boot': far }).slice(0, expected.length)).toBe(expected)
  })
})

describe('zones', () => {
  const zones = `firewall {
    name LAN_TO_IOT {
        default-action accept
    }
    name BACK {
        default-action drop
        rule 1 {
            action accept
            state {
                established enable
            }
        }
    }
}
zone-policy {
    zone LAN {
        default-action drop
        interface eth1
        from IOT {
            firewall {
                name BACK
            }
        }
    }
    zone IOT {
        default-action reject
        interface eth1.20
        from LAN {
            firewall {
                name LAN_TO_IOT
            }
        }
    }
    zone SELF {
        default-action drop
        local-zone
        from LAN {
            firewall {
                name LAN_TO_IOT
            }
        }
    }
}
`
  test.for([
    ['pc', 'camera:80/tcp', 'yes'],
    ['camera', 'pc:80/tcp', 'no: denied, firewall name BACK'],
    ['camera', '192.168.20.1:22/tcp', 'no: denied, zone SELF'],
    ['pc', '198.51.100.7:80/tcp', 'no: denied'],
  ] as const)('%s to %s', ([from, to, expected]) => {
    expect(ask(zones + interfaces() + nat(MASQUERADE), from, to).slice(0, expected.length)).toBe(expected)
  })
})

describe('policy routing', () => {
  const modify = (rule: string) => `firewall {
    modify BALANCE {
        rule 10 {
            action modify
            destination {
                address 192.168.0.0/16
            }
            modify {
                table main
            }
        }
        rule 20 {
            action modify
            modify {
                ${rule}
            }
        }
    }
}
${interfaces({ lan: 'firewall {\n in {\n modify BALANCE\n }\n }' }).replace('static {', 'static {\n table 7 {\n route 0.0.0.0/0 {\n blackhole {\n }\n }\n }')}`

  test.for([
    ['pc', '198.51.100.7:80/tcp', 'table 7', 'no: null-routed'],
    ['pc', 'camera:80/tcp', 'table 7', 'yes'],
    ['pc', '198.51.100.7:80/tcp', 'lb-group G', 'unknown'],
    ['pc', 'camera:80/tcp', 'lb-group G', 'yes'],
    ['pc', 'camera:80/tcp', 'dscp 12', 'yes'],
  ] as const)('%s to %s by %s', ([from, to, rule, expected]) => {
    expect(ask(modify(rule), from, to).slice(0, expected.length)).toBe(expected)
  })
})

describe('settings of the firewall as a whole', () => {
  test.for([
    ['all-ping disable', 'pc', '192.168.1.1/icmp', 'no: denied, firewall all-ping disable'],
    ['all-ping enable', 'pc', '192.168.1.1/icmp', 'yes'],
    ['state-policy {\n established {\n action accept\n }\n }', 'camera', 'pc:80/tcp', 'yes'],
  ] as const)('%s: %s to %s', ([words, from, to, expected]) => {
    expect(ask(`firewall {\n${words}\n}\n${interfaces()}`, from, to).slice(0, expected.length)).toBe(expected)
  })

  test('state-policy lets replies past rule sets that drop', () => {
    const text = (more: string) =>
      `firewall {\n${more}\n name NONE {\n default-action drop\n }\n}\n${interfaces({ iot: 'firewall {\n in {\n name NONE\n }\n }' })}`
    expect(ask(text(''), 'pc', 'camera:80/tcp')).toMatch(/^one-way/)
    expect(ask(text('state-policy {\n established {\n action accept\n }\n }'), 'pc', 'camera:80/tcp')).toMatch(/^yes/)
  })
})

test('a router that is told not to forward does not', () => {
  expect(ask(`${interfaces()}system {\n ip {\n disable-forwarding\n }\n}\n`, 'pc', 'camera:80/tcp')).toMatch(/^no/)
})
