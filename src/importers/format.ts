import type { TextFile } from '../text/index.ts'
import { readTemplateJson } from './arm-template/index.ts'
import type { Format } from './format-words.ts'
import { formatOfJson } from './json-format.ts'

/**
 * What a file is, told by its words alone and never by its name: the format most of its lines look like.
 * `undefined` = none, or no line looks like any.
 */
export function formatOf(file: TextFile): Format | undefined {
  const text = file.text.replace(/^\ufeff/, '')
  if (/^\s*(?:\{|\[\s*(?:[{\]"]|$))/.test(text)) {
    const document = readTemplateJson(text)
    if (document.problem === undefined) return formatOfJson(document.value)
  }
  const lines = text.slice(0, LOOKED_AT).split('\n')
  // A file of nothing but comments, such as the one a program ships with, is told by what is commented out.
  return likest(lines.filter((line) => !COMMENT.test(line))) ?? likest(lines.map((line) => line.replace(COMMENT, '')))
}

// The first line of an export from RouterOS is a comment that says so.
const COMMENT = /^\s*(?:#(?!.* by RouterOS )|;|\/\/)+\s?/

function likest(lines: readonly string[]): Format | undefined {
  let best: Format | undefined
  let most = 0
  for (const [format, signs] of SIGNS) {
    const count = lines.filter((line) => signs.some((sign) => sign.test(line))).length
    if (count > most) {
      best = format
      most = count
    }
  }
  return best
}

// Longer files say what they are long before.
const LOOKED_AT = 1_000_000

// What a line of each format looks like and hardly a line of another; where two meet, the first listed wins a draw.
const SIGNS: readonly (readonly [Format, readonly RegExp[]])[] = [
  [
    'routeros',
    [
      /^# .* by RouterOS /,
      /^\/(?:interface|ip|ipv6|routing|system|tool|queue|ppp|user|snmp|certificate|port|disk|file|caps-man)\b/,
      /^(?:add|set|remove|disable|enable)\s+(?:\[|[\w-]+=|[\w-]+\s+[\w-]+=)/,
      /^:(?:local|global|foreach|for|if|put|log|delay)\b/,
    ],
  ],
  [
    'netfilter',
    [
      /^\s*(?:\[\d+:\d+\]\s*)?-[ANI]\s+[\w-]+/,
      /^\*(?:filter|nat|mangle|raw|security)\s*$/,
      /^:\S+ (?:ACCEPT|DROP|REJECT|-)\b/,
      /^COMMIT\s*$/,
      /^(?:create|add) \S+ (?:hash:|bitmap:|list:)/,
      /^add \S+ [\da-f.:/,]+\s*$/i,
      /^\s*(?:table|chain|set|map|flowtable)\s+(?:(?:ip6?|inet|arp|bridge|netdev)\s+)?[^\s{]+\s*\{/,
      /^\s*type (?:filter|nat|route) hook \w+/,
      /^\s*(?:ip6?|tcp|udp|meta|ct|iifname|oifname|iif|oif|icmp|icmpv6)\s+.*\b(?:accept|drop|reject|jump|goto|return|counter|masquerade|dnat|snat|set|vmap)\b/,
      /^\s*net\.(?:ipv4|ipv6|netfilter|core|bridge)\.[\w./-]+\s*=/,
    ],
  ],
  [
    'uci',
    [/^\s*config\s+['"]?[\w-]+['"]?(?:\s+['"]?[^\s'"]+['"]?)?\s*$/, /^\s*(?:option|list)\s+['"]?[\w-]+['"]?\s+\S/],
  ],
  [
    'edgeos',
    [
      /^(?:interfaces|firewall|service|protocols|system|vpn|policy|port-forward|zone-policy|traffic-control|load-balance)\s*\{/,
      /^\s+(?:ethernet|bridge|switch|openvpn|tunnel|vti|loopback|name|rule|area-group|address-group|network-group|port-group|static|route|dhcp-server|login)\s+\S+\s*\{/,
      /^set (?:interfaces|firewall|service|protocols|system|vpn|policy|port-forward|zone-policy) /,
      /^\/\* (?:Warning: Do not remove|=== vyatta-config-version|Release version)/,
    ],
  ],
  [
    'bind',
    [
      /^\s*(?:zone\s+"?[^\s"]+"?\s*(?:IN\s*)?\{|options\s*\{|view\s+"?[^\s"]+"?\s*\{|acl\s+"?[^\s"]+"?\s*\{|include\s+"[^"]+"\s*;|logging\s*\{)/i,
      /^\s*(?:type\s+(?:master|slave|primary|secondary|forward|hint|stub)|file\s+"[^"]+"|forwarders\s*\{.*|forward\s+(?:only|first)|recursion\s+(?:yes|no)|allow-\w+\s*\{.*|listen-on(?:-v6)?\b.*)\s*;?/i,
      /^\$(?:ORIGIN|TTL|INCLUDE|GENERATE)\s/i,
      /^(?:\S+)?\s+(?:\d+[smhdw]?\s+)?(?:IN\s+)?(?:SOA|NS|A|AAAA|CNAME|MX|TXT|PTR|SRV|CAA)\s+\S/,
    ],
  ],
  [
    'unbound',
    [
      /^\s*(?:server|forward-zone|stub-zone|auth-zone|remote-control|view|python|dnscrypt|cachedb):\s*$/,
      /^\s*(?:interface|access-control|local-zone|local-data|local-data-ptr|private-address|private-domain|forward-addr|forward-host|forward-first|stub-addr|name|do-ip4|do-ip6|do-udp|do-tcp|verbosity|domain-insecure|hide-identity|hide-version|root-hints|auto-trust-anchor-file|module-config):\s*\S/,
    ],
  ],
  [
    'dnsmasq',
    [
      /^\s*(?:server|local|address|domain|dhcp-range|dhcp-option|dhcp-host|interface|listen-address|resolv-file|addn-hosts|conf-dir|conf-file|host-record|cname|rebind-domain-ok|no-dhcp-interface|except-interface|expand-hosts|cache-size|rev-server|ptr-record|srv-host|txt-record|mx-host|tftp-root|log-facility|dhcp-leasefile|port|user|group|pid-file)\s*=/,
      /^\s*(?:domain-needed|bogus-priv|no-resolv|no-hosts|no-poll|strict-order|all-servers|stop-dns-rebind|rebind-localhost-ok|expand-hosts|bind-interfaces|dhcp-authoritative|read-ethers|filterwin2k|localise-queries|log-queries|no-negcache)\s*$/,
    ],
  ],
]
