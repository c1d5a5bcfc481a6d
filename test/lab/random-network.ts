import type { Dice } from './dice.ts'
import type { LabDevice, LabInterface, LabNetwork, Probe } from './lab-network.ts'
import { OPEN_PORTS } from './lab-network.ts'
import { randomNft } from './random-nft.ts'
import { randomSets } from './random-sets.ts'
import { randomTables, type Sight } from './random-tables.ts'

/** A network and what is asked in it. */
export interface Experiment {
  readonly network: LabNetwork
  readonly probes: readonly Probe[]
}

interface Draft {
  readonly name: string
  readonly isRouter: boolean
  readonly interfaces: { name: string; link: string; addresses: string[] }[]
  readonly routes: string[]
  readonly rules: string[]
  readonly settings: Record<string, string>
}

/** A small network drawn at random: 1 to 3 routers, 2 to 5 hosts, and probes between any two addresses. */
export function randomExperiment(dice: Dice, probeCount: number): Experiment {
  const drafts = draw(dice)
  const sight = sightOf(drafts)
  const devices = drafts.map((draft): LabDevice => {
    const busy = draft.isRouter || dice.chance(15)
    const native = busy && dice.chance(40)
    const sets = busy && dice.chance(35) ? randomSets(dice, sight) : []
    return {
      name: draft.name,
      interfaces: draft.interfaces,
      forwards: draft.isRouter ? !dice.chance(3) : false,
      routes: draft.routes,
      rules: draft.rules,
      settings: draft.settings,
      tables: busy && (!native || dice.chance(35)) ? randomTables(dice, { ...sight, sets }, draft, draft.isRouter) : [],
      sets,
      nft: native ? randomNft(dice, sight, draft, draft.isRouter) : [],
      nftAs: dice.one(['json', 'text'] as const),
    }
  })
  const probes = Array.from({ length: probeCount }, (_, at) => randomProbe(dice, drafts, sight, 20000 + at))
  return { network: { devices }, probes }
}

function draw(dice: Dice): Draft[] {
  const routers = Array.from({ length: 1 + dice.below(3) }, (_, at) => blank(`r${at + 1}`, true))
  let links = 0
  const join = (members: readonly Draft[]) => {
    const number = ++links
    for (const [at, member] of members.entries()) attach(member, number, at + 1)
    return number
  }
  const [first, second, third] = routers
  if (first && second && third) {
    if (dice.chance(30)) join([first, second, third])
    else {
      join([first, second])
      join([second, third])
      if (dice.chance(50)) join([first, third])
    }
  } else if (first && second) {
    join([first, second])
    if (dice.chance(25)) join([first, second])
  }
  const hosts: Draft[] = []
  const hostCount = 2 + dice.below(4)
  const stubs = Math.max(2, Math.min(hostCount, 2 + dice.below(3)))
  for (let stub = 0; stub < stubs; stub++) {
    const router = routers[stub < routers.length ? stub : dice.below(routers.length)]
    const other = dice.one(routers)
    const gates = router && other && other !== router && dice.chance(30) ? [router, other] : router ? [router] : []
    const number = join(gates)
    for (let at = stub; at < hostCount; at += stubs) hosts.push(drawHost(dice, `h${at + 1}`, number, gates, at))
  }
  extraAddresses(dice, routers)
  for (const router of routers) drawRoutes(dice, router, routers, links)
  for (const router of routers) drawSettings(dice, router)
  return [...routers, ...hosts]
}

function blank(name: string, isRouter: boolean): Draft {
  return { name, isRouter, interfaces: [], routes: [], rules: [], settings: {} }
}

function attach(draft: Draft, link: number, host: number): void {
  draft.interfaces.push({
    name: `eth${draft.interfaces.length}`,
    link: `l${link}`,
    addresses: [`10.0.${link}.${host}/24`],
  })
}

function drawHost(dice: Dice, name: string, link: number, gates: readonly Draft[], at: number): Draft {
  const host = blank(name, false)
  attach(host, link, 10 + at)
  const gateway = 1 + dice.below(gates.length)
  if (!dice.chance(3)) host.routes.push(`default via 10.0.${link}.${gateway}`)
  if (gates.length > 1 && dice.chance(50))
    host.routes.push(`10.0.${1 + dice.below(5)}.0/25 via 10.0.${link}.${3 - gateway}`)
  return host
}

function extraAddresses(dice: Dice, routers: readonly Draft[]): void {
  for (const [at, router] of routers.entries()) {
    const port = dice.one(router.interfaces)
    if (!port || !dice.chance(40)) continue
    const link = port.link.slice(1)
    port.addresses.push(dice.chance(50) ? `10.0.${link}.${200 + at}/24` : `203.0.113.${at + 1}/32`)
  }
}

const addressOf = (one: LabInterface) => (one.addresses[0] ?? '').split('/')[0] ?? ''

/** Neighbours over a shared link: the routers that can be the next hop, and by which address. */
function neighbours(router: Draft, routers: readonly Draft[]): { router: Draft; address: string; port: string }[] {
  return routers
    .filter((one) => one !== router)
    .flatMap((other) =>
      other.interfaces.flatMap((far) =>
        router.interfaces
          .filter((near) => near.link === far.link)
          .map((near) => ({ router: other, address: addressOf(far), port: near.name })),
      ),
    )
}

/** Shortest ways to every link, then some of them changed: lost, doubled, discarded, sent another way by policy. */
function drawRoutes(dice: Dice, router: Draft, routers: readonly Draft[], links: number): void {
  const around = neighbours(router, routers)
  for (let link = 1; link <= links; link++) {
    const destination = `10.0.${link}.0/24`
    if (router.interfaces.some((one) => one.link === `l${link}`)) continue
    const near = around.filter((one) => one.router.interfaces.some((port) => port.link === `l${link}`))
    const hop = dice.one(near.length > 0 && !dice.chance(6) ? near : around)
    if (!hop || dice.chance(4)) continue
    router.routes.push(`${destination} via ${hop.address}${dice.chance(10) ? ' metric 10' : ''}`)
    const other = dice.one(around)
    if (other && other.address !== hop.address && dice.chance(8)) {
      router.routes.pop()
      router.routes.push(`${destination} nexthop via ${hop.address} nexthop via ${other.address}`)
    } else if (other && dice.chance(6)) router.routes.push(`${destination} via ${other.address} metric 20`)
  }
  const next = dice.one(around)
  if (next && dice.chance(30)) router.routes.push(`default via ${next.address} metric 50`)
  if (dice.chance(8)) {
    const kind = dice.one(['blackhole', 'unreachable', 'prohibit', 'throw'])
    router.routes.push(
      `${kind} 10.0.${1 + dice.below(links)}.${dice.one([0, 8, 10])}/${dice.one([29, 30])}`
        .replace('10/29', '8/29')
        .replace('10/30', '8/30'),
    )
  }
  if (dice.chance(30)) drawPolicy(dice, router, around, links)
}

function drawPolicy(dice: Dice, router: Draft, around: ReturnType<typeof neighbours>, links: number): void {
  const hop = dice.one(around)
  const selectors = [
    'fwmark 1',
    'fwmark 0x2/0x3',
    `from 10.0.${1 + dice.below(links)}.0/24`,
    `to 10.0.${1 + dice.below(links)}.0/24`,
    `iif ${dice.one(router.interfaces)?.name ?? 'eth0'}`,
    'ipproto udp',
    'ipproto tcp dport 80',
    `not from 10.0.${1 + dice.below(links)}.0/24`,
    'iif lo',
  ]
  const selector = dice.one(selectors) ?? 'fwmark 1'
  if (dice.chance(15)) router.rules.push('pref 90 table main suppress_prefixlength 0')
  if (dice.chance(15)) {
    router.rules.push(`pref 100 ${selector} ${dice.one(['blackhole', 'unreachable', 'prohibit'])}`)
    return
  }
  router.rules.push(`pref 100 ${selector} table 100`)
  if (hop)
    router.routes.push(
      `${dice.chance(70) ? 'default' : `10.0.${1 + dice.below(links)}.0/24`} via ${hop.address} table 100`,
    )
  if (dice.chance(25)) {
    const kind = dice.one(['blackhole', 'unreachable', 'prohibit', 'throw'])
    router.routes.push(`${kind} 10.0.${1 + dice.below(links)}.0/25 table 100`)
  }
}

function drawSettings(dice: Dice, router: Draft): void {
  if (dice.chance(25)) router.settings['net.ipv4.conf.all.rp_filter'] = dice.one(['0', '1', '2'])
  for (const one of router.interfaces) {
    if (dice.chance(15)) router.settings[`net.ipv4.conf.${one.name}.rp_filter`] = dice.one(['0', '1', '2'])
    if (dice.chance(3)) router.settings[`net.ipv4.conf.${one.name}.forwarding`] = dice.one(['0', '0', '1'])
    if (dice.chance(8)) router.settings[`net.ipv4.conf.${dice.one([one.name, 'all'])}.route_localnet`] = '1'
  }
}

function sightOf(drafts: readonly Draft[]): Sight {
  const addresses = drafts.flatMap((one) =>
    one.interfaces.flatMap((port) => port.addresses.map((text) => text.split('/')[0] ?? '')),
  )
  const routed = drafts
    .filter((one) => one.isRouter)
    .flatMap((one) => one.interfaces.map((port) => Number(port.link.slice(1))))
  const hosts = drafts.filter((one) => !one.isRouter).flatMap((one) => one.interfaces.map(addressOf))
  return { addresses, hosts, links: Math.max(1, ...routed), sets: [] }
}

function randomProbe(dice: Dice, drafts: readonly Draft[], sight: Sight, sourcePort: number): Probe {
  const hosts = drafts.filter((one) => !one.isRouter)
  const from = (dice.chance(90) ? dice.one(hosts) : dice.one(drafts)) ?? hosts[0]
  const port = dice.chance(85) ? (dice.one(OPEN_PORTS) ?? 80) : dice.one([23, 8081])
  const destination = dice.chance(75) ? dice.one(sight.hosts) : dice.one(sight.addresses)
  const protocol = dice.one<Probe['protocol']>(['tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp'])
  const unused = `10.0.${1 + dice.below(sight.links)}.99`
  return {
    from: from?.name ?? '',
    protocol,
    sourcePort,
    destination: dice.chance(4) ? unused : (destination ?? unused),
    port: protocol === 'icmp' ? 0 : port,
  }
}
