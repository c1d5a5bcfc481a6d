/**
 * A value as `string()`, `concat()` and `format()` print it. Booleans are `True` and `False`, as .NET prints them
 * (seen in deployments; no page says it).
 */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
