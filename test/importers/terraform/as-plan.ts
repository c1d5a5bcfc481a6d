import type { Json } from './terraform-file.ts'

interface Seen {
  readonly value: unknown
  /** What `after_unknown` says of it. */
  readonly unknown: unknown
  /** How the configuration writes it. */
  readonly expression: unknown
}

const CONSTANT = (value: unknown): Seen => ({ value, unknown: false, expression: { constant_value: value } })

/**
 * A state as the plan that would make it: every id is known only after apply, and what refers to a resource is an
 * expression. Modules and keys become parts of names. What Azure chooses (addresses) stays, as if it had been written.
 */
export function asPlan(state: Json): Json {
  const resources = resourcesOf((state.values as Json).root_module as Json, '')
  const addresses = new Map<string, string>()
  for (const one of resources) {
    const id = String((one.values as Json).id).toLowerCase()
    if (!String(one.type).endsWith('_association') && !addresses.has(id)) addresses.set(id, String(one.address))
  }
  const planned: Json[] = []
  const changes: Json[] = []
  const configured: Json[] = []
  for (const one of resources) {
    const { value, unknown, expression } = seen(one.values, addresses)
    planned.push({ ...one, values: value })
    changes.push({
      address: one.address,
      type: one.type,
      change: { actions: ['create'], before: null, after_unknown: unknown },
    })
    configured.push({ address: one.address, expressions: expression })
  }
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: { resources: planned } },
    resource_changes: changes,
    configuration: { root_module: { resources: configured } },
  }
}

function resourcesOf(module: Json, prefix: string): Json[] {
  const own = (module.resources as Json[]).map((one): Json => {
    const { index, ...rest } = one
    const name = `${prefix}${one.name}${index === undefined ? '' : `-${index}`}`
    return { ...rest, name, address: `${one.type}.${name}` }
  })
  const children = (module.child_modules ?? []) as Json[]
  return [...own, ...children.flatMap((one) => resourcesOf(one, `${String(one.address).replace('module.', '')}_`))]
}

function seen(value: unknown, addresses: ReadonlyMap<string, string>, key?: string): Seen {
  // Names of zones and their records: a plan knows none of them, and what it then answers is another test.
  if (key === 'private_dns_zone_configs') return CONSTANT(value)
  if (typeof value === 'string') {
    const isOwn = key === 'id' || key === 'frontend_ip_configuration_id'
    const address = addresses.get(value.toLowerCase())
    if (!isOwn && address !== undefined)
      return { value: null, unknown: true, expression: { references: named(address) } }
    return isOwn ? { value: undefined, unknown: true, expression: undefined } : CONSTANT(value)
  }
  if (Array.isArray(value)) {
    const parts = value.map((one) => seen(one, addresses))
    const references = parts.flatMap(
      (one) => (one.expression as { references?: string[] } | undefined)?.references ?? [],
    )
    const isBlocks = value.some((one) => typeof one === 'object' && one !== null)
    const written = references.length > 0 ? { references } : { constant_value: value }
    const expression = isBlocks ? parts.map((one) => one.expression) : written
    return { value: parts.map((one) => one.value), unknown: parts.map((one) => one.unknown), expression }
  }
  if (typeof value !== 'object' || value === null) return CONSTANT(value)
  const parts = Object.entries(value).map(([name, one]) => [name, seen(one, addresses, name)] as const)
  const pick = (member: keyof Seen) => Object.fromEntries(parts.map(([name, one]) => [name, one[member]]))
  return { value: pick('value'), unknown: pick('unknown'), expression: pick('expression') }
}

function named(address: string): string[] {
  return [`${address}.id`, address]
}
