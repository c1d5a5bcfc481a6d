/**
 * Text from a file made safe to print: control characters (C0, DEL, C1, so every terminal escape) and
 * characters that reorder or hide text become visible escapes. Tabs become a space; nothing else changes.
 */
export function inert(text: string): string {
  return text.replace(/\t/g, ' ').replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

// Bidirectional overrides and zero-width characters can make one name look like another (Unicode TR 36).
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
