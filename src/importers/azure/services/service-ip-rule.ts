import { allOf, type Match, notOf, type Rule, someOf } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressSetContains,
  complementOf,
  hostPrefix,
  type Ip,
  intersectionOf,
  isEmptyAddressSet,
  unionOf,
} from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import { perEstate } from '../estate/per-estate.ts'
import { STAND_IN_ADDRESSES, standInAddress } from '../estate/stand-in-address.ts'
import { regionOf } from '../names/service-names-workspace.ts'
import type { AccessEntry, ServiceAccess } from './service-access.ts'
import { trustedStamps } from './service-trust.ts'

/** Whose IP rules they are. */
interface Ruled {
  readonly type: string
  readonly body: Body
  readonly words: string
}

const STORAGE = 'microsoft.storage/storageaccounts'

/** The IP rules of a service's front door, and last what is not known of callers whose public address is not. */
export function ipRules(estate: Estate, ruled: Ruled, access: ServiceAccess): Rule[] {
  const rules = access.ipRules.map((entry) => ipRule(estate, ruled, entry))
  return [...rules, ...unknownAddresses(estate, ruled, access.ipRules)]
}

function ipRule(estate: Estate, ruled: Ruled, entry: AccessEntry): Rule {
  const { source } = entry
  const rule = (name: string, match: Match): Rule => ({ name, match, action: { kind: 'accept' }, source })
  if (entry.unread) return rule(entry.value, { kind: 'opaque', text: entry.value })
  if (entry.allOfAzure) return allOfAzure(estate, ruled, entry)
  const set = addressesOfText(entry.value)
  if (set) return rule(`IP rule ${entry.value}`, { kind: 'source', in: reaching(estate, ruled, set) })
  const message = `${ruled.words}: IP rule "${entry.value}" is no address range`
  estate.report({ severity: 'warning', code: 'NT1751', message, source })
  return rule(`IP rule ${entry.value}`, { kind: 'opaque', text: `address ${entry.value}` })
}

const publicIps = perEstate((estate) =>
  estate.ofType('microsoft.network/publicipaddresses').flatMap((body) => {
    const ip = estate.publicIp(body.id)
    return ip === undefined ? [] : [{ ip, region: regionOf(body), name: body.name }]
  }),
)

const ownAddresses = perEstate((estate) => setOf(publicIps(estate).map((one) => one.ip)))

function setOf(ips: readonly Ip[]): AddressSet {
  return addressesOfPrefixes(ips.map(hostPrefix))
}

/** Callers from a subnet with a service endpoint: the service sees the subnet, and no public address. */
const bySubnet = perEstate((estate): Match => {
  const subnets = [...estate.subnets.values()].filter(
    (one) => one.body.unnoticed().children('serviceEndpoints').length > 0,
  )
  return { kind: 'stamp', in: subnets.map((one) => `subnet:${one.id}`) }
})

/** What a service with public addresses sees: those that Microsoft or the export say are of Azure. */
function allOfAzure(estate: Estate, ruled: Ruled, { source }: AccessEntry): Rule {
  const tag = estate.tag('AzureCloud')
  const known = unionOf(ownAddresses(estate), STAND_IN_ADDRESSES, ...(tag ? [tag] : []))
  const from: Match = { kind: 'source', in: known, ...(tag && { serviceTags: ['AzureCloud'] }) }
  const tagged: Match = tag ? from : someOf(from, { kind: 'opaque', text: 'service tag AzureCloud' })
  // No page says what the rule means to a caller whose address the service does not see.
  const seen = someOf(notOf(bySubnet(estate)), {
    kind: 'opaque',
    text: 'whether the rule for Azure services holds for a subnet with a service endpoint',
  })
  const trusted: Match = { kind: 'stamp', in: trustedStamps(ruled.type) }
  const match = someOf(trusted, allOf(tagged, seen))
  return { name: 'allow Azure services (0.0.0.0)', match, action: { kind: 'accept' }, source }
}

/**
 * Callers that leave with an address of Microsoft's choice, which no export holds: it may be one that a rule names, unless
 * those are not of Azure or belong to something of the export.
 */
function unknownAddresses(estate: Estate, { type, body }: Ruled, entries: readonly AccessEntry[]): Rule[] {
  const tag = estate.tag('AzureCloud')
  const possible = entries.filter((entry) => {
    const set = entry.unread || entry.allOfAzure ? undefined : addressesOfText(entry.value)
    if (!set) return false
    const free = intersectionOf(set, complementOf(ownAddresses(estate)))
    return !isEmptyAddressSet(tag ? intersectionOf(free, tag) : free)
  })
  const [first] = possible
  if (!first) return []
  const from = type === STORAGE ? elsewhere(estate, body) : STAND_IN_ADDRESSES
  if (isEmptyAddressSet(from)) return []
  const names = possible.map((one) => one.value).join(', ')
  const text = `the caller's public address, which Azure chooses (default outbound access), may be one of ${names}`
  const match = allOf({ kind: 'source', in: from }, notOf(bySubnet(estate)))
  return [{ name: 'IP rules', match, action: { kind: 'opaque', text }, source: first.source }]
}

/** The addresses that stand for callers of other regions than the account's. */
function elsewhere(estate: Estate, account: Body): AddressSet {
  const region = regionOf(account)
  const far = [...estate.subnets.values()].filter((one) => regionName(one.vnet.location) !== region)
  return setOf(far.map((one) => standInAddress(estate, one)))
}

function regionName(text: string): string {
  return text.toLowerCase().replaceAll(' ', '')
}

/**
 * An IP rule of a storage account has no effect on callers of its own region: they arrive with private addresses of
 * Azure's (Learn: Configure Azure Storage firewalls, restrictions for IP network rules).
 */
function reaching(estate: Estate, { type, body, words }: Ruled, set: AddressSet): AddressSet {
  if (type !== STORAGE) return set
  const region = regionOf(body)
  const near = publicIps(estate).filter(
    (one) => one.region === region && region !== '' && addressSetContains(set, one.ip),
  )
  for (const one of near) {
    const message = `${words}: its IP rule for ${one.name} has no effect, both are in ${region}; use a virtual network rule or a private endpoint`
    estate.report(body.diagnostic('note', 'NT1752', message))
  }
  if (near.length === 0) return set
  return intersectionOf(set, complementOf(setOf(near.map((one) => one.ip))))
}
