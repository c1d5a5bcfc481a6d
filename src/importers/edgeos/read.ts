import { type Diagnostic, implied } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { at, type EdgeNode, type NodeValue, newNode } from './node.ts'
import { readBoot } from './read-boot.ts'
import { readJsonTree } from './read-json.ts'

/** The configuration tree of some files, and what reading them had to say. */
export interface Reading {
  readonly root: EdgeNode
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads `config.boot` files and JSON trees, told apart by what they start with, each laid over those before it as a
 * controller lays `config.gateway.json` over what it makes.
 */
export function readTree(files: readonly TextFile[]): Reading {
  const diagnostics: Diagnostic[] = []
  let root = emptyRoot(files[0]?.path ?? '')
  for (const file of files) {
    const tree = emptyRoot(file.path)
    const json = /^\ufeff?\s*\{\s*["}]/.test(file.text)
    diagnostics.push(...(json ? readJsonTree(file, tree) : readBoot(file, tree)))
    if (!isConfiguration(tree)) {
      const message = `${file.path} is no configuration of EdgeOS: none of ${KNOWN.slice(0, 4).join(', ')} is in it.`
      diagnostics.push({ severity: 'error', code: 'NT1430', message, source: implied(`${file.path} as a whole`) })
    } else root = laidOver(root, tree)
  }
  return { root, diagnostics }
}

const KNOWN = [
  'interfaces',
  'firewall',
  'service',
  'protocols',
  'system',
  'port-forward',
  'vpn',
  'load-balance',
  'policy',
]

function isConfiguration(root: EdgeNode): boolean {
  return KNOWN.some((name) => at(root, name) !== undefined)
}

function emptyRoot(file: string): EdgeNode {
  return newNode('', { kind: 'line', file, line: 1, column: 1, text: '' })
}

/**
 * A tree laid over another: nodes merge, a value replaces what was there, a list adds to it (Ubiquiti: UniFi Gateway -
 * Advanced configuration with config.gateway.json). Nothing can be taken away.
 */
export function laidOver(below: EdgeNode, above: EdgeNode): EdgeNode {
  const children = new Map(below.children)
  for (const [name, child] of above.children) {
    const known = children.get(name)
    children.set(name, known ? laidOver(known, child) : child)
  }
  const isList = below.isList === true || above.isList === true
  return {
    name: below.name,
    values: valuesOver(below.values, above),
    children,
    origin: above.values.length > 0 ? above.origin : below.origin,
    ...(isList && { isList }),
  }
}

function valuesOver(below: readonly NodeValue[], above: EdgeNode): NodeValue[] {
  if (above.values.length === 0) return [...below]
  if (!above.isList) return [...above.values]
  const known = new Set(below.map((value) => value.text))
  return [...below, ...above.values.filter((value) => !known.has(value.text))]
}
