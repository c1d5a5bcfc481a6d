/**
 * A line with what stands behind a password, key or shared secret replaced by `***`, in the forms configurations are
 * written in: a JSON member, `name=value`, `name value;`, `option name 'value'`. Names of keys and addresses stay.
 */
export function withoutSecrets(line: string): string {
  return line.replace(MEMBER, '$1"***"').replace(ASSIGNED, '$1***').replace(SPOKEN, '$1***')
}

const NAMES =
  '(?:[\\w.-]*(?:password|passphrase|passwd|pre-shared-key|preshared_?key|preshared-key|private[-_]?key|shared[-_]?(?:key|secret)|secret|psk|wpa2?-pre-shared-key|authentication-key|encryption-key|auth-key|community|token|access[-_]?key|api[-_]?key|connection[-_]?string|sas[-_]?(?:uri|token)?))'
const MEMBER = new RegExp(`("(?:x_)?${NAMES}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi')
const ASSIGNED = new RegExp(`(\\b${NAMES}\\s*=\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s"]+)`, 'gi')
const SPOKEN = new RegExp(
  `((?:^|\\s)(?:option\\s+)?['"]?(?:${NAMES}|key)['"]?\\s+)(?:"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s;{}'"]+)(?=\\s*;?\\s*$)`,
  'gi',
)
