import { type AzureSettings, SETTINGS_BY_NAME } from '../importers/index.ts'
import type { AzurePlan, PathReader } from './plan.ts'
import { readDeployment } from './read-deployment.ts'
import { fault, flagOf, membersOf } from './shape.ts'
import type { Report, Written } from './written.ts'

/** Reads `azure:`; `undefined` when there is none. */
export function readAzurePlan(value: Written | undefined, pathsOf: PathReader, report: Report): AzurePlan | undefined {
  if (!value) return undefined
  const members = membersOf(value, 'azure', ['resources', 'service-tags', 'deployment', 'settings'], report)
  const written = members.get('settings')
  const settings: { -readonly [Key in keyof AzureSettings]?: boolean } = {}
  const given = written && membersOf(written, 'azure settings', Object.keys(SETTINGS_BY_NAME), report)
  for (const [name, setting] of Object.entries(SETTINGS_BY_NAME)) {
    const flag = flagOf(given?.get(name), `azure setting ${name}`, report)
    if (flag !== undefined) settings[setting] = flag
  }
  const serviceTags = pathsOf(members.get('service-tags'), 'service-tags')[0]
  const resources = pathsOf(members.get('resources'), 'the resources of azure')
  const deployment = readDeployment(members.get('deployment'), pathsOf, report)
  const named = members.get('resources')
  if (named?.kind === 'list' && named.items.length === 0)
    fault(report, 'NT1103', 'azure names no resources: add "resources: azure.json"', named.source)
  return {
    resources,
    ...(serviceTags && { serviceTags }),
    ...(deployment && { deployment }),
    settings,
  }
}
