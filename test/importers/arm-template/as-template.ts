type Members = { readonly [key: string]: unknown }

const ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/(.+)$/i

/** A resource id as an expression that makes it; another text with its brackets escaped. */
function asExpression(text: string): string {
  const [, subscription, group, path] = ID.exec(text) ?? []
  if (path === undefined) return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text
  const [namespace = '', ...parts] = path.split('/')
  if (parts.length % 2 !== 0 || path.includes("'")) return text
  const kinds = parts.filter((_, index) => index % 2 === 0)
  const names = parts.filter((_, index) => index % 2 === 1)
  const type = [namespace, ...kinds].join('/')
  return `[resourceId(${[subscription, group, type, ...names].map((one) => `'${one}'`).join(', ')})]`
}

function withExpressions(value: unknown): unknown {
  if (typeof value === 'string') return asExpression(value)
  if (Array.isArray(value)) return value.map(withExpressions)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withExpressions(one)]))
}

/**
 * ARM bodies as the template that would deploy them: to a subscription, a nested deployment for each row of bodies in
 * one resource group, every id an expression, every name and region a parameter.
 */
export function asTemplate(bodies: readonly Members[]): string {
  const deployments: { group: string; resources: Members[] }[] = []
  for (const body of bodies) {
    const [, , group = '', path = ''] = ID.exec(String(body.id)) ?? []
    const [namespace = '', ...parts] = path.split('/')
    const { id: _id, name: _name, type: _type, ...rest } = body
    const names = parts.filter((_, index) => index % 2 === 1).join('/')
    const type = [namespace, ...parts.filter((_, index) => index % 2 === 0)].join('/')
    const name = names.includes("'") ? names : `[format('{0}', '${names}')]`
    const resource = { type, apiVersion: '2024-05-01', name, ...(withExpressions(rest) as Members) }
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
      template: { $schema: `${schema}/2019-04-01/deploymentTemplate.json#`, resources: inside },
    },
  }))
  const $schema = `${schema}/2018-05-01/subscriptionDeploymentTemplate.json#`
  return JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources }, null, 2)
}
