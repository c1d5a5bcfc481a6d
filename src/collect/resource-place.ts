/** The parts of a resource's id. */
export interface ResourcePlace {
  /** As Azure wrote it. */
  readonly id: string
  readonly subscription: string
  readonly resourceGroup: string
  /** Lower case: `microsoft.network/virtualnetworks/subnets`. */
  readonly type: string
  /** The names below the provider, one for each part of the type. */
  readonly names: readonly string[]
}

/** The place an id says; `undefined` for what is no id of a resource in a resource group. */
export function placeOf(id: unknown): ResourcePlace | undefined {
  if (typeof id !== 'string') return undefined
  const parts = id.split('/')
  const [first, subscriptions, subscription, groups, resourceGroup, providers, provider, ...rest] = parts
  if (first !== '' || subscriptions?.toLowerCase() !== 'subscriptions' || groups?.toLowerCase() !== 'resourcegroups')
    return undefined
  if (providers?.toLowerCase() !== 'providers' || !subscription || !resourceGroup || !provider) return undefined
  // An extension (a VNet's memberships) is no child of what it extends.
  if (rest.some((part) => part.toLowerCase() === 'providers')) return undefined
  if (rest.length < 2 || rest.length % 2 !== 0 || rest.some((part) => part === '' || part === '.' || part === '..'))
    return undefined
  const types = rest.filter((_, index) => index % 2 === 0)
  const names = rest.filter((_, index) => index % 2 === 1)
  return { id, subscription, resourceGroup, type: [provider, ...types].join('/').toLowerCase(), names }
}

/** An id as the path of a request. */
export function pathOf({ id }: ResourcePlace): string {
  return id.split('/').map(encodeURIComponent).join('/')
}
