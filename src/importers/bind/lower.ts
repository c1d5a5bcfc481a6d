import type { Diagnostic, DnsForward, RebindProtection, Resolver, ResolverPart } from '../../model/index.ts'
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
  diagnostics.push(...read.diagnostics)
  const notModelled = [...scope.notModelled, ...read.notModelled]
  const forwards = recursion ? [...read.forwards, ...globalForward(options, notModelled)] : []
  const zones = recursion ? [...read.zones, ...emptyZones(options, read.zones, forwards)] : read.zones
  const clients = clientsOf(options, acls, recursion, read.zones.length > 0)
  const rebind = rebindOf(options, acls, notModelled)
  const resolver: Resolver = {
    label: 'BIND',
    software: 'bind',
    zones,
    forwards,
    rechasesCname: true,
    ...(rebind && { rebind }),
    ...(clients.allows && { allows: clients.allows }),
    otherwise: recursion ? 'public' : 'refuse',
    notModelled: [...notModelled, ...clients.notModelled, ...otherFacts(options)],
    source: statementOf(statements, 'options')?.source ?? first.source,
  }
  return { resolver, diagnostics }
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
