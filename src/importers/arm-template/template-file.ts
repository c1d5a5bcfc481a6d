import { textOf } from './value.ts'

/** Whether a JSON value is an ARM template, by its `$schema`. */
export function isTemplate(value: unknown): boolean {
  return /deploymenttemplate\.json/i.test(textOf(value, '$schema') ?? '')
}

/** Whether a JSON value is a parameters file of an ARM template, by its `$schema`. */
export function isParametersFile(value: unknown): boolean {
  return /deploymentparameters\.json/i.test(textOf(value, '$schema') ?? '')
}

/** Whether a template is deployed to a subscription, management group or tenant and not to a resource group. */
export function isAboveResourceGroup(value: unknown): boolean {
  return /(subscription|managementgroup|tenant)deploymenttemplate\.json/i.test(textOf(value, '$schema') ?? '')
}

/**
 * The parameters files that go with each template of a list, by place in the list: the one named after it
 * (`main.json` and `main.parameters.json`, `azuredeploy.parameters.json`), else the only one of the list.
 */
export function pairedParameters(templates: readonly string[], parameters: readonly string[]): readonly number[] {
  const stems = templates.map((path) => path.replace(/\.json$/i, '').toLowerCase())
  return templates.map((_, index) => {
    const stem = stems[index] ?? ''
    const named = parameters.findIndex((path) => path.toLowerCase().startsWith(`${stem}.`))
    return named === -1 && templates.length === 1 && parameters.length === 1 ? 0 : named
  })
}
