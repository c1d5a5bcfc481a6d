import { allOf, type Device, implied, notOf, type Route, type Rule } from '../../../model/index.ts'
import { addressSet, formatIp, type Ip } from '../../../net/index.ts'
import { type FirewallSettings, IANA_PRIVATE } from './firewall-settings.ts'

/** More paths than this say nothing new. */
const SHOWN = 8

/** Where a firewall's packets take one of several public addresses. */
const TABLE = 'public addresses'

/**
 * The tables of a firewall: `main` leads to its subnet's fabric. One with several public addresses takes any of them for a
 * connection (Learn: Azure Firewall features), which are as many equal routes; a NAT gateway takes that from it.
 */
export function firewallTables(settings: FirewallSettings, route: Route): Pick<Device, 'tables' | 'tableRules'> {
  const main = { name: 'main', routes: [route] }
  const several = addressesInTurn(settings)
  if (several.length === 0) return { tables: [main], tableRules: [] }
  const routes = several.map(({ ip, source }): Route => ({ ...route, stamp: stampOf(ip), source }))
  const name = 'any of its public addresses'
  const match = allOf(
    { kind: 'direction', is: 'original' },
    { kind: 'session', in: ['new'] },
    notOf({ kind: 'destination', in: IANA_PRIVATE }),
    notOf({ kind: 'destination', in: settings.untranslated }),
    notOf({ kind: 'destination', in: PLATFORM }),
  )
  const source = implied('Azure Firewall takes one of its public addresses at random (Learn: Azure Firewall features)')
  const action = { kind: 'lookup', table: TABLE, onMiss: 'continue' } as const
  return { tables: [main, { name: TABLE, routes }], tableRules: [{ name, match, action, source }] }
}

const PLATFORM = addressSet('168.63.129.16/32')

/** The rules that give a packet its public address: one rule for each of several. */
export function outsideRules(
  settings: FirewallSettings,
  name: string,
  match: Rule['match'],
  action: Rule['action'],
  source: Rule['source'],
): Rule[] {
  const several = addressesInTurn(settings).map(
    ({ ip, source: own }): Rule => ({
      name: `${name}, from ${formatIp(ip)}`,
      match: allOf(match, { kind: 'stamp', in: [stampOf(ip)] }),
      action: { kind: 'rewrite-source', to: { kind: 'address', first: ip, last: ip } },
      source: own,
    }),
  )
  return [...several, { name, match, action, source }]
}

function addressesInTurn({ publicIps, publicUnknown, leavesPrivate }: FirewallSettings): FirewallSettings['publicIps'] {
  const own = publicUnknown === undefined && leavesPrivate === undefined && publicIps.length > 1
  return own ? publicIps.slice(0, SHOWN) : []
}

function stampOf(ip: Ip): string {
  return `public address ${formatIp(ip)}`
}
