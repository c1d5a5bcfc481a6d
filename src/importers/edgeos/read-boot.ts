import type { Diagnostic } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type EdgeNode, newNode, type Origin, placeOf } from './node.ts'

const DEPTH_LIMIT = 60

interface Reading {
  readonly diagnostics: Diagnostic[]
  /** The open nodes, the root first; those a tag added count as one with it. */
  readonly open: EdgeNode[]
}

/**
 * Reads `config.boot` into a tree: `node {`, `node tag {`, `leaf value`, `leaf "quoted value"`, `}`, and comments from
 * a slash and star to the star and slash. A line that is none of these is reported and left out.
 */
export function readBoot(file: TextFile, root: EdgeNode): Diagnostic[] {
  const reading: Reading = { diagnostics: [], open: [root] }
  const lines = withoutComments(file.text).split('\n')
  const written = file.text.split('\n')
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim()
    if (line === '') continue
    const column = raw.search(/\S/) + 1
    const text = (written[index] ?? '').trim()
    readLine(line, { kind: 'line', file: file.path, line: index + 1, column, text }, reading)
  }
  const unclosed = reading.open.at(-1)
  if (unclosed && unclosed !== root) {
    const message = `"${unclosed.name}" is not closed: the file is cut, and what follows is missing.`
    reading.diagnostics.push({ severity: 'warning', code: 'NT1432', message, source: placeOf(unclosed.origin) })
  }
  return reading.diagnostics
}

/** The text with comments blanked out, lines kept; a slash and star inside quotes is no comment. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?(?:\*\/|$)/g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '),
  )
}

function readLine(line: string, origin: Origin, reading: Reading): void {
  const parent = reading.open.at(-1)
  if (!parent) return
  if (/^[}\s]+$/.test(line)) {
    const closes = line.replace(/\s/g, '').length
    for (let left = closes; left > 0 && reading.open.length > 1; left--) reading.open.pop()
    return
  }
  const block = /^(.*?)\s*\{\s*(\}?)$/.exec(line)
  const words = wordsOf(block?.[1] ?? line)
  const [name, ...rest] = words
  if (name === undefined || (block && rest.length > 1) || reading.open.length > DEPTH_LIMIT) {
    const message = 'This line is neither a node nor a value; it was left out.'
    reading.diagnostics.push({ severity: 'warning', code: 'NT1433', message, source: placeOf(origin) })
    if (block && block[2] === '') reading.open.push(newNode(name ?? '', origin))
    return
  }
  const node = childOf(parent, name, origin)
  if (!block) {
    if (rest.length > 0) node.values.push({ text: rest.join(' '), origin })
    return
  }
  const [tag] = rest
  const opened = tag === undefined ? node : childOf(node, tag, origin)
  if (block[2] === '') reading.open.push(opened)
}

function childOf(parent: EdgeNode, name: string, origin: Origin): EdgeNode {
  const known = parent.children.get(name)
  if (known) return known
  const made = newNode(name, origin)
  parent.children.set(name, made)
  return made
}

function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)"?|(\S+)/g)) {
    words.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/g, '$1'))
  }
  return words
}
