import { INTERNET } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { prefixesOfSet } from '../estate/service-tags.ts'
import { perhapsSubnetStamp, subnetStamp } from '../estate/subnet-stamp.ts'
import type { CandidateRoute } from './candidate-route.ts'

/** The service tag that holds a service endpoint's addresses; those not listed are reported when met. */
const TAGS: ReadonlyMap<string, string> = new Map([
  ['microsoft.storage', 'Storage'],
  ['microsoft.storage.global', 'Storage'],
  ['microsoft.keyvault', 'AzureKeyVault'],
  ['microsoft.sql', 'Sql'],
  ['microsoft.azurecosmosdb', 'AzureCosmosDB'],
  ['microsoft.eventhub', 'EventHub'],
  ['microsoft.servicebus', 'ServiceBus'],
  ['microsoft.containerregistry', 'AzureContainerRegistry'],
  ['microsoft.cognitiveservices', 'CognitiveServicesManagement'],
  ['microsoft.web', 'AppService'],
  ['microsoft.azureactivedirectory', 'AzureActiveDirectory'],
])

/**
 * The routes of a subnet's service endpoints: the public prefixes of the service in the endpoint's `locations`
 * (Learn: Virtual network service endpoints). A packet that takes one keeps its private source and carries the
 * subnet's identity as a stamp.
 */
export function serviceEndpointRoutes(estate: Estate, subnet: Subnet): CandidateRoute[] {
  return subnet.body.children('serviceEndpoints').flatMap((endpoint) => {
    const service = endpoint.text('service') ?? ''
    const source = endpoint.source('service')
    return prefixesOfService(estate, subnet, endpoint, service).map(({ prefix, serviceTag }) => ({
      prefix,
      nextHop: { kind: 'connected', interface: INTERNET },
      by: 'Default' as const,
      type: 'VirtualNetworkServiceEndpoint',
      nextHops: [],
      origin: `service endpoint ${service}`,
      source,
      metric: 0,
      serviceTag,
      stamp: subnetStamp(subnet.id),
    }))
  })
}

/** What a route to the internet puts on its packets, any of which may take a service endpoint whose addresses are not known. */
export function perhapsByEndpoint(estate: Estate, subnet: Subnet): Pick<CandidateRoute, 'stamp'> {
  const isUnknown = subnet.body.children('serviceEndpoints').some((endpoint) => {
    const service = endpoint.text('service') ?? ''
    const tag = TAGS.get(service.toLowerCase())
    return tag !== undefined && tagsOf(tag, subnet, endpoint, service).some((name) => estate.tag(name) === undefined)
  })
  return isUnknown ? { stamp: perhapsSubnetStamp(subnet.id) } : {}
}

function prefixesOfService(estate: Estate, subnet: Subnet, endpoint: Body, service: string) {
  const tag = TAGS.get(service.toLowerCase())
  const names = tag === undefined ? [] : tagsOf(tag, subnet, endpoint, service)
  const sets = names.map((name) => estate.tag(name))
  const known = sets.filter((one) => one !== undefined)
  if (known.length < sets.length || tag === undefined) {
    const missing = names.filter((_, index) => sets[index] === undefined).join(', ') || service
    const message = `the addresses of service endpoint ${service} are not known (service tag ${missing}): its routes are missing`
    estate.report(endpoint.diagnostic('warning', 'NT1608', message, 'service'))
  }
  return names.flatMap((serviceTag) => {
    const set = estate.tag(serviceTag)
    return set ? prefixesOfSet(set).map((prefix) => ({ prefix, serviceTag })) : []
  })
}

/** A regional tag for each location; the whole tag for `*` and for services that reach all regions. */
function tagsOf(tag: string, subnet: Subnet, endpoint: Body, service: string): string[] {
  const locations = endpoint.texts('locations').map((one) => one.toLowerCase().replaceAll(' ', ''))
  if (locations.includes('*') || service.toLowerCase().endsWith('.global')) return [tag]
  if (locations.length > 0) return locations.map((one) => `${tag}.${one}`)
  const regional = tag === 'Storage' || tag === 'Sql'
  return regional && subnet.vnet.location !== '' ? [`${tag}.${subnet.vnet.location}`] : [tag]
}
