import { implied, type Source } from '../../model/index.ts'
import { inert, type JsonDocument } from '../../text/index.ts'
import { withoutSecrets } from './secret.ts'

/** Where a node or a value was written; its place is worked out only when it is asked for. */
export type Origin =
  | {
      readonly kind: 'line'
      readonly file: string
      readonly line: number
      readonly column: number
      readonly text: string
    }
  | {
      readonly kind: 'member'
      readonly file: string
      readonly document: JsonDocument
      readonly container: object
      readonly key: string
    }

/** One value of a leaf. */
export interface NodeValue {
  readonly text: string
  readonly origin: Origin
}

/**
 * A node of the configuration tree, the same for both forms it is written in: `ethernet eth0 {` and
 * `"ethernet": {"eth0": {` are the node `ethernet` with the child `eth0`. A leaf has values; a leaf written several
 * times, or as a list, has several.
 */
export interface EdgeNode {
  readonly name: string
  readonly values: NodeValue[]
  readonly children: Map<string, EdgeNode>
  readonly origin: Origin
  /** The values were written as a list; laid over others they add to them instead of replacing them. */
  isList?: boolean
  /** Somebody asked for it by its path. */
  isAsked?: boolean
}

/** A node without values and children. */
export function newNode(name: string, origin: Origin): EdgeNode {
  return { name, values: [], children: new Map(), origin }
}

/** The child at a path, or `undefined`. */
export function at(node: EdgeNode | undefined, ...path: readonly string[]): EdgeNode | undefined {
  let found = node
  for (const name of path) found = found?.children.get(name)
  if (found) found.isAsked = true
  return found
}

/** The nodes below a path, in the order written: what `rule 10`, `rule 20` are to `rule`. Values count as empty nodes. */
export function tagsAt(node: EdgeNode | undefined, ...path: readonly string[]): EdgeNode[] {
  const parent = at(node, ...path)
  if (!parent) return []
  const bare = parent.values
    .filter((value) => value.text !== '' && !parent.children.has(value.text))
    .map((value) => newNode(value.text, value.origin))
  for (const child of parent.children.values()) child.isAsked = true
  return [...parent.children.values(), ...bare]
}

/** The nodes below a path whose names are numbers, in numeric order: rules run so, however they are written. */
export function numberedAt(node: EdgeNode | undefined, ...path: readonly string[]): EdgeNode[] {
  const numbered = tagsAt(node, ...path).filter((one) => /^\d{1,9}$/.test(one.name))
  return numbered.sort((a, b) => Number(a.name) - Number(b.name))
}

/** The value of a leaf, the last one when it is written twice; `undefined` when it is absent or empty. */
export function textAt(node: EdgeNode | undefined, ...path: readonly string[]): string | undefined {
  const text = textsAt(node, ...path).at(-1)
  return text === '' ? undefined : text
}

/** All values of a leaf; names of empty child nodes count, since both spellings occur. */
export function textsAt(node: EdgeNode | undefined, ...path: readonly string[]): string[] {
  const leaf = at(node, ...path)
  if (!leaf) return []
  for (const child of leaf.children.values()) child.isAsked = true
  return [...leaf.values.map((value) => value.text), ...leaf.children.keys()]
}

/** A leaf that says `enable`, `true` or nothing at all (`disable` alone on its line is such a switch). */
export function isOn(node: EdgeNode | undefined, ...path: readonly string[]): boolean {
  const leaf = at(node, ...path)
  return leaf !== undefined && !['disable', 'false', 'no'].includes(textAt(leaf) ?? '')
}

/** A leaf that is there and says `disable` or `false`. */
export function isOff(node: EdgeNode | undefined, ...path: readonly string[]): boolean {
  return at(node, ...path) !== undefined && !isOn(node, ...path)
}

/** A whole number in a leaf; `undefined` when it is absent or no number. */
export function numberAt(node: EdgeNode | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(node, ...path)
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** Where a node stands; of a leaf with a value where the last value stands. The file as a whole when it is absent. */
export function sourceOf(node: EdgeNode | undefined, ...path: readonly string[]): Source {
  const found = at(node, ...path) ?? node
  if (!found) return implied('the configuration as a whole')
  return placeOf(found.values.at(-1)?.origin ?? found.origin)
}

/** Where something was written. Passwords and keys on the line are replaced. */
export function placeOf(origin: Origin): Source {
  if (origin.kind === 'line') {
    const { file, line, column, text } = origin
    return { kind: 'line', file, line, column, text: inert(withoutSecrets(text.slice(0, 2000)).slice(0, 200).trim()) }
  }
  const { document, container, key } = origin
  const place = document.placeOf(container, key)
  const text = document.line(place.line).slice(place.column - 1)
  return {
    kind: 'pointer',
    file: origin.file,
    pointer: document.pointerOf(container, key),
    ...place,
    text: inert(withoutSecrets(text.slice(0, 2000)).slice(0, 200).trim()),
  }
}
