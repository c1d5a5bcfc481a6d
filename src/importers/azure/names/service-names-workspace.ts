import { type Body, lastPart } from '../estate/body.ts'
import { typeOf } from '../estate/resource-id.ts'
import { hostOf } from './service-host.ts'

/** The parts a machine learning workspace's names are made of. */
export interface WorkspaceFacts {
  /** The workspace id. */
  readonly guid: string
  /** Lower case, without spaces. */
  readonly region: string
  /** The notebooks host; absent when it cannot be told. */
  readonly notebooks: string | undefined
}

/** Facts of a workspace body; `undefined` for another type or without a `workspaceId`. */
export function workspaceFacts(body: Body): WorkspaceFacts | undefined {
  if (typeOf(body) !== 'microsoft.machinelearningservices/workspaces') return undefined
  const guid = body.text('workspaceId')?.toLowerCase()
  const region = regionOf(body)
  if (guid === undefined || region === '') return undefined
  return {
    guid,
    region,
    notebooks: hostOf(body.child('notebookInfo')?.text('fqdn')) ?? notebooksHost(body.name, region, guid),
  }
}

/** A region as names spell it: lower case, without spaces. */
export function regionOf(body: Body): string {
  return (body.text('location') ?? '').toLowerCase().replaceAll(' ', '')
}

// The label holds at most 63 characters; the workspace's name is what is cut.
function notebooksHost(name: string, region: string, guid: string): string {
  const room = 63 - 'ml---'.length - region.length - guid.length
  return `ml-${name.toLowerCase().slice(0, Math.max(0, room))}-${region}-${guid}.${region}.notebooks.azure.net`
}

/** A workspace's own names, the API first (Learn: How to use your workspace with a custom DNS server). */
export function workspaceHosts({ guid, region, notebooks }: WorkspaceFacts): string[] {
  const api = [`${guid}.workspace.${region}.api.azureml.ms`, `${guid}.workspace.${region}.cert.api.azureml.ms`]
  return notebooks === undefined ? api : [...api, notebooks]
}

/**
 * A compute instance's names. Two suffixes are in use, and the second has a form for SSH; all are answered by the
 * workspace's own endpoint (Learn: How to use your workspace with a custom DNS server).
 */
export function instanceHosts(compute: Body, region: string): string[] {
  const name = lastPart(compute.name).toLowerCase()
  return [
    `${name}.${region}.instances.azureml.ms`,
    `${name}.${region}.instances.ml.azure.ms`,
    `${name}-22.${region}.instances.ml.azure.ms`,
  ]
}

/** An online or batch endpoint's host: what its scoring URI says, else its name in the workspace's region. */
export function inferenceHost(endpoint: Body, region: string): string {
  return (
    hostOf(endpoint.text('scoringUri')) ?? `${lastPart(endpoint.name).toLowerCase()}.${region}.inference.ml.azure.com`
  )
}

/** The name an inference host becomes a CNAME of when the workspace has a private endpoint. */
export function inferencePrivateName(host: string, { guid, region }: WorkspaceFacts): string {
  const label = host.slice(0, host.indexOf('.'))
  return `${label}.${guid}.inference.${region}.privatelink.api.azureml.ms`
}
