const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  _: ' ',
}

/**
 * A RouterOS text without its escapes: `\"` `\\` `\$` `\?` stand for themselves, `\_` is a blank, `\n` `\r` `\t` as
 * usual, `\HH` is a byte (MikroTik: Scripting, constant escape sequences). Bytes are read as UTF-8 where they are
 * valid as that, else as Latin-1: the router's own code page is not in an export.
 */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/(?:\\[0-9A-F]{2})+|\\([\s\S])/g, (whole, letter: string | undefined) => {
    if (letter !== undefined) return LETTERS[letter] ?? letter
    return decoded(whole)
  })
}

function decoded(escapes: string): string {
  const bytes = Uint8Array.from(escapes.slice(1).split('\\'), (byte) => Number.parseInt(byte, 16))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  }
}
