type Members = { readonly [key: string]: unknown }

const ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/(.+)$/i

/** Where the resources of a deployment go. */
interface Place {
  readonly subscription: string
  readonly group: string
}

const REGION = 'westeurope'
const PARAMETERS = { location: { type: 'string', defaultValue: REGION } }

/** A resource id as an expression that makes it; another text with its brackets escaped. */
function asExpression(text: string, place: Place): string {
  const [, subscription, group, path] = ID.exec(text) ?? []
  if (path === undefined) return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text
  const [namespace = '', ...parts] = path.split('/')
  if (parts.length % 2 !== 0 || path.includes("'")) return text
  const kinds = parts.filter((_, index) => index % 2 === 0)
  const names = parts.filter((_, index) => index % 2 === 1)
  const type = [namespace, ...kinds].join('/')
  const here = group === place.group && subscription === place.subscription
  const scope = here
    ? []
    : [subscription === place.subscription ? 'subscription().subscriptionId' : `'${subscription}'`, `'${group}'`]
  return `[resourceId(${[...scope, ...[type, ...names].map((one) => `'${one}'`)].join(', ')})]`
}

function withExpressions(value: unknown, place: Place, key = ''): unknown {
  if (key === 'location' && value === REGION) return "[parameters('location')]"
  if (typeof value === 'string') return asExpression(value, place)
  if (Array.isArray(value)) return value.map((one) => withExpressions(one, place))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withExpressions(one, place, name)]))
}

/**
 * ARM bodies as the template that would deploy them: to a subscription, a nested deployment for each row of bodies in
 * one resource group, every id an expression, the region a parameter.
 */
export function asTemplate(bodies: readonly Members[]): string {
  const deployments: { group: string; resources: Members[] }[] = []
  for (const body of bodies) {
    const [, subscription = '', group = '', path = ''] = ID.exec(String(body.id)) ?? []
    const [namespace = '', ...parts] = path.split('/')
    const { id: _id, name: _name, type: _type, ...rest } = body
    const names = parts.filter((_, index) => index % 2 === 1).join('/')
    const type = [namespace, ...parts.filter((_, index) => index % 2 === 0)].join('/')
    const name = names.includes("'") ? names : `[format('{0}', '${names}')]`
    const place = { subscription, group }
    const resource = { type, apiVersion: '2024-05-01', name, ...(withExpressions(rest, place) as Members) }
    const last = deployments.at(-1)
    if (last?.group === group) last.resources.push(resource)
    else deployments.push({ group, resources: [resource] })
  }
  const schema = 'https://schema.management.azure.com/schemas'
  const resources = deployments.map(({ group, resources: inside }, index) => ({
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: `part-${index}`,
    resourceGroup: group,
    properties: {
      expressionEvaluationOptions: { scope: 'inner' },
      mode: 'Incremental',
      parameters: { location: { value: "[parameters('location')]" } },
      template: {
        $schema: `${schema}/2019-04-01/deploymentTemplate.json#`,
        contentVersion: '1.0.0.0',
        parameters: PARAMETERS,
        resources: inside,
      },
    },
  }))
  const $schema = `${schema}/2018-05-01/subscriptionDeploymentTemplate.json#`
  return JSON.stringify({ $schema, contentVersion: '1.0.0.0', parameters: PARAMETERS, resources }, null, 2)
}
