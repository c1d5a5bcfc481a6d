import { type Action, allOf, implied, type Match, notOf, type Rule } from '../../model/index.ts'
import { addressesOfPrefixes, ICMP, type Prefix, prefix, TCP, UDP } from '../../net/index.ts'
import { matchAddresses } from './addresses.ts'
import { type Entry, flagOf, sourceOf, textOf } from './entry.ts'
import { interfaceNames, type Site } from './site.ts'

const PAGE = 'Ubiquiti help article 115003173168'

// What the article says in words: return traffic comes in from the internet, nothing else does; local networks reach
// each other; guests reach the internet, DNS and DHCP, and no local network. The numbers are practice: those a USG
// prints, with no page to cite.

/** The predefined rules of a rule set, which run after the user's rules 2000 to 2999. */
export function predefinedRules(ruleSet: string, site: Site): Rule[] {
  switch (ruleSet) {
    case 'WAN_IN':
    case 'WAN_LOCAL':
      return [
        predefined('3001 allow established and related', { kind: 'session', in: ['established', 'related'] }, 'accept'),
        predefined('3002 drop invalid', { kind: 'session', in: ['invalid'] }, 'drop'),
      ]
    case 'LAN_IN':
      return isolationRules(site)
    case 'GUEST_IN':
      return guestRules(site)
    case 'GUEST_LOCAL':
      return [
        predefined('3001 allow DNS', allOf(transport(TCP, UDP), destinationPort(53)), 'accept'),
        predefined('3002 allow ICMP', { kind: 'protocol', in: [ICMP] }, 'accept'),
        predefined('3003 allow DHCP', allOf(transport(UDP), destinationPort(67)), 'accept'),
      ]
    default:
      return []
  }
}

/** What happens when no rule decides. */
export function defaultAction(ruleSet: string): Action {
  return { kind: ruleSet === 'WAN_IN' || ruleSet === 'WAN_LOCAL' || ruleSet === 'GUEST_LOCAL' ? 'drop' : 'accept' }
}

/** Where the default is from. */
export function defaultSource(ruleSet: string): ReturnType<typeof implied> {
  return implied(`default action of ${ruleSet} (${PAGE})`)
}

function predefined(name: string, match: Match, action: 'accept' | 'drop'): Rule {
  return {
    name: `predefined ${name}`,
    match,
    action: { kind: action },
    source: implied(`predefined rule of the gateway (${PAGE})`),
  }
}

function guestRules(site: Site): Rule[] {
  const settings = site.settings.get('guest_access')
  const corporate = site.lans.filter((lan) => lan.kind === 'corporate').map((lan) => lan.subnet)
  const allowed = subnetsOf(settings, 'allowed_subnet')
  return [
    predefined('3001 allow DNS', allOf(transport(TCP, UDP), destinationPort(53)), 'accept'),
    ...(settings && allowed ? [fromSetting('3003 allow subnets for guests', allowed, 'accept', settings)] : []),
    ...restrictedRule(settings, corporate),
    predefined('3005 drop to local networks', destination(corporate), 'drop'),
  ]
}

/**
 * Guests are kept from the subnets of the guest policy. Its default is all private addresses; without the setting in
 * the export we cannot tell whether it was changed.
 */
function restrictedRule(settings: Entry | undefined, corporate: readonly Prefix[]): Rule[] {
  if (settings) {
    const restricted = subnetsOf(settings, 'restricted_subnet')
    return restricted ? [fromSetting('3004 drop restricted subnets', restricted, 'drop', settings)] : []
  }
  const doubtful = allOf(
    destination(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefix)),
    notOf(destination(corporate)),
    { kind: 'opaque', text: 'restricted subnets of the guest policy (setting guest_access) are not in the export' },
  )
  return [predefined('3004 drop restricted subnets', doubtful, 'drop')]
}

function fromSetting(name: string, match: Match, action: 'accept' | 'drop', settings: Entry): Rule {
  return { name: `predefined ${name}`, match, action: { kind: action }, source: sourceOf(settings, 'key') }
}

function subnetsOf(settings: Entry | undefined, start: string): Match | undefined {
  const keys = settings ? Object.keys(settings.value).filter((key) => key.startsWith(`${start}_`)) : []
  const texts = keys.flatMap((key) => (settings && textOf(settings, key)) ?? [])
  if (texts.length === 0) return undefined
  return matchAddresses('destination', texts) ?? { kind: 'opaque', text: `${start} ${texts.join(',')}` }
}

/** `network_isolation_enabled` and `internet_access_enabled` of a network (go-unifi: NetworkConf); practice: in LAN_IN. */
export function isolationRules(site: Site): Rule[] {
  return site.lans.flatMap((lan) => {
    const from: Match = { kind: 'in-interface', in: [lan.interface] }
    const rules: Rule[] = []
    if (flagOf(lan.entry, 'network_isolation_enabled')) {
      const others = site.lans.filter((one) => one !== lan).map((one) => one.subnet)
      const name = `isolation of ${lan.name}`
      const source = sourceOf(lan.entry, 'network_isolation_enabled')
      const match = allOf(from, destination(others), notOf({ kind: 'session', in: ['established', 'related'] }))
      rules.push({ name, match, action: { kind: 'drop' }, source })
    }
    if (flagOf(lan.entry, 'internet_access_enabled') === false) {
      const name = `no internet access of ${lan.name}`
      const source = sourceOf(lan.entry, 'internet_access_enabled')
      const match = allOf(from, { kind: 'out-interface', in: interfaceNames(site.wans) })
      rules.push({ name, match, action: { kind: 'drop' }, source })
    }
    return rules
  })
}

function destination(prefixes: readonly Prefix[]): Match {
  return { kind: 'destination', in: addressesOfPrefixes(prefixes) }
}

function transport(...protocols: number[]): Match {
  return { kind: 'protocol', in: protocols }
}

function destinationPort(port: number): Match {
  return { kind: 'destination-port', in: [{ first: port, last: port }] }
}

/** Tunnelled packets are let in from the internet by every site-to-site VPN; practice. */
export function tunnelRule(): Rule {
  return predefined('allow site-to-site VPN', { kind: 'tunnel', direction: 'in', present: true }, 'accept')
}
