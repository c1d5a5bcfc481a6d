import { ANY, type ResourceRecord, type RuleSet, type Service } from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { typeOf } from '../estate/resource-id.ts'
import {
  inferenceHost,
  inferencePrivateName,
  instanceHosts,
  type WorkspaceFacts,
  workspaceHosts,
} from '../names/service-names-workspace.ts'
import { childrenOf } from './service-access.ts'
import { alias } from './service-endpoint-group.ts'
import { stampsOf } from './service-trust.ts'

/** Compute instances answer under names of their own, which lead to the workspace's API name and never to their NIC. */
export function withInstances(estate: Estate, service: Service, body: Body, workspace: WorkspaceFacts): Service {
  const [api] = workspaceHosts(workspace)
  const computes = childrenOf(estate, 'microsoft.machinelearningservices/workspaces/computes', body)
  const names: string[] = []
  const records: ResourceRecord[] = []
  for (const compute of computes) {
    if (compute.text('computeType')?.toLowerCase() !== 'computeinstance' || api === undefined) continue
    for (const host of instanceHosts(compute, workspace.region)) {
      names.push(host)
      records.push(alias(host, api, compute))
    }
  }
  return { ...service, names: [...service.names, ...names], records: [...service.records, ...records] }
}

const SCORING = ['onlineendpoints', 'batchendpoints'] as const

/** Online and batch endpoints: names of their own behind the workspace's gate, and an online endpoint's own switch. */
export function scoringServices(
  estate: Estate,
  service: Service,
  body: Body,
  workspace: WorkspaceFacts,
  groups: ReadonlySet<string>,
): Service[] {
  return SCORING.flatMap((word) => {
    const endpoints = childrenOf(estate, `microsoft.machinelearningservices/workspaces/${word}`, body)
    return endpoints.map((endpoint): Service => {
      const host = inferenceHost(endpoint, workspace.region)
      const label = word === 'onlineendpoints' ? 'online endpoint' : 'batch endpoint'
      const isPrivate = groups.has('amlworkspace')
      return {
        name: lastPart(endpoint.name),
        label,
        aliases: [endpoint.id],
        names: [host],
        port: 443,
        gate: scoringGate(service.gate, endpoint, `${label} ${lastPart(endpoint.name)}`),
        records: isPrivate ? [alias(host, inferencePrivateName(host, workspace), endpoint)] : [],
        stamps: stampsOf(typeOf(endpoint), endpoint.id),
        source: endpoint.source(),
      }
    })
  })
}

function scoringGate(gate: RuleSet, endpoint: Body, words: string): RuleSet {
  if (endpoint.text('publicNetworkAccess')?.toLowerCase() !== 'disabled') return gate
  const source = endpoint.source('publicNetworkAccess')
  const name = 'publicNetworkAccess is Disabled (HTTP 403)'
  const refusal = { kind: 'http', status: 403, text: 'Forbidden' } as const
  const closed = { name, match: ANY, action: { kind: 'drop' }, refusal, source } as const
  return { name: 'gate', label: `${words}:`, rules: [closed], policy: { kind: 'drop' }, policySource: source }
}
