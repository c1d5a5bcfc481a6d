import type { RecordType } from '../../../src/model/index.ts'
import type { Random } from './random.ts'
import type { LabQuestion, RecordRow, UpstreamSpec } from './scenario.ts'

/** Domains of a site, and those the world knows. */
export const PRIVATE_DOMAINS = ['corp.local', 'lab.corp.local', 'plant.lan', 'x.plant.lan'] as const
export const PUBLIC_DOMAINS = [
  'contoso.com',
  'eu.contoso.com',
  'example.org',
  'windows.net',
  'blob.core.windows.net',
  'privatelink.blob.core.windows.net',
] as const
export const DOMAINS: readonly string[] = [...PRIVATE_DOMAINS, ...PUBLIC_DOMAINS]
const LABELS = ['www', 'srv', 'acct', 'db', 'a', 'b'] as const

/** A name in a domain: mostly one label below it, at times the domain itself or deeper. */
export function nameIn(random: Random, domain: string): string {
  const roll = random.below(10)
  if (roll === 0) return domain
  const label = random.pick(LABELS)
  return roll < 8 ? `${label}.${domain}` : `${random.pick(LABELS)}.${label}.${domain}`
}

export const anyName = (random: Random) => nameIn(random, random.pick(DOMAINS))

export const privateAddress = (random: Random) =>
  `${random.pick(['10.20.', '192.168.', '172.16.', '10.9.'])}${random.below(4)}.${1 + random.below(20)}`
export const publicAddress = (random: Random) =>
  random.pick(['20.60.', '20.60.', '93.184.', '93.184.', '100.64.', '192.0.', '203.0.', '169.254.', '127.0.']) +
  `${random.below(4)}.${1 + random.below(20)}`
export const anyAddress = (random: Random) => (random.chance(0.5) ? privateAddress(random) : publicAddress(random))
export const address6 = (random: Random) =>
  `${random.pick(['fd00:', 'fc00:', 'fe80:', '2603:1020:', '2001:db8:'])}:${(1 + random.below(0xffe)).toString(16)}`

/** The records of a domain: addresses, aliases, wildcards; no name has a CNAME and something else. */
export function recordsOf(random: Random, domain: string, address: (random: Random) => string): RecordRow[] {
  const rows: RecordRow[] = []
  const aliases = new Set<string>()
  const add = (name: string, type: RecordType, value: string) => {
    const same = rows.filter((row) => row[0] === name)
    if (aliases.has(name) || (type === 'CNAME' && (same.length > 0 || name === domain))) return
    if (same.some((row) => row[1] === type && row[2] === value)) return
    if (type === 'CNAME') aliases.add(name)
    rows.push([name, type, value])
  }
  const count = 3 + random.below(6)
  for (let index = 0; index < count; index++) {
    let name = nameIn(random, domain)
    if (random.chance(0.2)) name = name === domain ? `*.${domain}` : `*.${name.slice(name.indexOf('.') + 1)}`
    const roll = random.below(12)
    if (roll < 6) add(name, 'A', address(random))
    if (roll === 5) for (let more = random.below(4); more >= 0; more--) add(name, 'A', address(random))
    if (roll === 6 || roll === 4) add(name, 'AAAA', address6(random))
    if (roll >= 7 && roll < 11) add(name, 'CNAME', random.chance(0.4) ? nameIn(random, domain) : anyName(random))
    if (roll === 11) add(name, 'TXT', 'text')
  }
  return rows
}

/** Public DNS: records of the public domains and of no other. */
export function publicRecords(random: Random): RecordRow[] {
  const rows = random
    .some([...PUBLIC_DOMAINS, ...PUBLIC_DOMAINS], 12)
    .flatMap((domain) => recordsOf(random, domain, anyAddress))
  rows.push(['acct.blob.core.windows.net', 'CNAME', 'acct.privatelink.blob.core.windows.net'])
  rows.push(['acct.privatelink.blob.core.windows.net', 'A', '20.60.1.1'])
  return tidy(rows)
}

/** One CNAME or other records for a name, across the domains that overlap. */
export function tidy(rows: readonly RecordRow[]): RecordRow[] {
  const kept: RecordRow[] = []
  for (const row of rows) {
    const same = kept.filter((one) => one[0] === row[0])
    if (same.some((one) => one[1] === 'CNAME') || (row[1] === 'CNAME' && same.length > 0)) continue
    if (!same.some((one) => one[1] === row[1] && one[2] === row[2])) kept.push(row)
  }
  return kept
}

/** The world around: public DNS and its resolver, Azure's, an authority and a resolver of the site, and three that fail. */
export function worldAround(random: Random): UpstreamSpec[] {
  const zone = (name: string, address = anyAddress) => ({
    name,
    records: tidy(recordsOf(random, name, address).filter((row) => within(row[0], name))),
  })
  const azure = [zone('privatelink.blob.core.windows.net', privateAddress)]
  if (random.chance(0.5)) azure.push(zone('corp.local', privateAddress))
  const reverse: RecordRow[] = [
    ['4.0.20.10.in-addr.arpa', 'PTR', 'srv.corp.local'],
    ['1.1.60.20.in-addr.arpa', 'PTR', 'www.contoso.com'],
  ]
  const answers = { behaviour: 'answers', software: 'other' } as const
  return [
    { ...answers, at: 1, software: 'public', zones: [], otherwise: 'public', follows: true },
    { ...answers, at: 2, software: 'public', zones: [], otherwise: 'public', follows: true },
    { ...answers, at: 3, software: 'azure', zones: azure, otherwise: 'public', follows: true },
    {
      ...answers,
      at: 4,
      zones: [zone('corp.local'), zone('plant.lan'), { name: '10.in-addr.arpa', records: reverse.slice(0, 1) }],
      otherwise: 'refuse',
      follows: false,
    },
    {
      ...answers,
      at: 5,
      zones: [zone('corp.local'), zone('x.plant.lan'), { name: 'in-addr.arpa', records: reverse }],
      otherwise: 'nxdomain',
      follows: true,
    },
    { ...answers, at: 6, behaviour: 'silent', zones: [], otherwise: 'refuse', follows: false },
    { ...answers, at: 7, behaviour: 'refuses', zones: [], otherwise: 'refuse', follows: false },
    { ...answers, at: 8, behaviour: 'fails', zones: [], otherwise: 'refuse', follows: false },
  ]
}

export const within = (name: string, domain: string) => domain === '' || name === domain || name.endsWith(`.${domain}`)

const TYPES: readonly RecordType[] = [
  'A',
  'A',
  'A',
  'A',
  'A',
  'A',
  'A',
  'A',
  'AAAA',
  'AAAA',
  'AAAA',
  'TXT',
  'CNAME',
  'MX',
]
const REVERSE = [
  '4.0.20.10.in-addr.arpa',
  '1.1.60.20.in-addr.arpa',
  '9.1.168.192.in-addr.arpa',
  '1.0.16.172.in-addr.arpa',
  '5.2.0.192.in-addr.arpa',
  '7.0.0.127.in-addr.arpa',
]

/** Questions about names the scenario speaks of, their neighbours, and a few of nobody. */
export function questionsAbout(
  random: Random,
  known: readonly string[],
  servers: number,
  count: number,
): LabQuestion[] {
  const questions: LabQuestion[] = []
  for (let tries = 0; questions.length < count && tries < count * 4; tries++) {
    const client = random.chance(0.15) ? 2 : 1
    const server = random.chance(0.75) ? 0 : random.below(servers)
    const chosen = random.chance(0.06) ? random.pick(REVERSE) : questionName(random, known)
    const reverse = chosen.endsWith('in-addr.arpa')
    const name = chosen
    const type = reverse && random.chance(0.7) ? 'PTR' : random.pick(TYPES)
    const same = questions.some((one) => one.name === name && one.type === type && one.server === server)
    if (!same && name !== '') questions.push({ client, server, name, type })
  }
  return questions
}

function questionName(random: Random, known: readonly string[]): string {
  const roll = random.below(20)
  if (roll === 0) return random.pick(['www', 'srv', 'nobody'])
  if (roll < 3 || known.length === 0) return anyName(random)
  const chosen = random.pick(known).replace(/^\*/, random.pick(LABELS))
  if (roll < 5) return `${random.pick(LABELS)}.${chosen}`
  if (roll === 5 && chosen.split('.').length > 2) return chosen.slice(chosen.indexOf('.') + 1)
  return chosen
}
