import type { Dialect } from './policy.ts'

/** RouterOS 7: two chains whose last rule drops. */
export const ROUTEROS: Dialect = {
  entry: 'routeros: gw/gw.rsc',
  wan: 'ether1',
  lan: 'ether2',
  things: 'vlan20',
  guests: 'vlan30',
  files: {
    'gw.rsc': `# 2026-01-01 00:00:00 by RouterOS 7.16
/interface vlan
add interface=ether2 name=vlan20 vlan-id=20
add interface=ether2 name=vlan30 vlan-id=30
/ip address
add address=203.0.113.2/24 interface=ether1
add address=192.168.10.1/24 interface=ether2
add address=192.168.20.1/24 interface=vlan20
add address=192.168.30.1/24 interface=vlan30
/ip dns
set allow-remote-requests=yes servers=9.9.9.9
/ip route
add dst-address=0.0.0.0/0 gateway=203.0.113.1
add dst-address=10.9.0.0/24 gateway=203.0.113.3
/ip firewall filter
add action=accept chain=input connection-state=established,related
add action=drop chain=input connection-state=invalid
add action=accept chain=input in-interface=ether2
add action=accept chain=input dst-port=53,67 in-interface=!ether1 protocol=udp
add action=accept chain=input dst-port=53 in-interface=!ether1 protocol=tcp
add action=drop chain=input
add action=accept chain=forward connection-state=established,related
add action=drop chain=forward connection-state=invalid
add action=accept chain=forward in-interface=ether2
add action=accept chain=forward dst-address=192.168.10.2 dst-port=1883 in-interface=vlan20 protocol=tcp
add action=drop chain=forward dst-address=192.168.0.0/16 in-interface=vlan20
add action=accept chain=forward dst-port=443 in-interface=vlan20 out-interface=ether1 protocol=tcp
add action=accept chain=forward dst-port=123 in-interface=vlan20 out-interface=ether1 protocol=udp
add action=reject chain=forward in-interface=vlan20
add action=drop chain=forward dst-address=192.168.0.0/16 in-interface=vlan30
add action=drop chain=forward dst-address=10.9.0.0/24 in-interface=vlan30
add action=accept chain=forward in-interface=vlan30 out-interface=ether1
add action=accept chain=forward connection-nat-state=dstnat in-interface=ether1
add action=accept chain=forward dst-address=192.168.10.2 dst-port=445 in-interface=ether1 protocol=tcp src-address=10.9.0.0/24
add action=drop chain=forward
/ip firewall nat
add action=dst-nat chain=dstnat dst-address=203.0.113.2 dst-port=443 protocol=tcp to-addresses=192.168.10.2 to-ports=8443
add action=masquerade chain=srcnat dst-address=192.168.10.2 dst-port=8443 protocol=tcp src-address=192.168.10.0/24
add action=accept chain=srcnat dst-address=10.9.0.0/24
add action=masquerade chain=srcnat out-interface=ether1
`,
  },
}
