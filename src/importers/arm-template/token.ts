/** A word, literal or sign of an expression. */
export type Token =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string }

const TOKEN = /\s+|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\w$])|([A-Za-z_$][\w$]*)|([()[\].,?])/y

/** The tokens of an expression; a quote inside a text is doubled. `undefined` when a character fits none. */
export function expressionTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (!match) return undefined
    const [, quoted, number, word, sign] = match
    if (quoted !== undefined) tokens.push({ kind: 'literal', value: quoted.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'literal', value: Number(number) })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word })
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign })
  }
  return tokens
}
