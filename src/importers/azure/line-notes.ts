import type { JsonDocument, Member, MemberNote, TextFile } from '../../text/index.ts'
import { noteJsonLines } from '../../text/index.ts'
import { completeTemplate } from '../arm-template/index.ts'
import { completeTerraform, judgeTerraform } from '../terraform/index.ts'
import { typeOfParts } from './estate/resource-id.ts'
import { changesNothing, typeChangesNothing } from './inert-members.ts'
import { outweighed } from './usual-values.ts'

/** A JSON file of an import, as it was read. */
export interface ReadDocument {
  readonly file: TextFile
  readonly document: JsonDocument
  readonly kind: 'bodies' | 'template' | 'parameters' | 'printed' | 'terraform'
  /** The parameters file that a template was read with, and its file. */
  readonly given?: JsonDocument
  readonly from?: TextFile
}

/** Notes what became of every line of the files of an import, after they were lowered. Does nothing without ledgers. */
export function noteLines(read: readonly ReadDocument[]): void {
  const given = new Map(read.flatMap((one) => (one.from && one.given ? [[one.from, one.given] as const] : [])))
  for (const { document, given: values } of read.filter((one) => one.kind === 'template')) {
    completeTemplate(document, values)
  }
  for (const { file, document, kind } of read) {
    const { ledger } = file
    if (!ledger) continue
    const shown = (kind === 'parameters' ? given.get(file) : undefined) ?? document
    if (kind === 'terraform') completeTerraform(shown)
    completeIdentities(shown)
    noteJsonLines(shown, ledger, JUDGES[kind])
  }
}

/** What names a thing is in the model wherever something else of the thing is. */
function completeIdentities({ visits, value: root }: JsonDocument): void {
  if (!visits) return
  const walk = (value: object): boolean => {
    let isRead = false
    for (const [key, inside] of Object.entries(value)) {
      const isNaming = NAMING.has(key.toLowerCase())
      if (!isNaming && visits.has(value, key)) isRead = true
      if (typeof inside !== 'object' || inside === null) continue
      // Who looks at a list of references looks at what they say.
      if (visits.has(value, key) && Array.isArray(inside)) for (const one of inside) visitReference(one)
      const [only, ...others] = Object.keys(inside)
      // Whether a reference is there is asked for what it says.
      if (visits.has(value, key) && only?.toLowerCase() === 'id' && others.length === 0) visits.visit(inside, only)
      const isInside = walk(inside)
      if (isInside && (key.toLowerCase() === 'properties' || !Array.isArray(inside))) isRead = true
      if (isInside && Array.isArray(inside)) isRead = true
    }
    if (isRead) for (const key of Object.keys(value)) if (NAMING.has(key.toLowerCase())) visits.visit(value, key)
    return isRead
  }
  const visitReference = (one: unknown) => {
    if (typeof one !== 'object' || one === null || isOwn(one)) return
    for (const key of Object.keys(one)) if (key.toLowerCase() === 'id') visits.visit(one, key)
  }
  if (typeof root === 'object' && root !== null) walk(root)
}

/** Whether an object with an id is a resource or a part of one, and no reference to another. */
function isOwn(value: object): boolean {
  return Object.keys(value).some((key) => OWN.has(key.toLowerCase()))
}

const OWN: ReadonlySet<string> = new Set(['name', 'type', 'properties', 'etag', 'location'])

const NAMING: ReadonlySet<string> = new Set(['id', 'name', 'type'])

type Judge = (member: Member) => MemberNote

function judgeBody({ path, around, value }: Member): MemberNote {
  const at = around.findLastIndex((one) => resourceType(one) !== undefined)
  const resource = around[at]
  const names = path.slice(Math.max(at, 0)).filter((one): one is string => typeof one === 'string')
  const type = resource && resourceType(resource)
  if (resource === undefined || type === undefined) {
    const inert = changesNothing('', names, value)
    return inert === undefined ? unread(`"${names.at(-1) ?? ''}" is not read`) : { kind: 'inert', because: inert }
  }
  const lower = names.map((one) => one.toLowerCase()).filter((one) => one !== 'properties')
  const because =
    typeChangesNothing(type) ??
    ofEndpoint(resource) ??
    changesNothing(type, names, value) ??
    outweighed(lower, around.slice(at))
  if (because !== undefined) return { kind: 'inert', because }
  const isNaming = names.length === 1 && NAMING.has(names[0]?.toLowerCase() ?? '')
  if (isNaming) return unread(`nothing of this ${type} is used`)
  return unread(`"${names.filter((one) => one.toLowerCase() !== 'properties').join('.')}" of ${type} is not read`)
}

// Learn: What is a private endpoint, its read-only network interface.
function ofEndpoint(resource: object): string | undefined {
  const { properties } = resource as { readonly properties?: unknown }
  const holders = [resource, properties].filter((one) => typeof one === 'object' && one !== null)
  const isOwned = holders.some((one) => Object.keys(one ?? {}).some((key) => key.toLowerCase() === 'privateendpoint'))
  const isInterface = resourceType(resource)?.endsWith('/networkinterfaces') === true
  return isOwned && isInterface ? 'of the network interface of a private endpoint only the address counts' : undefined
}

function unread(because: string): MemberNote {
  return { kind: 'unread', because }
}

/** The lower-case type of an object that is a resource: by its type, or its id. */
function resourceType(value: object): string | undefined {
  if (Array.isArray(value)) return undefined
  const { id, type } = value as Readonly<Record<string, unknown>>
  const isType = typeof type === 'string' && /^microsoft\.[\w.]+\/[\w/]+/i.test(type)
  if (isType) return type.toLowerCase()
  const found = typeof id === 'string' && isOwn(value) ? typeOfParts(id).toLowerCase() : ''
  return found === '' ? undefined : found
}

// What a template says beside its resources tells Resource Manager how to deploy it (Learn: Understand the structure and
// syntax of ARM templates).
const TEMPLATE: ReadonlySet<string> = new Set([
  ...['$schema', 'contentversion', 'languageversion', 'apiprofile', 'metadata', 'outputs', 'definitions'],
])

function judgeTemplate(member: Member): MemberNote {
  const names = member.path.filter((one): one is string => typeof one === 'string')
  const [first = ''] = names
  const around = names.filter((one) => OUTSIDE.has(one.toLowerCase()))
  if (TEMPLATE.has(first.toLowerCase())) {
    return { kind: 'inert', because: `${first} of a template changes no resource` }
  }
  if (['parameters', 'variables', 'functions'].includes(around.at(-1)?.toLowerCase() ?? '')) {
    return { kind: 'inert', because: NOT_USED }
  }
  const key = names.at(-1)?.toLowerCase() ?? ''
  if (DEPLOYING.has(key)) return { kind: 'inert', because: `${key} says how to deploy, not what` }
  return names.some((one) => DEPLOYING.has(one.toLowerCase()))
    ? { kind: 'inert', because: 'says how to deploy, not what' }
    : judgeBody(member)
}

const NOT_USED = 'no line that is read, or could matter by itself, takes its value from here'
const OUTSIDE: ReadonlySet<string> = new Set(['parameters', 'variables', 'functions', 'resources', 'outputs'])
const DEPLOYING: ReadonlySet<string> = new Set([
  ...['apiversion', 'dependson', 'comments', 'metadata', 'copy', 'scope', 'mode', 'expressionevaluationoptions'],
  ...['$schema', 'contentversion', 'outputs', 'condition'],
])

function judgeParameters(member: Member): MemberNote {
  const names = member.path.filter((one): one is string => typeof one === 'string')
  if (names[0]?.toLowerCase() !== 'parameters') return { kind: 'inert', because: `${names[0] ?? ''} gives no value` }
  if (names.some((one) => /^(?:reference|metadata)$/i.test(one)) && names.length > 2) {
    return { kind: 'inert', because: 'a secret is no part of an answer' }
  }
  return { kind: 'known', because: 'nothing that is read of a template takes this value' }
}

function judgePrinted({ path }: Member): MemberNote {
  const name = path.findLast((one) => typeof one === 'string') ?? ''
  return { kind: 'inert', because: `"${name}" of what Azure printed as in force is not held against the export` }
}

const JUDGES: Readonly<Record<ReadDocument['kind'], Judge>> = {
  bodies: judgeBody,
  template: judgeTemplate,
  parameters: judgeParameters,
  printed: judgePrinted,
  terraform: judgeTerraform,
}
