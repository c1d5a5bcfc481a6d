import type { Source } from '../../model/index.ts'
import type { Word } from './word.ts'

/** A rule as it stands: the words behind the chain's name. */
export interface RuleLine {
  readonly words: readonly Word[]
  readonly source: Source
}

/** A chain as it stands. */
export interface Chain {
  readonly name: string
  /** ACCEPT or DROP; `-` for a user's chain; absent when no line declares it. */
  policy?: string
  source: Source
  readonly rules: RuleLine[]
}

/** A table as it stands, of IPv4 (iptables) or IPv6 (ip6tables). */
export interface Table {
  readonly name: string
  readonly family: 4 | 6
  readonly chains: Map<string, Chain>
  readonly source: Source
}

/** An ipset as `ipset save` prints it. */
export interface SavedSet {
  readonly name: string
  /** `hash:net,port` and so on. */
  readonly type: string
  /** Words behind the type: `family inet maxelem 65536 netmask 24`. */
  readonly options: readonly string[]
  readonly entries: SetEntry[]
  readonly source: Source
}

/** One `add` line. */
export interface SetEntry {
  /** The parts between commas. */
  readonly parts: readonly string[]
  /** An exception to wider entries. */
  readonly nomatch: boolean
  readonly source: Source
}

/** A kernel setting: `net.ipv4.ip_forward`, dots inside interface names kept. */
export interface Setting {
  readonly value: string
  readonly source: Source
}

/** Everything the text files of one host say. */
export interface SavedText {
  /** Keyed `4 filter`, `6 nat`; of several blocks of one table the last is here. */
  readonly tables: Map<string, Table>
  readonly sets: Map<string, SavedSet>
  readonly settings: Map<string, Setting>
}
