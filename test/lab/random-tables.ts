import type { Dice } from './dice.ts'
import type { LabSet, LabTable } from './lab-network.ts'
import { setMatch } from './random-sets.ts'

/** What a rule can name: the addresses of the network and how many links there are. */
export interface Sight {
  readonly addresses: readonly string[]
  readonly hosts: readonly string[]
  readonly links: number
  readonly sets: readonly LabSet[]
}

interface Place {
  readonly dice: Dice
  readonly sight: Sight
  readonly ports: readonly string[]
  readonly table: string
  /** The built-in chains from which the rule is reached. */
  readonly from: readonly string[]
}

/** Tables of one device, valid for iptables-restore. */
export function randomTables(
  dice: Dice,
  sight: Sight,
  device: { readonly interfaces: readonly { readonly name: string }[] },
  isRouter: boolean,
): LabTable[] {
  const ports = device.interfaces.map((one) => one.name)
  const make = (table: string) => randomTable(dice, sight, ports, table, isRouter)
  const tables: LabTable[] = []
  if (dice.chance(85)) tables.push(make('filter'))
  if (dice.chance(isRouter ? 50 : 25)) tables.push(make('nat'))
  if (dice.chance(35)) tables.push(make('mangle'))
  if (dice.chance(12)) tables.push(make('raw'))
  return tables
}

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
}

function randomTable(dice: Dice, sight: Sight, ports: readonly string[], table: string, isRouter: boolean): LabTable {
  const built = CHAINS[table] ?? []
  const policies: Record<string, 'ACCEPT' | 'DROP'> = {}
  const rules: string[] = []
  const chains: string[] = []
  const place = (...from: string[]): Place => ({ dice, sight, ports, table, from })
  for (const chain of built) {
    const main = isRouter ? chain === 'FORWARD' || chain === 'PREROUTING' || chain === 'POSTROUTING' : chain === 'INPUT'
    const drops = table === 'filter' && dice.chance(main ? 40 : 8)
    policies[chain] = drops ? 'DROP' : 'ACCEPT'
    if (drops && dice.chance(80))
      rules.push(`${chain} -m conntrack --ctstate ${dice.one(['RELATED,ESTABLISHED', 'ESTABLISHED'])} -j ACCEPT`)
    if (dice.chance(main ? 90 : 25)) rules.push(...chainRules(place(chain), chain, chains, main ? 6 : 3))
  }
  return { name: table, policies, chains, rules }
}

/** Rules of a built-in chain, some of which go into chains of the user, two deep at most. */
function chainRules(place: Place, chain: string, chains: string[], most: number, depth = 0): string[] {
  const { dice } = place
  const rules: string[] = []
  const count = 1 + dice.below(most)
  for (let at = 0; at < count; at++) {
    if (depth < 2 && dice.chance(15)) {
      const name = `U${chains.length + 1}`
      chains.push(name)
      rules.push(`${chain} ${matches(place)} -${dice.chance(25) ? 'g' : 'j'} ${name}`)
      rules.push(...chainRules(place, name, chains, 3, depth + 1))
    } else rules.push(`${chain} ${ruleOf(place)}`)
  }
  return rules
}

function ruleOf(place: Place): string {
  const { dice } = place
  const target = targetOf(place)
  const protocol = target.needs ?? (dice.chance(45) ? dice.one(['tcp', 'udp', 'icmp']) : undefined)
  return `${matches(place, protocol)} ${target.text}`
}

function matches(place: Place, protocol?: string): string {
  const { dice, table, from } = place
  const parts: string[] = []
  const not = () => (dice.chance(15) ? '! ' : '')
  if (protocol !== undefined) parts.push(`-p ${protocol}`)
  else if (dice.chance(5)) parts.push(`! -p ${dice.one(['tcp', 'udp', 'icmp'])}`)
  if (dice.chance(35)) parts.push(`${not()}-s ${network(place)}`)
  if (dice.chance(40)) parts.push(`${not()}-d ${network(place)}`)
  const canIn = from.every((one) => one !== 'OUTPUT' && one !== 'POSTROUTING')
  const canOut = from.every((one) => one === 'FORWARD' || one === 'OUTPUT' || one === 'POSTROUTING')
  if (canIn && dice.chance(20)) parts.push(`${not()}-i ${dice.one([...place.ports, 'lo', 'eth+'])}`)
  if (canOut && dice.chance(20)) parts.push(`${not()}-o ${dice.one([...place.ports, 'lo', 'eth+'])}`)
  if (protocol === 'tcp' || protocol === 'udp') parts.push(...portMatch(place))
  if (protocol === 'icmp' && dice.chance(40))
    parts.push(`-m icmp ${not()}--icmp-type ${dice.one(['8', '0', '3', '3/3'])}`)
  if (protocol === 'tcp' && dice.chance(15))
    parts.push(
      dice.one(['-m tcp --syn', '-m tcp ! --syn', '-m tcp --tcp-flags SYN,ACK SYN,ACK', '-m tcp --tcp-flags RST RST']),
    )
  if (table !== 'raw' && dice.chance(25)) parts.push(stateMatch(place))
  if (dice.chance(8)) parts.push(`-m mark ${not()}--mark ${dice.one(['1', '2', '0x2/0x3', '0x0/0x1'])}`)
  if (table !== 'raw' && dice.chance(4)) parts.push(`-m connmark ${not()}--mark ${dice.one(['1', '0x1/0x1'])}`)
  if (dice.chance(8)) parts.push(typeMatch(place))
  if (dice.chance(5)) parts.push(rangeMatch(place))
  if (place.sight.sets.length > 0 && dice.chance(25)) parts.push(setMatch(dice, place.sight.sets))
  return parts.join(' ')
}

function network({ dice, sight }: Place): string {
  const address = dice.one(dice.chance(60) ? sight.hosts : sight.addresses) ?? '10.0.1.1'
  if (dice.chance(40)) return address
  if (dice.chance(5)) return `${address}/255.0.0.255`
  return dice.chance(70) ? `10.0.${1 + dice.below(sight.links)}.0/24` : `${address}/${dice.one([8, 22, 25, 28, 30])}`
}

function portMatch({ dice }: Place): string[] {
  const not = dice.chance(15) ? '! ' : ''
  const port = () => dice.one(['22', '80', '443', '8080', '23'])
  const range = () => dice.one(['1:100', '80:443', ':79', '1024:', '400:9000'])
  if (dice.chance(20)) {
    const side = dice.one(['--dports', '--dports', '--ports', '--sports'])
    return [
      `-m multiport ${not}${side} ${port()},${dice.chance(50) ? range().replace(/^:|:$/, (_, at) => (at === 0 ? '1:' : ':65535')) : '8080'}`,
    ]
  }
  if (dice.chance(60)) return [`${not}--dport ${dice.chance(75) ? port() : range()}`]
  return dice.chance(20) ? [`${not}--sport ${dice.one(['80', '1:1023', '10000:60000', '1024:'])}`] : []
}

function stateMatch({ dice, sight }: Place): string {
  if (dice.chance(12)) {
    const address = dice.one(sight.addresses)
    return dice.one([
      `-m conntrack --ctorigdst ${address}`,
      `-m conntrack --ctorigsrc ${address}`,
      `-m conntrack ! --ctorigdst ${address}`,
      '-m conntrack --ctdir ORIGINAL',
      '-m conntrack --ctdir REPLY',
      '-m conntrack --ctorigdstport 80',
    ])
  }
  const not = dice.chance(12) ? '! ' : ''
  const states = [
    'NEW',
    'ESTABLISHED',
    'RELATED',
    'RELATED,ESTABLISHED',
    'INVALID',
    'NEW,ESTABLISHED',
    'DNAT',
    'SNAT',
    'UNTRACKED',
    'INVALID,NEW',
  ]
  return `-m conntrack ${not}--ctstate ${dice.one(states)}`
}

function typeMatch({ dice }: Place): string {
  const side = dice.one(['--dst-type', '--src-type'])
  return `-m addrtype ${dice.chance(20) ? '! ' : ''}${side} ${dice.one(['LOCAL', 'UNICAST', 'BROADCAST', 'LOCAL,UNICAST'])}`
}

function rangeMatch({ dice, sight }: Place): string {
  const link = 1 + dice.below(sight.links)
  return `-m iprange ${dice.chance(20) ? '! ' : ''}${dice.one(['--src-range', '--dst-range'])} 10.0.${link}.${dice.one([1, 5, 11])}-10.0.${link}.${dice.one([12, 99, 201])}`
}

interface Target {
  readonly text: string
  /** The protocol the kernel insists on. */
  readonly needs?: string
}

function targetOf(place: Place): Target {
  const { dice, table } = place
  if (dice.chance(4)) return { text: '' }
  if (dice.chance(8)) return { text: '-j RETURN' }
  switch (table) {
    case 'filter':
      return filterTarget(place)
    case 'nat':
      return natTarget(place)
    case 'mangle':
      return dice.chance(70) ? markTarget(place) : { text: dice.one(['-j ACCEPT', '-j ACCEPT', '-j DROP']) }
    default:
      return { text: dice.one(['-j ACCEPT', '-j CT --notrack', '-j CT --notrack', '-j DROP']) }
  }
}

function filterTarget({ dice }: Place): Target {
  if (dice.chance(50)) return { text: '-j ACCEPT' }
  if (dice.chance(45)) return { text: '-j DROP' }
  if (dice.chance(25)) return { text: '-j REJECT --reject-with tcp-reset', needs: 'tcp' }
  const kinds = ['port', 'host', 'net', 'proto'].map((kind) => `icmp-${kind}-unreachable`)
  return {
    text: `-j REJECT --reject-with ${dice.one([...kinds, 'icmp-admin-prohibited', 'icmp-host-prohibited', 'icmp-net-prohibited'])}`,
  }
}

function markTarget({ dice }: Place): Target {
  return {
    text: dice.one([
      '-j MARK --set-mark 1',
      '-j MARK --set-mark 2',
      '-j MARK --set-xmark 0x2/0x3',
      '-j MARK --or-mark 1',
      '-j MARK --and-mark 1',
      '-j CONNMARK --set-mark 1',
      '-j CONNMARK --save-mark',
      '-j CONNMARK --restore-mark',
      '-j CONNMARK --restore-mark --mask 0x1',
    ]),
  }
}

function natTarget(place: Place): Target {
  const { dice, sight, from } = place
  const source = from.includes('POSTROUTING') || from.includes('INPUT')
  if (dice.chance(15)) return { text: '-j ACCEPT' }
  const host = dice.chance(6) ? '127.0.0.1' : dice.one(dice.chance(80) ? sight.hosts : sight.addresses)
  const net = () => `10.0.${1 + dice.below(sight.links)}.0/24`
  if (source) {
    if (from.includes('POSTROUTING') && dice.chance(50)) return { text: '-j MASQUERADE' }
    if (dice.chance(10)) return { text: `-j NETMAP --to ${net()}` }
    return { text: `-j SNAT --to-source ${dice.one(sight.addresses)}` }
  }
  if (dice.chance(30))
    return {
      text: `-j DNAT --to-destination ${host}:${dice.one([22, 80, 443, 8080])}`,
      needs: dice.one(['tcp', 'udp']),
    }
  if (dice.chance(20))
    return { text: `-j REDIRECT --to-ports ${dice.one([80, 8080, 23])}`, needs: dice.one(['tcp', 'udp']) }
  if (dice.chance(15)) return { text: '-j REDIRECT' }
  if (dice.chance(10)) return { text: `-j NETMAP --to ${net()}` }
  return { text: `-j DNAT --to-destination ${host}` }
}
