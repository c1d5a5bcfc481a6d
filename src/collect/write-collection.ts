import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Collection } from './collection.ts'
import { written } from './redaction.ts'
import { placeOf } from './resource-place.ts'

/** The file that says what a folder of resource bodies holds and lacks; the reader of the folder knows it too. */
export const MANIFEST = 'nettrace-import.json'

const LEARNED = 'microsoft.network/virtualnetworkgateways/learnedroutes'

/** The files of a collection, by name: one for each resource type, and the manifest. The same estate gives equal bytes. */
export function filesOf(collection: Collection): ReadonlyMap<string, string> {
  const byType = new Map<string, unknown[]>()
  for (const body of collection.bodies) {
    const type = typeOf(body)
    const list = byType.get(type)
    if (list) list.push(written(body))
    else byType.set(type, [written(body)])
  }
  // A list as Azure's own command prints it, which is how it is known when it is read.
  const { learnedRoutes } = collection
  if (learnedRoutes.length > 0)
    byType.set(
      LEARNED,
      learnedRoutes.map((row) => written(row)),
    )
  const types = [...byType.keys()].sort()
  const { cloud, subscriptions, resourceGroups, unread } = collection
  const resources = Object.fromEntries(types.map((type) => [type, byType.get(type)?.length ?? 0]))
  const manifest = { nettraceImport: 1, cloud, subscriptions, resourceGroups, resources, unread }
  return new Map([
    ...types.map((type): [string, string] => [fileName(type), text(byType.get(type))]),
    [MANIFEST, text(manifest)],
  ])
}

function typeOf(body: object): string {
  const { id, type } = body as { id?: unknown; type?: unknown }
  return placeOf(id)?.type ?? (typeof type === 'string' ? type.toLowerCase() : 'other')
}

// A type comes from the network and becomes a file's name: nothing but letters, digits, dots and dashes stays.
function fileName(type: string): string {
  return `${type.replace(/[^a-z0-9]+/g, '.').replace(/^\.+|\.+$/g, '')}.json`
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Why a folder is not written to; the message says what to do. Caught in the CLI (exit 64). */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder'
}

/**
 * Writes the files into a folder, made when it is not there. What an earlier import wrote and this one does not is removed;
 * a folder with JSON files that no import wrote is left alone. Throws an UnusableFolder.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true })
    const earlier = filesOfManifest(folder)
    for (const [name, content] of files) {
      const place = join(folder, name)
      writeFileSync(`${place}.part`, content)
      renameSync(`${place}.part`, place)
    }
    for (const name of earlier) if (!files.has(name)) rmSync(join(folder, name), { force: true })
  } catch (error) {
    throw unusable(folder, error)
  }
}

/** Throws an UnusableFolder when the folder is not ours to write: before anything is asked of Azure. */
export function checkFolder(folder: string): void {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw unusable(folder, error)
  }
  const ours = new Set([MANIFEST, ...filesOfManifest(folder)])
  const foreign = names.find((name) => name.toLowerCase().endsWith('.json') && !ours.has(name))
  if (foreign !== undefined)
    throw new UnusableFolder(`${folder} holds ${foreign}, which no import wrote: give another folder with --out`)
}

function unusable(folder: string, error: unknown): UnusableFolder {
  if (error instanceof UnusableFolder) return error
  const { code } = error as NodeJS.ErrnoException
  return new UnusableFolder(`${folder} cannot be written (${code ?? 'unknown error'}): give another folder with --out`)
}

/** The files an earlier import wrote, as its manifest says; none when there is no manifest. */
function filesOfManifest(folder: string): string[] {
  try {
    const { nettraceImport, resources } = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as {
      nettraceImport?: unknown
      resources?: unknown
    }
    if (nettraceImport !== 1 || typeof resources !== 'object' || resources === null) return []
    return Object.keys(resources).map(fileName)
  } catch {
    return []
  }
}
