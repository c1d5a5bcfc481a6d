import { DnsResolverManagementClient } from '@azure/arm-dnsresolver'
import { NetworkManagementClient } from '@azure/arm-network'
import { PrivateDnsManagementClient } from '@azure/arm-privatedns'
import { ReadFailure } from './read-failure.ts'
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

/**
 * The resource bodies of a list call, of all its pages, as Azure sent them: the packages flatten `properties` and drop
 * members their version does not know, so the text of each answer is read anew. Throws a ReadFailure where an answer holds no
 * list or the pages go in a circle.
 */
export async function rawBodies(list: (options: ListOptions) => Pages): Promise<object[]> {
  const pages = new PageReader()
  const answers: (string | null | undefined)[] = []
  const options: ListOptions = { onResponse: ({ bodyAsText }) => void answers.push(bodyAsText) }
  for await (const _ of list(options).byPage()) for (const text of answers.splice(0)) pages.take(text)
  for (const text of answers) pages.take(text)
  return pages.bodies
}

/** The bodies of a list that no package of ours knows, page by page from a path below the endpoint. Throws a ReadFailure. */
export async function rawList(road: Road, path: string, version: string): Promise<object[]> {
  const pages = new PageReader()
  let url: string | undefined = `${road.endpoint}${path}?api-version=${version}`
  while (url !== undefined) url = pages.take((await road.json('GET', url)).text)
  return pages.bodies
}

/** Gathers the entries of pages, each page once. */
class PageReader {
  readonly bodies: object[] = []
  readonly #links = new Set<string>()

  /** The link to the page after this one; `undefined` behind the last. */
  take(text: string | null | undefined): string | undefined {
    const { value, nextLink } = (JSON.parse(text ?? '{}') ?? {}) as { value?: unknown; nextLink?: unknown }
    if (!Array.isArray(value)) throw new ReadFailure({ status: 200, why: 'the answer holds no list' })
    for (const one of value) if (typeof one === 'object' && one !== null) this.bodies.push(one)
    if (typeof nextLink !== 'string' || nextLink === '') return undefined
    if (this.#links.has(nextLink)) throw new ReadFailure({ status: 200, why: 'the pages of the answer go in a circle' })
    this.#links.add(nextLink)
    return nextLink
  }
}
