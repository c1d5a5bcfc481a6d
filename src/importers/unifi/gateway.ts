import { type Device, implied, type Pipeline, type RuleSet, type Stage } from '../../model/index.ts'
import { withAttachments } from './attachments.ts'
import { type Collections, isAccounted, missingCollections } from './collections.ts'
import { type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { lowerResolver, lowerStub } from './name-server.ts'
import { DESTINATION_NAT, lowerNat, SOURCE_NAT } from './nat.ts'
import { idOf, lowerNetworks, runningNetworks, withMacs } from './networks.ts'
import { withOverlays } from './overlay.ts'
import { lowerPortForwards } from './port-forwards.ts'
import { tunnelRule } from './predefined.ts'
import { lowerRoutes } from './routes.ts'
import { lowerRuleSets, OUT, outDispatcher, zoneInterfaces } from './rule-sets.ts'
import type { Site } from './site.ts'
import { routesByTraffic, UNREAD, unreadRuleSet } from './unread.ts'
import { lowerTunnels } from './vpn.ts'
import { hasZones, lowerZones, usesZones, type ZoneFirewall } from './zones.ts'

/** The gateway of a site, and what reading it had to say; `undefined` when the export has no networks. */
export function lowerGateway(
  name: string,
  collections: Collections,
): { device: Device | undefined; diagnostics: Site['diagnostics'] } {
  const diagnostics = [...collections.diagnostics, ...missingCollections(collections)]
  const of = (collection: Parameters<typeof collections.entries.get>[0]) => collections.entries.get(collection) ?? []
  const [firstNetwork] = of('networkconf')
  const hardware = of('device').find(isGateway)
  // A file that is read for the account of its lines is carried as far as it goes without its siblings.
  const [first] = [...collections.entries.values()].flat()
  if (!first || (!firstNetwork && !isAccounted(collections))) return { device: undefined, diagnostics }
  const networks = firstNetwork
    ? lowerNetworks(of('networkconf'), hardware, diagnostics)
    : runningNetworks(hardware, diagnostics)
  const tunnels = lowerTunnels(of('networkconf'), { ...networks, diagnostics })
  const attached = withAttachments(collections, {
    ...networks,
    interfaces: withMacs([...networks.interfaces, ...tunnels.interfaces], hardware),
    diagnostics,
  })
  const site: Site = {
    ...networks,
    interfaces: attached.interfaces,
    groups: new Map(of('firewallgroup').map((group) => [idOf(group), group])),
    settings: new Map(of('setting').map((entry) => [textOf(entry, 'key') ?? '', entry])),
    lacks: new Set(REFERRED_TO.filter((one) => !collections.entries.has(one))),
    diagnostics,
  }
  const forwards = lowerPortForwards(of('portforward'), site)
  const wanIn = [...(tunnels.interfaces.length > 0 ? [tunnelRule()] : []), ...forwards.wanIn]
  const zoned = usesZones(collections) || (!firstNetwork && hasZones(collections))
  if (zoned) noteClassicRules(of('firewallrule'), site)
  const ruleSets: Record<string, RuleSet> = {
    ...(zoned ? {} : lowerRuleSets(of('firewallrule'), new Map([['WAN_IN', wanIn]]), site)),
    ...lowerNat(site, forwards, tunnels.interfaces.length > 0),
  }
  const firewall = zoned ? lowerZones(ruleSets, collections, forwards.wanIn, site) : classicFirewall(ruleSets, site)
  const pipeline = gatewayPipeline(ruleSets, firewall, collections, site)
  const stub = lowerStub(name, site)
  const steered = routesByTraffic(of('trafficroutes'), site)
  const source = sourceOf(hardware ?? firstNetwork ?? first)
  const device: Device = {
    name,
    kind: 'router',
    label: labelOf(hardware),
    aliases: aliasesOf(hardware, name),
    interfaces: site.interfaces,
    ...(attached.cutOff.length > 0 && { cutOff: attached.cutOff }),
    tables: [{ name: 'main', routes: [...lowerRoutes(site, of('routing')), ...tunnels.routes] }, ...steered.tables],
    tableRules: steered.rules,
    forwards: { enabled: true, source: implied('a UniFi gateway routes between its networks') },
    ruleSets,
    pipeline,
    encapsulations: tunnels.encapsulations,
    resolver: lowerResolver(name, site, of('static-dns')),
    ...(stub ? { stubResolver: stub } : {}),
    stamps: [],
    notModelled: [...tunnels.notModelled, ...unmodelled(site)],
    source,
  }
  noteWireless(of('wlanconf'), site)
  return { device: withOverlays(device, collections.overlays, diagnostics), diagnostics }
}

/** Collections whose objects others name. */
const REFERRED_TO = ['networkconf', 'firewallgroup', 'firewall-zone', 'portconf'] as const

/**
 * The classic firewall: IN by the interface a packet came in by, then OUT by the one it leaves by; an accept in IN does
 * not skip OUT. LOCAL is for the gateway itself.
 */
function classicFirewall(ruleSets: Record<string, RuleSet>, site: Site): ZoneFirewall {
  const out = outDispatcher(ruleSets, site)
  if (out) ruleSets[OUT] = out
  const bound = (direction: 'IN' | 'LOCAL'): Stage[] =>
    (['LAN', 'GUEST', 'WAN'] as const).flatMap((zone) => {
      const interfaces = zoneInterfaces(zone, site)
      return interfaces.length === 0 ? [] : [{ kind: 'filter', ruleSet: `${zone}_${direction}`, interfaces }]
    })
  const last: Stage[] = out ? [{ kind: 'filter', ruleSet: OUT }] : []
  return { input: bound('LOCAL'), forward: [...bound('IN'), ...last], output: [] }
}

function gatewayPipeline(
  ruleSets: Record<string, RuleSet>,
  firewall: ZoneFirewall,
  collections: Collections,
  site: Site,
): Pipeline {
  const unread = unreadRuleSet(collections, site)
  if (unread) ruleSets[UNREAD] = unread
  const first: Stage[] = unread ? [{ kind: 'filter', ruleSet: UNREAD }] : []
  const nat = (ruleSet: string): Stage[] => (ruleSets[ruleSet] ? [{ kind: 'translate', ruleSet }] : [])
  const clamp = clampRuleSet(site)
  if (clamp) ruleSets[clamp.name] = clamp
  return {
    prerouting: [{ kind: 'track' }, ...nat(DESTINATION_NAT)],
    input: [...first, ...firewall.input],
    forward: [...(clamp ? [{ kind: 'mark', ruleSet: clamp.name } as const] : []), ...first, ...firewall.forward],
    output: [{ kind: 'track' }, ...firewall.output],
    postrouting: nat(SOURCE_NAT),
  }
}

/** Rules of before the zones stay in the database and mean nothing. */
function noteClassicRules(entries: readonly Entry[], site: Site): void {
  const [first] = entries
  if (!first) return
  const message = 'This site uses the zone-based firewall; the rules of the collection firewallrule are not in force.'
  site.diagnostics.push({ severity: 'note', code: 'NT1417', message, source: sourceOf(first) })
}

/** The setting `mss_clamp` of the gateway, when it names a size (go-unifi: SettingUsg). */
function clampRuleSet(site: Site): RuleSet | undefined {
  const setting = site.settings.get('usg')
  const size =
    setting && textOf(setting, 'mss_clamp') === 'custom' ? Number(textOf(setting, 'mss_clamp_mss')) : Number.NaN
  if (!setting || !Number.isInteger(size) || size <= 0) return undefined
  const source = sourceOf(setting, 'mss_clamp_mss')
  const syn = { kind: 'tcp-flags', mask: 'SR', set: 'S' } as const
  const match = { kind: 'all', of: [{ kind: 'protocol', in: [6] }, syn] } as const
  const rule = { name: 'MSS clamp', match, action: { kind: 'clamp-mss', to: size } as const, source }
  return { name: 'mss', label: 'MSS clamping', rules: [rule], policy: { kind: 'accept' }, policySource: source }
}

function isGateway(entry: Entry): boolean {
  return /^(ugw|udm|uxg|ucg)/.test(textOf(entry, 'type') ?? '')
}

const MODELS: Readonly<Record<string, string>> = {
  UGW3: 'UniFi Security Gateway',
  UGW4: 'UniFi Security Gateway Pro',
  UGWXG: 'UniFi Security Gateway XG',
  UDM: 'UniFi Dream Machine',
  UDMPRO: 'UniFi Dream Machine Pro',
}

function labelOf(hardware: Entry | undefined): string {
  const model = (hardware && textOf(hardware, 'model')) ?? ''
  const version = hardware && textOf(hardware, 'version')
  const words = Object.hasOwn(MODELS, model) ? MODELS[model] : undefined
  return [words ?? 'UniFi gateway', version].filter((word) => word !== undefined).join(' ')
}

function aliasesOf(hardware: Entry | undefined, name: string): string[] {
  const other = hardware && textOf(hardware, 'name')
  return other === undefined || other.toLowerCase() === name.toLowerCase() ? [] : [other]
}

function unmodelled(site: Site): string[] {
  const portal = site.settings.get('guest_access')
  const guests = site.lans.some((lan) => lan.kind === 'guest')
  const upnp = site.settings.get('usg')
  const six = site.lans.find((lan) => !['none', undefined].includes(textOf(lan.entry, 'ipv6_interface_type')))
  return [
    ...(portal && guests && flagOf(portal, 'portal_enabled')
      ? ['the guest portal: guests must be authorised first']
      : []),
    ...(upnp && flagOf(upnp, 'upnp_enabled') ? ['UPnP: hosts may have opened ports by themselves'] : []),
    ...(six ? ['IPv6 of this gateway'] : []),
  ]
}

/** The code of the notes about clients that do not reach each other. */
export const KEPT_APART = 'NT1414'

/** What keeps clients of a wireless network apart or away; here hosts on one link reach each other, whoever they are. */
function noteWireless(entries: readonly Entry[], site: Site): void {
  for (const entry of entries.filter((one) => flagOf(one, 'enabled') !== false)) {
    const name = textOf(entry, 'name') ?? 'this network'
    const tell = (key: string, message: string) =>
      site.diagnostics.push({ severity: 'warning', code: 'NT1419', message, source: sourceOf(entry, key) })
    const apart = ['is_guest', 'l2_isolation'].filter((key) => flagOf(entry, key) === true)
    for (const key of apart) {
      const message = `The access points keep clients of ${name} apart; that is not modelled.`
      site.diagnostics.push({ severity: 'note', code: KEPT_APART, message, source: sourceOf(entry, key) })
    }
    const members = `${textOf(entry, 'mac_filter_policy') ?? ''} ${textsOf(entry, 'mac_filter_list').join(' ')}`
    if (flagOf(entry, 'mac_filter_enabled') === true) {
      tell(
        'mac_filter_enabled',
        `The access points filter clients of ${name} (${members.trim()}); that is not modelled.`,
      )
    }
    if (flagOf(entry, 'schedule_enabled') === true) {
      tell('schedule_enabled', `${name} is on the air at some times only; that is not modelled.`)
    }
  }
}
