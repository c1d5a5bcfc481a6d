/**
 * Why a member of a controller's object can change neither which packets pass nor how names are answered; `undefined` =
 * it could. `names` are the keys from the file's root, the member's own last.
 */
export function changesNothing(names: readonly string[]): string | undefined {
  const key = names.at(-1) ?? ''
  const around = names.slice(0, -1).find((name) => TREES.has(name))
  if (around !== undefined) return `${around} changes neither reachability nor names`
  return KEYS.has(key) || key.startsWith('attr_') ? `${key} changes neither reachability nor names` : undefined
}

const TREES: ReadonlySet<string> = new Set(['meta', 'radio_table', 'schedule', 'schedule_with_duration'])

const KEYS: ReadonlySet<string> = new Set([
  '_id',
  'site_id',
  'external_id',
  'log',
  'logging',
  'description',
  'rc',
  'setting_preference',
])
