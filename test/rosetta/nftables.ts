import { NETFILTER } from './netfilter.ts'
import type { Dialect } from './policy.ts'

const { 'rules.v4': _iptables, ...around } = NETFILTER.files

/** The same Linux box with nftables: `nft list ruleset`, a set, a verdict map and a chain for each network. */
export const NFTABLES: Dialect = {
  ...NETFILTER,
  entry: 'netfilter: [gw/ruleset.nft, gw/addr.json, gw/route.json, gw/sysctl]',
  files: {
    ...around,
    'ruleset.nft': `table inet filter {
	set local {
		type ipv4_addr
		flags interval
		elements = { 10.9.0.0/24, 192.168.0.0/16 }
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iifname "eth1" accept
		iifname { "eth1.20", "eth1.30" } meta l4proto { tcp, udp } th dport { 53, 67 } accept
	}
	chain things {
		ip daddr 192.168.10.2 tcp dport 1883 accept
		ip daddr 192.168.0.0/16 drop
		tcp dport 443 accept
		udp dport 123 accept
		reject with icmp type port-unreachable
	}
	chain guests {
		ip daddr @local drop
		oifname "eth0" accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "eth1" accept
		iifname vmap { "eth1.20" : jump things, "eth1.30" : jump guests }
		iifname "eth0" ct status dnat accept
		iifname "eth0" ip saddr 10.9.0.0/24 ip daddr 192.168.10.2 tcp dport 445 accept
	}
}
table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr 203.0.113.2 tcp dport 443 dnat to 192.168.10.2:8443
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 192.168.10.0/24 ip daddr 192.168.10.2 tcp dport 8443 masquerade
		ip daddr 10.9.0.0/24 return
		oifname "eth0" masquerade
	}
}
`,
  },
}
