import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import type { Device, Network } from '../../../src/model/index.ts'
import { isPublic, parseIp } from '../../../src/net/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { type PreparedNetwork, prepare } from '../../../src/trace/index.ts'

const DATA = process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const FOLDER = join(DATA, 'azure-recordings')

/** Whether the recordings are there; if not, it is said once. */
export const present = existsSync(FOLDER)
if (!present)
  console.warn(`skipped: ${FOLDER} is not there; set NETTRACE_DATA to the folder that holds azure-recordings`)

export type Json = Readonly<Record<string, unknown>>

/** What Network Watcher was asked and what Azure answered. */
export interface Query {
  readonly kind: string
  readonly target?: string
  readonly request?: Json | null
  readonly response: Json
  readonly resources?: string
}

/** One recorded query. */
export interface Case {
  /** The folder, the kind, and what it is about; numbered where two are called the same. */
  readonly name: string
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

/** The folders of the recordings, every one a case. */
export const folders: readonly string[] = present
  ? readdirSync(FOLDER, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => one.name)
      .sort()
  : []

/** The files of resources in a folder: the estate at several times. */
export function resourceFiles(folder: string): readonly string[] {
  return readdirSync(join(FOLDER, folder)).filter((one) => /^resources.*\.json$/.test(one))
}

/** Every recorded query, in order. */
export const cases: readonly Case[] = folders.flatMap((folder) => {
  const seen = new Map<string, number>()
  return queriesOf(folder).map((query) => {
    const plain = `${folder} ${query.kind} ${aboutOf(query)}`.trimEnd()
    const count = (seen.get(plain) ?? 0) + 1
    seen.set(plain, count)
    return { name: count === 1 ? plain : `${plain} (${count})`, folder, query }
  })
})

function queriesOf(folder: string): readonly Query[] {
  const path = join(FOLDER, folder, 'queries.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Query[]) : []
}

function aboutOf({ target, request }: Query): string {
  if (request?.destinationIPAddress) return `to ${request.destinationIPAddress}`
  if (request?.remoteIPAddress) return `${request.direction} ${request.remoteIPAddress}`
  const named = request?.source ?? request?.vm ?? request?.targetResourceId
  const id = typeof named === 'object' && named !== null ? (named as Json).resourceId : named
  return lastPart(String(id ?? target ?? ''))
}

const snapshots = new Map<string, Snapshot>()

/**
 * The estate a query was asked of. `withLearned`: also what gateways and route servers printed of their learned routes,
 * which is an export of its own. `names`: what public DNS answered, which no body holds.
 */
export function snapshotOf(
  { folder, query }: Case,
  withLearned: boolean,
  names: Readonly<Record<string, unknown>> = {},
): Snapshot {
  return snapshot(folder, query.resources ?? 'resources.json', withLearned, names)
}

/** The estate a file of resources holds. */
export function snapshot(
  folder: string,
  file: string,
  withLearned = false,
  names: Readonly<Record<string, unknown>> = {},
): Snapshot {
  const key = JSON.stringify([folder, file, withLearned, names])
  const known = snapshots.get(key)
  if (known) return known
  const text = readFileSync(join(FOLDER, folder, file), 'utf8')
  const learned = withLearned
    ? queriesOf(folder).filter((one) => /learnedroutes$/i.test(one.kind) && (one.resources ?? file) === file)
    : []
  const files = new Map([[file, text], ...learned.map((one, index) => learnedFile(one, index))])
  const topology = JSON.stringify({ nettrace: 1, azure: { resources: [...files.keys()] }, public: names })
  const reader = {
    read: (path: string) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const found = name === 'case.yaml' ? topology : files.get(name)
      return found === undefined ? { problem: 'there is no such file' } : { text: found }
    },
    list: () => undefined,
  }
  const { network } = loadTopology('case.yaml', { reader })
  const made = { resources: JSON.parse(text), network, prepared: prepare(network) }
  snapshots.set(key, made)
  return made
}

function learnedFile({ target, response }: Query, index: number): [string, string] {
  return [`learned-${index}-${lastPart(target ?? '')}.json`, JSON.stringify(response)]
}

/** The device that a resource id means; throws when the import made none. */
export function deviceOf({ network }: Snapshot, id: unknown): Device {
  const wanted = String(id).toLowerCase()
  const all = [...network.devices.values()]
  const found = all.find((one) => one.aliases.some((alias) => alias.toLowerCase() === wanted))
  if (!found) throw new Error(`no device for ${id}`)
  return found
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
