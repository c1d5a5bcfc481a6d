import { type Ip, type Prefix, parseIp, parsePrefix } from '../../../net/index.ts'
import type { Body } from './body.ts'
import { isEndpointNic } from './endpoint-nic.ts'
import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'

/** A route that Azure printed of a network interface. */
export interface EffectiveRow {
  readonly body: Body
  readonly prefix: Prefix
  /** `Default`, `User` or `VirtualNetworkGateway`. */
  readonly by: string
  readonly state: string
  readonly type: string
  /** Empty when Azure prints none. */
  readonly nextHops: readonly Ip[]
}

/** What Azure printed of a network interface: the routes or the rules in force there. */
export interface EffectiveAnswer {
  readonly nic: Body
  readonly subnet: Subnet
  /** Empty when the file holds rules. */
  readonly rows: readonly EffectiveRow[]
  /** The NSGs with their rules in force; empty when the file holds routes. */
  readonly groups: readonly Body[]
}

/**
 * The rows of `az network nic show-effective-route-table` or `az network nic list-effective-nsg`, as JSON prints them: a
 * list, or a list in `value`. PowerShell's capital letters count too. `undefined` when the value is something else.
 */
export function effectiveRowsOf(value: unknown): readonly object[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const listed = Array.isArray(value) ? value : (value as Readonly<Record<string, unknown>>).value
  return Array.isArray(listed) && listed.length > 0 && listed.every(isEffectiveRow) ? listed : undefined
}

/** Whether an object is a route or an NSG as those commands print them, and no resource. */
export function isEffectiveRow(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const keys = new Set(Object.keys(value).map((key) => key.toLowerCase()))
  if (keys.has('id') || keys.has('properties')) return false
  const isRoute = ['addressprefix', 'nexthoptype', 'source', 'state'].every((key) => keys.has(key))
  return isRoute || keys.has('effectivesecurityrules')
}

/** One file is one interface's answer. */
const all = perEstate((estate): readonly EffectiveAnswer[] => {
  const files = new Map<string, Body[]>()
  for (const row of estate.printedRows) {
    if (isEffectiveRow(row.value)) files.set(row.file, [...(files.get(row.file) ?? []), row])
  }
  return [...files.values()].flatMap((rows) => answerOf(estate, rows) ?? [])
})

/** Everything that was printed of network interfaces, in file order; what belongs to none is reported and left out. */
export function effectiveAnswers(estate: Estate): readonly EffectiveAnswer[] {
  return all(estate)
}

function associatedNic(row: Body): string | undefined {
  return row.child('association')?.reference('networkInterface')
}

function answerOf(estate: Estate, rows: readonly Body[]): EffectiveAnswer | undefined {
  const [first] = rows
  const nic = first && nicOf(estate, rows)
  const subnets = nic?.children('ipConfigurations').map((one) => estate.subnet(one.reference('subnet'))) ?? []
  const subnet = subnets.find((one) => one !== undefined)
  if (!first || !nic || !subnet) return undefined
  const groups = rows.filter((one) => one.has('effectiveSecurityRules'))
  return {
    nic,
    subnet,
    groups,
    rows: rows.filter((one) => !groups.includes(one)).flatMap((one) => rowsOf(estate, one)),
  }
}

/** Whose answer a file holds: an NSG's association says it, else the file's name, else there is only one interface. */
function nicOf(estate: Estate, rows: readonly Body[]): Body | undefined {
  const [first] = rows
  if (!first) return undefined
  const named = rows.map(associatedNic).find((one) => one !== undefined)
  const known = named === undefined ? undefined : estate.byId(named)
  if (known) return known
  const nics = estate.ofType('microsoft.network/networkinterfaces').filter((one) => !isEndpointNic(estate, one))
  const file = first.file.slice(first.file.lastIndexOf('/') + 1).toLowerCase()
  const fits = nics.filter(({ name }) => file.startsWith(`${name.toLowerCase()}.`))
  if (fits.length === 1) return fits[0]
  const [only] = nics
  if (only && nics.length === 1 && named === undefined) return only
  const why =
    fits.length > 1
      ? `${fits.length} network interfaces of the export are called ${fits[0]?.name}`
      : named === undefined
        ? 'name the file after it: <network interface>.effective-routes.json'
        : 'its network interface is not in the export'
  const message = `it is not known of which network interface this is: ${why}; it is left out`
  estate.report(first.diagnostic('warning', 'NT1618', message))
  return undefined
}

function rowsOf(estate: Estate, body: Body): EffectiveRow[] {
  const nextHops = body.texts('nextHopIpAddress').flatMap((text) => parseIp(text) ?? [])
  return body.texts('addressPrefix').flatMap((text) => {
    const prefix = parsePrefix(text)
    if (!prefix) {
      estate.report(body.diagnostic('warning', 'NT1602', `"${text}" is not an address prefix`, 'addressPrefix'))
      return []
    }
    const [by, state, type] = [body.text('source'), body.text('state'), body.text('nextHopType')]
    return [{ body, prefix, by: by ?? '', state: state ?? '', type: type ?? '', nextHops }]
  })
}
