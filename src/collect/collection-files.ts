import type { Collection, ToldRoutes } from './collection.ts'
import { written } from './redaction.ts'
import { placeOf } from './resource-place.ts'

/** The file that says what a folder of resource bodies holds and lacks; the reader of the folder knows it too. */
export const MANIFEST = 'nettrace-import.json'

/**
 * The files of a collection, by name: one for each resource type, one for each that told of its routes, and the manifest. The
 * same estate gives equal bytes.
 */
export function filesOf(collection: Collection): ReadonlyMap<string, string> {
  const byType = new Map<string, unknown[]>()
  for (const body of collection.bodies) {
    const type = typeOf(body)
    const list = byType.get(type)
    if (list) list.push(written(body))
    else byType.set(type, [written(body)])
  }
  const types = [...byType.keys()].sort()
  const told = toldFiles(collection.routes)
  const { cloud, subscriptions, resourceGroups, unread } = collection
  const resources = Object.fromEntries(types.map((type) => [type, byType.get(type)?.length ?? 0]))
  const routes = [...told.keys()]
  const manifest = {
    ...{ nettraceImport: 1, cloud, subscriptions, resourceGroups, resources },
    ...(routes.length > 0 && { routes }),
    unread,
  }
  return new Map([
    ...types.map((type): [string, string] => [fileName(type), text(byType.get(type))]),
    ...told,
    [MANIFEST, text(manifest)],
  ])
}

function typeOf(body: object): string {
  const { id, type } = body as { id?: unknown; type?: unknown }
  return placeOf(id)?.type ?? (typeof type === 'string' ? type.toLowerCase() : 'other')
}

/** A file for each that told: its name says whose routes they are, as the rows themselves do not or not surely. */
function toldFiles(told: readonly ToldRoutes[]): Map<string, string> {
  const name = ({ place, part }: ToldRoutes) => [...place.names, ...(part === '' ? [] : [part])].map(word).join('.')
  const short = (one: ToldRoutes) => `${name(one)}.${one.kind}.json`
  const times = new Map<string, number>()
  for (const one of told) times.set(short(one), (times.get(short(one)) ?? 0) + 1)
  const long = (one: ToldRoutes) =>
    `${name(one)}.${word(one.place.resourceGroup)}.${word(one.place.subscription)}.${one.kind}.json`
  return new Map(told.map((one) => [times.get(short(one)) === 1 ? short(one) : long(one), text(written(one.answer))]))
}

// What comes from the network becomes a file's name: nothing but letters, digits, dots, dashes and underscores stays.
function fileName(type: string): string {
  return `${type.replace(/[^a-z0-9]+/g, '.').replace(/^\.+|\.+$/g, '')}.json`
}

function word(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-')
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** What an earlier import says of itself. */
export interface EarlierImport {
  /** The names of its files, the manifest among them. */
  readonly files: readonly string[]
  readonly subscriptions: readonly string[]
  readonly resourceGroups: readonly string[]
}

/** Reads a manifest; `undefined` when the text is none. A name in it that no import would give is left out. */
export function earlierImport(manifest: string): EarlierImport | undefined {
  let value: unknown
  try {
    value = JSON.parse(manifest)
  } catch {
    return undefined
  }
  const { nettraceImport, resources, routes, ...of } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (nettraceImport !== 1 || typeof resources !== 'object' || resources === null) return undefined
  const told = texts(routes).filter((one) => /^[a-z0-9_.-]+\.(?:learned|effective)-routes\.json$/.test(one))
  return {
    files: [...Object.keys(resources).map(fileName), ...told, MANIFEST],
    subscriptions: texts(of.subscriptions),
    resourceGroups: texts(of.resourceGroups),
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
