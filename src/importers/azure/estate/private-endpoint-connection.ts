import type { Source } from '../../../model/index.ts'
import { hostPrefix, type Ip, type Prefix, parseIp, prefixContains } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'
import {
  approvesByItself,
  type PrivateLinkService,
  privateLinkServiceOf,
  stateAtProvider,
} from './private-link-service.ts'

/** One address of a private endpoint and what it stands for. */
export interface EndpointMember {
  readonly ip: Ip
  /** The sub-resource (`blob`) and the member in it (`registry_data_westeurope`), lower case; absent = not said. */
  readonly group?: string
  readonly member?: string
  /** Public names, lower case, as the export lists them; often none when a zone group manages DNS. */
  readonly fqdns: readonly string[]
  readonly source: Source
}

/** What a private endpoint connects: its addresses, the resource behind it, and whether its owner approved. */
export interface EndpointConnection {
  readonly body: Body
  readonly subnet: Subnet | undefined
  /** The lower-case id of the resource, or of a private link service; absent = not in the export. */
  readonly targetId: string | undefined
  /** Sub-resources, lower case. */
  readonly groups: readonly string[]
  /** As written: `Approved`, `Pending`, `Rejected`, `Disconnected`. */
  readonly status: string
  readonly approved: boolean
  readonly statusSource: Source
  /** The provider's side, where it is a Private Link service of the export. */
  readonly service?: PrivateLinkService
  readonly members: readonly EndpointMember[]
}

/** Every private endpoint of an estate, in file order; read once. */
export const endpointConnections: (estate: Estate) => readonly EndpointConnection[] = perEstate((estate) =>
  estate.ofType('microsoft.network/privateendpoints').map((body) => endpointConnection(estate, body)),
)

// A manual connection without a state counts as pending, an automatic one as approved, unless the provider says more.
function endpointConnection(estate: Estate, body: Body): EndpointConnection {
  const automatic = body.children('privateLinkServiceConnections')[0]
  const connection = automatic ?? body.children('manualPrivateLinkServiceConnections')[0]
  const state = connection?.child('privateLinkServiceConnectionState')
  const named = connection?.text('privateLinkServiceId')?.toLowerCase()
  const service = privateLinkServiceOf(estate, named)
  const atProvider = service && stateAtProvider(service, body)
  const assumed = automatic || (service && approvesByItself(service, body)) ? 'Approved' : 'Pending'
  const status = atProvider?.status ?? state?.text('status') ?? assumed
  return {
    body,
    subnet: estate.subnet(body.reference('subnet')),
    targetId: service?.body.id.toLowerCase() ?? named,
    groups: (connection?.texts('groupIds') ?? []).map((one) => one.toLowerCase()),
    status,
    approved: status.toLowerCase() === 'approved',
    statusSource: atProvider?.source ?? state?.source('status') ?? (connection ?? body).source(),
    ...(service && { service }),
    members: membersOf(estate, body),
  }
}

/** The zone groups of an endpoint, whether they stand inside it or as bodies of their own: their zone configs. */
export function zoneConfigs(estate: Estate, endpoint: Body): Body[] {
  const id = endpoint.id.toLowerCase()
  const inside = endpoint.children('privateDnsZoneGroups')
  const beside = estate
    .ofType('microsoft.network/privateendpoints/privatednszonegroups')
    .filter((one) => one.id.toLowerCase().startsWith(`${id}/`))
  const seen = new Set<string>()
  return [...inside, ...beside]
    .filter((group) => group.id === '' || (!seen.has(group.id.toLowerCase()) && seen.add(group.id.toLowerCase())))
    .flatMap((group) => group.children('privateDnsZoneConfigs'))
}

/** A name as it is compared: lower case, without the final dot. */
export function plainName(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

/** The prefix of a subnet that an address is in; the address alone when the subnet does not hold it. */
export function subnetPrefix(subnet: Subnet, ip: Ip): Prefix {
  return subnet.prefixes.find((one) => prefixContains(one, ip)) ?? hostPrefix(ip)
}

interface GrowingMember {
  ip: Ip
  group?: string
  member?: string
  fqdns: string[]
  source: Source
}

/** The addresses, from wherever the export has them: the NIC, fixed IP configurations, DNS configurations. */
function membersOf(estate: Estate, body: Body): readonly EndpointMember[] {
  const members = new Map<Ip, GrowingMember>()
  const add = (text: string | undefined, source: Source): GrowingMember | undefined => {
    const ip = text === undefined ? undefined : parseIp(text)
    if (ip === undefined) return undefined
    const member = members.get(ip) ?? { ip, fqdns: [], source }
    members.set(ip, member)
    return member
  }
  for (const configuration of nicsOf(estate, body).flatMap((nic) => nic.children('ipConfigurations'))) {
    const member = add(configuration.text('privateIPAddress'), configuration.source('privateIPAddress'))
    describe(member, configuration.child('privateLinkConnectionProperties'), 'requiredMemberName')
  }
  for (const configuration of body.children('ipConfigurations')) {
    describe(
      add(configuration.text('privateIPAddress'), configuration.source('privateIPAddress')),
      configuration,
      'memberName',
    )
  }
  for (const configuration of body.children('customDnsConfigs')) {
    const name = configuration.text('fqdn')
    for (const text of configuration.texts('ipAddresses')) {
      const member = add(text, configuration.source('ipAddresses'))
      if (member && name !== undefined) addName(member, name)
    }
  }
  for (const set of zoneConfigs(estate, body).flatMap((one) => one.children('recordSets'))) {
    for (const text of set.texts('ipAddresses')) add(text, set.source('ipAddresses'))
  }
  return [...members.values()]
}

function nicsOf(estate: Estate, body: Body): Body[] {
  const named = body.references('networkInterfaces').map((id) => estate.byId(id))
  const found = named.filter((one) => one !== undefined)
  if (found.length > 0 || body.id === '') return found
  const id = body.id.toLowerCase()
  return estate.ofType('microsoft.network/networkinterfaces').filter((nic) => nic.reference('privateEndpoint') === id)
}

function describe(member: GrowingMember | undefined, properties: Body | undefined, memberKey: string): void {
  if (!member || !properties) return
  const group = properties.text('groupId')?.toLowerCase()
  const name = properties.text(memberKey)?.toLowerCase()
  if (group !== undefined) member.group = group
  if (name !== undefined) member.member = name
  for (const fqdn of properties.texts('fqdns')) addName(member, fqdn)
}

function addName(member: GrowingMember, fqdn: string): void {
  const name = plainName(fqdn)
  if (!member.fqdns.includes(name)) member.fqdns.push(name)
}
