import type { LabDevice, LabNetwork, LabNftTable, LabSet, LabTable, Probe, Result } from './lab-network.ts'

/** A fact of the reference that a probe can show: what is built, what is asked, what the kernel must answer. */
export interface KernelFact {
  /** As in the list of measured facts: `L1`, `R6`. */
  readonly id: string
  readonly claim: string
  readonly network: LabNetwork
  readonly probe: Probe
  readonly result: Result
  /** Source and destination as the far end must see them, as `10.0.1.10 -> 10.0.2.20:80`; absent = not looked at. */
  readonly seen?: string
}

const INSIDE = '10.0.1.10'
const SERVER = '203.0.113.50'
const WAN = '203.0.113.1'

/** Changes of the other hosts: `n` inside, `o` outside, `d` behind the third interface. */
type Others = Readonly<Partial<Record<'n' | 'o' | 'd', Change>>>
type Change = Partial<Omit<LabDevice, 'name'>>

/** A client and a second host inside, a router, a server and an odd host outside. */
function office(router: Change, client: Change = {}, server: Change = {}, others: Others = {}): LabNetwork {
  const blank = { forwards: false, rules: [], settings: {}, tables: [] }
  const host = (name: string, link: string, address: string, gateway: string, change: Change): LabDevice => ({
    ...blank,
    name,
    interfaces: [{ name: 'eth0', link, addresses: [address] }],
    routes: [`default via ${gateway}`],
    ...change,
  })
  const edge: LabDevice = {
    ...blank,
    name: 'r',
    forwards: true,
    interfaces: [
      { name: 'lan', link: 'lan', addresses: ['10.0.1.1/24'] },
      { name: 'wan', link: 'wan', addresses: [`${WAN}/24`, '198.51.100.1/24'] },
      { name: 'dmz', link: 'dmz', addresses: ['10.0.2.1/24'] },
    ],
    routes: [],
    ...router,
  }
  return {
    devices: [
      host('c', 'lan', `${INSIDE}/24`, '10.0.1.1', client),
      host('n', 'lan', '10.0.1.11/24', '10.0.1.1', others.n ?? {}),
      edge,
      host('s', 'wan', `${SERVER}/24`, WAN, server),
      host('o', 'wan', '198.51.100.50/24', '198.51.100.1', others.o ?? {}),
      host('d', 'dmz', '10.0.2.20/24', '10.0.2.1', others.d ?? {}),
    ],
  }
}

const DROPS = { INPUT: 'ACCEPT', FORWARD: 'DROP', OUTPUT: 'ACCEPT' } as const
const OPENS = { ...DROPS, FORWARD: 'ACCEPT' } as const
const ANSWERS = 'FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT'

function filter(policies: LabTable['policies'], ...rules: string[]): LabTable {
  return {
    name: 'filter',
    policies,
    chains: [...new Set(rules.map((rule) => rule.split(' ')[0] ?? ''))].filter((name) => /^U/.test(name)),
    rules,
  }
}
const nat = (...rules: string[]): LabTable => ({ name: 'nat', policies: {}, chains: [], rules })
const mangle = (...rules: string[]): LabTable => ({ name: 'mangle', policies: {}, chains: [], rules })
const raw = (...rules: string[]): LabTable => ({ name: 'raw', policies: {}, chains: [], rules })

let next = 30000
function ask(
  from: string,
  protocol: Probe['protocol'],
  destination: string,
  port = protocol === 'icmp' ? 0 : 80,
): Probe {
  return { from, protocol, sourcePort: next++, destination, port }
}

const tcp = (destination: string, port?: number) => ask('c', 'tcp', destination, port)
const udp = (destination: string, port?: number) => ask('c', 'udp', destination, port)
const fact = (
  id: string,
  claim: string,
  network: LabNetwork,
  probe: Probe,
  result: Result,
  seen?: string,
): KernelFact => ({
  id,
  claim,
  network,
  probe,
  result,
  ...(seen !== undefined && { seen }),
})

const PUBLISH = nat(`PREROUTING -d ${WAN} -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.20:80`)
const HAIRPIN = `PREROUTING -d ${WAN} -p tcp --dport 8080 -j DNAT --to-destination 10.0.1.11:80`
const TO_LOOPBACK = 'PREROUTING -i lan -p tcp --dport 81 -j DNAT --to-destination 127.0.0.1:80'
const publicAsk = () => ask('s', 'tcp', WAN, 8080)

const TRANSLATION: readonly KernelFact[] = [
  fact(
    'L1',
    'FORWARD meets the translated destination',
    office({ tables: [PUBLISH, filter(DROPS, ANSWERS, 'FORWARD -d 10.0.2.20 -p tcp --dport 80 -j ACCEPT')] }),
    publicAsk(),
    'answered',
    `${SERVER} -> 10.0.2.20:80`,
  ),
  fact(
    'L1',
    'FORWARD never meets the original port',
    office({ tables: [PUBLISH, filter(DROPS, ANSWERS, 'FORWARD -p tcp --dport 8080 -j ACCEPT')] }),
    publicAsk(),
    'silent',
  ),
  fact(
    'L2',
    'ctstate DNAT holds in both directions',
    office({ tables: [PUBLISH, filter(DROPS, 'FORWARD -m conntrack --ctstate DNAT -j ACCEPT')] }),
    publicAsk(),
    'answered',
  ),
  fact(
    'L3',
    'FORWARD sees the real server as source of the reply',
    office({ tables: [PUBLISH, filter(OPENS, 'FORWARD -s 10.0.2.20 -p tcp --sport 80 -j DROP')] }),
    publicAsk(),
    'silent',
  ),
  fact(
    'L5',
    'FORWARD sees the source before masquerade, the peer sees the router',
    office({
      tables: [nat('POSTROUTING -o wan -j MASQUERADE'), filter(DROPS, ANSWERS, `FORWARD -s ${INSIDE} -j ACCEPT`)],
    }),
    tcp(SERVER),
    'answered',
    `${WAN} -> ${SERVER}:80`,
  ),
  fact(
    'L6',
    'replies are un-translated before FORWARD',
    office({ tables: [nat('POSTROUTING -o wan -j MASQUERADE'), filter(OPENS, `FORWARD -d ${WAN} -j DROP`)] }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'L10',
    'hairpin without source translation is silent',
    office({ tables: [nat(HAIRPIN)] }),
    tcp(WAN, 8080),
    'silent',
  ),
  fact(
    'L11',
    'hairpin with source translation works and the server sees the router',
    office({ tables: [nat(HAIRPIN, 'POSTROUTING -s 10.0.1.0/24 -d 10.0.1.11 -j MASQUERADE')] }),
    tcp(WAN, 8080),
    'answered',
    '10.0.1.1 -> 10.0.1.11:80',
  ),
  fact(
    'L24',
    'an untracked packet is not translated',
    office({ tables: [PUBLISH, raw('PREROUTING -p tcp --dport 8080 -j CT --notrack')] }),
    ask('s', 'tcp', WAN, 8081),
    'refused',
  ),
  fact(
    'L24',
    'UNTRACKED is neither NEW nor INVALID',
    office({
      tables: [raw('PREROUTING -j CT --notrack'), filter(OPENS, 'FORWARD -m conntrack --ctstate NEW,INVALID -j DROP')],
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'L29',
    'a packet translated to the loopback is dropped',
    office({ tables: [nat(TO_LOOPBACK)] }),
    tcp(SERVER, 81),
    'silent',
  ),
  ...(['lan', 'all'] as const).map((name) =>
    fact(
      'L29',
      `unless route_localnet of ${name} is 1`,
      office({ tables: [nat(TO_LOOPBACK)], settings: { [`net.ipv4.conf.${name}.route_localnet`]: '1' } }),
      tcp(SERVER, 81),
      'answered',
      `${INSIDE} -> 127.0.0.1:80`,
    ),
  ),
  fact(
    'L29',
    'that of the other side does not help',
    office({ tables: [nat(TO_LOOPBACK)], settings: { 'net.ipv4.conf.wan.route_localnet': '1' } }),
    tcp(SERVER, 81),
    'silent',
  ),
  fact(
    'L29',
    'a packet of the loopback that translation sends out is dropped',
    office({ tables: [nat('OUTPUT -d 127.0.0.1 -p tcp --dport 81 -j DNAT --to-destination 10.0.2.20:80')] }),
    ask('r', 'tcp', '127.0.0.1', 81),
    'silent',
  ),
  fact(
    'L30',
    'REDIRECT goes to the address of the in-interface, with the new port',
    office({
      tables: [
        nat('PREROUTING -i lan -p tcp --dport 81 -j REDIRECT --to-ports 80'),
        filter({ ...DROPS, INPUT: 'DROP' }, 'INPUT -p tcp --dport 80 -j ACCEPT'),
      ],
    }),
    tcp(SERVER, 81),
    'answered',
    `${INSIDE} -> 10.0.1.1:80`,
  ),
  fact(
    'L31',
    "a box's own packets skip nat PREROUTING",
    office({ tables: [nat(`PREROUTING -p tcp --dport 81 -j DNAT --to-destination ${SERVER}:80`)] }),
    ask('r', 'tcp', SERVER, 81),
    'refused',
  ),
  fact(
    'L31',
    'nat OUTPUT translates them; the source stays',
    office({ tables: [nat('OUTPUT -p tcp --dport 81 -j DNAT --to-destination 10.0.2.20:80')] }),
    ask('r', 'tcp', SERVER, 81),
    'answered',
    `${WAN} -> 10.0.2.20:80`,
  ),
  fact(
    'L32',
    'MASQUERADE prefers an address in the network of the next hop',
    office({ tables: [nat('POSTROUTING -o wan -j MASQUERADE')] }),
    tcp('198.51.100.50'),
    'answered',
    '198.51.100.1 -> 198.51.100.50:80',
  ),
  fact(
    'M1',
    'ctorigdstport is the port before translation',
    office({
      tables: [
        PUBLISH,
        filter(DROPS, ANSWERS, `FORWARD -m conntrack --ctorigdst ${WAN} --ctorigdstport 8080 -j ACCEPT`),
      ],
    }),
    publicAsk(),
    'answered',
  ),
  fact(
    'M4',
    'NETMAP keeps the host bits',
    office({ tables: [nat('PREROUTING -d 192.0.2.0/24 -j NETMAP --to 10.0.2.0/24')] }),
    tcp('192.0.2.20'),
    'answered',
    `${INSIDE} -> 10.0.2.20:80`,
  ),
]

const FILTERS: readonly KernelFact[] = [
  ...(
    [
      ['REJECT', 'refused'],
      ['REJECT --reject-with tcp-reset', 'refused'],
      ['REJECT --reject-with icmp-host-unreachable', 'host-unreachable'],
      ['REJECT --reject-with icmp-net-unreachable', 'net-unreachable'],
      ['REJECT --reject-with icmp-host-prohibited', 'host-unreachable'],
      ['REJECT --reject-with icmp-net-prohibited', 'net-unreachable'],
      ['REJECT --reject-with icmp-admin-prohibited', 'host-unreachable'],
      ['REJECT --reject-with icmp-proto-unreachable', 'protocol-unreachable'],
      ['DROP', 'silent'],
    ] as const
  ).map(([target, result]) =>
    fact(
      'L8',
      `a TCP client sees ${target} as ${result}`,
      office({ tables: [filter(OPENS, `FORWARD -p tcp -j ${target}`)] }),
      tcp(SERVER),
      result,
    ),
  ),
  fact(
    'L9',
    'a UDP client sees REJECT as refused',
    office({ tables: [filter(OPENS, 'FORWARD -p udp -j REJECT')] }),
    udp(SERVER),
    'refused',
  ),
  fact(
    'L12',
    'the end of a chain entered by goto skips the rest of its caller',
    office({ tables: [filter(OPENS, 'FORWARD -j U1', 'U1 -g U2', 'U1 -j DROP', 'U2 -s 192.0.2.1 -j DROP')] }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'L12',
    'a goto from a built-in chain ends at its policy',
    office({ tables: [filter(DROPS, 'FORWARD -g U1', 'FORWARD -j ACCEPT', 'U1 -s 192.0.2.1 -j ACCEPT')] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'L13',
    'RETURN in a built-in chain applies the policy',
    office({ tables: [filter(DROPS, 'FORWARD -j RETURN', 'FORWARD -j ACCEPT')] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'L17',
    'the WAN address is local on the LAN side too: INPUT decides',
    office({ tables: [filter({ ...DROPS, INPUT: 'ACCEPT' })] }),
    tcp(WAN),
    'answered',
  ),
  fact(
    'L25',
    'the ICMP answer to UDP is RELATED',
    office({ tables: [filter(DROPS, 'FORWARD -p udp -j ACCEPT', 'FORWARD -m conntrack --ctstate RELATED -j ACCEPT')] }),
    udp(SERVER, 9),
    'refused',
  ),
  fact(
    'L37',
    'a mask with holes matches as it says',
    office({ tables: [filter(OPENS, 'FORWARD -s 10.9.9.10/255.0.0.255 -j REJECT')] }),
    tcp(SERVER),
    'refused',
  ),
  fact(
    'M2',
    'a mark is of the packet, a connmark of the connection',
    office({
      tables: [
        mangle(
          'PREROUTING -j CONNMARK --restore-mark',
          'PREROUTING -i lan -j MARK --set-mark 1',
          'PREROUTING -i lan -j CONNMARK --save-mark',
        ),
        filter(DROPS, 'FORWARD -m mark --mark 1 -j ACCEPT'),
      ],
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'M2',
    'without restore-mark the reply has no mark',
    office({
      tables: [mangle('PREROUTING -i lan -j MARK --set-mark 1'), filter(DROPS, 'FORWARD -m mark --mark 1 -j ACCEPT')],
    }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'M3',
    'a mark is compared under its mask, and MARK goes on',
    office({
      tables: [
        mangle('PREROUTING -j MARK --set-mark 0x13', 'PREROUTING -j MARK --or-mark 0x20'),
        filter(OPENS, 'FORWARD -m mark --mark 0x30/0xf0 -j REJECT'),
      ],
    }),
    tcp(SERVER),
    'refused',
  ),
  fact(
    'M7',
    'addrtype LOCAL is any own address',
    office({ tables: [filter(OPENS, 'INPUT -m addrtype --dst-type LOCAL -j REJECT')] }),
    tcp(WAN),
    'refused',
  ),
  fact(
    'M8',
    'multiport --ports is source or destination',
    office({ tables: [filter(OPENS, 'FORWARD -p tcp -m multiport --ports 80,9 -j REJECT')] }),
    tcp(SERVER),
    'refused',
  ),
  fact(
    'M9',
    'one accept is not enough: the reply meets the policy',
    office({ tables: [filter(DROPS, 'FORWARD -p tcp --dport 80 -j ACCEPT')] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'M11',
    'the word of REJECT passes OUTPUT',
    office({ tables: [filter({ ...OPENS, OUTPUT: 'DROP' }, 'FORWARD -j REJECT')] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'E5',
    'the word of a rejection finds its way through translation',
    office(
      {
        tables: [
          nat('POSTROUTING -o wan -j MASQUERADE'),
          filter(DROPS, 'FORWARD -i lan -j ACCEPT', 'FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
        ],
      },
      {},
      { tables: [filter(OPENS, 'INPUT -j REJECT --reject-with icmp-host-prohibited')] },
    ),
    tcp(SERVER),
    'host-unreachable',
  ),
  fact(
    'E5b',
    'without RELATED it looks like a timeout',
    office(
      { tables: [nat('POSTROUTING -o wan -j MASQUERADE'), filter(DROPS, 'FORWARD -i lan -j ACCEPT', ANSWERS)] },
      {},
      { tables: [filter(OPENS, 'INPUT -j REJECT --reject-with icmp-host-prohibited')] },
    ),
    tcp(SERVER),
    'silent',
  ),
]

const ROUTING: readonly KernelFact[] = [
  fact('L15', 'without ip_forward a packet is dropped in silence', office({ forwards: false }), tcp(SERVER), 'silent'),
  ...(
    [
      ['unreachable', 'host-unreachable'],
      ['prohibit', 'host-unreachable'],
      ['blackhole', 'silent'],
      ['throw', 'net-unreachable'],
    ] as const
  ).map(([type, result]) =>
    fact(
      'L16',
      `a ${type} route is ${result} to the client`,
      office({ routes: [`${type} 203.0.113.48/29`] }),
      tcp(SERVER),
      result,
    ),
  ),
  ...(
    [
      ['unreachable', 'host-unreachable'],
      ['prohibit', 'not-sent'],
      ['blackhole', 'not-sent'],
      ['throw', 'net-unreachable'],
    ] as const
  ).map(([type, result]) =>
    fact(
      'L16',
      `a ${type} route of one's own is ${result}`,
      office({ routes: [`${type} 203.0.113.48/29`] }),
      ask('r', 'tcp', SERVER),
      result,
    ),
  ),
  fact('L16', 'no route is net-unreachable', office({}), tcp('192.0.2.1'), 'net-unreachable'),
  fact(
    'L18',
    'a mark of PREROUTING chooses the table',
    office({
      tables: [mangle('PREROUTING -p tcp --dport 80 -j MARK --set-mark 1')],
      rules: ['pref 100 fwmark 1 table 100'],
      routes: ['unreachable default table 100'],
    }),
    tcp(SERVER),
    'host-unreachable',
  ),
  fact(
    'L18',
    'a mark of FORWARD is too late',
    office({
      tables: [mangle('FORWARD -p tcp --dport 80 -j MARK --set-mark 1')],
      rules: ['pref 100 fwmark 1 table 100'],
      routes: ['unreachable default table 100'],
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'L19',
    'a mark of OUTPUT sends it another way',
    office({
      tables: [mangle('OUTPUT -p tcp --dport 80 -j MARK --set-mark 1')],
      rules: ['pref 100 fwmark 1 table 100'],
      routes: ['default via 10.0.2.20 table 100'],
    }),
    ask('r', 'tcp', SERVER),
    'silent',
  ),
  fact(
    'L20',
    'a mark cannot steal packets for the box itself',
    office({
      tables: [mangle('PREROUTING -j MARK --set-mark 1')],
      rules: ['pref 100 fwmark 1 table 100'],
      routes: ['default via 10.0.2.20 table 100'],
    }),
    ask('c', 'icmp', '10.0.2.1'),
    'answered',
  ),
  ...(
    [
      ['0', '0', 'answered'],
      ['0', '1', 'silent'],
      ['1', '0', 'silent'],
      ['1', '2', 'answered'],
      ['2', '1', 'answered'],
    ] as const
  ).map(([all, one, result]) =>
    fact(
      'L26',
      `rp_filter all=${all} wan=${one}: a source whose way back is another interface is ${result}`,
      office({
        settings: { 'net.ipv4.conf.all.rp_filter': all, 'net.ipv4.conf.wan.rp_filter': one },
        routes: [`${SERVER}/32 via 10.0.2.20`],
      }),
      ask('s', 'udp', INSIDE),
      'silent',
      ...(result === 'answered' ? [`${SERVER} -> ${INSIDE}:80`] : []),
    ),
  ),
  fact(
    'R1',
    'the longest prefix wins over the metric',
    office({ routes: ['203.0.113.48/29 via 10.0.2.20 metric 500'] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'R2',
    'the lowest metric wins',
    office({ routes: ['192.0.2.0/24 via 10.0.2.20 metric 20', 'unreachable 192.0.2.0/24 metric 10'] }),
    tcp('192.0.2.1'),
    'host-unreachable',
  ),
  fact(
    'R5',
    'a miss in a policy table goes on to main',
    office({ rules: ['pref 100 from 10.0.1.0/24 table 100'], routes: ['unreachable 192.0.2.0/24 table 100'] }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'R6',
    'a default in a policy table hides the connected networks of main',
    office({ rules: ['pref 100 from 10.0.1.0/24 table 100'], routes: ['unreachable default table 100'] }),
    tcp('10.0.2.20'),
    'host-unreachable',
  ),
  fact(
    'R7',
    'suppress_prefixlength 0 brings them back',
    office({
      rules: ['pref 90 table main suppress_prefixlength 0', 'pref 100 from 10.0.1.0/24 table 100'],
      routes: ['unreachable default table 100'],
    }),
    tcp('10.0.2.20'),
    'answered',
  ),
  fact(
    'R8',
    'throw goes on to the next rule',
    office({
      rules: ['pref 100 from 10.0.1.0/24 table 100'],
      routes: ['throw 203.0.113.0/24 table 100', 'unreachable default table 100'],
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'R9',
    'unreachable is final',
    office({ rules: ['pref 100 from 10.0.1.0/24 table 100'], routes: ['unreachable 203.0.113.0/24 table 100'] }),
    tcp(SERVER),
    'host-unreachable',
  ),
  fact(
    'R10',
    'a rule that says unreachable means the network',
    office({ rules: ['pref 100 from 10.0.1.0/24 unreachable'] }),
    tcp(SERVER),
    'net-unreachable',
  ),
  fact(
    'R10',
    'a rule that prohibits',
    office({ rules: ['pref 100 from 10.0.1.0/24 prohibit'] }),
    tcp(SERVER),
    'host-unreachable',
  ),
  fact(
    'R10',
    'a rule that is a blackhole',
    office({ rules: ['pref 100 from 10.0.1.0/24 blackhole'] }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'R11',
    'an own address is local whatever the policy table says',
    office({
      rules: ['pref 100 from 10.0.1.0/24 table 100'],
      routes: ['unreachable default table 100', '10.0.1.0/24 dev lan table 100'],
    }),
    tcp(WAN),
    'answered',
  ),
  fact('E4', 'a host that does not answer ARP is unreachable', office({}), tcp('203.0.113.99'), 'host-unreachable'),
  fact(
    'E7',
    'forwarding counts on the interface of arrival',
    office({ settings: { 'net.ipv4.conf.lan.forwarding': '0' } }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'E7',
    'off on the side of the server it kills the reply',
    office({ settings: { 'net.ipv4.conf.wan.forwarding': '0' } }),
    tcp(SERVER),
    'silent',
  ),
  fact(
    'E7',
    'off on the interface of arrival, a packet without a route is dropped in silence too',
    office({ settings: { 'net.ipv4.conf.lan.forwarding': '0' } }),
    tcp('192.0.2.1'),
    'silent',
  ),
  fact(
    'E7',
    'on for both interfaces of a box that does not forward, it forwards between them',
    office({
      forwards: false,
      settings: { 'net.ipv4.conf.lan.forwarding': '1', 'net.ipv4.conf.wan.forwarding': '1' },
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'E8',
    'a route without a gateway asks for the destination itself',
    office({ routes: ['192.0.2.0/24 dev wan'] }),
    tcp('192.0.2.1'),
    'host-unreachable',
  ),
]

const set = (name: string, type: string, ...entries: string[]): LabSet => ({ name, type, sides: 1, entries })
const nft = (name: string, hook: string, ...rules: string[]): LabNftTable => ({
  family: 'ip',
  name,
  sets: [],
  chains: [{ name: 'c', hook, rules }],
})

/** A second router between the inside and the outside, so that the two directions of a connection can differ. */
const BYPASS: Others = {
  n: {
    forwards: true,
    interfaces: [
      { name: 'eth0', link: 'lan', addresses: ['10.0.1.11/24'] },
      { name: 'eth1', link: 'wan', addresses: ['203.0.113.11/24'] },
    ],
    routes: [],
  },
}
const STRANGER: Others = {
  o: {
    interfaces: [{ name: 'eth0', link: 'wan', addresses: ['192.0.2.9/24'] }],
    routes: [`${WAN} dev eth0`, `10.0.1.0/24 via ${WAN} dev eth0`],
  },
}
const filtering = (all: string, one: string): Change => ({
  settings: { 'net.ipv4.conf.all.rp_filter': all, 'net.ipv4.conf.wan.rp_filter': one },
})
/** The inside's two hosts on two ports of one bridge of the router. */
const BRIDGED: Change = {
  interfaces: [
    { name: 'br0', link: '', addresses: ['10.0.1.1/24'] },
    { name: 'p1', link: 'lan', bridge: 'br0', addresses: [] },
    { name: 'p2', link: 'lan2', bridge: 'br0', addresses: [] },
    { name: 'wan', link: 'wan', addresses: [`${WAN}/24`, '198.51.100.1/24'] },
    { name: 'dmz', link: 'dmz', addresses: ['10.0.2.1/24'] },
  ],
}
const ON_OTHER_PORT: Others = { n: { interfaces: [{ name: 'eth0', link: 'lan2', addresses: ['10.0.1.11/24'] }] } }

const MORE: readonly KernelFact[] = [
  fact('L0', 'a routed connection works', office({}), tcp(SERVER), 'answered', `${INSIDE} -> ${SERVER}:80`),
  fact(
    'L4',
    'the nat chain is asked for the first packet only',
    office({ tables: [nat('POSTROUTING -o wan -j MASQUERADE')] }),
    tcp(SERVER),
    'answered',
    `${WAN} -> ${SERVER}:80`,
  ),
  fact(
    'L7',
    'a connection whose first packet is dropped behind nat is never made',
    office({ tables: [PUBLISH, filter(DROPS)] }),
    publicAsk(),
    'silent',
  ),
  fact(
    'L10',
    'hairpin without source translation is silent between two ports of one bridge too',
    office({ ...BRIDGED, tables: [nat(HAIRPIN)] }, {}, {}, ON_OTHER_PORT),
    tcp(WAN, 8080),
    'silent',
  ),
  fact(
    'L21',
    'frames between two ports of a bridge do not meet FORWARD',
    office({ ...BRIDGED, tables: [filter(DROPS)] }, {}, {}, ON_OTHER_PORT),
    tcp('10.0.1.11'),
    'answered',
  ),
  fact(
    'L21',
    'what is routed from a bridge meets it with the bridge for its interface',
    office({ ...BRIDGED, tables: [filter(DROPS, 'FORWARD -i br0 -j ACCEPT', ANSWERS)] }, {}, {}, ON_OTHER_PORT),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'L23',
    'an answer nobody asked for is not translated; what the server says next is',
    office({ tables: [nat('POSTROUTING -o lan -j MASQUERADE')] }, { routes: ['default via 10.0.1.11'] }, {}, BYPASS),
    tcp(SERVER),
    'open-silent',
  ),
  ...(
    [
      ['0', [`192.0.2.9 -> ${INSIDE}:80`]],
      ['1', []],
      ['2', []],
    ] as const
  ).map(([one, seen]) =>
    fact(
      'L27',
      `rp_filter ${one} and a source to which there is no route`,
      office(filtering('0', one), {}, {}, STRANGER),
      ask('o', 'udp', INSIDE),
      'silent',
      ...seen,
    ),
  ),
  fact(
    'L28',
    "a packet that says it is from one of the box's own addresses is dropped",
    office({}, {}, {}, { o: { tables: [nat('POSTROUTING -j SNAT --to-source 10.0.1.1')] } }),
    ask('o', 'udp', INSIDE),
    'silent',
  ),
  fact(
    'L33',
    'SNAT keeps the port',
    office({ tables: [nat(`POSTROUTING -o wan -j SNAT --to-source ${WAN}`)] }),
    tcp(SERVER),
    'answered',
    `${WAN} -> ${SERVER}:80`,
  ),
  fact(
    'L35',
    'accept ends one chain of nft, a later one still drops',
    office({
      nft: [
        nft('a', 'type filter hook forward priority -5; policy accept;', 'udp dport 80 accept'),
        nft('b', 'type filter hook forward priority 5; policy accept;', 'udp dport 80 drop'),
      ],
    }),
    udp(SERVER),
    'silent',
  ),
  fact(
    'L35',
    'and so does a table of iptables',
    office({
      nft: [nft('a', 'type filter hook forward priority -5; policy accept;', 'accept')],
      tables: [filter(DROPS)],
    }),
    udp(SERVER),
    'silent',
  ),
  fact(
    'L39',
    'a firewall that sees no SYN+ACK finds the third packet invalid',
    office(
      { tables: [filter(OPENS, 'FORWARD -m conntrack --ctstate INVALID -j DROP')] },
      {},
      { routes: ['10.0.1.0/24 via 203.0.113.11'] },
      BYPASS,
    ),
    tcp(SERVER),
    'open-silent',
  ),
  fact(
    'M5',
    'a nomatch entry of a set is an exception',
    office({
      sets: [set('s', 'hash:net', '203.0.113.0/24', '203.0.113.48/29 nomatch')],
      tables: [filter(OPENS, 'FORWARD -m set --match-set s dst -j DROP')],
    }),
    tcp(SERVER),
    'answered',
  ),
  fact(
    'M6',
    'hash:ip,port with dst,dst',
    office({
      sets: [{ ...set('s', 'hash:ip,port', `${SERVER},tcp:80`), sides: 2 }],
      tables: [filter(OPENS, 'FORWARD -m set --match-set s dst,dst -j REJECT')],
    }),
    tcp(SERVER),
    'refused',
  ),
  fact(
    'R4b',
    'a gateway that is on no network, but said to be on the link',
    office({ routes: ['192.0.2.0/24 via 10.99.0.1 dev dmz onlink'] }),
    tcp('192.0.2.1'),
    'host-unreachable',
  ),
  fact(
    'R5b',
    'a policy table holds no connected networks; a miss finds them in main',
    office({ rules: ['pref 100 from 10.0.1.0/24 table 100'], routes: ['unreachable 192.0.2.0/24 table 100'] }),
    tcp('10.0.2.20'),
    'answered',
  ),
  fact('R12', "another network's broadcast address is not forwarded", office({}), tcp('10.0.2.255'), 'silent'),
  fact(
    'R14',
    'an interface that is down has no routes',
    office({ after: ['ip link set dmz down'] }),
    tcp('10.0.2.20'),
    'net-unreachable',
  ),
  fact(
    'R14',
    'and its address is still its own',
    office({ after: ['ip link set dmz down'] }),
    tcp('10.0.2.1'),
    'answered',
  ),
  ...(['a', 'b'] as const).map((first) => {
    const hook = 'type filter hook forward priority 5; policy accept;'
    const tables = { a: nft('a', hook, 'meta mark set 1'), b: nft('b', hook, 'meta mark 1 reject') }
    const last = first === 'a' ? 'b' : 'a'
    return fact(
      'E6',
      `of two chains with one priority the one made last runs first (${last})`,
      office({ nft: [tables[first], tables[last]] }),
      udp(SERVER),
      first === 'a' ? 'answered' : 'refused',
    )
  }),
]

const INSIDE6 = '2001:db8:1::10'
const SERVER6 = '2001:db8:9::50'

/** The office with IPv6 beside IPv4. */
function office6(router: Change, client: Change = {}, server: Change = {}): LabNetwork {
  const six: Readonly<Record<string, string>> = {
    'c eth0': `${INSIDE6}/64`,
    'r lan': '2001:db8:1::1/64',
    'r wan': '2001:db8:9::1/64',
    'r dmz': '2001:db8:2::1/64',
    's eth0': `${SERVER6}/64`,
    'd eth0': '2001:db8:2::20/64',
  }
  const gateways: Readonly<Record<string, string>> = { c: '2001:db8:1::1', s: '2001:db8:9::1', d: '2001:db8:2::1' }
  const { devices } = office(router, client, server)
  return {
    six: true,
    devices: devices.map((device) => {
      const gateway = gateways[device.name]
      const more = (name: string) => six[`${device.name} ${name}`] ?? []
      return {
        ...device,
        interfaces: device.interfaces.map((one) => ({
          ...one,
          addresses: [...one.addresses, ...[more(one.name)].flat()],
        })),
        routes: [...device.routes, ...(gateway ? [`default via ${gateway}`] : [])],
      }
    }),
  }
}

const SIX: readonly KernelFact[] = [
  fact(
    'V1',
    'a routed connection works over IPv6',
    office6({}),
    tcp(SERVER6),
    'answered',
    `${INSIDE6} -> ${SERVER6}:80`,
  ),
  fact('V1', 'and so does a datagram', office6({}), udp(SERVER6), 'answered', `${INSIDE6} -> ${SERVER6}:80`),
  fact('V1', 'and so does an echo', office6({}), ask('c', 'icmp', SERVER6), 'answered'),
  fact('V2', 'ip6tables drops it', office6({ tables6: [filter(DROPS)] }), tcp(SERVER6), 'silent'),
  fact(
    'V3',
    'a TCP client sees a reset of ip6tables as refused',
    office6({ tables6: [filter(OPENS, 'FORWARD -p tcp -j REJECT --reject-with tcp-reset')] }),
    tcp(SERVER6),
    'refused',
  ),
  fact(
    'V5',
    'masquerade over IPv6',
    office6({ tables6: [nat('POSTROUTING -o wan -j MASQUERADE')] }),
    tcp(SERVER6),
    'answered',
    `2001:db8:9::1 -> ${SERVER6}:80`,
  ),
  fact(
    'V5',
    'a port published over IPv6',
    office6({
      tables6: [nat('PREROUTING -d 2001:db8:9::1 -p tcp --dport 8080 -j DNAT --to-destination [2001:db8:2::20]:80')],
    }),
    ask('s', 'tcp', '2001:db8:9::1', 8080),
    'answered',
    `${SERVER6} -> 2001:db8:2::20:80`,
  ),
]

/** Facts about Linux that no probe of this lab shows, and why. */
export const NOT_SHOWN: Readonly<Record<string, string>> = {
  'L10 br_nf=1': 'what br_netfilter makes of frames between ports is not modelled: it is off unless somebody loads it',
  'L21 br_nf=1': 'as L10 br_nf=1',
  L14: 'the model has no time to live; a loop is found by the way a packet takes',
  'L22 tcp_loose=1': 'every question starts with a first packet; what a stray one is shows in L23 and L39',
  'L22 tcp_loose=0': 'as L22 tcp_loose=1; the sysctl is not read, its default is taken',
  L34: 'the prober does not see segment sizes; tests of the tracer do',
  L36: 'what iptables refuses to load is in no dump',
  'L38 conntrack already active': 'a question has no past: every connection is new',
  'L38 nothing on the router needs conntrack before': 'as L38 conntrack already active',
  M10: 'fragments are not asked about; they are whole wherever tracking is in use',
  R3: 'what ip route refuses is in no dump',
  R4: 'what ip route refuses is in no dump',
  R13: 'a link without carrier needs a neighbour that does not answer, which the lab knows by heart',
  R13b: 'as R13; ignore_routes_with_linkdown is not read',
  R14b: 'what an interface loses for a moment shows in its routes',
  E1: 'a reading of two dumps in one file; tests of the reader hold it',
  E2: 'what iptables refuses to load is in no dump',
  E3: 'what iptables refuses to load is in no dump',
  E9: 'the prober sends small packets only; too-big is a matter of diagnosis',
  E9b: 'as E9',
  X1: 'ip xfrm policy is no input of the reader, and the kernel has no ESP',
  X2: 'as X1',
  X3: 'as X1',
  X3b: 'as X1',
  X4: 'as X1',
  X5: 'as X1',
}

/** The facts of the reference that a probe can show. */
export const KERNEL_FACTS: readonly KernelFact[] = [...TRANSLATION, ...FILTERS, ...ROUTING, ...MORE, ...SIX]
