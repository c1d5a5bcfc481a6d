import type { Source } from '../../../model/index.ts'
import { type Ip, parseIp } from '../../../net/index.ts'
import { type Body, lastPart } from './body.ts'
import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'

/** The interface of a private endpoint that leads to the Private Link service behind it. */
export const TO_PROVIDER = 'private-link'

/** A frontend that a Private Link service stands before, as the export holds it. */
export interface LinkedFrontend {
  readonly ip: Ip
  /** The subnet of the frontend; absent for an address that the service sends to directly. */
  readonly subnet?: Subnet
  readonly source: Source
}

/** The provider's side of a private link: a service of one's own that others reach through private endpoints. */
export interface PrivateLinkService {
  readonly body: Body
  readonly device: string
  /** The subnet its consumers seem to come from; absent = not in the export. */
  readonly subnet?: Subnet
  /** The addresses its consumers seem to have, the primary one first; empty = the export does not hold them. */
  readonly natAddresses: readonly { readonly ip: Ip; readonly source: Source }[]
  /** Where it sends what comes in; absent = not in the export. */
  readonly target?: LinkedFrontend
  /** It sends straight to an address, with no load balancer before it. */
  readonly isDirect: boolean
}

/** The Private Link services of an estate, in file order; read once. */
export const privateLinkServices: (estate: Estate) => readonly PrivateLinkService[] = perEstate((estate) =>
  estate.ofType('microsoft.network/privatelinkservices').map((body) => privateLinkService(estate, body)),
)

/** The service that an endpoint names, by its id or by its alias (Learn: What is Azure Private Link service?). */
export function privateLinkServiceOf(estate: Estate, named: string | undefined): PrivateLinkService | undefined {
  const wanted = named?.toLowerCase()
  if (wanted === undefined) return undefined
  return privateLinkServices(estate).find(
    ({ body }) => body.id.toLowerCase() === wanted || body.text('alias')?.toLowerCase() === wanted,
  )
}

/** Whether an endpoint names a Private Link service and no resource of Azure's, by id or alias; lower case. */
export function namesPrivateLinkService(named: string): boolean {
  return named.includes('/providers/microsoft.network/privatelinkservices/') || named.endsWith(ALIAS_ENDING)
}

const ALIAS_ENDING = '.azure.privatelinkservice'

function privateLinkService(estate: Estate, body: Body): PrivateLinkService {
  const configurations = [...body.children('ipConfigurations')].sort(
    (one, other) => Number(other.flag('primary') === true) - Number(one.flag('primary') === true),
  )
  const subnet = configurations.map((one) => estate.subnet(one.reference('subnet'))).find((one) => one !== undefined)
  const direct = parsed(body.text('destinationIPAddress'))
  const isDirect = body.has('destinationIPAddress')
  const target = isDirect
    ? direct !== undefined && { ip: direct, source: body.source('destinationIPAddress') }
    : frontendOf(estate, body)
  return {
    body,
    device: estate.deviceName(body),
    ...(subnet && { subnet }),
    natAddresses: natAddresses(estate, body, configurations),
    ...(target && { target }),
    isDirect,
  }
}

/** As the service itself prints them, else its NIC. */
function natAddresses(estate: Estate, body: Body, configurations: readonly Body[]) {
  const nics = body.references('networkInterfaces').map((id) => estate.byId(id))
  const ofNics = nics.flatMap((one) => one?.children('ipConfigurations') ?? [])
  for (const list of [configurations, ofNics]) {
    const found = list.flatMap((one) => {
      const ip = parsed(one.text('privateIPAddress'))
      return ip === undefined ? [] : [{ ip, source: one.source('privateIPAddress') }]
    })
    if (found.length > 0) return found
  }
  return []
}

function frontendOf(estate: Estate, body: Body): LinkedFrontend | undefined {
  for (const id of body.references('loadBalancerFrontendIpConfigurations')) {
    const balancer = estate.byId(id.slice(0, Math.max(id.lastIndexOf('/frontendipconfigurations/'), 0)))
    const frontend = balancer
      ?.children('frontendIPConfigurations')
      .find((one) => one.name.toLowerCase() === lastPart(id))
    const ip = parsed(frontend?.text('privateIPAddress'))
    const subnet = estate.subnet(frontend?.reference('subnet'))
    if (frontend && ip !== undefined && subnet) return { ip, subnet, source: frontend.source('privateIPAddress') }
  }
  return undefined
}

function parsed(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}

/** What a service says of one endpoint's connection, which counts before the endpoint's own copy of it. */
export function stateAtProvider(
  service: PrivateLinkService,
  endpoint: Body,
): { readonly status: string; readonly source: Source } | undefined {
  const id = endpoint.id.toLowerCase()
  const connection = service.body
    .children('privateEndpointConnections')
    .find((one) => id !== '' && one.reference('privateEndpoint') === id)
  const state = connection?.child('privateLinkServiceConnectionState')
  const status = state?.text('status')
  return state && status !== undefined ? { status, source: state.source('status') } : undefined
}

/** Whether a service approves by itself what comes from an endpoint's subscription. */
export function approvesByItself(service: PrivateLinkService, endpoint: Body): boolean {
  const listed = service.body.child('autoApproval')?.texts('subscriptions') ?? []
  const own = /^\/subscriptions\/([^/]+)/i.exec(endpoint.id)?.[1]?.toLowerCase()
  return listed.some((one) => one === '*' || one.toLowerCase() === own)
}
