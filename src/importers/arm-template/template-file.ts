import { type JsonDocument, readJson } from '../../text/index.ts'
import { isMembers, memberOf, textOf } from './value.ts'

/**
 * Reads a file that may be a template: JSON, or for a template or its parameters file what Azure Resource Manager takes
 * beside it, as comments and texts over several lines (Learn: ARM template syntax).
 */
export function readTemplateJson(text: string, keepsVisits = false): JsonDocument {
  const strict = readJson(text, keepsVisits)
  if (!strict.problem) return strict
  const relaxed = readJson(text, keepsVisits, true)
  return isTemplate(relaxed.value) || isParametersFile(relaxed.value) ? relaxed : strict
}

/** Whether a JSON value is an ARM template, by its `$schema`; without one, by the members all templates must have. */
export function isTemplate(value: unknown): boolean {
  const schema = textOf(value, '$schema')
  if (schema !== undefined) return /deploymenttemplate\.json/i.test(schema)
  const resources = memberOf(value, 'resources')
  return textOf(value, 'contentVersion') !== undefined && (Array.isArray(resources) || isMembers(resources))
}

/** Whether a JSON value is a parameters file of an ARM template, by its `$schema`, else by its members. */
export function isParametersFile(value: unknown): boolean {
  const schema = textOf(value, '$schema')
  if (schema !== undefined) return /deploymentparameters\.json/i.test(schema)
  const isTemplateToo = memberOf(value, 'resources') !== undefined
  return textOf(value, 'contentVersion') !== undefined && isMembers(memberOf(value, 'parameters')) && !isTemplateToo
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
