const SECRET =
  /^(key\d?|password|passwd|private_?key|preshared_?key|psk|secret|auth_secret|acct_secret|pin|sae_password)$/i

/** A line without the secret its option holds: everything behind the option's name becomes `***`. */
export function redacted(key: string | undefined, line: string): string {
  if (key === undefined || !SECRET.test(key)) return line
  const at = line.indexOf(key)
  return at === -1 ? '***' : `${line.slice(0, at + key.length)} ***`
}
