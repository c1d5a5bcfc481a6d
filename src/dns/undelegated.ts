/**
 * Top-level domains that public DNS never holds: reserved by RFC 6761, RFC 6762, RFC 7686, RFC 8375 and ICANN's
 * resolutions on `internal` (2024) and on `corp`, `home` and `mail` (2018); `lan` and the others are in use at sites and
 * were never delegated.
 */
const UNDELEGATED: ReadonlySet<string> = new Set([
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'mail',
  'onion',
  'private',
  'test',
])

/**
 * Why public DNS has no such name whatever the input says, or `undefined`. A name without a dot counts: no generic
 * top-level domain may hold addresses (ICANN board, 2013); two-letter country domains are left open.
 */
export function undelegated(name: string): string | undefined {
  const top = name.slice(name.lastIndexOf('.') + 1)
  if (UNDELEGATED.has(top)) return `.${top} does not exist in public DNS`
  if (top === name && name.length > 2) return 'public DNS has no address for a name without a dot'
  return name === 'home.arpa' || name.endsWith('.home.arpa') ? 'home.arpa is for home networks (RFC 8375)' : undefined
}
