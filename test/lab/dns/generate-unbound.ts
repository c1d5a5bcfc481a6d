import { address6, anyAddress, DOMAINS, nameIn, privateAddress } from './names.ts'
import type { Random } from './random.ts'
import type { Piece, ServerSpec } from './scenario.ts'

const fixed = (text: string): Piece => ({ text, fixed: true })

const ZONE_TYPES = [
  'static',
  'transparent',
  'typetransparent',
  'redirect',
  'refuse',
  'deny',
  'always_nxdomain',
  'always_transparent',
  'always_refuse',
  'always_nodata',
  'always_null',
  'inform',
  'inform_deny',
  'inform_redirect',
  'always_deny',
] as const

/** An unbound; `next` is another server of the scenario it may forward to. */
export function generateUnbound(random: Random, self: string, next: string | undefined): ServerSpec {
  const options = serverOptions(random)
  const zones: string[] = random.some(DOMAINS, 4).map((domain) => clause(random, domain, next))
  const roll = random.below(10)
  if (roll < 6) zones.push(forwardZone('.', ['{u2}'], random.chance(0.3)))
  else if (roll < 7) zones.push(forwardZone('.', [`{u${random.pick([6, 7, 8])}}`, '{u2}'], false))
  else if (roll < 8) zones.push(forwardZone('.', [`{u${random.pick([3, 6, 7, 8])}}`], random.chance(0.5)))
  else if (roll < 9 && next) zones.push(forwardZone('.', [`{${next}}`], false))
  const unique = zones.filter((zone, at) => zones.findIndex((other) => nameOf(other) === nameOf(zone)) === at)
  const boilerplate = [
    'server:',
    '  directory: "{dir}"',
    '  chroot: ""',
    '  username: ""',
    '  pidfile: ""',
    '  use-syslog: no',
    '  do-daemonize: no',
    '  num-threads: 1',
    `  interface: {${self}}`,
    '  module-config: "iterator"',
    '  qname-minimisation: no',
    '  root-hints: "{dir}/root.hints"',
    '  cache-max-ttl: 0',
    '  cache-max-negative-ttl: 0',
    '  infra-cache-max-rtt: 800',
    '  unknown-server-time-limit: 100',
  ]
  const control = [
    'remote-control:',
    '  control-enable: yes',
    '  control-interface: "{dir}/control"',
    '  control-use-cert: no',
  ]
  return {
    software: 'unbound',
    files: [
      {
        path: 'unbound.conf',
        pieces: [
          ...boilerplate.map(fixed),
          ...options.map((text) => ({ text: `  ${text}` })),
          ...unique.map((text) => ({ text })),
          ...control.map(fixed),
        ],
      },
      { path: 'root.hints', pieces: [fixed('. 3600000 NS root.lab.\nroot.lab. 3600000 A {u1}')] },
    ],
  }
}

const nameOf = (zone: string) => /name: "([^"]*)"/.exec(zone)?.[1]

function serverOptions(random: Random): string[] {
  const lines: string[] = []
  if (random.chance(0.85)) lines.push(`access-control: 198.18.0.10/32 allow`, 'access-control: 198.18.16.0/20 allow')
  if (random.chance(0.6)) lines.push(`access-control: 198.18.0.0/24 ${random.pick(['allow', 'refuse', 'deny'])}`)
  else lines.push('access-control: 0.0.0.0/0 allow')
  for (const domain of random.some(DOMAINS, 3)) {
    const type = random.pick(ZONE_TYPES)
    lines.push(`local-zone: "${domain}" ${type}`)
    // Data below the top of a redirect zone is refused.
    const below = type.endsWith('redirect') ? 0 : random.below(3)
    for (let index = 0; index < below; index++) lines.push(localData(random, nameIn(random, domain)))
    if (random.chance(type.endsWith('redirect') ? 0.7 : 0.3)) lines.push(localData(random, domain))
  }
  if (random.chance(0.4)) {
    lines.push('private-address: 10.0.0.0/8', 'private-address: 192.168.0.0/16')
    if (random.chance(0.5)) lines.push('private-address: 172.16.0.0/12', 'private-address: fd00::/8')
    for (const domain of random.some(DOMAINS, 2)) lines.push(`private-domain: "${domain}"`)
  }
  if (random.chance(0.15)) lines.push('unblock-lan-zones: yes')
  if (random.chance(0.2)) lines.push('local-zone: "10.in-addr.arpa." nodefault')
  if (random.chance(0.1)) lines.push('local-data-ptr: "10.20.0.4 srv.corp.local"')
  // One local-data each: a name that has a CNAME and something else is refused.
  const seen = new Set<string>()
  return lines.filter((line) => {
    const key = /^local-data: "(\S+)/.exec(line)?.[1] ?? /^local-zone: "\S+/.exec(line)?.[0]
    if (key === undefined || !seen.has(key)) {
      if (key !== undefined) seen.add(key)
      return true
    }
    return false
  })
}

function localData(random: Random, name: string): string {
  const roll = random.below(11)
  if (roll < 6) return `local-data: "${name}. A ${anyAddress(random)}"`
  if (roll === 10) {
    const two = [anyAddress(random), anyAddress(random)].map((address) => `local-data: "${name}. A ${address}"`)
    return two.join('\n  ')
  }
  if (roll < 7) return `local-data: "${name}. AAAA ${address6(random)}"`
  if (roll < 8) return `local-data: "${name}. TXT text"`
  if (roll < 9) return `local-data: "${name}. CNAME ${nameIn(random, random.pick(DOMAINS))}."`
  return `local-data: "${name}. A ${privateAddress(random)}"`
}

function forwardZone(name: string, to: readonly string[], first: boolean): string {
  const lines = ['forward-zone:', `  name: "${name}"`, ...to.map((address) => `  forward-addr: ${address}`)]
  if (first) lines.push('  forward-first: yes')
  return lines.join('\n')
}

function clause(random: Random, domain: string, next: string | undefined): string {
  const roll = random.below(10)
  if (roll < 2) {
    const lines = ['stub-zone:', `  name: "${domain}"`, `  stub-addr: {u${random.pick([4, 4, 4, 6, 7])}}`]
    return [...lines, ...(random.chance(0.3) ? ['  stub-first: yes'] : [])].join('\n')
  }
  const name = `${domain}.`.slice(0, random.chance(0.5) ? undefined : -1)
  const to = random.chance(0.2) && next ? next : `u${random.pick([3, 3, 5, 5, 6, 7, 2])}`
  // Several servers, of which some are dead or lame.
  const beside = random.chance(0.2) ? [`{u${random.pick([6, 7, 8])}}`] : []
  return forwardZone(name, [...beside, `{${to}}`], random.chance(0.2))
}
