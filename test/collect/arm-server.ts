import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A resource body as a test's estate has it. */
export interface ArmBody {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly [member: string]: unknown
}

/** What the server does instead of answering: an answer of its own, a dropped connection, or text that is no JSON. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | 'drop'
  | 'drop within'
  | 'malformed'

/** One request as it came. */
export interface Asked {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly version: string
  /** How often this path was asked before. */
  readonly before: number
  /** What was sent along; empty when nothing. */
  readonly text: string
  /** The whole address, with the query. */
  readonly url: string
}

/** How a server is set up. */
export interface ArmServerOptions {
  readonly estate: readonly ArmBody[]
  /** Rows and list entries a page holds. */
  readonly page?: number
  readonly fault?: (asked: Asked) => Fault | undefined
  /** Held back before each answer, in milliseconds. */
  readonly delay?: number
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly url: URL
  readonly text: string
}

const TOKEN = 'a-token-of-the-test'
const GRAPH = '/providers/Microsoft.ResourceGraph/resources'

/** A server on loopback that speaks as much of the Resource Manager's language as reading an estate needs. */
export class ArmServer {
  readonly asked: Asked[] = []
  readonly token = TOKEN
  /** The bodies of the Resource Graph queries it was sent. */
  readonly queries: { readonly query: string; readonly subscriptions: readonly string[] }[] = []
  endpoint = ''
  readonly #server: Server
  readonly #options: ArmServerOptions

  private constructor(options: ArmServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(options: ArmServerOptions): Promise<ArmServer> {
    const made = new ArmServer(options)
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve))
    made.endpoint = `http://127.0.0.1:${(made.#server.address() as AddressInfo).port}`
    return made
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    if (this.#options.delay) await new Promise((resolve) => setTimeout(resolve, this.#options.delay))
    const url = new URL(request.url ?? '/', this.endpoint)
    const path = decodeURIComponent(url.pathname)
    const before = this.asked.filter((one) => one.path === path).length
    const version = url.searchParams.get('api-version') ?? ''
    const asked = { method: request.method ?? '', path, version, before, text, url: url.href }
    this.asked.push(asked)
    const fault = this.#options.fault?.(asked)
    if (fault === 'drop') request.socket.destroy()
    else if (fault === 'drop within') breakOff(response)
    else if (fault === 'malformed') send(response, 200, {}, '{"value": [')
    else if (fault) send(response, fault.status, fault.headers ?? {}, JSON.stringify(fault.body ?? {}))
    else this.#route({ request, response, path, url, text })
  }

  #route({ request, response, path, url, text }: Call): void {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) refuse(response, 401, 'AuthenticationFailed')
    else if (path.toLowerCase() === GRAPH.toLowerCase()) this.#graph(response, text)
    else if (/\/(getLearnedRoutes|learnedRoutes|routeTables\/\w+|effectiveRouteTable)$/.test(path))
      this.#learnedRoutes(request, response, url)
    else if (SCOPE.test(path)) this.#scope(response, path)
    else if (request.method !== 'GET') refuse(response, 405, 'MethodNotAllowed')
    else this.#list(response, path, url)
  }

  /** Rows of resources that are no children, types in lower case, columns that are empty there as null. */
  #graph(response: ServerResponse, text: string): void {
    const { query, subscriptions, options } = JSON.parse(text) as {
      query: string
      subscriptions: string[]
      options: { $skipToken?: string; $top: number }
    }
    this.queries.push({ query, subscriptions })
    const isOfNetwork = query.startsWith('networkresources')
    const wanted = wantedBy(query)
    const rows = this.#options.estate
      .filter(({ id, type }) => {
        const [, , subscription = '', , group = ''] = id.split('/')
        return (
          subscriptions.includes(subscription.toLowerCase()) &&
          isOwn(type) !== isOfNetwork &&
          wanted(type.toLowerCase(), group)
        )
      })
      .sort((a, b) => (a.id.toLowerCase() < b.id.toLowerCase() ? -1 : 1))
      .map((body) => ({ kind: '', managedBy: '', sku: null, zones: null, ...body, type: body.type.toLowerCase() }))
    const from = options.$skipToken === undefined ? 0 : Number(atob(options.$skipToken))
    const size = Math.min(this.#options.page ?? 1000, options.$top)
    const data = rows.slice(from, from + size)
    const more = from + size < rows.length
    send(
      response,
      200,
      {},
      {
        totalRecords: rows.length,
        count: data.length,
        data,
        facets: [],
        resultTruncated: 'false',
        ...(more && { $skipToken: btoa(String(from + size)) }),
      },
    )
  }

  /** A subscription or a resource group: there when something of the estate is in it. */
  #scope(response: ServerResponse, path: string): void {
    const there = this.#options.estate.some(({ id }) => id.toLowerCase().startsWith(`${path.toLowerCase()}/`))
    if (there || path.split('/').length === 3) send(response, 200, {}, { id: path })
    else refuse(response, 404, 'ResourceGroupNotFound')
  }

  #list(response: ServerResponse, path: string, url: URL): void {
    const cut = path.lastIndexOf('/')
    const [parent, word] = [path.slice(0, cut).toLowerCase(), path.slice(cut + 1).toLowerCase()]
    const children = this.#options.estate.filter(({ id }) => {
      const parts = id.toLowerCase().split('/')
      const own = parts.slice(0, -2).join('/') === parent
      return own && (word === 'all' ? parts.at(-2) !== 'virtualnetworklinks' : parts.at(-2) === word)
    })
    const known = this.#options.estate.some(({ id }) => id.toLowerCase() === parent)
    if (!known) {
      refuse(response, 404, 'ResourceNotFound')
      return
    }
    const from = Number(url.searchParams.get('$skiptoken') ?? 0)
    const size = this.#options.page ?? 1000
    url.searchParams.set('$skiptoken', String(from + size))
    const more = from + size < children.length
    send(response, 200, {}, { value: children.slice(from, from + size), ...(more && { nextLink: url.href }) })
  }

  /** An operation that runs: accepted, then looked at until it is done. */
  #learnedRoutes(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const looks = this.asked.filter(
      (one) => one.method === 'GET' && one.path === decodeURIComponent(url.pathname),
    ).length
    if (request.method === 'POST' || looks < 2) {
      send(response, 202, { location: `${url.href}&operation=1` }, '')
      return
    }
    const route = {
      localAddress: '10.100.0.4',
      sourcePeer: '10.20.0.1',
      origin: 'EBgp',
      asPath: '65010',
      weight: 32768,
    }
    const networks = ['10.77.0.0/16', '10.20.0.0/16']
    send(response, 200, {}, { value: networks.map((network) => ({ ...route, network, nextHop: '10.20.0.1' })) })
  }
}

const SCOPE = /^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?$/i

function breakOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"value": [', () => response.destroy())
}

// Resource Graph's table `resources` holds resources with a place of their own; what is below another one it mostly lacks.
function isOwn(type: string): boolean {
  return type.split('/').length === 2 && type.toLowerCase() !== 'microsoft.network/networkgroupmemberships'
}

/** The filter a query states, read out of its text: a type that is not asked for is not answered. */
function wantedBy(query: string): (type: string, group: string) => boolean {
  const types = new Set(quotedIn(/type (?:in~ \(([^)]*)\)|=~ "[^"]*")/.exec(query)?.[0]))
  const prefix = /type startswith "([^"]+)"/.exec(query)?.[1] ?? '\0'
  const groups = quotedIn(/resourceGroup in~ \(([^)]*)\)/.exec(query)?.[1])
  return (type, group) =>
    (type.startsWith(prefix) || types.has(type)) && (groups.length === 0 || groups.includes(group.toLowerCase()))
}

function quotedIn(list: string | undefined): string[] {
  return [...(list ?? '').matchAll(/"([^"]*)"/g)].map(([, word = '']) => word.toLowerCase())
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, code: string): void {
  send(response, status, {}, { error: { code, message: code } })
}
