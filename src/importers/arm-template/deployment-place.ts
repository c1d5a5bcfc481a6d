/** Where a template is deployed to: what `subscription()` and `resourceGroup()` speak of. */
export interface DeploymentPlace {
  readonly subscriptionId: string
  readonly tenantId: string
  /** Absent in a deployment to a subscription, management group or tenant. */
  readonly resourceGroup: string | undefined
  /** The region of the resource group, or of the deployment. */
  readonly location: string
}

/**
 * What stands for the place of a deployment when nobody says it; the template alone does not tell. The braces, which
 * no name in Azure has, show it.
 */
export const STAND_IN_PLACE: DeploymentPlace = {
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  tenantId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: '{resource-group}',
  location: '{location}',
}

/** The id that resources of a deployment stand below: the resource group's, else the subscription's. */
export function placeId({ subscriptionId, resourceGroup }: DeploymentPlace): string {
  const subscription = `/subscriptions/${subscriptionId}`
  return resourceGroup === undefined ? subscription : `${subscription}/resourceGroups/${resourceGroup}`
}

/** The id of a resource below another id; `undefined` when names and types do not pair up. */
export function resourceIdBelow(scopeId: string, type: string, names: readonly string[]): string | undefined {
  const [namespace, ...kinds] = type.split('/')
  if (namespace === undefined || namespace === '' || kinds.length === 0 || kinds.length !== names.length) {
    return undefined
  }
  if (names.some((name) => name === '')) return undefined
  const path = kinds.map((kind, index) => `${kind}/${names[index] ?? ''}`).join('/')
  return `${scopeId.replace(/\/$/, '')}/providers/${namespace}/${path}`
}
