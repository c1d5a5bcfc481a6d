import { type AzureClients, azureClients } from './azure-clients.ts'
import { CHILD_READS } from './child-read.ts'
import type { Cloud } from './cloud.ts'
import type { Collection, ToldRoutes, Unread } from './collection.ts'
import { failureOf, Interrupted, SignInFailure } from './read-failure.ts'
import { placeOf, type ResourcePlace } from './resource-place.ts'
import { MEMBERSHIP_QUERY, queryRows, resourceQuery } from './resource-query.ts'
import { Road, type RoadOptions } from './road.ts'
import { hiddenGroups, scopeOf } from './scope.ts'
import { type RouteAnswer, TELLERS, toldRoutes } from './told-routes.ts'

/** What to read. */
export interface CollectRequest {
  readonly cloud: Cloud
  /** At least one. */
  readonly subscriptions: readonly string[]
  /** Empty = all. */
  readonly resourceGroups: readonly string[]
  /** What is asked beside resources: operations that Reader does not allow. */
  readonly routes: readonly RouteAnswer[]
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
 * itself fails or the sign-in is no longer accepted, and Interrupted.
 */
export async function collectAzure(request: CollectRequest, world: CollectWorld): Promise<Collection> {
  const road = new Road({ ...world, endpoint: request.cloud.endpoint })
  const subscriptions = [...new Set(request.subscriptions.map((one) => one.toLowerCase()))].sort()
  const groups = [...new Set(request.resourceGroups)].sort()
  world.onProgress('asking Resource Graph')
  const scope = await orFailure(() => scopeOf(road, subscriptions))
  const onPage = (count: number) => world.onProgress(`Resource Graph: ${count} resources`)
  const rows = await orFailure(() => queryRows(road, scope.subscriptions, resourceQuery(groups), onPage))
  const run = new Run(road, world, request.routes)
  await run.readBelow(rows)
  await run.readMemberships(scope.subscriptions)
  world.onProgress('looking for resources that may not be read')
  const hidden = await orFailure(() => hiddenGroups(road, run.bodies(), scope.subscriptions, groups))
  return {
    cloud: request.cloud.name,
    subscriptions,
    resourceGroups: groups,
    bodies: run.bodies(),
    routes: run.routes(),
    unread: [...run.unread(), ...scope.unread, ...hidden].sort(
      byKey(({ id, child }) => `${id.toLowerCase()} ${child}`),
    ),
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
  readonly #asks: readonly RouteAnswer[]
  readonly #clients = new Map<string, AzureClients>()
  /** By lower-case id; of a body that was read twice the later, as a list is newer than the query's index. */
  readonly #bodies = new Map<string, object>()
  readonly #told: ToldRoutes[] = []
  readonly #unread: Unread[] = []
  #done = 0
  #known = 0

  constructor(road: Road, world: CollectWorld, asks: readonly RouteAnswer[]) {
    this.#road = road
    this.#world = world
    this.#asks = asks
  }

  bodies(): object[] {
    return [...this.#bodies].sort(byKey(([id]) => id)).map(([, body]) => body)
  }

  routes(): ToldRoutes[] {
    return this.#told.sort(byKey(({ place, part }) => `${place.id.toLowerCase()} ${part}`))
  }

  unread(): readonly Unread[] {
    return this.#unread
  }

  /** Reads which VNets are in which network groups, where there are groups. */
  async readMemberships(subscriptions: readonly string[]): Promise<void> {
    const manager = [...this.#bodies.keys()].find((id) => placeOf(id)?.type === 'microsoft.network/networkmanagers')
    const place = placeOf(manager)
    if (!place) return
    const child = 'microsoft.network/networkgroupmemberships'
    const read = () => queryRows(this.#road, subscriptions, MEMBERSHIP_QUERY, () => undefined)
    const bodies = await this.#carryOut({ place, child, words: 'VNets in the groups of network manager', read })
    for (const body of bodies) this.#keep(body)
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
    const reads = CHILD_READS.filter(({ parent, when }) => parent === place.type && (when?.holds(facts) ?? true))
    const work = reads.map((one): Work => ({ ...one, place, read: (clients) => one.read(clients, place) }))
    return [...work, ...this.#tellersOf(place, facts)]
  }

  #tellersOf(place: ResourcePlace, facts: Readonly<Record<string, unknown>>): Work[] {
    const teller = TELLERS.get(place.type)
    if (!teller || !this.#asks.includes(teller.answer) || teller.when?.holds(facts) === false) return []
    const { answer: kind, words, operations } = teller
    return Object.entries(operations).map(([part, operation]): Work => {
      const read = async () => {
        const answer = await toldRoutes(this.#road, place, operation, this.#world.pollMilliseconds)
        if (answer) this.#told.push({ place, kind, part, answer })
        return []
      }
      const child = `${place.type}/${kind.replace('-', '')}`
      return { place, child, words: part === '' ? words : `${part} ${words}`, read }
    })
  }

  async #carryOut({ place, child, words, read }: Work): Promise<readonly object[]> {
    const what = `${words} ${place.names.at(-1) ?? ''}`
    this.#world.onProgress(`${this.#done} of ${this.#known}: ${what}`)
    try {
      return await read(this.#clientsOf(place.subscription))
    } catch (error) {
      if (error instanceof SignInFailure || error instanceof Interrupted) throw error
      if (this.#world.signal.aborted) throw new Interrupted('interrupted')
      const failure = failureOf(error)
      // The token came to its end, and there is no other: what follows would be missing as well.
      if (failure.facts.status === 401) throw failure
      this.#unread.push({ id: place.id, child, what, ...failure.facts })
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

function byKey<T>(keyOf: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)
}
