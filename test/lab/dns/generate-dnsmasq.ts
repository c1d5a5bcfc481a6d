import { address6, anyAddress, anyName, DOMAINS, privateAddress } from './names.ts'
import type { Random } from './random.ts'
import type { Piece, ServerSpec } from './scenario.ts'

const fixed = (text: string): Piece => ({ text, fixed: true })

/** A dnsmasq with a hosts file; `next` is another server of the scenario it may forward to. */
export function generateDnsmasq(random: Random, self: string, next: string | undefined): ServerSpec {
  const lines: string[] = [...standardServers(random, next)]
  for (const domain of random.some(DOMAINS, 4)) {
    lines.push(domainLine(random, domain, next))
    // Two lines of one domain meet, and those of the names below it alone.
    if (random.chance(0.2)) lines.push(domainLine(random, domain, next))
    if (random.chance(0.15)) lines.push(domainLine(random, `*.${domain}`, next))
  }
  lines.push(...localRecords(random))
  if (random.chance(0.4)) {
    lines.push('stop-dns-rebind')
    const exempt = random.some([...DOMAINS, 'core.windows.net', 'net'], 3)
    if (exempt.length > 1 && random.chance(0.3)) lines.push(`rebind-domain-ok=/${exempt.join('/')}/`)
    else lines.push(...exempt.map((domain) => `rebind-domain-ok=/${domain}/`))
    if (random.chance(0.2)) lines.push('rebind-localhost-ok')
  }
  for (const option of ['domain-needed', 'bogus-priv', 'expand-hosts', 'strict-order'])
    if (random.chance(0.25)) lines.push(option)
  if (random.chance(0.3)) lines.push(`domain=${random.pick(['plant.lan', 'corp.local'])}`)
  if (random.chance(0.15)) lines.push(`rev-server=10.0.0.0/8,{u${random.pick([4, 5])}}`)
  if (random.chance(0.15)) lines.push(plainLine(random))
  if (random.chance(0.25)) lines.push(...editLines(random))
  if (random.chance(0.2)) lines.push('localise-queries')
  const boilerplate = [
    'port=53',
    `listen-address={${self}}`,
    'bind-interfaces',
    'no-resolv',
    'no-hosts',
    'cache-size=0',
    'addn-hosts={dir}/hosts.lan',
  ]
  return {
    software: 'dnsmasq',
    files: [
      { path: 'dnsmasq.conf', pieces: [...boilerplate.map(fixed), ...lines.map((text) => ({ text }))] },
      { path: 'hosts.lan', pieces: [fixed('# names of the site'), ...hosts(random).map((text) => ({ text }))] },
    ],
  }
}

function standardServers(random: Random, next: string | undefined): string[] {
  const roll = random.below(14)
  if (roll < 6) return ['server={u2}']
  if (roll < 7) return ['server={u3}']
  if (roll < 8) return []
  if (roll < 9) return [`server={u${random.pick([6, 7, 8])}}`]
  if (roll < 11) return [`server={u${random.pick([6, 7, 8])}}`, 'server={u2}']
  if (roll < 12) return ['server={u2}', 'server={u5}']
  return [`server={${next ?? 'u2'}}`]
}

function domainLine(random: Random, domain: string, next: string | undefined): string {
  const roll = random.below(15)
  if (roll === 14) return `server=/*.${domain.replace('*.', '')}/{u${random.pick([3, 4, 5])}}`
  if (roll < 5)
    return `server=/${domain}/{${random.chance(0.25) && next ? next : `u${random.pick([3, 4, 5, 5, 6, 7])}`}}`
  if (roll < 6) return `server=/${domain}/${random.pick(DOMAINS)}/{u${random.pick([3, 4, 5])}}`
  if (roll < 7) return `server=/${domain}/#`
  if (roll < 9) return `local=/${domain}/`
  if (roll < 11) return `address=/${domain}/${anyAddress(random)}`
  if (roll < 12) return `address=/${domain}/${address6(random)}`
  if (roll < 13) return `address=/${domain}/${random.pick(['#', ''])}`
  return `server=/${domain}/{u5}`
}

/** What becomes of names without a dot. */
function plainLine(random: Random): string {
  return random.pick(['local=//', 'server=//', 'server=//{u3}', 'server=//{u5}', `address=//${anyAddress(random)}`])
}

/** What is changed in the answers of others: their addresses lie in few networks. */
function editLines(random: Random): string[] {
  const network = () => random.pick(['20.60.', '93.184.', '10.20.', '192.168.']) + random.below(4)
  const range = () => {
    const within = network()
    return `${within}.5-${within}.15`
  }
  const one = () =>
    random.pick([
      'filter-A',
      'filter-AAAA',
      `bogus-nxdomain=${network()}.0/24`,
      `bogus-nxdomain=${random.pick(['20.60.0.0/16', '2603:1020::/32', 'fd00::/8'])}`,
      `ignore-address=${network()}.0/24`,
      `alias=${network()}.0,${random.pick(['172.30.1.0', '20.61.1.0'])},255.255.255.0`,
      `alias=${range()},${random.pick(['172.30.2.0', '20.60.2.0'])},255.255.255.0`,
    ])
  return random.chance(0.4) ? [one(), one()] : [one()]
}

function localRecords(random: Random): string[] {
  const lines: string[] = []
  const held: string[] = []
  const count = random.below(4)
  for (let index = 0; index < count; index++) {
    const name = anyName(random)
    const both = random.chance(0.3) ? `,${address6(random)}` : ''
    const second = random.chance(0.2) ? `${anyName(random)},` : ''
    lines.push(`host-record=${name},${second}${privateAddress(random)}${both}`)
    held.push(name)
  }
  const aliases = random.below(3)
  for (let index = 0; index < aliases; index++) {
    const target = held.length > 0 && random.chance(0.75) ? random.pick(held) : anyName(random)
    const alias = anyName(random)
    // dnsmasq does not start with aliases in a ring.
    const ring = alias === target || lines.some((line) => line.startsWith('cname=') && line.endsWith(`,${alias}`))
    if (!ring && !lines.some((line) => line.startsWith(`cname=${alias},`))) {
      lines.push(`cname=${alias},${target}`)
      held.push(alias)
    }
  }
  if (random.chance(0.15)) lines.push(`cname=*.${random.pick(DOMAINS)},${random.pick([...held, 'www.corp.local'])}`)
  if (random.chance(0.2)) lines.push(`txt-record=${anyName(random)},text`)
  if (random.chance(0.1)) lines.push(`srv-host=_ldap._tcp.${anyName(random)},www.corp.local,389`)
  if (random.chance(0.1)) lines.push('ptr-record=4.0.20.10.in-addr.arpa,srv.plant.lan')
  if (random.chance(0.1)) lines.push(`mx-host=${anyName(random)},mail.corp.local,10`)
  return lines
}

function hosts(random: Random): string[] {
  const lines: string[] = []
  const count = random.below(4)
  for (let index = 0; index < count; index++) {
    const name = random.chance(0.3) ? random.pick(['srv', 'www', 'nas']) : anyName(random)
    const more = random.chance(0.2) ? ` ${anyName(random)}` : ''
    lines.push(`${random.chance(0.8) ? privateAddress(random) : address6(random)} ${name}${more}`)
    if (random.chance(0.2)) lines.push(`{${random.pick(['c1', 'c2', 'u2'])}} ${name}`)
    if (random.chance(0.2)) lines.push(`${privateAddress(random)} ${name}`)
  }
  return lines
}
