import type { Source } from '../../model/index.ts'

/** A word of named.conf; quotes are taken off. */
export interface BindWord {
  readonly text: string
  readonly quoted: boolean
  readonly source: Source
}

/** One statement up to its semicolon: words and blocks, each in order. */
export interface BindStatement {
  readonly words: readonly BindWord[]
  readonly blocks: readonly (readonly BindStatement[])[]
  readonly source: Source
}

/** The first word of a statement, lower case. */
export function keywordOf(statement: BindStatement): string {
  return statement.words[0]?.text.toLowerCase() ?? ''
}

const looked = new WeakSet<BindStatement>()

/** A statement was read to lower it. */
export function lookAt(...statements: readonly BindStatement[]): void {
  for (const one of statements) looked.add(one)
}

/** Whether a statement was read to lower it. */
export function isLookedAt(statement: BindStatement): boolean {
  return looked.has(statement)
}

/** Whether a block has a statement, for what the model has no word for: it does not count as read. */
export function stands(block: readonly BindStatement[], keyword: string): boolean {
  return block.some((statement) => keywordOf(statement) === keyword)
}

/** The last statement of a block that begins with a keyword: named takes the last, or refuses a second. */
export function statementOf(block: readonly BindStatement[], keyword: string): BindStatement | undefined {
  const found = block.filter((statement) => keywordOf(statement) === keyword)
  lookAt(...found)
  return found.pop()
}

/** The text of a statement's second word, lower case: `only` of `forward only;`. */
export function argumentOf(block: readonly BindStatement[], ...keywords: string[]): string | undefined {
  for (const keyword of keywords) {
    const text = statementOf(block, keyword)?.words[1]?.text
    if (text !== undefined) return text
  }
  return undefined
}

/** A domain as resolvers compare it: lower case, without the final dot; the root is ''. */
export function domainOf(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
