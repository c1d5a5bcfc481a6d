import { type AzureClients, azureClients } from './azure-clients.ts'
import { CHILD_READS } from './child-read.ts'
import type { Cloud } from './cloud.ts'
import type { Collection, Unread } from './collection.ts'
import { learnedRoutes } from './learned-routes.ts'
import { failureOf, Interrupted, SignInFailure } from './read-failure.ts'
import { placeOf, type ResourcePlace } from './resource-place.ts'
import { queryResources } from './resource-query.ts'
import { Road, type RoadOptions } from './road.ts'

/** What to read. */
export interface CollectRequest {
  readonly cloud: Cloud
  /** At least one. */
  readonly subscriptions: readonly string[]
  /** Empty = all. */
  readonly resourceGroups: readonly string[]
  /** Also ask gateways what they learned by BGP: an operation that Reader does not allow. */
  readonly learnedRoutes: boolean
}

/** What the caller lends: who signs in, time, and where progress is told. */
export interface CollectWorld extends Omit<RoadOptions, 'endpoint'> {
  /** Told as it goes: one line, without its end. */
  readonly onProgress: (text: string) => void
  /** How long to wait between two looks at an operation that runs, in milliseconds, unless Azure says. */
  readonly pollMilliseconds?: number
}

const AT_ONCE = 6

/**
 * Reads an estate from Azure's Resource Manager, changing nothing: one Resource Graph query, then what that does not hold, a
 * list below a resource each. What cannot be read is in `unread`. Throws a SignInFailure, a ReadFailure when the query
 * itself fails, and Interrupted.
 */
export async function collectAzure(request: CollectRequest, world: CollectWorld): Promise<Collection> {
  const road = new Road({ ...world, endpoint: request.cloud.endpoint })
  const subscriptions = [...new Set(request.subscriptions.map((one) => one.toLowerCase()))].sort()
  const groups = [...new Set(request.resourceGroups)].sort()
  world.onProgress('asking Resource Graph')
  const rows = await orFailure(() =>
    queryResources(road, subscriptions, groups, (count) => world.onProgress(`Resource Graph: ${count} resources`)),
  )
  const run = new Run(road, world, request.learnedRoutes)
  await run.readBelow(rows)
  return {
    cloud: request.cloud.name,
    subscriptions,
    resourceGroups: groups,
    bodies: run.bodies(),
    learnedRoutes: run.learnedRoutes(),
    unread: run.unread(),
  }
}

interface Work {
  readonly place: ResourcePlace
  readonly child: string
  readonly words: string
  readonly read: (clients: AzureClients) => Promise<object[]>
}

class Run {
  readonly #road: Road
  readonly #world: CollectWorld
  readonly #learnedRoutes: boolean
  readonly #clients = new Map<string, AzureClients>()
  /** By lower-case id; of a body that was read twice the later, as a list is newer than the query's index. */
  readonly #bodies = new Map<string, object>()
  /** Rows without an id. */
  readonly #rows: object[] = []
  readonly #unread: Unread[] = []
  #done = 0
  #known = 0

  constructor(road: Road, world: CollectWorld, asksLearnedRoutes: boolean) {
    this.#road = road
    this.#world = world
    this.#learnedRoutes = asksLearnedRoutes
  }

  bodies(): object[] {
    return [...this.#bodies].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, body]) => body)
  }

  learnedRoutes(): object[] {
    const key = (row: object) => JSON.stringify(row)
    return this.#rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  }

  unread(): Unread[] {
    const key = (one: Unread) => `${one.id.toLowerCase()} ${one.child}`
    return this.#unread.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  }

  /** Keeps bodies and reads what is below them, and below that, until there is nothing more. */
  async readBelow(first: readonly object[]): Promise<void> {
    for (let bodies = first; bodies.length > 0; ) {
      for (const body of bodies) this.#keep(body)
      const work = bodies.flatMap((body) => this.#workBelow(body))
      this.#known += work.length
      bodies = (await inTurn(work, AT_ONCE, (one) => this.#carryOut(one))).flat()
    }
  }

  #keep(body: object): void {
    const { id } = body as { id?: unknown }
    if (typeof id === 'string' && id !== '') this.#bodies.set(id.toLowerCase(), body)
  }

  #workBelow(body: object): Work[] {
    const { id, properties } = body as { id?: unknown; properties?: unknown }
    const place = placeOf(id)
    if (!place) return []
    const facts = typeof properties === 'object' && properties !== null ? { ...properties } : {}
    const reads = CHILD_READS.filter(({ parent, when }) => parent === place.type && (when?.(facts) ?? true))
    const work = reads.map((one): Work => ({ ...one, place, read: (clients) => one.read(clients, place) }))
    if (!this.#learnedRoutes || place.type !== 'microsoft.network/virtualnetworkgateways') return work
    const read = async (clients: AzureClients) => {
      this.#rows.push(...(await learnedRoutes(clients, place, this.#world.pollMilliseconds)))
      return []
    }
    const child = `${place.type}/learnedroutes`
    return [...work, { place, child, words: 'learned routes of virtual network gateway', read }]
  }

  async #carryOut({ place, child, words, read }: Work): Promise<readonly object[]> {
    const what = `${words} ${place.names.at(-1) ?? ''}`
    this.#world.onProgress(`${this.#done} of ${this.#known}: ${what}`)
    try {
      return await read(this.#clientsOf(place.subscription))
    } catch (error) {
      if (error instanceof SignInFailure || error instanceof Interrupted) throw error
      if (this.#world.signal.aborted) throw new Interrupted('interrupted')
      this.#unread.push({ id: place.id, child, what, ...failureOf(error).facts })
      return []
    } finally {
      this.#done++
    }
  }

  #clientsOf(subscription: string): AzureClients {
    const known = this.#clients.get(subscription)
    if (known) return known
    const made = azureClients(this.#road, subscription)
    this.#clients.set(subscription, made)
    return made
  }
}

async function orFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SignInFailure || error instanceof Interrupted) throw error
    throw failureOf(error)
  }
}

/** Does work for each entry, some at once; the results in the entries' order. The first that throws ends it. */
async function inTurn<In, Out>(
  entries: readonly In[],
  atOnce: number,
  work: (one: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < entries.length; at = next++) {
      const entry = entries[at]
      if (entry !== undefined) results[at] = await work(entry)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, entries.length) }, worker))
  return results
}
