import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { isDisabled, sourceOf, textOf } from './entry.ts'
import type { Ports } from './port.ts'

/** Interface lists by name; the interfaces in each, in no order that matters. */
export type InterfaceLists = ReadonlyMap<string, readonly string[]>

/**
 * The interface lists of a router: the members of included lists, less those of excluded ones, and its own members
 * (MikroTik: Interface Lists). `all`, `none`, `static` and `dynamic` are built in; dynamic interfaces (clients that
 * dial in) are not in an export, so `dynamic` is empty. A bridge does not stand for its ports, nor they for it.
 */
export function readInterfaceLists(configuration: Configuration, ports: Ports): InterfaceLists {
  const definitions = new Map<string, Definition>()
  for (const entry of configuration.entries('interface list')) {
    const name = textOf(entry, 'name')
    if (name === undefined || BUILT_IN.has(name)) continue
    definitions.set(name, {
      include: namesIn(textOf(entry, 'include')),
      exclude: namesIn(textOf(entry, 'exclude')),
      members: [],
    })
  }
  for (const entry of configuration.entries('interface list member')) {
    const list = textOf(entry, 'list')
    const member = textOf(entry, 'interface')
    if (list === undefined || member === undefined || isDisabled(entry)) continue
    const definition = definitions.get(list)
    if (definition) definition.members.push(member)
    else if (!BUILT_IN.has(list)) {
      const message = `This names the interface list ${inert(list)}, which the export does not have.`
      configuration.diagnostics.push({ severity: 'warning', code: 'NT1210', message, source: sourceOf(entry) })
    }
  }
  const every = [...ports.keys()]
  const lists = new Map<string, readonly string[]>([
    ['all', every],
    ['static', every],
    ['none', []],
    ['dynamic', []],
  ])
  for (const name of definitions.keys()) resolve(name, definitions, lists, new Set())
  return lists
}

interface Definition {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly members: string[]
}

const BUILT_IN: ReadonlySet<string> = new Set(['all', 'none', 'static', 'dynamic'])

function namesIn(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').filter((name) => name !== '')
}

function resolve(
  name: string,
  definitions: ReadonlyMap<string, Definition>,
  lists: Map<string, readonly string[]>,
  busy: Set<string>,
): readonly string[] {
  const known = lists.get(name)
  const definition = definitions.get(name)
  if (known || !definition || busy.has(name)) return known ?? []
  busy.add(name)
  const members = new Set<string>()
  for (const other of definition.include) for (const one of resolve(other, definitions, lists, busy)) members.add(one)
  for (const other of definition.exclude)
    for (const one of resolve(other, definitions, lists, busy)) members.delete(one)
  for (const one of definition.members) members.add(one)
  busy.delete(name)
  const result = [...members]
  lists.set(name, result)
  return result
}
