import type { AzureClients } from './azure-clients.ts'
import type { ResourcePlace } from './resource-place.ts'

/**
 * The rows of what a gateway has learned by BGP. The operation runs for a while; its answer is asked for until it is there.
 * Rows have no id: their `localAddress` says whose they are.
 */
export async function learnedRoutes(
  { network }: AzureClients,
  { resourceGroup, names }: ResourcePlace,
  pollMilliseconds = 2000,
): Promise<object[]> {
  const options = { updateIntervalInMs: pollMilliseconds }
  const gateways = network.virtualNetworkGateways
  const { value } = await gateways.beginGetLearnedRoutesAndWait(resourceGroup, names[0] ?? '', options)
  return value ?? []
}
