import { DnsResolverManagementClient } from '@azure/arm-dnsresolver'
import { NetworkManagementClient } from '@azure/arm-network'
import { PrivateDnsManagementClient } from '@azure/arm-privatedns'
import { type Road, WITHOUT_RETRIES } from './road.ts'

/** Azure's own clients for one subscription, all of which send through the road. */
export interface AzureClients {
  readonly road: Road
  readonly network: NetworkManagementClient
  readonly privateDns: PrivateDnsManagementClient
  readonly dnsResolver: DnsResolverManagementClient
}

/** The private DNS API that knows `resolutionPolicy`; the package asks for an older one by itself. */
const PRIVATE_DNS_VERSION = '2024-06-01'

/** The clients of a subscription. */
export function azureClients(road: Road, subscription: string): AzureClients {
  // The road puts the token on; the packages' own policy would refuse the plain http of a test's server.
  const unused = { getToken: () => Promise.resolve(null) }
  const options = { ...WITHOUT_RETRIES, endpoint: road.endpoint, httpClient: road.client }
  const clients = {
    road,
    network: new NetworkManagementClient(unused, subscription, options),
    privateDns: new PrivateDnsManagementClient(unused, subscription, { ...options, apiVersion: PRIVATE_DNS_VERSION }),
    dnsResolver: new DnsResolverManagementClient(unused, subscription, options),
  }
  for (const client of [clients.network, clients.privateDns, clients.dnsResolver])
    client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' })
  return clients
}

interface Pages {
  byPage(): AsyncIterable<unknown>
}

/** What a list call is given: where it leaves each answer as it came, and how it is interrupted. */
export interface ListOptions {
  readonly onResponse: (response: { readonly bodyAsText?: string | null }) => void
}

const MOST_PAGES = 10_000

/**
 * The resource bodies of a list call, of all its pages, as Azure sent them: the packages flatten `properties` and drop
 * members their version does not know, so the text of each answer is read anew.
 */
export async function rawBodies(list: (options: ListOptions) => Pages): Promise<object[]> {
  const bodies: object[] = []
  let pages = 0
  const options: ListOptions = { onResponse: ({ bodyAsText }) => void bodies.push(...listed(bodyAsText)) }
  for await (const _ of list(options).byPage()) {
    pages++
    if (pages >= MOST_PAGES) break
  }
  return bodies
}

/** The bodies of a list that no package of ours knows, page by page from a path below the endpoint. */
export async function rawList(road: Road, path: string, version: string): Promise<object[]> {
  const bodies: object[] = []
  let url: string | undefined = `${road.endpoint}${path}?api-version=${version}`
  for (let pages = 0; url !== undefined && pages < MOST_PAGES; pages++) {
    const { value, text } = await road.json('GET', url)
    bodies.push(...listed(text))
    const next: unknown = (value as { nextLink?: unknown }).nextLink
    url = typeof next === 'string' && next !== '' ? next : undefined
  }
  return bodies
}

function listed(text: string | null | undefined): object[] {
  const answer: unknown = JSON.parse(text ?? '{}')
  const { value } = (answer ?? {}) as { value?: unknown }
  const entries = Array.isArray(value) ? value : []
  return entries.filter((one): one is object => typeof one === 'object' && one !== null)
}
