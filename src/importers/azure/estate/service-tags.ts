import type { Diagnostic, ServiceTags } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  type Ip,
  type Ip4,
  type Ip6,
  type Prefix,
  parsePrefix,
  prefixLast,
  prefixOf,
} from '../../../net/index.ts'
import { type Member, type MemberNote, noteJsonLines, readJson, type TextFile } from '../../../text/index.ts'
import { Body } from './body.ts'

/** What reading Microsoft's list of service tags gave. */
export interface ServiceTagList {
  /** Absent when the file is not such a list. */
  readonly tags?: ServiceTags
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads Microsoft's weekly list (`ServiceTags_Public.json`) or the answer of the serviceTags API: `changeNumber`
 * and `values[]` with `name` and `properties.addressPrefixes[]` (Learn: Azure service tags overview). Each tag becomes
 * one set, shared by every rule that names it.
 */
export function readServiceTags(file: TextFile): ServiceTagList {
  const document = readJson(file.text, file.ledger !== undefined)
  if (document.problem) {
    const { line, column } = document.problem.place
    const text = document.line(line).trimEnd().slice(0, 200)
    const source = { kind: 'line', file: file.path, line, column, text } as const
    return {
      diagnostics: [{ severity: 'error', code: 'NT1001', message: `not JSON: ${document.problem.message}`, source }],
    }
  }
  const diagnostics: Diagnostic[] = []
  const value = document.value
  const list = typeof value === 'object' && value !== null ? new Body(document, file.path, value) : undefined
  if (!list || !Array.isArray(list.raw('values'))) {
    const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
    const message = 'expected a list of service tags: an object with "values"'
    return { diagnostics: [{ severity: 'error', code: 'NT1604', message, source }] }
  }
  const tags = new Map<string, AddressSet>()
  for (const entry of list.children('values')) {
    const name = entry.text('name')
    if (name !== undefined) tags.set(name.toLowerCase(), readTag(entry, diagnostics))
  }
  const changeNumber = list.number('changeNumber') ?? 0
  if (file.ledger) noteJsonLines(document, file.ledger, judge)
  return { tags: { changeNumber, tags }, diagnostics }
}

// A tag is its name and its prefixes; the rest says where the list is from (Learn: Azure service tags overview).
function judge({ path }: Member): MemberNote {
  const key = path.findLast((one) => typeof one === 'string') ?? ''
  return LISTING.has(key)
    ? { kind: 'inert', because: `${key} changes no address of the tag` }
    : { kind: 'unread', because: `"${key}" is not read` }
}

const LISTING: ReadonlySet<string | number> = new Set([
  ...['id', 'cloud', 'serviceTagId', 'region', 'regionId', 'platform', 'systemService', 'networkFeatures', 'type'],
  ...['changeNumber', 'state', 'note', '$comment'],
])

const listed = new WeakMap<AddressSet, readonly Prefix[]>()

function readTag(entry: Body, diagnostics: Diagnostic[]): AddressSet {
  const prefixes: Prefix[] = []
  for (const text of entry.texts('addressPrefixes')) {
    const prefix = parsePrefix(text)
    if (prefix) prefixes.push(prefix)
    else
      diagnostics.push(
        entry.diagnostic('warning', 'NT1602', `"${text}" in the service tag ${entry.name} is no prefix`, 'name'),
      )
  }
  const set = addressesOfPrefixes(prefixes)
  listed.set(set, prefixes)
  return set
}

/** The prefixes of a tag as its list spells them; for any other set, the fewest prefixes that make it up. */
export function prefixesOfSet(set: AddressSet): readonly Prefix[] {
  const known = listed.get(set)
  if (known) return known
  const prefixes: Prefix[] = []
  for (let at = 0; at < set.v4.length; at += 2) {
    split(prefixes, BigInt(set.v4[at] ?? 0), BigInt(set.v4[at + 1] ?? 0), 32, (value) => Number(value) as Ip4)
  }
  for (let at = 0; at < set.v6.length; at += 2) {
    split(prefixes, set.v6[at] ?? 0n, set.v6[at + 1] ?? 0n, 128, (value) => value as Ip6)
  }
  listed.set(set, prefixes)
  return prefixes
}

function split(into: Prefix[], first: bigint, last: bigint, bits: number, ip: (value: bigint) => Ip): void {
  let at = first
  while (at <= last) {
    let length = bits
    while (length > 0) {
      const wider = prefixOf(ip(at), length - 1)
      if (BigInt(wider.ip) !== at || BigInt(prefixLast(wider)) > last) break
      length--
    }
    const prefix = prefixOf(ip(at), length)
    into.push(prefix)
    at = BigInt(prefixLast(prefix)) + 1n
  }
}
