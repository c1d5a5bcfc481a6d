import type {
  DnsForward,
  DnsZone,
  ForwardTarget,
  RebindProtection,
  Resolver,
  ResolverHabits,
  ResolverPart,
} from '../../model/index.ts'
import { addressesOfPrefixes, parseIp, parsePrefix } from '../../net/index.ts'
import { clientsOf } from './clients.ts'
import { domainOf, localZones } from './local-zones.ts'
import type { UnboundClause, UnboundOption } from './read.ts'

/**
 * The name server some clauses describe. Local zones are answered before anything is forwarded; the target of a CNAME
 * from elsewhere is asked again at the forward that fits it (measured with unbound 1.17.1).
 */
export function lowerUnbound(clauses: readonly UnboundClause[]): ResolverPart {
  const first = clauses[0]
  if (!first) return { diagnostics: [] }
  const options = clauses.filter((clause) => clause.name === 'server').flatMap((clause) => clause.options)
  const source = clauses.find((clause) => clause.name === 'server')?.source ?? first.source
  const notModelled: string[] = []
  const local = localZones(options)
  const forwards: DnsForward[] = []
  const unknown: DnsZone[] = []
  for (const clause of clauses) {
    const name = domainOf(lastOf(clause.options, 'name') ?? '')
    if (clause.name === 'forward-zone' || clause.name === 'stub-zone') {
      const forward = forwardOf(clause, name, lastOf(options, 'tcp-upstream') === 'yes', notModelled)
      if (forward) forwards.push(forward)
      else unknown.push({ ...unread(clause, name), onMissing: 'unknown' })
    } else if (clause.name === 'auth-zone') unknown.push({ ...unread(clause, name), onMissing: 'unknown' })
    else if (clause.name === 'view' || clause.name === 'rpz') notModelled.push(`${clause.name} ${name}`)
  }
  const clients = clientsOf(options, source)
  const rebind = rebindOf(options)
  const resolver: Resolver = {
    label: 'unbound',
    habits: HABITS,
    zones: [...local.zones, ...unknown],
    forwards,
    rechasesCname: true,
    ...(rebind && { rebind }),
    ...(clients.allows && { allows: clients.allows }),
    otherwise: 'public',
    notModelled: [...notModelled, ...local.notModelled, ...clients.notModelled, ...otherFacts(options)],
    source,
  }
  return { resolver, diagnostics: local.diagnostics }
}

/**
 * The target of an alias in its own data is left to the client, and no target is looked up in local zones; no denial from
 * a local zone carries an SOA record (measured with unbound 1.17.1).
 */
const HABITS: ResolverHabits = {
  aliasTarget: { own: 'as-given', server: 'past-zones', public: 'past-zones' },
  withoutSoa: true,
  scrubsDenials: true,
}

function lastOf(options: readonly UnboundOption[], name: string): string | undefined {
  return options.filter((option) => option.name === name).pop()?.values[0]
}

function unread(clause: UnboundClause, name: string): Omit<DnsZone, 'onMissing'> {
  return { name, label: `${clause.name} ${name === '' ? '.' : name}`, records: [], source: clause.source }
}

/**
 * A forward or stub zone; `undefined` when its servers are written as names only. Without servers the names below are
 * walked from the root; `forward-first` and `stub-first` do so after a failure (unbound.conf(5)).
 */
function forwardOf(
  clause: UnboundClause,
  name: string,
  always: boolean,
  notModelled: string[],
): DnsForward | undefined {
  const kind = clause.name === 'stub-zone' ? 'stub' : 'forward'
  const is = (option: string) => lastOf(clause.options, `${kind}-${option}`) === 'yes'
  const tls = is('tls-upstream') || is('ssl-upstream')
  const over = always || tls || is('tcp-upstream') ? ({ over: 'tcp' } as const) : {}
  const to: ForwardTarget[] = []
  let named = false
  for (const option of clause.options) {
    const [text = ''] = option.values
    if (option.name === `${kind}-addr`) {
      const target = targetOf(text, tls ? 853 : 53)
      if (target) to.push({ ...target, ...over })
      else notModelled.push(`${option.name} ${text}`)
    } else if (option.name === `${kind}-host`) named = true
  }
  if (to.length === 0 && named) return undefined
  if (named) notModelled.push(`${kind}-host of ${clause.name} ${name}`)
  const first = lastOf(clause.options, `${kind}-first`) === 'yes'
  const servers: readonly ForwardTarget[] = to.length > 0 ? to : [{ kind: 'public' }]
  const label = `${clause.name} ${name === '' ? '.' : name}`
  return {
    suffix: name,
    to: servers,
    mode: first ? 'first-then-wider' : 'only',
    order: 'any',
    label,
    source: clause.source,
  }
}

/** `10.0.0.53`, `10.0.0.53@5353`, `10.0.0.53@853#name`. */
function targetOf(text: string, standard: number): (ForwardTarget & { kind: 'server' }) | undefined {
  const [address = '', port] = text.replace(/#.*$/, '').split('@')
  const ip = parseIp(address)
  const number = port === undefined ? standard : Number(port)
  if (ip === undefined || !Number.isInteger(number) || number < 1 || number > 65535) return undefined
  return { kind: 'server', ip, port: number }
}

/** `private-address`: such addresses are taken out of answers, unless the record's name is below a `private-domain`. */
function rebindOf(options: readonly UnboundOption[]): RebindProtection | undefined {
  const lines = options.filter((option) => option.name === 'private-address')
  const [first] = lines
  if (!first) return undefined
  const prefixes = lines.map((option) => parsePrefix(option.values[0] ?? '')).filter((prefix) => prefix !== undefined)
  const exempt = options
    .filter((option) => option.name === 'private-domain')
    .map((option) => domainOf(option.values[0] ?? ''))
  return {
    discards: addressesOfPrefixes(prefixes),
    exempt,
    exemptBy: 'owner',
    effect: 'strip',
    source: first.source,
  }
}

/** Options that can change an answer and that the model has no word for. */
const CHANGES_ANSWERS: ReadonlySet<string> = new Set([
  'access-control-tag',
  'access-control-view',
  'dns64-prefix',
  'local-zone-override',
  'port',
  'response-ip',
  'response-ip-data',
])

function otherFacts(options: readonly UnboundOption[]): string[] {
  const facts = options
    .filter((option) => CHANGES_ANSWERS.has(option.name) && !(option.name === 'port' && option.values[0] === '53'))
    .map((option) => `${option.name} ${option.values.join(' ')}`)
  const anchors = /^(auto-trust-anchor-file|trust-anchor|trust-anchor-file|trusted-keys-file)$/
  const modules = lastOf(options, 'module-config') ?? 'validator iterator'
  if (modules.includes('validator') && options.some((option) => anchors.test(option.name))) {
    facts.push('DNSSEC: an unsigned private zone below a signed name needs domain-insecure, else it is SERVFAIL')
  }
  return [...new Set(facts)]
}
