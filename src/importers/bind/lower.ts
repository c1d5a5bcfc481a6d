import type { Diagnostic, DnsForward, DnsZone, RebindProtection, Resolver, ResolverPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type Acls, aclsOf, addressList } from './address-list.ts'
import { clientsOf } from './clients.ts'
import { emptyZones } from './empty-zones.ts'
import { argumentOf, type BindStatement, domainOf, keywordOf, statementOf } from './statement.ts'
import { forwarders, readZones } from './zones.ts'

/**
 * The name server a configuration describes. Own zones are answered before anything is forwarded; the target of a CNAME
 * from elsewhere is asked again from the start; forwarders are chosen by speed (measured on BIND 9.18).
 */
export function lowerBind(statements: readonly BindStatement[], files: readonly TextFile[]): ResolverPart {
  const first = statements[0]
  if (!first) return { diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  const scope = viewOf(statements, diagnostics)
  const acls = aclsOf(statements)
  const { options } = scope
  const recursion = (argumentOf(options, 'recursion') ?? 'yes').toLowerCase() !== 'no'
  const read = readZones(scope.statements, files)
  for (const one of read.diagnostics) diagnostics.push(one)
  const notModelled = [...scope.notModelled, ...read.notModelled]
  const general = globalForward(options, notModelled)
  const stubs = stubsInForce(read.stubs, [...read.forwards, ...general])
  const own = read.forwards.map((forward) => backToStub(forward, read.stubs, read.zones))
  const forwards = recursion ? [...own, ...stubs.forwards, ...general] : []
  const zones = recursion
    ? [...delegating(read.zones, stubs.forwards), ...stubs.unknown, ...emptyZones(options, read.zones, forwards)]
    : read.zones
  const clients = clientsOf(options, acls, recursion)
  const rebind = rebindOf(options, acls, notModelled)
  const resolver: Resolver = {
    label: 'BIND',
    software: 'bind',
    zones,
    forwards,
    rechasesCname: true,
    ...(rebind && { rebind }),
    ...(clients.allows && { allows: clients.allows }),
    ...(clients.zonesFor && { zonesFor: clients.zonesFor }),
    ...(clients.recursesFor && { recursesFor: clients.recursesFor }),
    otherwise: recursion ? 'public' : 'refuse',
    notModelled: [...notModelled, ...clients.notModelled, ...otherFacts(options)],
    source: statementOf(statements, 'options')?.source ?? first.source,
  }
  return { resolver, diagnostics }
}

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

/** A static-stub zone is a zone: an own zone above it gives its names away (measured on BIND 9.18). */
function delegating(zones: readonly DnsZone[], stubs: readonly DnsForward[]): DnsZone[] {
  return zones.map((zone) => {
    const below = stubs.filter((stub) => stub.suffix.endsWith(`.${zone.name}`))
    if (below.length === 0) return zone
    const cuts = below.map(({ suffix, label, source }) => ({ name: suffix, type: 'NS', value: label, source }) as const)
    return { ...zone, records: [...zone.records, ...cuts] }
  })
}

/** The statements that count, and the options in force. */
interface Scope {
  readonly statements: readonly BindStatement[]
  readonly options: readonly BindStatement[]
  readonly notModelled: readonly string[]
}

/**
 * With views the first whose `match-clients` takes a client serves it (BIND 9 ARM: view statement). One is read: the
 * first that takes any client, else the first; the others are reported.
 */
function viewOf(statements: readonly BindStatement[], diagnostics: Diagnostic[]): Scope {
  const options = statements.filter((one) => keywordOf(one) === 'options').flatMap((one) => one.blocks[0] ?? [])
  const views = statements.filter((one) => keywordOf(one) === 'view')
  if (views.length === 0) return { statements, options, notModelled: [] }
  const takesAll = (view: BindStatement) => {
    const clients = statementOf(view.blocks[0] ?? [], 'match-clients')?.blocks[0]
    return !clients || clients.some((element) => keywordOf(element) === 'any')
  }
  const view = views.find(takesAll) ?? views[0]
  const name = view?.words[1]?.text ?? ''
  for (const other of views) if (other !== view || !takesAll(other)) diagnostics.push(viewNotRead(other, name))
  const inside = view?.blocks[0] ?? []
  const others = views.filter((one) => one !== view).map((one) => `view ${one.words[1]?.text ?? ''}`)
  // A view's own options come after the global ones and win.
  return { statements: inside, options: [...options, ...inside], notModelled: others }
}

function viewNotRead(view: BindStatement, read: string): Diagnostic {
  const name = view.words[1]?.text ?? ''
  const message = `Answers depend on the client here: of the views ${read} is read for everybody, ${name === read ? 'whoever its match-clients takes' : `${name} is not`}.`
  return { severity: 'warning', code: 'NT1806', message, source: view.source }
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
const CHANGES_ANSWERS = [
  'blackhole',
  'deny-answer-aliases',
  'dns64',
  'filter-aaaa',
  'response-policy',
  'root-delegation-only',
  'sortlist',
]

function otherFacts(options: readonly BindStatement[]): string[] {
  return CHANGES_ANSWERS.filter((keyword) => statementOf(options, keyword))
}
