import type { Endpoint, Link, Source } from '../model/index.ts'
import { INTERNET } from './internet.ts'

interface Draft {
  readonly name: string
  readonly kind: Link['kind']
  readonly source: Source
  readonly ends: Endpoint[]
  mtu: number | undefined
  fragmentationNeeded: Link['fragmentationNeeded']
}

/** What came of joining ends: the link, or the one that is in the way. */
export type Joined =
  | { readonly kind: 'joined' }
  | { readonly kind: 'conflict'; readonly end: Endpoint; readonly with: Pick<Link, 'name' | 'kind' | 'source'> }

/** Links in the making. An interface is on one link at most; ends of segments that share one become one segment. */
export class LinkTable {
  readonly #drafts = new Set<Draft>()
  readonly #byEnd = new Map<string, Draft>()

  /** Takes over a finished link. All `internet` links are one. */
  add(link: Link): void {
    this.join(link.kind, link.name, link.ends, link.source, link)
  }

  /** The link an interface is on. */
  at(end: Endpoint): Pick<Link, 'name' | 'kind' | 'source'> | undefined {
    return this.#byEnd.get(keyOf(end))
  }

  /**
   * Puts ends on one link of a kind. Ends that are on such links already join those links; an end that is on a link of
   * another kind, or on another tunnel, stays there and is the conflict.
   */
  join(
    kind: Link['kind'],
    name: string,
    ends: readonly Endpoint[],
    source: Source,
    more: Pick<Link, 'mtu' | 'fragmentationNeeded'> = {},
  ): Joined {
    const there = new Set(ends.map((end) => this.#byEnd.get(keyOf(end))).filter((draft) => draft !== undefined))
    if (kind === 'internet') for (const draft of this.#drafts) if (draft.kind === 'internet') there.add(draft)
    for (const draft of there) {
      const blocked = draft.kind !== kind || (kind === 'tunnel' && !ends.every((end) => holds(draft, end)))
      if (!blocked) continue
      const end = ends.find((one) => holds(draft, one)) ?? { device: '', interface: '' }
      return { kind: 'conflict', end, with: draft }
    }
    const [draft = this.#started(kind, name, source), ...others] = [...there].filter((one) => this.#drafts.has(one))
    for (const other of others) this.#swallow(draft, other)
    for (const end of ends) this.#attach(draft, end)
    draft.mtu = more.mtu ?? draft.mtu
    draft.fragmentationNeeded = more.fragmentationNeeded ?? draft.fragmentationNeeded
    return { kind: 'joined' }
  }

  /** The finished links, in the order they were started. */
  links(): Link[] {
    return [...this.#drafts].map(({ name, kind, ends, source, mtu, fragmentationNeeded }) => ({
      name,
      kind,
      ends,
      source,
      ...(mtu !== undefined && { mtu }),
      ...(fragmentationNeeded !== undefined && { fragmentationNeeded }),
    }))
  }

  #started(kind: Link['kind'], name: string, source: Source): Draft {
    const draft: Draft = {
      name: kind === 'internet' ? INTERNET : name,
      kind,
      source,
      ends: [],
      mtu: undefined,
      fragmentationNeeded: undefined,
    }
    this.#drafts.add(draft)
    return draft
  }

  #attach(draft: Draft, end: Endpoint): void {
    const key = keyOf(end)
    if (this.#byEnd.has(key)) return
    this.#byEnd.set(key, draft)
    draft.ends.push({ device: end.device, interface: end.interface })
  }

  #swallow(draft: Draft, other: Draft): void {
    this.#drafts.delete(other)
    for (const end of other.ends) {
      draft.ends.push(end)
      this.#byEnd.set(keyOf(end), draft)
    }
  }
}

function keyOf(end: Endpoint): string {
  return `${end.device}\n${end.interface}`
}

function holds(draft: Draft, end: Endpoint): boolean {
  return draft.ends.some((one) => one.device === end.device && one.interface === end.interface)
}
