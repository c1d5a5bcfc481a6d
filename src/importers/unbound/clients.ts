import type { Resolver } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressSet,
  complementOf,
  EVERY_ADDRESS,
  intersectionOf,
  isEmptyAddressSet,
  NO_ADDRESS,
  type Prefix,
  parsePrefix,
  unionOf,
} from '../../net/index.ts'
import type { UnboundOption } from './read.ts'

/** Who may ask an unbound. */
export interface Clients {
  readonly allows?: Resolver['allows']
  readonly notModelled: readonly string[]
}

const LOOPBACK = addressSet('127.0.0.0/8', '::1')

/**
 * Who is answered (unbound.conf(5), access-control): the most specific netblock decides, and without one only the host
 * itself is served, others are REFUSED. Without `interface` only the host itself reaches the server at all.
 */
export function clientsOf(options: readonly UnboundOption[], source: Resolver['source']): Clients {
  const notModelled: string[] = []
  const automatic = options.find((option) => option.name === 'interface-automatic')?.values[0] === 'yes'
  if (!automatic && !options.some((option) => option.name === 'interface' || option.name === 'ip-address')) {
    return { allows: { clients: LOOPBACK, otherwise: 'ignore', source }, notModelled }
  }
  const entries: { prefix: Prefix; action: string; option: UnboundOption }[] = []
  for (const option of options) {
    if (option.name !== 'access-control') continue
    const [text = '', action = ''] = option.values
    const prefix = parsePrefix(text)
    if (prefix) entries.push({ prefix, action: action.toLowerCase(), option })
    else notModelled.push(`access-control ${option.values.join(' ')}`)
  }
  let allowed: AddressSet = LOOPBACK
  let ignored: AddressSet = NO_ADDRESS
  // The widest first, so that the more specific have the last word.
  for (const { prefix, action } of entries.sort((a, b) => a.prefix.length - b.prefix.length)) {
    const set = addressesOfPrefixes([prefix])
    const rest = complementOf(set)
    if (action.endsWith('_non_local')) notModelled.push(`access-control ${action}`)
    allowed = action.startsWith('allow') ? unionOf(allowed, set) : intersectionOf(allowed, rest)
    ignored = action.startsWith('deny') ? unionOf(ignored, set) : intersectionOf(ignored, rest)
  }
  if (isEmptyAddressSet(intersectionOf(EVERY_ADDRESS, complementOf(allowed)))) return { notModelled }
  const decisive = entries[0]?.option.source ?? source
  const silent = isEmptyAddressSet(ignored) ? {} : { ignored }
  // The refusal is a bare header (measured with 1.17.1).
  const allows = { clients: allowed, otherwise: 'refuse', ...silent, withoutQuestion: true, source: decisive } as const
  return { allows, notModelled }
}
