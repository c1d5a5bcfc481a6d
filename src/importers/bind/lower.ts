import type {
  Diagnostic,
  DnsForward,
  DnsZone,
  RebindProtection,
  Resolver,
  ResolverHabits,
  ResolverPart,
  ResolverView,
  Source,
} from '../../model/index.ts'
import { complementOf, EVERY_ADDRESS, isEmptyAddressSet, NO_ADDRESS } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type Acls, aclsOf, addressList } from './address-list.ts'
import { clientsOf } from './clients.ts'
import { emptyZones } from './empty-zones.ts'
import { argumentOf, type BindStatement, domainOf, keywordOf, lookAt, stands, statementOf } from './statement.ts'
import { forwarders, readZones, type ZoneReading } from './zones.ts'

/**
 * The name server a configuration describes. Own zones are answered before anything is forwarded; the target of a CNAME
 * from elsewhere is asked again from the start; forwarders are chosen by speed (measured on BIND 9.18).
 */
export function lowerBind(statements: readonly BindStatement[], files: readonly TextFile[]): ResolverPart {
  const first = statements[0]
  if (!first) return { diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  const acls = aclsOf(statements)
  const source = statementOf(statements, 'options')?.source ?? first.source
  const options = statements.filter((one) => keywordOf(one) === 'options').flatMap((one) => one.blocks[0] ?? [])
  const views = statements.filter((one) => keywordOf(one) === 'view')
  lookAt(...views)
  if (views.length === 0) {
    const resolver = resolverOf({ label: 'BIND', statements, options, acls, source }, files, diagnostics)
    return { resolver, diagnostics }
  }
  const read = views.map((view) => {
    const inside = view.blocks[0] ?? []
    const label = `view ${view.words[1]?.text ?? ''} of BIND`
    // A view's own options come after the global ones and win.
    const scope = { label, statements: inside, options: [...options, ...inside], acls, source: view.source }
    return { ...viewClients(inside, acls), resolver: resolverOf(scope, files, diagnostics) }
  })
  for (const { perhaps, resolver } of read)
    if (perhaps !== undefined) diagnostics.push(clientsNotKnown(resolver, perhaps))
  const all = read.find((view) => isEmptyAddressSet(complementOf(view.clients))) ?? read[0]
  if (!all) return { diagnostics }
  return { resolver: { ...all.resolver, label: 'BIND', source, views: read }, diagnostics }
}

/** The part of a configuration one resolver is made of: all of it, or a view. */
interface Scope {
  readonly label: string
  readonly statements: readonly BindStatement[]
  readonly options: readonly BindStatement[]
  readonly acls: Acls
  readonly source: Source
}

function resolverOf(scope: Scope, files: readonly TextFile[], diagnostics: Diagnostic[]): Resolver {
  const { options, acls } = scope
  const recursion = (argumentOf(options, 'recursion') ?? 'yes').toLowerCase() !== 'no'
  const read = readZones(scope.statements, files)
  for (const one of read.diagnostics) diagnostics.push(one)
  const notModelled = [...read.notModelled]
  const general = globalForward(options, notModelled)
  const stubs = stubsInForce(read.stubs, [...read.forwards, ...general])
  const own = read.forwards.map((forward) =>
    backToStub(thenStub(forward, stubs.forwards, read), read.stubs, read.zones),
  )
  const forwards = recursion ? [...own, ...stubs.forwards, ...general] : []
  const zones = recursion
    ? [...delegating(read.zones, stubs.forwards), ...stubs.unknown, ...emptyZones(options, read.zones, forwards)]
    : read.zones
  const clients = clientsOf(options, acls, recursion)
  const rebind = rebindOf(options, acls, notModelled)
  return {
    label: scope.label,
    habits: recursion ? HABITS : { ...HABITS, aliasTarget: { own: 'same-zone' } },
    zones,
    forwards,
    rechasesCname: true,
    ...(rebind && { rebind }),
    ...(clients.allows && { allows: clients.allows }),
    ...(clients.zonesFor && { zonesFor: clients.zonesFor }),
    ...(clients.recursesFor && { recursesFor: clients.recursesFor }),
    otherwise: recursion ? 'public' : 'refuse',
    notModelled: [...notModelled, ...clients.notModelled, ...otherFacts(options)],
    source: scope.source,
  }
}

/** Whom a view is for (BIND 9 ARM: match-clients, match-destinations); without `match-clients` everybody. */
function viewClients(view: readonly BindStatement[], acls: Acls): Pick<ResolverView, 'clients' | 'perhaps'> {
  const elements = statementOf(view, 'match-clients')?.blocks[0]
  const list = elements ? addressList(elements, acls) : { addresses: EVERY_ADDRESS, unknown: [] }
  const doubts = list.unknown.map((word) => `match-clients names ${word}`)
  if (stands(view, 'match-destinations')) doubts.push('match-destinations is not modelled')
  if (doubts.length === 0) return { clients: list.addresses }
  return { clients: NO_ADDRESS, perhaps: doubts.join(', ') }
}

function clientsNotKnown({ label, source }: Resolver, perhaps: string): Diagnostic {
  const message = `Whom ${label} answers cannot be told: ${perhaps}. Name the clients by their addresses.`
  return { severity: 'warning', code: 'NT1806', message, source }
}

/**
 * A denial from a zone above the one that is forwarded becomes SERVFAIL; without recursion an alias is followed in its own
 * zone alone (measured on BIND 9.18).
 */
const HABITS: ResolverHabits = { checksDenials: true }

/**
 * A static-stub zone below a name that is forwarded: the forwarders are asked first, and what they say is taken only
 * in part (measured on BIND 9.18), so it is not known.
 */
function stubsInForce(
  stubs: readonly DnsForward[],
  forwards: readonly DnsForward[],
): { forwards: DnsForward[]; unknown: DnsZone[] } {
  const made: DnsForward[] = []
  const unknown: DnsZone[] = []
  for (const stub of stubs) {
    const above = forwards
      .filter((one) => one.suffix === '' || stub.suffix === one.suffix || stub.suffix.endsWith(`.${one.suffix}`))
      .sort((a, b) => b.suffix.length - a.suffix.length)[0]
    if (!above || above.to.some((target) => target.kind === 'public')) made.push(stub)
    else {
      const label = `${above.label}, which goes before ${stub.label}`
      unknown.push({ name: stub.suffix, label, records: [], onMissing: 'unknown', source: stub.source })
    }
  }
  return { forwards: made, unknown }
}

/**
 * Where forwarding is switched off below a static-stub zone, that zone's servers are asked, unless an own zone is
 * nearer (measured on BIND 9.18).
 */
function backToStub(forward: DnsForward, stubs: readonly DnsForward[], zones: readonly DnsZone[]): DnsForward {
  if (forward.to[0]?.kind !== 'public') return forward
  const above = (name: string) => name === '' || forward.suffix === name || forward.suffix.endsWith(`.${name}`)
  const stub = stubs.filter((one) => above(one.suffix)).sort((a, b) => b.suffix.length - a.suffix.length)[0]
  if (!stub || zones.some((zone) => above(zone.name) && zone.name.length > stub.suffix.length)) return forward
  return { ...stub, suffix: forward.suffix, label: `${forward.label}, back to ${stub.label}`, source: forward.source }
}

/** Forwarders that all fail leave a name to the static-stub zone above, where that is the nearest (measured on BIND 9.18). */
function thenStub(forward: DnsForward, stubs: readonly DnsForward[], { forwards, zones }: ZoneReading): DnsForward {
  const above = (name: string) => forward.suffix.endsWith(`.${name}`)
  const stub = stubs.filter((one) => above(one.suffix)).sort((a, b) => b.suffix.length - a.suffix.length)[0]
  const nearer = (name: string) => above(name) && name.length > (stub?.suffix.length ?? 0)
  if (forward.mode !== 'first' || !stub) return forward
  const hidden = forwards.some((one) => nearer(one.suffix)) || zones.some((one) => nearer(one.name))
  return hidden ? forward : { ...forward, mode: 'first-then-wider' }
}

/** A static-stub zone is a zone: an own zone above it gives its names away (measured on BIND 9.18). */
function delegating(zones: readonly DnsZone[], stubs: readonly DnsForward[]): DnsZone[] {
  return zones.map((zone) => {
    const below = stubs.filter((stub) => stub.suffix.endsWith(`.${zone.name}`))
    if (below.length === 0) return zone
    const cuts = below.map(({ suffix, label, source }) => ({ name: suffix, type: 'NS', value: label, source }) as const)
    return { ...zone, records: [...zone.records, ...cuts] }
  })
}

function globalForward(options: readonly BindStatement[], notModelled: string[]): DnsForward[] {
  const statement = statementOf(options, 'forwarders')
  const to = forwarders(statement, notModelled)
  if (!statement || to.length === 0) return []
  const mode = argumentOf(options, 'forward')?.toLowerCase() === 'only' ? 'only' : 'first'
  return [
    { suffix: '', to, mode, order: 'any', label: 'forwarders of BIND for everything else', source: statement.source },
  ]
}

/** `deny-answer-addresses`: an answer with such an address becomes SERVFAIL; `except-from` is by the record's name. */
function rebindOf(options: readonly BindStatement[], acls: Acls, notModelled: string[]): RebindProtection | undefined {
  const statement = statementOf(options, 'deny-answer-addresses')
  if (!statement) return undefined
  const list = addressList(statement.blocks[0] ?? [], acls)
  if (list.unknown.length > 0) notModelled.push(`deny-answer-addresses: ${list.unknown.join(', ')}`)
  const exempt = (statement.blocks[1] ?? []).map((element) => domainOf(element.words[0]?.text ?? ''))
  return { discards: list.addresses, exempt, exemptBy: 'owner', effect: 'servfail', source: statement.source }
}

/** Options that can change an answer and that the model has no word for. */
export const CHANGES_ANSWERS: readonly string[] = [
  'blackhole',
  'deny-answer-aliases',
  'dns64',
  'filter-aaaa',
  'response-policy',
  'root-delegation-only',
  'sortlist',
]

function otherFacts(options: readonly BindStatement[]): string[] {
  return CHANGES_ANSWERS.filter((keyword) => stands(options, keyword))
}
