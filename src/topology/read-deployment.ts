import type { DeploymentPlan, PathReader } from './plan.ts'
import { membersOf, textOf } from './shape.ts'
import type { Report, Written } from './written.ts'

/** Where the topology's ARM templates are deployed to, as `azure: deployment:` says it; `undefined` when it does not. */
export function readDeployment(
  value: Written | undefined,
  pathsOf: PathReader,
  report: Report,
): DeploymentPlan | undefined {
  if (!value) return undefined
  const keys = ['subscription', 'tenant', 'resource-group', 'location', 'parameters']
  const members = membersOf(value, 'azure deployment', keys, report)
  const text = (key: string) => textOf(members.get(key), `the ${key} of the azure deployment`, report)?.value
  const [subscriptionId, tenantId, resourceGroup] = [text('subscription'), text('tenant'), text('resource-group')]
  const location = text('location')
  const parameters = pathsOf(members.get('parameters'), 'the parameters of the azure deployment')[0]
  return {
    place: {
      ...(subscriptionId !== undefined && { subscriptionId }),
      ...(tenantId !== undefined && { tenantId }),
      ...(resourceGroup !== undefined && { resourceGroup }),
      ...(location !== undefined && { location }),
    },
    ...(parameters && { parameters }),
  }
}
