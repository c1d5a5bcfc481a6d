import type { JsonDocument } from './json-text.ts'
import { type LineLedger, STRUCTURE } from './line-ledger.ts'

/** What an unvisited member means: what could have affected an answer is `unread` or `known`, the rest is `inert`. */
export interface MemberNote {
  readonly kind: 'unread' | 'known' | 'inert'
  readonly because: string
}

/** A member without members of its own, as a vendor's reader is asked about it. */
export interface Member {
  /** Keys and indexes from the root, the member's own last. */
  readonly path: readonly (string | number)[]
  /** The objects and arrays around it, the root first. */
  readonly around: readonly object[]
  readonly value: unknown
}

/**
 * Notes every line of a JSON document: a visited member is modelled, `judge` says what an unvisited one means. What
 * holds members is structure and counts for nothing. A list counts as visited with its member of the object around.
 */
export function noteJsonLines(document: JsonDocument, ledger: LineLedger, judge: (member: Member) => MemberNote): void {
  const { visits } = document
  const root = document.value
  if (!visits || typeof root !== 'object' || root === null) return
  const walk = (container: object, path: readonly (string | number)[], around: readonly object[], seen: boolean) => {
    const inside = [...around, container]
    ledger.inert(document.placeOf(container).line, STRUCTURE)
    for (const [key, place] of document.placesIn?.(container) ?? []) {
      const value: unknown = (container as Record<string | number, unknown>)[key]
      const isSeen = visits.has(container, key) || (seen && Array.isArray(container))
      const member = [...path, key]
      if (typeof value === 'object' && value !== null && !isEmpty(value)) {
        ledger.inert(place.line, STRUCTURE)
        walk(value, member, inside, isSeen)
      } else if (isSeen) ledger.modelled(place.line)
      else {
        const { kind, because } = judge({ path: member, around: inside, value })
        ledger[kind](place.line, because)
      }
    }
  }
  walk(root, [], [], false)
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}
