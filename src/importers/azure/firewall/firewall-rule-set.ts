import { ANY, allOf, implied, notOf, type Refusal, type Rule, type RuleSet, type Source } from '../../../model/index.ts'
import {
  addressesOfPrefixes,
  complementOf,
  type Ip,
  intersectionOf,
  isEmptyAddressSet,
  prefix,
  singlePort,
  TCP,
  UDP,
} from '../../../net/index.ts'
import { PLATFORM_ADDRESSES } from '../estate/address-space.ts'
import { natGatewayIdOf } from '../estate/subnet-nat-gateway.ts'
import { routeBodies } from '../routes/user-route.ts'
import { inheritance, type RuleCollection, type RuleCollections } from './firewall-collection.ts'
import { outsideRules } from './firewall-outside.ts'
import { APPLICATION_MARK, type RuleContext, rulesOf } from './firewall-rule.ts'
import { type FirewallSettings, IANA_PRIVATE } from './firewall-settings.ts'

const PROCESSING = 'Learn: Azure Firewall rule processing logic'
const SNAT = 'Learn: Azure Firewall SNAT private IP address ranges'
const DEFAULT_DENY = implied(
  `Azure Firewall default deny: what no rule allows is denied; only Microsoft's built-in infrastructure names are allowed besides (${PROCESSING})`,
)

/** What reaches a rule set of this firewall first: its sessions. A packet that needs one and has none is dropped. */
function sessionRules(): Rule[] {
  const stateful = implied(`Azure Firewall is stateful (${PROCESSING})`)
  return [
    rule('session established', { kind: 'session', in: ['established', 'related'] }, { kind: 'accept' }, stateful),
    rule('without its session', { kind: 'session', in: ['invalid'] }, { kind: 'drop' }, stateful),
    rule(
      'TCP without its session',
      allOf(
        { kind: 'session', in: ['new'] },
        { kind: 'protocol', in: [TCP] },
        notOf({ kind: 'tcp-flags', mask: 'SA', set: 'S' }),
      ),
      { kind: 'drop' },
      stateful,
    ),
  ]
}

/** The filter: sessions, what DNAT let in, network rules, application rules, then the built-in deny. */
export function filterRules(context: RuleContext, collections: RuleCollections): RuleSet {
  const translated = implied(`a DNAT rule allows what it translates; no other rule is asked (${PROCESSING})`)
  const ofKind = (kind: RuleCollection['kind']) =>
    collections.ordered.filter((one) => one.kind === kind).flatMap((one) => rulesOf(context, one))
  const application = ofKind('application').map((one) =>
    one.action.kind === 'drop' ? { ...one, refusal: CUT_OFF } : one,
  )
  return {
    name: 'rules',
    label: context.settings.label,
    rules: [
      ...sessionRules(),
      rule('DNAT, implicitly', { kind: 'translated', which: 'destination' }, { kind: 'accept' }, translated),
      ...ofKind('network'),
      ...application,
      ...denyAfterHandshake(application),
      rule('default deny', ANY, { kind: 'drop' }, DEFAULT_DENY),
    ],
    policy: { kind: 'drop' },
    policySource: DEFAULT_DENY,
  }
}

/**
 * On the ports its application rules name the firewall answers the handshake itself, to read the name that is asked for:
 * what none of them allows connects, and is then cut off (Learn: Azure Firewall FAQ, TCP ping; Connection troubleshoot).
 */
const CUT_OFF: Refusal = {
  kind: 'tls-reset',
  status: 470,
  text: '"Action: Deny. Reason: No rule matched. Proceeding with default action."',
}

function denyAfterHandshake(application: readonly Rule[]): Rule[] {
  const ports = application.flatMap(({ match }) => (match.kind === 'all' ? match.of : []))
  const named = ports.flatMap((one) => (one.kind === 'destination-port' ? one.in : []))
  const [first] = named
  if (!first) return []
  const known = [...new Map(named.map((one) => [`${one.first}-${one.last}`, one])).values()]
  const match = allOf({ kind: 'protocol', in: [TCP] }, { kind: 'destination-port', in: known })
  return [{ ...rule('default deny', match, { kind: 'drop' }, DEFAULT_DENY), refusal: CUT_OFF }]
}

/** Destination translation. */
export function dnatRules(context: RuleContext, collections: RuleCollections): RuleSet {
  const { label } = context.settings
  const known = collections.ordered.filter((one) => one.kind === 'dnat')
  reportForcedTunnel(
    context,
    known.filter((one) => one.rules.length > 0),
  )
  return {
    name: 'dnat',
    label,
    rules: known.flatMap((one) => rulesOf(context, one)),
    policy: { kind: 'accept' },
    policySource: implied('what no DNAT rule matches keeps its destination'),
  }
}

function reportForcedTunnel({ estate, settings }: RuleContext, dnat: readonly RuleCollection[]): void {
  const first = dnat[0]
  if (!settings.forcedTunnel || !first) return
  const message = 'FirewallDnatForcedTunnel: DNAT with forced tunnelling works only on firewalls with a management NIC'
  estate.report(first.body.diagnostic('note', 'NT1710', message))
}

/** What a firewall takes for itself: DNS questions when its proxy is on, and answers to its own. */
export function inputRules({ estate, settings }: RuleContext, { leftOut }: RuleCollections): RuleSet {
  const [inherited] = leftOut
  const leansOn = inherited && inheritance(estate.settings, inherited)
  const dns = allOf({ kind: 'protocol', in: [UDP, TCP] }, { kind: 'destination-port', in: [singlePort(53)] })
  const proxy = settings.proxySource ?? implied('the DNS proxy is on')
  const off = implied('an Azure Firewall answers nothing itself but DNS, with its proxy on (Learn: Azure Firewall DNS)')
  return {
    name: 'input',
    label: settings.label,
    rules: [
      ...sessionRules(),
      settings.proxy
        ? rule('DNS proxy', dns, { kind: 'accept' }, proxy)
        : rule('DNS proxy is off (enableProxy is not true)', dns, { kind: 'drop' }, settings.proxySource ?? off),
      {
        ...rule('default deny', ANY, { kind: 'drop' }, settings.proxy ? DEFAULT_DENY : (settings.proxySource ?? off)),
        ...(leansOn !== undefined && { leansOn }),
      },
    ],
    policy: { kind: 'drop' },
    policySource: DEFAULT_DENY,
  }
}

/**
 * Source translation. DNAT and application rules always translate, network rules only towards addresses outside the
 * private ranges. A private destination sees the firewall's private address (an instance's in truth, of the same
 * subnet), a public one a public address.
 */
export function sourceNatRules(settings: FirewallSettings): RuleSet {
  const toPrivate = implied(
    `an application rule always translates; a private destination sees the private address (${SNAT})`,
  )
  const marked = { kind: 'mark', ...APPLICATION_MARK } as const
  const isPrivate = { kind: 'destination', in: IANA_PRIVATE } as const
  const inner = rewriteTo(settings.privateIp)
  const publicIp = settings.publicIps[0]
  const outside = settings.leavesPrivate === undefined ? outerAddress(settings, inner) : inner
  const outsideSource = settings.leavesPrivate ? implied(settings.leavesPrivate) : (publicIp?.source ?? toPrivate)
  const ranges =
    settings.untranslatedSource ?? implied(`the default private ranges are RFC 1918 and RFC 6598 (${SNAT})`)
  const always = implied(`private destinations outside the private ranges see the private address (${SNAT})`)
  const platform = implied(
    '168.63.129.16 is reached from inside the VNet alone (Learn: What is IP address 168.63.129.16?)',
  )
  const dnat = implied(`DNAT also translates the source to the private address (${PROCESSING})`)
  return {
    name: 'snat',
    label: `${settings.label} SNAT`,
    rules: [
      rule(
        'its own questions to Azure DNS',
        { kind: 'destination', in: PLATFORM_ADDRESSES },
        { kind: 'accept' },
        platform,
      ),
      rule('of DNAT', { kind: 'translated', which: 'destination' }, inner, dnat),
      rule('of an application rule, private', allOf(marked, isPrivate), inner, toPrivate),
      ...outsideRules(settings, 'of an application rule', marked, outside, outsideSource),
      rule('private ranges', { kind: 'destination', in: settings.untranslated }, { kind: 'accept' }, ranges),
      ...unknownRanges(settings, ranges),
      rule('private destination', isPrivate, inner, always),
      ...outsideRules(settings, 'public destination', ANY, outside, outsideSource),
    ],
    policy: { kind: 'accept' },
    policySource: implied('every packet is met by a rule'),
  }
}

/** The address that the internet sees; the private one where there is no other, with which nothing gets out. */
function outerAddress({ publicIps, publicUnknown }: FirewallSettings, inner: Rule['action']): Rule['action'] {
  if (publicUnknown !== undefined) return { kind: 'opaque', text: publicUnknown }
  return publicIps[0] ? rewriteTo(publicIps[0].ip) : inner
}

function unknownRanges({ untranslatedUnknown: text }: FirewallSettings, source: Source): Rule[] {
  return text === undefined ? [] : [rule('private ranges', { kind: 'opaque', text }, { kind: 'accept' }, source)]
}

/**
 * With 0.0.0.0/0 as private range nothing is translated, so nothing can come back from the internet. Only said where
 * no route of the subnet and no gateway could carry public addresses another way.
 */
export function unroutableRules({ estate, settings }: RuleContext): RuleSet {
  const { subnet } = settings
  const { vnet } = subnet
  const routes = subnet.routeTable ? routeBodies(estate, subnet.routeTable) : []
  const hasOtherWays =
    routes.some((one) => one.text('nextHopType')?.toLowerCase() !== 'internet') ||
    vnet.subnets.some((one) => one.name.toLowerCase() === 'gatewaysubnet') ||
    vnet.peerings.some((one) => one.usesRemoteGateways) ||
    natGatewayIdOf(estate, subnet) !== undefined
  const reserved = addressesOfPrefixes(vnet.peerings.flatMap((one) => one.remotePrefixes).concat(vnet.prefixes))
  const match = allOf(
    { kind: 'source', in: IANA_PRIVATE },
    { kind: 'destination', in: intersectionOf(settings.untranslated, complementOf(reserved)) },
    notOf({ kind: 'destination', in: IANA_PRIVATE }),
  )
  const source = settings.untranslatedSource ?? implied(SNAT)
  return {
    name: 'unroutable',
    label: settings.label,
    rules:
      coversInternet(settings) && !hasOtherWays
        ? [
            rule(
              'FirewallSnatDisabled: 0.0.0.0/0 is a private range, so internet traffic keeps its private source',
              match,
              { kind: 'drop' },
              source,
            ),
          ]
        : [],
    policy: { kind: 'accept' },
    policySource: implied('the rules decided before'),
  }
}

function coversInternet(settings: FirewallSettings): boolean {
  const every = addressesOfPrefixes([prefix('0.0.0.0/0')])
  return isEmptyAddressSet(intersectionOf(every, complementOf(settings.untranslated)))
}

function rewriteTo(ip: Ip): Rule['action'] {
  return { kind: 'rewrite-source', to: { kind: 'address', first: ip, last: ip } }
}

function rule(name: string, match: Rule['match'], action: Rule['action'], source: Source): Rule {
  return { name, match, action, source }
}
