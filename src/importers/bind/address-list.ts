import {
  type AddressSet,
  addressesOfPrefixes,
  addressSet,
  complementOf,
  EVERY_ADDRESS,
  intersectionOf,
  NO_ADDRESS,
  parsePrefix,
  unionOf,
} from '../../net/index.ts'
import { type BindStatement, keywordOf, lookAt } from './statement.ts'

/** What an address match list takes. */
export interface AddressList {
  readonly addresses: AddressSet
  /** Elements whose addresses are not in the file: `localnets`, keys, names of unknown lists. */
  readonly unknown: readonly string[]
}

/** The named lists of a configuration: `acl` statements. */
export type Acls = ReadonlyMap<string, readonly BindStatement[]>

/** Reads the `acl` statements. */
export function aclsOf(statements: readonly BindStatement[]): Acls {
  const acls = new Map<string, readonly BindStatement[]>()
  for (const statement of statements) {
    const name = statement.words[1]?.text
    if (keywordOf(statement) !== 'acl' || name === undefined) continue
    lookAt(statement)
    acls.set(name.toLowerCase(), statement.blocks[0] ?? [])
  }
  return acls
}

const LOOPBACK = addressSet('127.0.0.0/8', '::1')
const DEPTH_LIMIT = 20

/**
 * The addresses an address match list takes: the first element that holds an address decides, `!` refuses (BIND 9 ARM:
 * address match lists). `localhost` is read as the loopback addresses only.
 */
export function addressList(elements: readonly BindStatement[], acls: Acls, depth = 0): AddressList {
  let taken: AddressSet = NO_ADDRESS
  let decided: AddressSet = NO_ADDRESS
  const unknown: string[] = []
  for (const element of elements) {
    const words = element.words.map((word) => word.text)
    const text = words.join(' ')
    const refuses = text.startsWith('!')
    const bare = text.replace(/^!\s*/, '')
    const inner = element.blocks[0]
    const list = inner ? addressList(inner, acls, depth + 1) : named(bare, acls, depth)
    unknown.push(...list.unknown)
    if (!refuses) taken = unionOf(taken, intersectionOf(list.addresses, complementOf(decided)))
    decided = unionOf(decided, list.addresses)
  }
  return { addresses: taken, unknown }
}

function named(text: string, acls: Acls, depth: number): AddressList {
  const word = text.toLowerCase()
  if (word === 'any') return { addresses: EVERY_ADDRESS, unknown: [] }
  if (word === 'none') return { addresses: NO_ADDRESS, unknown: [] }
  // Only questions signed with the key are meant, which no host or forwarder of ours sends.
  if (/^key\s/.test(word)) return { addresses: NO_ADDRESS, unknown: [] }
  if (word === 'localhost') return { addresses: LOOPBACK, unknown: [] }
  const list = acls.get(word)
  if (list && depth < DEPTH_LIMIT) return addressList(list, acls, depth + 1)
  const prefix = parsePrefix(wholePrefix(text))
  if (prefix) return { addresses: addressesOfPrefixes([prefix]), unknown: [] }
  return { addresses: NO_ADDRESS, unknown: [text] }
}

/** `10/8` and `10.20/16` are short for 10.0.0.0/8 and 10.20.0.0/16 (BIND 9 ARM: netprefix). */
function wholePrefix(text: string): string {
  const match = /^(\d{1,3}(?:\.\d{1,3}){0,2})\/(\d{1,2})$/.exec(text)
  if (!match?.[1]) return text
  const parts = match[1].split('.')
  while (parts.length < 4) parts.push('0')
  return `${parts.join('.')}/${match[2]}`
}
