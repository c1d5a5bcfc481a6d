/** A router as `nft list ruleset` prints it: zones, forwards, marks, maps. Every text here loads on a real kernel. */
export const ROUTER = `table inet fw {
	set trusted {
		type ipv4_addr
		flags interval
		elements = { 10.0.1.0/24, 10.0.9.5-10.0.9.9 }
	}

	set services {
		type ipv4_addr . inet_proto . inet_service
		elements = { 10.0.2.20 . tcp . 443, 10.0.2.21 . udp . 53 }
	}

	map forwards {
		type inet_service : ipv4_addr . inet_service
		elements = { 8080 : 10.0.2.20 . 80, 2222 : 10.0.2.21 . 22 }
	}

	chain raw {
		type filter hook prerouting priority raw; policy accept;
		udp dport 514 notrack
		fib saddr . iif oif missing drop
	}

	chain mangle {
		type filter hook prerouting priority mangle; policy accept;
		meta mark set ct mark
		iifname "guest" meta mark 0x00000000 meta mark set 0x00000020 ct mark set meta mark accept
	}

	chain mangle_forward {
		type filter hook forward priority mangle; policy accept;
		tcp flags syn / fin,syn,rst tcp option maxseg size set rt mtu
	}

	chain dstnat {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "wan" dnat ip to tcp dport map @forwards
		iifname "wan" udp dport 53 redirect to :5353
		ip6 daddr 2001:db8::1 tcp dport 443 dnat ip6 to [2001:db8:2::20]:8443
	}

	chain input {
		type filter hook input priority filter; policy drop;
		ct state vmap { invalid : drop, established : accept, related : accept }
		iif "lo" accept
		icmp type echo-request limit rate 5/second accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, echo-request } accept
		ip protocol icmp icmp type . icmp code { destination-unreachable . frag-needed } accept
		iifname "lan*" tcp dport { 22, 8000-8010 } counter packets 3 bytes 180 accept comment "management"
		jump refuse
	}

	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		ct status dnat accept
		ip daddr . meta l4proto . th dport @services accept
		iifname . oifname vmap { "lan" . "wan" : goto out, "guest" . "wan" : accept }
		meta mark & 0x000000f0 == 0x00000020 drop
		ip saddr != @trusted ip daddr != { 10.0.2.0/24, 10.0.3.0/24 } log prefix "odd: " drop
		jump refuse
	}

	chain out {
		ip6 daddr fe80::/10 return
		tcp dport != { 25, 465 } accept
		tcp dport 25 ct original ip daddr 192.0.2.25 accept
	}

	chain refuse {
		meta l4proto tcp reject with tcp reset
		reject
	}

	chain srcnat {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "wan" ip daddr 10.20.0.0/16 return
		oifname "wan" meta nfproto ipv4 masquerade
		meta l4proto tcp ip saddr 10.0.2.20 snat ip to 203.0.113.7-203.0.113.9:1024-65535
	}
}
`

/** One policy of IPv4 alone and one of IPv6 alone. */
export const FAMILIES = `table ip four {
	chain forward {
		type filter hook forward priority filter - 10; policy accept;
		ip saddr & 255.0.0.255 == 10.0.0.1 drop
		tcp dport 100-200 ip dscp cs1 accept
		udp sport > 1023 udp dport < 1024 reject with icmp net-prohibited
	}
}
table ip6 six {
	chain forward {
		type filter hook forward priority filter + 10; policy accept;
		icmpv6 type destination-unreachable icmpv6 code no-route accept
		ip6 saddr & ::ffff == ::1 reject with icmpv6 admin-prohibited
	}

	chain output {
		type route hook output priority mangle; policy accept;
		meta skuid 1000 meta mark set meta mark & 0xffffff00 | 0x00000005
	}
}
`
