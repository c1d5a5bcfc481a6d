import { type ExpandedTemplate, expandTemplate } from '../../../src/importers/arm-template/index.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'

/** A template's text, with what the test gives on top of an empty one. */
export function templateText(parts: object): string {
  return JSON.stringify({ $schema: SCHEMA, contentVersion: '1.0.0.0', resources: [], ...parts }, null, 2)
}

/** A parameters file with some values. */
export function parametersText(values: object): string {
  const parameters = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
  return JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters,
  })
}

/** Expands a template made of some parts. */
export function expanded(parts: object, values?: object): ExpandedTemplate {
  return expandTemplate(
    { path: 'main.json', text: templateText(parts) },
    values && { path: 'main.parameters.json', text: parametersText(values) },
    PLACE,
  )
}

/** Where the templates of the tests are deployed to. */
export const PLACE = {
  subscriptionId: '11111111-1111-1111-1111-111111111111',
  tenantId: '22222222-2222-2222-2222-222222222222',
  resourceGroup: 'rg-plant',
  location: 'westeurope',
}

export const GROUP = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/rg-plant`

/** What one expression becomes as a property, in a template with parameters and variables to speak of. */
export function evaluated(expression: string, parts: object = {}): { value: unknown; because: string | undefined } {
  const { bodies, diagnostics } = expanded({
    parameters: PARAMETERS,
    variables: VARIABLES,
    ...parts,
    resources: [{ type: 'Microsoft.Network/things', name: 'thing', properties: { value: expression } }],
  })
  const properties = bodies[0]?.properties as { value: unknown } | undefined
  const because = diagnostics.find((one) => one.code === 'NT1651')?.message
  return { value: properties?.value, because }
}

const PARAMETERS = {
  name: { type: 'string', defaultValue: 'hub' },
  count: { type: 'int', defaultValue: 3 },
  flag: { type: 'bool', defaultValue: true },
  needed: { type: 'securestring' },
  choice: { type: 'string', allowedValues: ['a', 'b'] },
  maybe: { type: 'object', nullable: true },
  quoted: { type: 'string', defaultValue: "it's" },
}

const VARIABLES = {
  prefixes: ['10.0.0.0/16', '10.1.0.0/16'],
  sizes: { small: { cpu: 2 }, large: { cpu: 8 } },
  chained: "[concat(variables('sizes').small.cpu, '-', parameters('name'))]",
  loop: "[variables('loop')]",
  objects: [
    { name: 'a', age: 3 },
    { name: 'b', age: 1 },
    { name: 'c', age: 3 },
  ],
  copy: [{ name: 'rows', count: 2, input: { index: "[copyIndex('rows')]" } }],
}
