import type { AzureSettings } from '../importers/index.ts'
import type { AzurePlan, PathReader } from './plan.ts'
import { fault, flagOf, membersOf } from './shape.ts'
import type { Report, Written } from './written.ts'

/** The doubts about Azure that a topology may settle, as `azure: settings:` spells them. */
const SETTINGS: Readonly<Record<string, keyof AzureSettings>> = {
  'user-route-beats-service-endpoint': 'userRouteBeatsServiceEndpoint',
  'strict-forwarded-traffic': 'strictForwardedTraffic',
  'trusted-pass-when-public-disabled': 'trustedPassWhenPublicDisabled',
  'default-outbound-when-undefined': 'defaultOutboundWhenUndefined',
}

/** Reads `azure:`; `undefined` when there is none. */
export function readAzurePlan(value: Written | undefined, pathsOf: PathReader, report: Report): AzurePlan | undefined {
  if (!value) return undefined
  const members = membersOf(value, 'azure', ['resources', 'service-tags', 'settings'], report)
  const written = members.get('settings')
  const settings: { -readonly [Key in keyof AzureSettings]?: boolean } = {}
  const given = written && membersOf(written, 'azure settings', Object.keys(SETTINGS), report)
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const flag = flagOf(given?.get(name), `azure setting ${name}`, report)
    if (flag !== undefined) settings[setting] = flag
  }
  const serviceTags = pathsOf(members.get('service-tags'), 'service-tags')[0]
  const resources = pathsOf(members.get('resources'), 'the resources of azure')
  const named = members.get('resources')
  if (named?.kind === 'list' && named.items.length === 0)
    fault(report, 'NT1103', 'azure names no resources: add "resources: azure.json"', named.source)
  return {
    resources,
    ...(serviceTags && { serviceTags }),
    settings,
  }
}
