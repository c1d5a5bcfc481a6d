import type { AnswerEdits, NamedAddresses } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  isIp4,
  maskLength,
  parseIp,
  parsePrefix,
  prefixFirst,
  prefixLast,
  prefixOf,
} from '../../net/index.ts'
import type { DnsmasqOption } from './option.ts'

type Replacement = NonNullable<AnswerEdits['replaces']>[number]

/**
 * What a dnsmasq changes in answers of others: `ignore-address`, `alias`, `bogus-nxdomain`, `filter-A` and `filter-AAAA`
 * (dnsmasq(8)). `lacking`: options that cannot be read, as they stand. Of two `alias` lines for one address the later
 * counts; names of its own are left as they are (both measured with 2.90).
 */
export function answerEdits(options: readonly DnsmasqOption[]): { edits?: AnswerEdits; lacking: string[] } {
  const lacking: string[] = []
  const read = <T>(name: string, of: (option: DnsmasqOption) => T | undefined): T[] =>
    options.flatMap((option) => {
      if (option.name !== name) return []
      const made = of(option)
      if (made === undefined) lacking.push(`${name} ${option.value}`)
      return made === undefined ? [] : [made]
    })
  const ignores = read('ignore-address', namedAddresses)
  const replaces = read('alias', replacement).reverse()
  const denies = read('bogus-nxdomain', namedAddresses)
  const withholds = [
    ...read('filter-a', ({ source }) => ({ type: 'A' as const, source })),
    ...read('filter-aaaa', ({ source }) => ({ type: 'AAAA' as const, source })),
  ]
  const edits: AnswerEdits = {
    ...(ignores.length > 0 && { ignores }),
    ...(replaces.length > 0 && { replaces }),
    ...(denies.length > 0 && { denies }),
    ...(withholds.length > 0 && { withholds }),
  }
  return Object.keys(edits).length > 0 ? { edits, lacking } : { lacking }
}

function namedAddresses({ value, source }: DnsmasqOption): NamedAddresses | undefined {
  const prefix = parsePrefix(value)
  return prefix && { addresses: addressesOfPrefixes([prefix]), source }
}

/** `old,new`, `old,new,mask` or `first-last,new,mask`. */
function replacement({ value, source }: DnsmasqOption): Replacement | undefined {
  const [old = '', put = '', mask = '255.255.255.255'] = value.split(',').map((field) => field.trim())
  const length = maskLength(mask)
  const to = parseIp(put)
  const [from, until] = old.split('-').map((text) => parseIp(text.trim()))
  if (length === undefined || from === undefined || !isIp4(from) || to === undefined || !isIp4(to)) return undefined
  if (old.includes('-') && (until === undefined || !isIp4(until))) return undefined
  const whole = prefixOf(from, length)
  const first = until === undefined ? prefixFirst(whole) : from
  const last = until ?? prefixLast(whole)
  return isIp4(first) && isIp4(last) ? { first, last, to: prefixOf(to, length), source } : undefined
}
