import { placeId, resourceIdBelow } from './deployment-place.ts'
import { PUBLIC_CLOUD } from './environment.ts'
import { kindOf } from './function-table.ts'
import { plainText } from './plain-text.ts'
import type { ResourceState, Surroundings } from './scope.ts'
import { unevaluated } from './value.ts'

type DeploymentFunction = (args: readonly unknown[], around: Surroundings) => unknown

/**
 * The functions that speak of the deployment, its place and its resources (Learn: Deployment, Resource, Scope
 * functions for ARM templates). Their arguments are known when they are called.
 */
export const DEPLOYMENT_FUNCTIONS: Readonly<Record<string, DeploymentFunction>> = {
  parameters: ([name], { scope }) => scope.parameter(plainText(name)),
  variables: ([name], { scope }) => scope.variable(plainText(name)),
  lambdavariables: ([name], { locals }) => {
    const key = plainText(name).toLowerCase()
    return locals.has(key) ? locals.get(key) : unevaluated(`there is no lambda variable "${plainText(name)}"`)
  },
  copyindex: copyIndex,
  environment: () => PUBLIC_CLOUD,
  subscription: (_, { scope }) => {
    scope.standIn('subscription()')
    const { subscriptionId, tenantId } = scope.place
    const id = `/subscriptions/${subscriptionId}`
    return { id, subscriptionId, tenantId, displayName: 'subscription' }
  },
  tenant: (_, { scope }) => ({ tenantId: scope.place.tenantId, countryCode: '', displayName: 'tenant' }),
  resourcegroup: (_, { scope }) => {
    const { resourceGroup, location } = scope.place
    if (resourceGroup === undefined) return unevaluated('resourceGroup() has no meaning in this deployment')
    scope.standIn('resourceGroup()')
    const type = 'Microsoft.Resources/resourceGroups'
    return { id: placeId(scope.place), name: resourceGroup, type, location, tags: {}, properties: {} }
  },
  deployment: (_, { scope }) => {
    const name = scope.deploymentName ?? 'deployment'
    const properties = { templateLink: { uri: scope.templateUri }, mode: 'Incremental' }
    return { name, location: scope.place.location, properties }
  },
  managementgroup: () => unevaluated('the management group is not in the template'),
  managementgroupresourceid: (args) => {
    const [group] = args
    if (typeof group !== 'string' || group.includes('/')) {
      return unevaluated('the management group is not in the template')
    }
    return resourceId(args.slice(1), () => `/providers/Microsoft.Management/managementGroups/${group}`)
  },
  deployer: () => unevaluated('who deploys is not in the template'),
  newguid: () => unevaluated('newGuid() is another one in every deployment'),
  utcnow: () => unevaluated('utcNow() is another one in every deployment'),
  datetimeadd: () => unevaluated('dateTimeAdd() is not evaluated'),
  pickzones: () => unevaluated('the zones of a region are not in the template'),
  tologicalzone: () => unevaluated('the zones of a subscription are not in the template'),
  tologicalzones: () => unevaluated('the zones of a subscription are not in the template'),
  tophysicalzone: () => unevaluated('the zones of a subscription are not in the template'),
  tophysicalzones: () => unevaluated('the zones of a subscription are not in the template'),
  fail: ([why]) => unevaluated(`the template stops with fail(): ${plainText(why)}`),
  providers: () => unevaluated('the providers of a subscription are not in the template'),
  resourceid: (args, { scope }) => {
    return resourceId(args, (given) => {
      const [first, second] = given.length === 1 ? [undefined, given[0]] : given
      if (given.length === 0) return placeId(scope.place)
      return `/subscriptions/${first ?? scope.place.subscriptionId}/resourceGroups/${second ?? ''}`
    })
  },
  subscriptionresourceid: (args, { scope }) =>
    resourceId(args, ([first]) => `/subscriptions/${first ?? scope.place.subscriptionId}`),
  tenantresourceid: (args) => resourceId(args, () => ''),
  extensionresourceid: ([scopeId, ...args]) => resourceId(args, () => plainText(scopeId)),
  reference: ([wanted, , full], { scope }) => {
    const found = typeof wanted === 'string' ? scope.resource(wanted) : undefined
    if (!found) return unevaluated(`${plainText(wanted)} is not in this template: its state is unknown`)
    return stateOf(found, typeof full === 'string' && full.toLowerCase() === 'full', scope)
  },
  references: ([symbol, full], { scope }) => {
    const found = typeof symbol === 'string' ? scope.resourceLoop(symbol) : undefined
    if (!found) return unevaluated(`${plainText(symbol)} is no loop of this template`)
    return found.map((one) => stateOf(one, typeof full === 'string' && full.toLowerCase() === 'full', scope))
  },
  resourceinfo: ([symbol], { scope }) => {
    const found = typeof symbol === 'string' ? scope.resource(symbol) : undefined
    if (!found) return unevaluated(`${plainText(symbol)} is not in this template`)
    return { id: found.id, name: found.name, type: found.type }
  },
}

function stateOf(found: ResourceState, full: boolean, scope: Surroundings['scope']): unknown {
  const value = full ? found.full() : found.properties()
  scope.markOpen(value, !full && found.isDeployment === true)
  return value
}

function copyIndex(args: readonly unknown[], { copies }: Surroundings): unknown {
  const [first, second] = args
  const name = typeof first === 'string' ? first : ''
  const offset = typeof first === 'number' ? first : second
  const index = copies.get(name.toLowerCase())
  if (index === undefined)
    return unevaluated(name === '' ? 'copyIndex() stands in no loop' : `no loop is named ${name}`)
  return index + (typeof offset === 'number' ? offset : 0)
}

/** Up to two scope words, a type, and a name for each part of the type. */
function resourceId(args: readonly unknown[], scopeOf: (given: readonly string[]) => string): unknown {
  const words = args.map((one) => (typeof one === 'string' ? one : undefined))
  if (words.includes(undefined)) return unevaluated(`resourceId() cannot take ${args.map(kindOf).join(', ')}`)
  const texts = words.filter((one) => one !== undefined)
  for (let at = 0; at <= 2 && at < texts.length; at++) {
    const type = (texts[at] ?? '').replace(/\/$/, '')
    const id = type.includes('/') && resourceIdBelow(scopeOf(texts.slice(0, at)), type, texts.slice(at + 1))
    if (id) return id
  }
  return unevaluated(
    `resourceId() needs a name for each part of the type ${texts.find((one) => one.includes('/')) ?? ''}`,
  )
}
