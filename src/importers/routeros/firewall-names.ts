import { type Match, notOf, type Source } from '../../model/index.ts'
import { NO_ADDRESS } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { type AddressLists, addressListMatch } from './address-lists.ts'
import { type Configuration, isPart } from './configuration.ts'
import type { InterfaceLists } from './interface-lists.ts'
import type { MarkUse } from './mark-use.ts'
import type { Marks } from './marks.ts'
import type { Family } from './pipeline.ts'
import { isPhysicalName, type Ports, pseudoKinds } from './port.ts'
import { seenByRules, type Vrf } from './vrf.ts'

/** What the names in firewall rules stand for on one router. */
export interface FirewallNames {
  readonly configuration: Configuration
  readonly ports: Ports
  readonly interfaceLists: InterfaceLists
  readonly vrfs: readonly Vrf[]
  /** Whose rules these are; address lists and some words are of one family. */
  readonly family: Family
  readonly addressLists: AddressLists
  readonly marks: Marks
  readonly markUse: MarkUse
  /** What was already complained about, so that it is said once. */
  readonly complained: Set<string>
}

/** Says something once for each text: about a name, not about every rule that uses it. */
export function complain(
  names: FirewallNames,
  code: string,
  message: string,
  source: () => Source,
  isElsewhere = false,
): void {
  if (names.complained.has(message)) return
  names.complained.add(message)
  const about = { severity: 'warning', code, message, source: source() } as const
  names.configuration.diagnostics.push(isElsewhere ? { ...about, othersMissing: true } : about)
}

/**
 * The match of `in-interface` and `out-interface`. A name that RouterOS prints as `*F00` was deleted, and the rule is
 * invalid on the router; it and a name that no line makes stay opaque.
 */
export function interfaceMatch(
  names: FirewallNames,
  kind: 'in-interface' | 'out-interface',
  name: string,
  source: () => Source,
): Match | undefined {
  if (name === 'all') return { kind, in: ['*'] }
  const kinds = pseudoKinds(name)
  if (kinds) {
    const of = [...names.ports.values()].filter((port) => kinds.includes(port.kind)).map((port) => port.name)
    return { kind, in: of }
  }
  if (names.ports.get(name)?.kind === 'vrrp') {
    const message = `Whether packets come in by ${inert(name)} depends on which router of the group is its master; rules with it cannot be decided.`
    complain(names, 'NT1222', message, source)
    return undefined
  }
  const vrf = names.vrfs.some((one) => one.name === name)
  if (!name.startsWith('*') && (vrf || names.ports.has(name) || isPhysicalName(name))) {
    return { kind, in: seenByRules(names.vrfs, names.configuration, name) }
  }
  return elsewhere(names, kind, name, `Rules name the interface ${inert(name)}, which is not in this export.`, source)
}

/** What a part of a configuration names may stand in another; a whole export would have it, and `*F00` is gone. */
function elsewhere(
  names: FirewallNames,
  key: string,
  name: string,
  message: string,
  source: () => Source,
): Match | undefined {
  const isElsewhere = isPart(names.configuration) && !name.startsWith('*')
  complain(names, 'NT1210', message, source, isElsewhere)
  return isElsewhere ? { kind: 'opaque', text: `${key}=${name}`, othersMissing: true } : undefined
}

/** The match of `in-interface-list` and `out-interface-list`; `undefined` for a list that is not there. */
export function interfaceListMatch(
  names: FirewallNames,
  kind: 'in-interface' | 'out-interface',
  name: string,
  source: () => Source,
): Match | undefined {
  if (name === 'all') return { kind, in: ['*'] }
  const list = names.interfaceLists.get(name)
  if (list) return { kind, in: list.flatMap((one) => seenByRules(names.vrfs, names.configuration, one)) }
  const message = `Rules name the interface list ${inert(name)}, which is not in this export.`
  return elsewhere(names, `${kind}-list`, name, message, source)
}

/**
 * The match of `src-address-list` and `dst-address-list`. A list exists by having entries, so in a whole export a list
 * without any holds nobody; `undefined` for one that scripts may fill.
 */
export function namedListMatch(
  names: FirewallNames,
  kind: 'source' | 'destination',
  name: string,
  negated: boolean,
  source: () => Source,
): Match | undefined {
  const list = names.addressLists.get(name)
  if (list) return addressListMatch(list, kind, negated)
  const { configuration } = names
  if (isPart(configuration) || isFilledByScripts(configuration, name)) {
    const message = `Rules name the address list ${inert(name)}, which this export does not have; they cannot be decided.`
    complain(names, 'NT1213', message, source, isPart(configuration))
    return isPart(configuration)
      ? { kind: 'opaque', text: `${kind === 'source' ? 'src' : 'dst'}-address-list=${name}`, othersMissing: true }
      : undefined
  }
  const message = `No line puts anything on the address list ${inert(name)}; it is taken as empty.`
  if (!names.complained.has(message)) {
    names.complained.add(message)
    configuration.diagnostics.push({ severity: 'note', code: 'NT1214', message, source: source() })
  }
  const nobody: Match = { kind, in: NO_ADDRESS }
  return negated ? notOf(nobody) : nobody
}

/** Whether a script of the export has the name of a list in it: it may fill it at run time. */
function isFilledByScripts(configuration: Configuration, name: string): boolean {
  return configuration.commands.some(({ menu, arguments: words }) =>
    words.some(({ key, value }) => (SCRIPTS.has(key) || menu === 'system script') && value.includes(name)),
  )
}

const SCRIPTS: ReadonlySet<string> = new Set([
  ...['source', 'on-event', 'lease-script', 'up-script', 'down-script', 'script', 'on-up', 'on-down', 'on-login'],
])
