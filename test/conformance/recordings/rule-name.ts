const DEFAULTS: Readonly<Record<string, string>> = {
  AllowInternetOutbound: 'AllowInternetOutBound',
  DefaultOutboundDenyAll: 'DenyAllOutBound',
  DefaultInboundDenyAll: 'DenyAllInBound',
}

/**
 * A rule as every tool's spelling of it says: IP flow verify's `securityRules/<name>` and `defaultSecurityRules/<name>`,
 * the others' `UserRule_<name>` and `DefaultRule_<name>`, and two older names of the last defaults.
 */
export function byRole(text: string): string {
  const [, kind = '', name = ''] =
    /^(securityRules\/|defaultSecurityRules\/|UserRule_|DefaultRule_)?(.*)$/.exec(text) ?? []
  const isDefault = kind.toLowerCase().startsWith('default') || DEFAULTS[name] !== undefined
  return isDefault ? `default ${DEFAULTS[name] ?? name}` : name
}

/** `rule 130 AllowBatch` as the recorded names are compared. */
export function roleOf(name: string): string {
  const [, priority = '', rule = ''] = /^rule (\d+) (.+)$/.exec(name) ?? []
  return Number(priority) >= 65000 ? `default ${DEFAULTS[rule] ?? rule}` : rule
}
