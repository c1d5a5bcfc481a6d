import type { Diagnostic } from '../../model/index.ts'
import { type JsonDocument, readJson, type TextFile } from '../../text/index.ts'
import { type EdgeNode, newNode, type Origin } from './node.ts'

/**
 * Reads the tree as JSON (`config.gateway.json`): members are nodes, texts and lists of texts are values. An empty text
 * and the text of two single quotes stand for a node without a value.
 */
export function readJsonTree(file: TextFile, root: EdgeNode): Diagnostic[] {
  const document = readJson(file.text, file.ledger !== undefined)
  if (document.problem) {
    const { message, place } = document.problem
    const source = { kind: 'line', file: file.path, ...place, text: '' } as const
    return [{ severity: 'error', code: 'NT1431', message: `${message}.`, source }]
  }
  fill(root, document.value, document, file.path)
  return []
}

/** Adds the members of a JSON value that a document holds to a node; what is no object adds nothing. */
export function fill(node: EdgeNode, value: unknown, document: JsonDocument, file: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, member] of Object.entries(value)) {
    const origin: Origin = { kind: 'member', file, document, container: value, key }
    const child = node.children.get(key) ?? newNode(key, origin)
    node.children.set(key, child)
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) fill(child, member, document, file)
    else addValues(child, member, origin)
  }
}

function addValues(node: EdgeNode, member: unknown, origin: Origin): void {
  const list = Array.isArray(member) ? member : [member]
  if (Array.isArray(member)) node.isList = true
  for (const one of list) {
    const text = typeof one === 'string' ? one : typeof one === 'number' || typeof one === 'boolean' ? `${one}` : ''
    if (text !== '' && text !== "''") node.values.push({ text, origin })
  }
}
