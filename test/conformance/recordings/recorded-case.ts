import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import type { Device, Network } from '../../../src/model/index.ts'
import { isPublic, parseIp } from '../../../src/net/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { type PreparedNetwork, prepare } from '../../../src/trace/index.ts'
import { NotReplayable } from './not-replayable.ts'

const DATA = process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))

/** The folder of the recordings, and whether it is there; if not, it is said once. */
export const RECORDED = join(DATA, 'azure-recordings')
export const present = existsSync(RECORDED)
if (!present)
  console.warn(`skipped: ${RECORDED} is not there; set NETTRACE_DATA to the folder that holds azure-recordings`)

/** The folder of cases that restate what recordings taught, with names and addresses of our own. */
export const RESTATED = fileURLToPath(new URL('../recordings-restated', import.meta.url))

export type Json = Readonly<Record<string, unknown>>

/** What Network Watcher was asked and what Azure answered. */
export interface Query {
  readonly kind: string
  readonly target?: string
  readonly request?: Json | null
  readonly response: Json
  /** The HTTP status of the answer; absent in write-ups. */
  readonly status?: number
  /** The request's address, with its query. */
  readonly uri?: string
  readonly resources?: string
  /** Ids that the bodies speak of and that are not among them. */
  readonly missingReferences?: readonly unknown[]
  /** The answer was cut: what it holds is true, what it lacks says nothing. */
  readonly partial?: boolean
  /** What the recorder says of the answer. */
  readonly note?: string
}

/** One recorded query. */
export interface Case {
  /** The folder's name, the kind, and what it is about; numbered where two are called the same. */
  readonly name: string
  /** The path of the case's folder. */
  readonly folder: string
  readonly query: Query
}

/** A resource of the export, as ARM prints it. */
export interface Resource {
  readonly id: string
  readonly type: string
  readonly properties?: Json
}

/** The estate at the time of a query. */
export interface Snapshot {
  readonly resources: readonly Resource[]
  readonly network: Network
  readonly prepared: PreparedNetwork
}

/** The paths of a folder's cases: every folder in it is one. */
export function foldersIn(root: string): readonly string[] {
  if (!existsSync(root)) return []
  const inside = readdirSync(root, { withFileTypes: true })
  return inside
    .filter((one) => one.isDirectory())
    .map((one) => join(root, one.name))
    .sort()
}

/** The files of resources in a case: the estate at several times. */
export function resourceFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((one) => /^resources.*\.json$/.test(one))
}

/** The recorded queries of a case, in order. */
export function casesOf(folder: string): readonly Case[] {
  const seen = new Map<string, number>()
  return queriesOf(folder).map((query) => {
    const plain = `${basename(folder)} ${query.kind} ${aboutOf(query)}`.trimEnd()
    const count = (seen.get(plain) ?? 0) + 1
    seen.set(plain, count)
    return { name: count === 1 ? plain : `${plain} (${count})`, folder, query }
  })
}

const queries = new Map<string, readonly Query[]>()

/** Everything that was asked in a case. */
export function queriesOf(folder: string): readonly Query[] {
  const known = queries.get(folder)
  if (known) return known
  const path = join(folder, 'queries.json')
  const read = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : []
  // A list, or a list inside `queries`.
  const listed = Array.isArray(read) ? read : listOf((read as Json).queries)
  queries.set(folder, listed as unknown as Query[])
  return listed as unknown as Query[]
}

function aboutOf({ target, request }: Query): string {
  if (request?.destinationIPAddress) return `to ${request.destinationIPAddress}`
  if (request?.remoteIPAddress) return `${request.direction} ${request.remoteIPAddress}`
  const named = request?.source ?? request?.vm ?? request?.targetResourceId
  const id = typeof named === 'object' && named !== null ? (named as Json).resourceId : named
  return lastPart(String(id ?? target ?? ''))
}

const snapshots = new Map<string, Snapshot>()

/** What an estate is read with, beside its bodies. */
export interface Beside {
  /** Also what gateways and route servers printed of their learned routes, which is an export of its own. */
  readonly learned?: boolean
  /** What public DNS answered, which no body holds. */
  readonly names?: Readonly<Record<string, unknown>>
  /** Also Microsoft's list of service tags, where the estate has service endpoints and the list is at hand. */
  readonly tags?: boolean
  /** Other files, by path. */
  readonly files?: Readonly<Record<string, string>>
}

/** The estate a query was asked of. */
export function snapshotOf({ folder, query }: Case, beside: Beside = {}): Snapshot {
  return snapshot(folder, fileOf(query), beside)
}

/** The file of the estate at the time of a query. */
export function fileOf(query: Query): string {
  return query.resources ?? 'resources.json'
}

/** The estate a file of resources holds. */
export function snapshot(folder: string, file: string, beside: Beside = {}): Snapshot {
  const key = JSON.stringify([folder, file, beside])
  const known = snapshots.get(key)
  if (known) return known
  const text = readFileSync(join(folder, file), 'utf8')
  const learned = beside.learned
    ? queriesOf(folder).filter((one) => /learnedroutes$/i.test(one.kind) && (one.resources ?? file) === file)
    : []
  const files = new Map([
    [file, text],
    ...learned.map((one, index) => learnedFile(one, index)),
    ...Object.entries(beside.files ?? {}),
  ])
  const tags = beside.tags && /"serviceEndpoints":\s*\[\s*\{/.test(text) ? serviceTags() : undefined
  const azure = { resources: [...files.keys()], ...(tags !== undefined && { 'service-tags': TAGS }) }
  const topology = JSON.stringify({ nettrace: 1, azure, public: beside.names ?? {} })
  const reader = {
    read: (path: string) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const found = name === 'case.yaml' ? topology : name === TAGS ? tags : files.get(name)
      return found === undefined ? { problem: 'there is no such file' } : { text: found }
    },
    list: () => undefined,
  }
  const { network } = loadTopology('case.yaml', { reader })
  const made = { resources: resourcesOf(JSON.parse(text)), network, prepared: prepare(network) }
  snapshots.set(key, made)
  return made
}

const TAGS = 'service-tags.json'

/** Microsoft's whole list; where it is not there, the cut of it that the fixtures ship. */
function serviceTags(): string {
  const whole = join(DATA, TAGS)
  return readFileSync(existsSync(whole) ? whole : join('fixtures/vision-plant', TAGS), 'utf8')
}

/** A list of bodies, or a list inside `value`. */
function resourcesOf(value: unknown): readonly Resource[] {
  const listed = Array.isArray(value) ? value : listOf((value as Json).value)
  // The place in the list is what a source's pointer says, so that nothing may be left out.
  return listed.map((one: Json) => ({ ...one, id: String(one?.id ?? ''), type: String(one?.type ?? '') }))
}

function learnedFile({ target, response }: Query, index: number): [string, string] {
  return [`learned-${index}-${lastPart(target ?? '')}.json`, JSON.stringify(response)]
}

/**
 * The device that a resource id means, of a NIC, a machine (by its first NIC) or an address configuration of either.
 * Throws `NotReplayable` when the estate holds no such body, and an error when the import made no device of it.
 */
export function deviceOf(snapshot: Snapshot, id: unknown): Device {
  const wanted = String(id ?? '').toLowerCase()
  const all = [...snapshot.network.devices.values()]
  const found = all.find((one) => one.aliases.some((alias) => alias.toLowerCase() === wanted))
  if (found) return found
  const within = /^(.*\/networkinterfaces\/[^/]+)\/ipconfigurations\/[^/]+$/.exec(wanted)
  if (within) return deviceOf(snapshot, within[1])
  if (!hasBody(snapshot, wanted)) throw new NotReplayable(`${lastPart(wanted)} is not among the bodies of the estate`)
  throw new Error(`no device for ${id}`)
}

/** The machine or NIC a tool was asked about; where no body is it, the only NIC of the estate. */
export function targetOf(snapshot: Snapshot, request: Json | null | undefined): Device {
  try {
    return deviceOf(snapshot, request?.targetNicResourceId ?? request?.targetResourceId)
  } catch (thrown) {
    const nics = [...snapshot.network.devices.values()].filter((device) => fabricOf(device) !== '')
    const [only] = nics
    if (thrown instanceof NotReplayable && only && nics.length === 1) return only
    throw thrown
  }
}

/** Whether an id is one of the estate's bodies, or of a part of one, as a subnet is of its VNet. */
export function hasBody({ resources }: Snapshot, id: unknown): boolean {
  const wanted = String(id).toLowerCase()
  return resources.some((body) => wanted === body.id.toLowerCase() || hasPart(body, wanted))
}

function hasPart(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((one) => hasPart(one, wanted))
  if (typeof value !== 'object' || value === null) return false
  const { id, properties } = value as Json
  // A mere reference has no members beside its id.
  if (typeof id === 'string' && id.toLowerCase() === wanted && Object.keys(value).length > 1) return true
  const inside = typeof properties === 'object' && properties !== null ? properties : value
  return Object.values(inside).some((one) => hasPart(one, wanted))
}

/** The name of the subnet's fabric that a NIC's device hands its packets to. */
export function fabricOf(device: Device): string {
  const next = device.tables[0]?.routes[0]?.nextHop
  return next?.kind === 'device' ? next.device : ''
}

/** The array a member holds, or nothing. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** An address of the public internet, for a public name of the recording. */
export function publicText(value: unknown): string | undefined {
  const ip = typeof value === 'string' ? parseIp(value) : undefined
  return ip !== undefined && isPublic(ip) ? String(value) : undefined
}
