import { expandTemplate } from '../arm-template/index.ts'
import type { ArmDocument } from './arm-document.ts'
import type { Instance } from './instance.ts'
import { at } from './member.ts'

/** What an ARM template inside a Terraform resource deploys. */
export interface DeployedTemplate {
  readonly bodies: readonly object[]
  /** What was said of the template: its places are inside the attribute. */
  readonly said: readonly { readonly severity: 'error' | 'warning' | 'note'; readonly message: string }[]
}

const TYPES: ReadonlySet<string> = new Set([
  ...['azurerm_resource_group_template_deployment', 'azurerm_subscription_template_deployment'],
  ...['azurerm_management_group_template_deployment', 'azurerm_tenant_template_deployment'],
  'azurerm_template_deployment',
])

/** Whether a resource deploys an ARM template. */
export function isTemplateDeployment(type: string): boolean {
  return TYPES.has(type)
}

/**
 * The ARM bodies of a template deployment, all of which stand where the template's text does; `undefined` for other
 * resources, and where the plan does not know the text (Terraform Registry: azurerm_resource_group_template_deployment).
 */
export function deployedTemplate(document: ArmDocument, instance: Instance): DeployedTemplate | undefined {
  const { block, type } = instance
  if (!isTemplateDeployment(type)) return undefined
  const attribute = type === 'azurerm_template_deployment' ? 'template_body' : 'template_content'
  const text = block.text(attribute)
  if (text === undefined) return undefined
  const given = block.text(type === 'azurerm_template_deployment' ? 'parameters_body' : 'parameters_content')
  const subscriptionId = /^\/subscriptions\/([^/]+)\//i.exec(block.text('id') ?? '')?.[1]
  const resourceGroup = block.text('resource_group_name')
  const made = expandTemplate(
    { path: attribute, text },
    given === undefined ? undefined : { path: 'parameters', text: given },
    { ...(subscriptionId !== undefined && { subscriptionId }), ...(resourceGroup !== undefined && { resourceGroup }) },
  )
  const implied = (value: object, key: string) => made.document.impliedBy(value, key)
  for (const body of made.bodies) markAll(document, body, at(block, attribute), implied)
  return { bodies: made.bodies, said: made.diagnostics }
}

function markAll(
  document: ArmDocument,
  value: unknown,
  origin: ReturnType<typeof at>,
  implied: (value: object, key: string) => string | undefined,
): void {
  if (typeof value !== 'object' || value === null) return
  document.mark(value, origin)
  for (const [key, part] of Object.entries(value)) {
    const because = implied(value, key)
    if (because !== undefined) document.imply(value, key, because)
    markAll(document, part, origin, implied)
  }
}
