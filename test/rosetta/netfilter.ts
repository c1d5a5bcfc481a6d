import type { Dialect } from './policy.ts'

const address = (ifname: string, local: string) => ({
  ifname,
  flags: ['UP'],
  operstate: 'UP',
  mtu: 1500,
  addr_info: [{ family: 'inet', local, prefixlen: 24 }],
})
const connected = (dst: string, dev: string) => ({ dst, dev, protocol: 'kernel', scope: 'link', flags: [] })
const route = (dst: string, gateway: string) => ({ dst, gateway, dev: 'eth0', flags: [] })

/** A Linux box: iptables-save, `ip -j addr`, `ip -j route`. */
export const NETFILTER: Dialect = {
  entry: 'netfilter: [gw/rules.v4, gw/addr.json, gw/route.json, gw/sysctl]',
  wan: 'eth0',
  lan: 'eth1',
  things: 'eth1.20',
  guests: 'eth1.30',
  files: {
    sysctl: 'net.ipv4.ip_forward = 1\n',
    'addr.json': JSON.stringify([
      address('eth0', '203.0.113.2'),
      address('eth1', '192.168.10.1'),
      address('eth1.20', '192.168.20.1'),
      address('eth1.30', '192.168.30.1'),
    ]),
    'route.json': JSON.stringify([
      route('default', '203.0.113.1'),
      route('10.9.0.0/24', '203.0.113.3'),
      connected('203.0.113.0/24', 'eth0'),
      connected('192.168.10.0/24', 'eth1'),
      connected('192.168.20.0/24', 'eth1.20'),
      connected('192.168.30.0/24', 'eth1.30'),
    ]),
    'rules.v4': `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:THINGS - [0:0]
:GUESTS - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -i eth1 -j ACCEPT
-A INPUT -i eth1.+ -p udp -m multiport --dports 53,67 -j ACCEPT
-A INPUT -i eth1.+ -p tcp -m tcp --dport 53 -j ACCEPT
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -i eth1 -j ACCEPT
-A FORWARD -i eth1.20 -j THINGS
-A FORWARD -i eth1.30 -j GUESTS
-A FORWARD -i eth0 -m conntrack --ctstate DNAT -j ACCEPT
-A FORWARD -s 10.9.0.0/24 -d 192.168.10.2/32 -i eth0 -p tcp -m tcp --dport 445 -j ACCEPT
-A THINGS -d 192.168.10.2/32 -p tcp -m tcp --dport 1883 -j ACCEPT
-A THINGS -d 192.168.0.0/16 -j DROP
-A THINGS -p tcp -m tcp --dport 443 -j ACCEPT
-A THINGS -p udp -m udp --dport 123 -j ACCEPT
-A THINGS -j REJECT --reject-with icmp-port-unreachable
-A GUESTS -d 192.168.0.0/16 -j DROP
-A GUESTS -d 10.9.0.0/24 -j DROP
-A GUESTS -o eth0 -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 203.0.113.2/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 192.168.10.2:8443
-A POSTROUTING -s 192.168.10.0/24 -d 192.168.10.2/32 -p tcp -m tcp --dport 8443 -j MASQUERADE
-A POSTROUTING -d 10.9.0.0/24 -j RETURN
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
`,
  },
}
