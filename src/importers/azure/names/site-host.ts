import type { Body } from '../estate/body.ts'
import { hostOf } from './service-host.ts'

/** The default name of an app, which may be in a domain of its region or environment (Learn: Unique default hostname). */
export function siteHost(body: Body): string {
  return hostOf(body.text('defaultHostName')) ?? `${body.name.toLowerCase()}.azurewebsites.net`
}

/** The name of an app's advanced tools: `scm` behind the first word of the default name (Learn: Kudu service overview). */
export function siteToolsHost(body: Body): string {
  const [first, ...rest] = siteHost(body).split('.')
  return [first, 'scm', ...rest].join('.')
}
