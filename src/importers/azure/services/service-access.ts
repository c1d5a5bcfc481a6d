import { implied, type Source } from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { parentId } from '../estate/resource-id.ts'

/** An entry of a service's own firewall, and where it stands. */
export interface AccessEntry {
  /** An address text (for `ipRules`), or a lower-case id. */
  readonly value: string
  readonly source: Source
  /** It stands for entries that could not be read; `value` says so. */
  readonly unread?: true
  /** The state in which it lets nobody in, as written. */
  readonly lapsed?: string
  /** It stands for every address of Azure's, whoever uses it. */
  readonly allOfAzure?: true
}

/** What a service lets in at its public front door, read from whichever members its type spells it in. */
export interface ServiceAccess {
  /** `publicNetworkAccess`, lower case: `enabled`, `disabled`, `securedbyperimeter`; absent = enabled. */
  readonly publicAccess: string
  readonly publicSource: Source
  /** What closes it, where that is another setting than `publicNetworkAccess`. */
  readonly closedBy?: string
  /** What happens to callers no entry names. */
  readonly defaultAction: 'allow' | 'deny' | 'unknown'
  readonly defaultSource: Source
  /** Why the default action is not known, where that is not because it is neither Allow nor Deny. */
  readonly defaultUnknown?: string
  readonly ipRules: readonly AccessEntry[]
  readonly subnets: readonly AccessEntry[]
  readonly resources: readonly AccessEntry[]
  /** Present: trusted services of Microsoft's pass. */
  readonly bypass: Source | undefined
}

/** Reads what a type spells otherwise than most. */
export type AccessReader = (estate: Estate, body: Body) => Partial<ServiceAccess>

/** Why a service without network rules is open. */
export const OPEN = implied('without network rules a service is open to all networks, its own sign-in apart')

/** An action that is there and is neither Allow nor Deny is not known; absent = Allow. */
export function defaultActionOf(rules: Body | undefined): ServiceAccess['defaultAction'] {
  const word = rules?.text('defaultAction')?.toLowerCase()
  if (word === 'deny' || word === 'allow') return word
  return rules?.has('defaultAction') && rules.raw('defaultAction') !== '' ? 'unknown' : 'allow'
}

/** The addresses of a list of rules, each in the first of some members that it has; what cannot be read stands for itself. */
export function entries(holder: Body | undefined, key: string, members: readonly string[]): AccessEntry[] {
  if (!holder) return []
  return [
    ...unreadList(holder, key),
    ...holder.children(key).map((one): AccessEntry => {
      const value = members.map((member) => one.text(member)).find((text) => text !== undefined)
      if (value !== undefined) return { value: value.toLowerCase(), source: one.source() }
      return { value: `a rule of ${key} without a readable address`, source: one.source(), unread: true }
    }),
  ]
}

/** The subnets of a list of rules. */
export function subnetEntries(holder: Body | undefined, key: string): AccessEntry[] {
  return holder ? [...unreadList(holder, key), ...subnetsOf(holder.children(key))] : []
}

const WORKING = new Set(['succeeded', 'ready'])

/** The subnets that rules name. A rule whose state is not Succeeded (its subnet is gone) lets nobody in. */
export function subnetsOf(rules: readonly Body[]): AccessEntry[] {
  return rules.map((one): AccessEntry => {
    const id =
      one.reference('subnet') ?? one.text('virtualNetworkResourceId') ?? one.text('virtualNetworkSubnetId') ?? one.id
    const state = one.text('state')
    const lapsed = state === undefined || WORKING.has(state.toLowerCase()) ? {} : { lapsed: state }
    if (id !== '') return { value: id.toLowerCase(), source: one.source(), ...lapsed }
    return { value: 'a virtual network rule without a readable subnet', source: one.source(), unread: true }
  })
}

/** A list that is there and is no list may let anybody in. */
function unreadList(holder: Body, key: string): AccessEntry[] {
  const isList = !holder.has(key) || Array.isArray(holder.raw(key))
  return isList ? [] : [{ value: `${key} cannot be read`, source: holder.source(key), unread: true }]
}

/** The bodies of a type that stand below a resource. */
export function childrenOf(estate: Estate, type: string, body: Body): Body[] {
  const id = body.id.toLowerCase()
  return estate.ofType(type).filter((one) => parentId(one.id) === id)
}

/** A subnet's id in words: `vnet-ml/snet-train`. */
export function subnetWords(id: string): string {
  const parts = id.split('/')
  return `${parts.at(-3) ?? ''}/${lastPart(id)}`
}
