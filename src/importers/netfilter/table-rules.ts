import { ANY, allOf, type Match, notOf, type TableRule } from '../../model/index.ts'
import { addressesOfPrefixes, parseIp, parseProtocol, prefixOf } from '../../net/index.ts'
import { type Notes, noteOnce } from './notes.ts'
import { tableName } from './routes.ts'
import { hasMember, numberOf, type Row, sourceOf, textOf } from './row.ts'

const MAIN = 32766

/**
 * The rules of `ip -j rule` in order of preference. The rule for table local, and those for main and default when they
 * stand last, are what every device does anyway. `slaves` are interfaces of a VRF, or that could be.
 */
export function lowerTableRules(rows: readonly Row[], slaves: readonly string[], notes: Notes): TableRule[] {
  const sorted = [...rows].sort((a, b) => preference(a) - preference(b))
  const last = sorted.filter((row) => !isDefault(row)).at(-1)
  const mainMatters = last !== undefined && preference(last) > MAIN
  const rules: TableRule[] = []
  for (const row of sorted) {
    if (isDefault(row) && (!mainMatters || preference(row) === 0)) continue
    const rule = lowerRule(row, slaves, notes)
    if (rule) rules.push(rule)
  }
  const main = sorted.some((row) => tableName(textOf(row, 'table') ?? '') === 'main')
  // The model looks into main at the end; a host without that rule does not.
  if (sorted.length > 0 && !main) rules.push(withoutMain(sorted))
  return rules
}

function withoutMain(rows: readonly Row[]): TableRule {
  const [first] = rows
  return {
    name: 'no ip rule for main',
    match: ANY,
    action: { kind: 'lookup', table: 'default', onMiss: 'stop' },
    source: first ? sourceOf(first) : { kind: 'implied', because: 'no ip rule looks into main' },
  }
}

function preference(row: Row): number {
  return numberOf(row, 'priority') ?? 0
}

function isDefault(row: Row): boolean {
  const table = tableName(textOf(row, 'table') ?? '')
  const expected = new Map([
    [0, 'local'],
    [MAIN, 'main'],
    [MAIN + 1, 'default'],
  ]).get(preference(row))
  return expected !== undefined && table === expected && matchOf(row, []).kind === 'any'
}

function lowerRule(row: Row, slaves: readonly string[], notes: Notes): TableRule | undefined {
  const name = `ip rule ${preference(row)}`
  const source = sourceOf(row, 'priority')
  const match = matchOf(row, slaves)
  const base = { name, match, source }
  if (hasMember(row, 'nop')) return undefined
  const action = textOf(row, 'action') ?? textOf(row, 'to_tbl')
  const answer = action === undefined ? undefined : ANSWERS[action]
  if (answer) return { ...base, action: { kind: 'discard', answer } }
  const table = textOf(row, 'table')
  const suppress = numberOf(row, 'suppress_prefixlen') ?? numberOf(row, 'suppress_prefixlength')
  if (table !== undefined && !hasMember(row, 'suppress_ifgroup')) {
    const lookup = { kind: 'lookup', table: tableName(table), onMiss: 'continue' } as const
    return { ...base, action: suppress === undefined ? lookup : { ...lookup, suppressPrefixLength: suppress } }
  }
  if (hasMember(row, 'l3mdev') && slaves.length === 0) return undefined
  const words = hasMember(row, 'l3mdev') ? 'l3mdev' : `goto ${textOf(row, 'goto') ?? ''}`
  const message = `What ${name} does ("${words}") is not modelled; answers that depend on it will be unknown.`
  noteOnce(notes, name, 'warning', 'NT1521', message, source)
  const doubtful = allOf(match, { kind: 'opaque', text: words })
  return { ...base, match: doubtful, action: { kind: 'discard', answer: 'unreachable' } }
}

const ANSWERS: Readonly<Record<string, 'silent' | 'unreachable' | 'prohibited'>> = {
  blackhole: 'silent',
  unreachable: 'unreachable',
  prohibit: 'prohibited',
}

function matchOf(row: Row, slaves: readonly string[]): Match {
  const match = allOf(
    addresses('source', row, 'src'),
    addresses('destination', row, 'dst'),
    markMatch(row),
    interfaceMatch(row),
    protocolMatch(row),
    portMatch('source-port', row, 'sport'),
    portMatch('destination-port', row, 'dport'),
    ...opaqueSelectors(row),
    hasMember(row, 'l3mdev') && slaves.length > 0 ? { kind: 'in-interface', in: slaves } : ANY,
  )
  return hasMember(row, 'not') ? notOf(match) : match
}

function addresses(kind: 'source' | 'destination', row: Row, key: 'src' | 'dst'): Match {
  const text = textOf(row, key)
  if (text === undefined || text === 'all' || text === '0') return ANY
  const address = parseIp(text)
  if (address === undefined) return { kind: 'opaque', text: `${key} ${text}` }
  const length = numberOf(row, `${key}len`) ?? 128
  return { kind, in: addressesOfPrefixes([prefixOf(address, length)]) }
}

function markMatch(row: Row): Match {
  const value = numberOf(row, 'fwmark')
  return value === undefined ? ANY : { kind: 'mark', value, mask: numberOf(row, 'fwmask') ?? 0xffffffff }
}

/** `iif lo` means packets made on this host; a routed packet has another in-interface (ip-rule(8)). */
function interfaceMatch(row: Row): Match {
  const incoming = textOf(row, 'iif')
  const outgoing = textOf(row, 'oif')
  const local = notOf({ kind: 'in-interface', in: ['*'] })
  const first: Match =
    incoming === undefined ? ANY : incoming === 'lo' ? local : { kind: 'in-interface', in: [incoming] }
  // Only sockets bound to an interface have one before routing.
  return allOf(first, outgoing === undefined ? ANY : { kind: 'out-interface', in: [outgoing] })
}

function protocolMatch(row: Row): Match {
  const text = textOf(row, 'ipproto')
  if (text === undefined) return ANY
  const protocol = parseProtocol(text)
  return protocol === undefined ? { kind: 'opaque', text: `ipproto ${text}` } : { kind: 'protocol', in: [protocol] }
}

function portMatch(kind: 'source-port' | 'destination-port', row: Row, key: 'sport' | 'dport'): Match {
  const first = numberOf(row, `${key}_start`) ?? numberOf(row, key)
  if (first === undefined) return ANY
  return { kind, in: [{ first, last: numberOf(row, `${key}_end`) ?? first }] }
}

function opaqueSelectors(row: Row): Match[] {
  return ['tos', 'dsfield', 'uid_start', 'tun_id', 'realms']
    .filter((key) => hasMember(row, key))
    .map((key): Match => ({ kind: 'opaque', text: `${key} ${textOf(row, key) ?? ''}`.trim() }))
}
