import type { Unread } from './collection.ts'
import { type FailureFacts, failureOf, Interrupted, type ReadFailure, SignInFailure } from './read-failure.ts'
import { placeOf } from './resource-place.ts'
import { isQueried } from './resource-query.ts'
import type { Road } from './road.ts'

/** The subscriptions that can be asked, and those that cannot. */
export interface Scope {
  /** Lower case; never empty. */
  readonly subscriptions: readonly string[]
  readonly unread: readonly Unread[]
}

/**
 * Asks for each subscription itself, as Resource Graph answers for those it may and is silent about the others. Throws a
 * ReadFailure when none can be asked.
 */
export async function scopeOf(road: Road, subscriptions: readonly string[]): Promise<Scope> {
  const found: string[] = []
  const unread: Unread[] = []
  let last: ReadFailure | undefined
  for (const one of subscriptions) {
    const failure = await failureAt(road, `/subscriptions/${one}`, '2022-12-01')
    if (!failure) found.push(one)
    else
      unread.push({
        ...ofTenant(failure.facts),
        id: `/subscriptions/${one}`,
        child: CHILD,
        what: `subscription ${one}`,
      })
    last = failure ?? last
  }
  if (found.length === 0 && last) throw last
  return { subscriptions: found, unread }
}

const CHILD = 'microsoft.resources/subscriptions'

function ofTenant(facts: FailureFacts): FailureFacts {
  if (facts.status !== 401) return facts
  return { ...facts, why: 'it belongs to another tenant: import it by itself, with --tenant and another --out' }
}

/**
 * The resource groups of the subscriptions that bodies refer to and that may not be read: Resource Graph leaves out without a
 * word what one may not see. A group that may be read, or is gone, is not in the list: there the resource itself is gone.
 */
export async function hiddenGroups(
  road: Road,
  bodies: readonly object[],
  subscriptions: readonly string[],
  asked: readonly string[],
): Promise<Unread[]> {
  const groups = referredGroups(bodies, subscriptions, asked)
  const unread: Unread[] = []
  for (const [id, names] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const failure = await failureAt(road, id, '2021-04-01')
    if (!failure || failure.facts.status === 404) continue
    const [first = '', ...more] = [...names].sort()
    const others = more.length === 0 ? '' : ` and ${more.length} more`
    const what = `resource group ${id.slice(id.lastIndexOf('/') + 1)} with ${first}${others}, which other resources refer to`
    unread.push({ ...failure.facts, id, child: `${CHILD}/resourcegroups`, what })
  }
  return unread
}

const REFERENCE = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i

/** The lower-case ids of groups, each with the names of resources there that are referred to and were not read. */
function referredGroups(
  bodies: readonly object[],
  subscriptions: readonly string[],
  asked: readonly string[],
): Map<string, Set<string>> {
  const references = new Set<string>()
  for (const body of bodies) gather(body, references)
  for (const { id } of bodies as { id?: unknown }[]) if (typeof id === 'string') references.delete(id.toLowerCase())
  const [within, only] = [new Set(subscriptions), new Set(asked.map((one) => one.toLowerCase()))]
  const groups = new Map<string, Set<string>>()
  for (const id of references) {
    const place = placeOf(id)
    if (!place || !within.has(place.subscription) || !isQueried(place.type)) continue
    if (only.size > 0 && !only.has(place.resourceGroup)) continue
    const group = id.split('/').slice(0, 5).join('/')
    groups.set(group, (groups.get(group) ?? new Set()).add(place.names[0] ?? ''))
  }
  return groups
}

/** The lower-case ids of resources, without what is below them, that stand anywhere in a body. */
function gather(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    const id = REFERENCE.exec(value)?.[0]
    if (id !== undefined) into.add(id.toLowerCase())
  } else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) gather(inner, into)
}

async function failureAt(road: Road, path: string, version: string): Promise<ReadFailure | undefined> {
  try {
    await road.json(
      'GET',
      `${road.endpoint}${path.split('/').map(encodeURIComponent).join('/')}?api-version=${version}`,
    )
    return undefined
  } catch (error) {
    if (error instanceof SignInFailure || error instanceof Interrupted) throw error
    const failure = failureOf(error)
    // A subscription of another tenant is no refusal of the sign-in itself.
    if (failure.facts.status === 401 && !/Tenant/.test(failure.facts.code ?? '')) throw failure
    return failure
  }
}
