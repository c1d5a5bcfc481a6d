import { anyAddress, DOMAINS, recordsOf, tidy, within } from './names.ts'
import type { Random } from './random.ts'
import type { ConfigFile, Piece, ServerSpec } from './scenario.ts'

const fixed = (text: string): Piece => ({ text, fixed: true })

/** A BIND with zone files; `next` is another server of the scenario it may forward to. */
export function generateBind(random: Random, self: string, next: string | undefined): ServerSpec {
  const boilerplate = [
    'options {',
    '  directory "{dir}";',
    '  pid-file none;',
    '  session-keyfile none;',
    `  listen-on { {${self}}; };`,
    '  listen-on-v6 { none; };',
    '  dnssec-validation no;',
    '  qname-minimization off;',
    '  max-cache-ttl 0;',
    '  max-ncache-ttl 0;',
    '  servfail-ttl 0;',
    '  resolver-query-timeout 2500;',
  ]
  const rest = ['};', 'controls { };']
  const parts = random.chance(0.25)
    ? viewsOf(random, next)
    : [{ ...partOf(random, next, 'db'), head: [], foot: [], inOptions: true }]
  const inOptions = parts.filter((part) => part.inOptions).flatMap((part) => part.options)
  return {
    software: 'bind',
    files: [
      {
        path: 'named.conf',
        pieces: [
          ...boilerplate.map(fixed),
          ...inOptions.map((text) => ({ text: `  ${text}` })),
          ...rest.map(fixed),
          ...parts.flatMap((part) => [
            ...part.head.map(fixed),
            ...(part.inOptions ? [] : part.options.map((text) => ({ text: `  ${text}` }))),
            fixed('zone "." { type hint; file "{dir}/root.hints"; };'),
            ...part.zones.map((text) => ({ text })),
            ...part.foot.map(fixed),
          ]),
        ],
      },
      { path: 'root.hints', pieces: [fixed('. 3600000 NS root.lab.\nroot.lab. 3600000 A {u1}')] },
      ...parts.flatMap((part) => part.files),
    ],
  }
}

/** What one view holds, or a server without views. */
interface Part {
  readonly options: readonly string[]
  readonly zones: readonly string[]
  readonly files: readonly ConfigFile[]
}

function partOf(random: Random, next: string | undefined, prefix: string): Part {
  const recursion = random.chance(0.85)
  const options = recursion ? recursiveOptions(random, next) : ['recursion no;']
  return { options, ...zonesOf(random, recursion, next, prefix) }
}

/** Two views: one for some of the askers, one for others or everybody. */
function viewsOf(random: Random, next: string | undefined) {
  const some = random.pick([
    '198.18.0.10',
    '198.18.0.11',
    '!198.18.0.10; any',
    '198.18.0.0/24',
    '198.18.16.0/20; key lab',
  ])
  const others = random.pick(['any', 'any', '198.18.0.0/16', '198.18.0.10'])
  return [some, others].map((clients, at) => ({
    ...partOf(random, next, `db${at}`),
    head: [
      ...(at === 0 ? [`key lab { algorithm hmac-sha256; secret "c2VjcmV0"; };`] : []),
      `view "v${at}" {`,
      `match-clients { ${clients}; };`,
    ],
    foot: ['};'],
    inOptions: false,
  }))
}

function recursiveOptions(random: Random, next: string | undefined): string[] {
  const lines: string[] = []
  const roll = random.below(14)
  if (roll < 6) lines.push('forwarders { {u2}; };')
  else if (roll < 7) lines.push('forwarders { {u3}; };')
  else if (roll < 8) lines.push(`forwarders { {u${random.pick([6, 7, 8])}}; };`)
  else if (roll < 9) lines.push(`forwarders { {u${random.pick([6, 7, 8])}}; {u2}; };`)
  else if (roll < 10 && next) lines.push(`forwarders { {${next}}; };`)
  if (lines.length > 0 && random.chance(0.5)) lines[0] += ` forward ${random.pick(['only', 'first'])};`
  if (random.chance(0.3))
    lines.push(`allow-recursion { ${random.pick(['198.18.0.10', 'any', '198.18.0.0/16', '!198.18.0.11; any'])}; };`)
  if (random.chance(0.1)) lines.push('allow-query { 198.18.0.10; 198.18.16.0/20; };')
  if (random.chance(0.3)) {
    const exempt = random.some(DOMAINS, 2).map((domain) => `"${domain}"; `)
    const except = exempt.length > 0 ? ` except-from { ${exempt.join('')}}` : ''
    lines.push(`deny-answer-addresses { 10.0.0.0/8; 192.168.0.0/16; }${except};`)
  }
  if (random.chance(0.2)) lines.push('disable-empty-zone "10.in-addr.arpa";')
  if (random.chance(0.1)) lines.push('empty-zones-enable no;')
  return lines
}

function zonesOf(
  random: Random,
  recursion: boolean,
  next: string | undefined,
  prefix: string,
): { zones: string[]; files: ConfigFile[] } {
  const zones: string[] = []
  const files: ConfigFile[] = []
  for (const domain of random.some(DOMAINS, 5)) {
    const roll = random.below(10)
    if (roll < 4 || !recursion) {
      const path = `${prefix}.${domain}`
      const off = recursion && random.chance(0.15) ? ' forwarders { };' : ''
      zones.push(`zone "${domain}" { type ${random.pick(['primary', 'master'])}; file "{dir}/${path}";${off} };`)
      files.push(zoneFile(random, domain, path))
    } else if (roll < 8) {
      const to = random.chance(0.2) && next ? next : `u${random.pick([3, 3, 4, 5, 5, 6, 7])}`
      // Several servers, of which some are dead or lame.
      const beside = random.chance(0.2) ? `{u${random.pick([6, 7, 8])}}; ` : ''
      const mode = random.chance(0.6) ? ` forward ${random.pick(['only', 'only', 'first'])};` : ''
      zones.push(`zone "${domain}" { type forward;${mode} forwarders { ${beside}{${to}}; }; };`)
    } else if (roll < 9) zones.push(`zone "${domain}" { type static-stub; server-addresses { {u4}; }; };`)
    else zones.push(`zone "${domain}" { type forward; forwarders { }; };`)
  }
  return { zones, files }
}

function zoneFile(random: Random, domain: string, path: string): ConfigFile {
  const head = ['$TTL 0', `$ORIGIN ${domain}.`, '@ SOA ns.lab. hostmaster.lab. 1 3600 600 86400 0', '@ NS ns.lab.']
  const rows = tidy(recordsOf(random, domain, anyAddress).filter((row) => row[0] !== domain || row[1] !== 'CNAME'))
  const inner = DOMAINS.filter((other) => other !== domain && within(other, domain))
  const cut = inner.length > 0 && random.chance(0.6) ? random.pick(inner) : undefined
  const kept = rows.filter((row) => cut === undefined || !within(row[0].replace(/^\*\./, ''), cut))
  const lines = kept.map(([name, type, value]) => `${relative(name, domain)} ${type} ${dataOf(type, value)}`)
  if (cut !== undefined) lines.push(`${relative(cut, domain)} NS ns.lab.`)
  return { path, pieces: [...head.map(fixed), ...lines.map((text) => ({ text }))] }
}

const relative = (name: string, domain: string) => (name === domain ? '@' : name.slice(0, -domain.length - 1))

const dataOf = (type: string, value: string) => (type === 'CNAME' ? `${value}.` : type === 'TXT' ? `"${value}"` : value)
