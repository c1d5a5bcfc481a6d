// Leaves that hold passwords, keys and shared secrets, as far as the corpora and the manuals name them.
const SECRET =
  'password|encrypted-password|plaintext-password|pre-shared-secret|pre-shared-key|preshared-key|shared-secret|secret|passphrase|private-key|key|md5-key|auth-key|psk|token|community|wpa-passphrase|user-password'

const WORDS = new RegExp(`\\b(${SECRET})(\\s+)("(?:[^"\\\\]|\\\\.)*"?|[^\\s{}]+)`, 'gi')
const MEMBERS = new RegExp(`("(?:${SECRET})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"?|\\[[^\\]]*\\]?|\\{[^}]*\\}?)`, 'gi')

/** A line with the values of passwords, keys and shared secrets replaced by `***`, in either form of the file. */
export function withoutSecrets(text: string): string {
  if (text.trimStart().startsWith('"')) return text.replace(MEMBERS, '$1"***"')
  return text.replace(WORDS, '$1$2***')
}
