import type { Dice } from './dice.ts'
import type { LabNftChain, LabNftTable } from './lab-network.ts'
import type { Sight } from './random-tables.ts'

interface Place {
  readonly dice: Dice
  readonly sight: Sight
  readonly ports: readonly string[]
  readonly type: 'filter' | 'nat' | 'route'
  readonly hook: string
  readonly priority: number
  readonly table: Draft
}

interface Draft {
  readonly family: 'ip' | 'inet'
  readonly name: string
  readonly sets: string[]
  readonly chains: LabNftChain[]
}

// No two chains of a hook have one priority, and none has that of a table of iptables: which of two runs first is a
// matter of when they were made, which no dump tells.
const PRIORITIES: Readonly<Record<string, readonly number[]>> = {
  prerouting: [-310, -250, -160, -140, -90, -5],
  input: [-160, -10, 5, 60],
  forward: [-160, -10, 5, 60, 110],
  output: [-310, -160, -110, -10, 5, 60],
  postrouting: [-160, -10, 50, 110],
}

/** Tables of nft for one device, one or two, as `nft -f` takes them. */
export function randomNft(
  dice: Dice,
  sight: Sight,
  device: { readonly interfaces: readonly { readonly name: string }[] },
  isRouter: boolean,
): LabNftTable[] {
  const ports = device.interfaces.map((one) => one.name)
  const taken = new Set<string>()
  const count = 1 + Number(dice.chance(25))
  return Array.from({ length: count }, (_, at) => randomTable(dice, sight, ports, `t${at + 1}`, taken, isRouter))
}

function randomTable(
  dice: Dice,
  sight: Sight,
  ports: readonly string[],
  name: string,
  taken: Set<string>,
  isRouter: boolean,
): LabNftTable {
  const table: Draft = { family: dice.chance(60) ? 'inet' : 'ip', name, sets: [], chains: [] }
  addSets(dice, sight, table)
  for (const hook of ['prerouting', 'input', 'forward', 'output', 'postrouting']) {
    const main = isRouter ? hook === 'forward' || hook === 'prerouting' || hook === 'postrouting' : hook === 'input'
    if (!dice.chance(main ? 70 : 30)) continue
    const natHook = hook !== 'forward' && dice.chance(hook === 'input' ? 10 : 55)
    const type = natHook ? 'nat' : hook === 'output' && dice.chance(40) ? 'route' : 'filter'
    const priority = dice.one(PRIORITIES[hook] ?? [0]) ?? 0
    // Chains that translate stand by the order of their priorities, behind connection tracking.
    const key = `${hook} ${priority}`
    if (taken.has(key) || (type === 'nat' && priority <= -200)) continue
    taken.add(key)
    const place: Place = { dice, sight, ports, type, hook, priority, table }
    const drops = type === 'filter' && (hook === 'input' || hook === 'forward') && dice.chance(35)
    const rules = drops && dice.chance(80) ? ['ct state vmap { established : accept, related : accept }'] : []
    const chain: { -readonly [key in keyof LabNftChain]: LabNftChain[key] } = {
      name: `${hook}${priority < 0 ? 'm' : ''}${Math.abs(priority)}`,
      hook: `type ${type} hook ${hook} priority ${priority}; policy ${drops ? 'drop' : 'accept'};`,
      rules: [],
    }
    table.chains.push(chain)
    chain.rules = [...rules, ...rulesOf(place, main ? 5 : 3, 0)]
  }
  // What is jumped to must be there before.
  const { family, sets, chains } = table
  return { family, name, sets, chains: [...chains.filter((one) => !one.hook), ...chains.filter((one) => one.hook)] }
}

function addSets(dice: Dice, sight: Sight, table: Draft): void {
  const host = () => dice.one(sight.hosts) ?? '10.0.1.1'
  const net = () => `10.0.${1 + dice.below(sight.links)}.${dice.one(['0/25', '8/29', '128/25'])}`
  if (dice.chance(50)) table.sets.push(`set addresses { type ipv4_addr; elements = { ${host()} } }`)
  if (dice.chance(50)) table.sets.push(`set networks { type ipv4_addr; flags interval; elements = { ${net()} } }`)
  if (dice.chance(35)) table.sets.push(`set pairs { type ipv4_addr . inet_service; elements = { ${host()} . 80 } }`)
  if (dice.chance(35)) table.sets.push(`set doors { type inet_service; flags interval; elements = { 22, 80-443 } }`)
  if (dice.chance(30)) table.sets.push(`map verdicts { type ipv4_addr : verdict; elements = { ${host()} : drop } }`)
  if (dice.chance(30)) table.sets.push(`map homes { type inet_service : ipv4_addr; elements = { 8080 : ${host()} } }`)
}

function has(place: Place, name: string): boolean {
  return place.table.sets.some((one) => one.split(' ')[1] === name)
}

function rulesOf(place: Place, most: number, depth: number): string[] {
  const { dice } = place
  return Array.from({ length: 1 + dice.below(most) }, () => {
    if (depth < 2 && dice.chance(15))
      return `${matches(place)} ${dice.chance(25) ? 'goto' : 'jump'} ${grow(place, depth)}`
    if (depth < 2 && dice.chance(10)) return verdictMap(place, depth)
    return ruleOf(place)
  }).map((rule) => rule.trim())
}

/** A chain of the user below the place. */
function grow(place: Place, depth: number): string {
  const name = `u${place.table.chains.length + 1}`
  // Its name is taken before the chains below it take theirs.
  const chain: { name: string; rules: readonly string[] } = { name, rules: [] }
  const rules = rulesOf({ ...place, table: place.table }, 3, depth + 1)
  chain.rules = rules
  const clash = place.table.chains.some((one) => one.name === name)
  const free = clash ? `u${place.table.chains.length + 1}x${depth}` : name
  place.table.chains.push({ name: free, rules })
  return free
}

function verdictMap(place: Place, depth: number): string {
  const { dice, type } = place
  const verdict = () => {
    if (dice.chance(25)) return `jump ${grow(place, depth)}`
    return dice.one(type === 'filter' ? ['accept', 'drop', 'return', 'continue'] : ['accept', 'return', 'continue'])
  }
  if (type === 'filter' && has(place, 'verdicts') && dice.chance(40))
    return `ip ${dice.one(['saddr', 'daddr'])} vmap @verdicts`
  return dice.one([
    () => `tcp dport vmap { 22 : ${verdict()}, 80-90 : ${verdict()}, 443 : ${verdict()} }`,
    () => `meta l4proto vmap { tcp : ${verdict()}, udp : ${verdict()} }`,
    () => `ip ${dice.one(['saddr', 'daddr'])} vmap { ${network(place)} : ${verdict()} }`,
    () => `ct state vmap { new : ${verdict()}, established : ${verdict()}, invalid : ${verdict()} }`,
  ])()
}

function ruleOf(place: Place): string {
  const { dice } = place
  const target = targetOf(place)
  const protocol = target.needs ?? (dice.chance(45) ? dice.one(['tcp', 'udp', 'icmp'] as const) : undefined)
  const named = target.names ? [] : [protocolMatch(place, protocol, target.needs !== undefined)]
  return [matches(place), ...named, dice.chance(20) ? 'counter' : '', target.text].filter(Boolean).join(' ')
}

function matches(place: Place): string {
  const { dice, hook } = place
  const parts: string[] = []
  const not = () => (dice.chance(15) ? '!= ' : '')
  if (dice.chance(30)) parts.push(addressMatch(place, 'saddr', not()))
  if (dice.chance(35)) parts.push(addressMatch(place, 'daddr', not()))
  const name = () =>
    dice.one([...place.ports.map((one) => `"${one}"`), '"lo"', '"eth*"', `{ "lo", "${place.ports[0]}" }`])
  if (hook !== 'output' && hook !== 'postrouting' && dice.chance(20)) parts.push(`iifname ${not()}${name()}`)
  if (hook !== 'prerouting' && hook !== 'input' && dice.chance(20)) parts.push(`oifname ${not()}${name()}`)
  if (dice.chance(25)) parts.push(stateMatch(place))
  if (dice.chance(10)) parts.push(`meta mark ${dice.one(['1', '!= 1', '{ 1, 2 }', '& 0x3 == 0x2', '0x0'])}`)
  if (dice.chance(8) && (hook === 'prerouting' || hook === 'input'))
    parts.push(`fib daddr type ${dice.one(['local', '!= local', '{ local, unicast }'])}`)
  return parts.join(' ')
}

function addressMatch(place: Place, side: 'saddr' | 'daddr', not: string): string {
  const { dice, sight } = place
  if (has(place, 'addresses') && dice.chance(25)) return `ip ${side} ${not}@addresses`
  if (has(place, 'networks') && dice.chance(25)) return `ip ${side} ${not}@networks`
  if (dice.chance(8)) return `ip ${side} & 255.0.0.255 ${not === '' ? '==' : '!='} 10.0.0.${dice.one([1, 10, 11])}`
  if (dice.chance(10)) return `ip ${side} ${not}10.0.${1 + dice.below(sight.links)}.${dice.one([1, 5])}-10.0.9.200`
  if (dice.chance(25)) return `ip ${side} ${not}{ ${dice.one(sight.hosts)}, 192.0.2.0/24 }`
  return `ip ${side} ${not}${network(place)}`
}

function network({ dice, sight }: Place): string {
  const address = dice.one(dice.chance(60) ? sight.hosts : sight.addresses) ?? '10.0.1.1'
  return dice.chance(50) ? address : `10.0.${1 + dice.below(sight.links)}.0/24`
}

function protocolMatch(place: Place, protocol: 'tcp' | 'udp' | 'icmp' | undefined, only: boolean): string {
  const { dice, sight } = place
  if (protocol === undefined) return dice.chance(10) ? `meta l4proto ${dice.one(['!= tcp', '{ tcp, udp }'])}` : ''
  if (protocol === 'icmp') return dice.one(['icmp type echo-request', 'icmp type != echo-reply', 'ip protocol icmp'])
  if (protocol === 'tcp' && dice.chance(15))
    return dice.one(['tcp flags & (fin|syn|rst|ack) == syn', 'tcp flags syn', 'tcp flags & (syn|ack) == (syn|ack)'])
  if (has(place, 'pairs') && dice.chance(25)) return `ip ${dice.one(['saddr', 'daddr'])} . ${protocol} dport @pairs`
  if (has(place, 'doors') && dice.chance(25)) return `${protocol} dport ${dice.chance(20) ? '!= ' : ''}@doors`
  if (dice.chance(10))
    return `ip daddr . ${protocol} dport { ${dice.one(sight.hosts)} . 80, ${dice.one(sight.hosts)} . 22-443 }`
  if (!only && dice.chance(10)) return `meta l4proto { tcp, udp } th dport { 80, 443 }`
  return `${protocol} ${dice.one([
    'dport 80',
    'dport 22',
    'dport != 443',
    'dport { 22, 80 }',
    'dport 1-1023',
    'dport >= 443',
    'dport != { 22, 8080 }',
    'sport 80',
    'sport >= 1024',
  ])}`
}

function stateMatch({ dice, sight, priority, hook }: Place): string {
  const early = (hook === 'prerouting' || hook === 'output') && priority < -200
  if (!early && dice.chance(15)) {
    return dice.one([
      `ct original ip daddr ${dice.one(sight.addresses)}`,
      `ct original ip saddr ${dice.one(sight.addresses)}`,
      'ct direction original',
      'ct direction reply',
      'ct status dnat',
      'ct status snat',
      'ct mark 1',
    ])
  }
  return `ct state ${dice.one([
    'new',
    'established',
    'established,related',
    '{ established, related }',
    'invalid',
    '!= new',
    'new,established',
    'untracked',
    '!= established,related',
  ])}`
}

interface Target {
  readonly text: string
  readonly needs?: 'tcp' | 'udp'
  /** The protocol is named by the target itself. */
  readonly names?: true
}

function targetOf(place: Place): Target {
  const { dice, type, hook, priority } = place
  if (dice.chance(5)) return { text: 'counter' }
  if (dice.chance(7)) return { text: 'return' }
  if (type === 'nat') return natTarget(place)
  if (type === 'route') return dice.chance(75) ? markTarget(place) : { text: dice.one(['accept', 'accept', 'drop']) }
  if ((hook === 'prerouting' || hook === 'output') && priority < -200 && dice.chance(40)) return { text: 'notrack' }
  if (dice.chance(15)) return markTarget(place)
  if (dice.chance(50)) return { text: 'accept' }
  const canReject = hook === 'input' || hook === 'forward' || hook === 'output'
  if (!canReject || dice.chance(45)) return { text: 'drop' }
  if (dice.chance(25)) return { text: 'reject with tcp reset', needs: 'tcp' }
  const kinds = ['host-unreachable', 'net-unreachable', 'port-unreachable', 'prot-unreachable', 'admin-prohibited']
  if (place.table.family === 'inet' && dice.chance(30))
    return { text: `reject with icmpx type ${dice.one(['admin-prohibited', 'port-unreachable', 'host-unreachable'])}` }
  return { text: dice.chance(30) ? 'reject' : `reject with icmp type ${dice.one(kinds)}` }
}

function markTarget({ dice, hook, priority }: Place): Target {
  const early = (hook === 'prerouting' || hook === 'output') && priority < -200
  const own = [
    'meta mark set 1',
    'meta mark set 2',
    'meta mark set meta mark or 0x2',
    'meta mark set meta mark and 0x1',
  ]
  if (early) return { text: dice.one(own) ?? 'meta mark set 1' }
  return { text: dice.one([...own, 'ct mark set 1', 'ct mark set meta mark', 'meta mark set ct mark']) ?? 'counter' }
}

function natTarget(place: Place): Target {
  const { dice, sight, hook, table } = place
  if (dice.chance(12)) return { text: 'accept' }
  const ip = table.family === 'inet' ? 'ip ' : ''
  const host = () => dice.one(dice.chance(80) ? sight.hosts : sight.addresses) ?? '10.0.1.1'
  const net = () => `10.0.${1 + dice.below(sight.links)}.0/24`
  if (hook === 'postrouting' || hook === 'input') {
    if (hook === 'postrouting' && dice.chance(50)) return { text: 'masquerade' }
    if (dice.chance(10)) return { text: `snat ${ip}prefix to ip saddr map { ${net()} : ${net()} }` }
    if (dice.chance(12)) return { text: `snat ${ip}to ip saddr map { ${host()} : ${dice.one(sight.addresses)} }` }
    return { text: `snat ${ip}to ${dice.one(sight.addresses)}` }
  }
  const protocol = dice.one(['tcp', 'udp'] as const)
  if (dice.chance(25)) return { text: `dnat ${ip}to ${host()}:${dice.one([22, 80, 443, 8080])}`, needs: protocol }
  if (dice.chance(20)) return { text: `redirect to :${dice.one([80, 8080, 23])}`, needs: protocol }
  if (dice.chance(12)) return { text: 'redirect' }
  if (has(place, 'homes') && dice.chance(40)) return { text: `dnat ${ip}to ${protocol} dport map @homes`, names: true }
  if (dice.chance(15))
    return { text: `dnat ${ip}to ${protocol} dport map { 80 : ${host()}, 22-23 : ${host()} }`, names: true }
  if (dice.chance(12))
    return { text: `dnat ip addr . port to ${protocol} dport map { 443 : ${host()} . 8080 }`, names: true }
  return { text: `dnat ${ip}to ${host()}` }
}
