/**
 * What Microsoft's pages leave open or say in two ways, as settings; `true` and `false` are both readings of them. No settings
 * are: how specific a user route must be to take a private endpoint's packets, which the page words in two ways that mean one
 * thing; the date of a page; limits that Microsoft changes (prefixes of ExpressRoute, addresses of a VNet), which are data;
 * and what is not looked at: how long names are kept, the suffix of machines' own names, bandwidth.
 */
export interface AzureSettings {
  /** A user route beats a service endpoint route: older pages are silent, newer ones say no. Default false. */
  readonly userRouteBeatsServiceEndpoint: boolean
  /** `allowForwardedTraffic: false` blocks forwarded packets; the page says it does not fully do so. Default false. */
  readonly strictForwardedTraffic: boolean
  /** `allowVirtualNetworkAccess: false` blocks what crosses the peering, as older pages have it, and does not only change the tag. Default false. */
  readonly strictNetworkAccess: boolean
  /** Trusted services and resource instances pass while public network access is disabled. Default true. */
  readonly trustedPassWhenPublicDisabled: boolean
  /** A subnet that does not say so has default outbound access, as older VNets do. Default true. */
  readonly defaultOutboundWhenUndefined: boolean
  /** A user route 0.0.0.0/0 to an appliance makes the tag VirtualNetwork every address; practitioners report it. Default true. */
  readonly applianceDefaultInVirtualNetworkTag: boolean
  /** So does a 0.0.0.0/0 learned through a gateway. Default true. */
  readonly learnedDefaultInVirtualNetworkTag: boolean
  /** So does a user route 0.0.0.0/0 to anything else: Internet, None, a gateway. Default false. */
  readonly otherDefaultInVirtualNetworkTag: boolean
  /** A learned prefix counts where a user route put the VNet's or peering's own route out of force. Default false. */
  readonly learnedRouteBeatsInvalidSystemRoute: boolean
  /** Any 0.0.0.0/0 takes the reserved None routes away; the page shows it for one to an appliance. Default true. */
  readonly anyDefaultRouteRemovesReserved: boolean
  /** A user route for exactly a private endpoint's address wins without any network policy. Default true. */
  readonly hostRouteBeatsPrivateEndpoint: boolean
  /** DNAT rules of a parent firewall policy count: one page's example has them, another says they do not. Default true. */
  readonly inheritDnatRules: boolean
  /** A NIC's own public address comes before the NAT gateway, as the load balancer's page has it. Default false. */
  readonly instanceAddressBeatsNatGateway: boolean
  /** With a floating IP the NSG of a member sees the frontend's address, not the member's. Default false. */
  readonly nsgSeesFloatingAddress: boolean
  /** Of private zones that overlap, the most specific one decides alone. Default true. */
  readonly mostSpecificZoneDecides: boolean
  /** Behind an application rule a firewall connects to the address it looks up itself, without TLS inspection too. Default true. */
  readonly firewallLooksUpNames: boolean
  /** Security admin rules have priorities 0 to 99, as in 2022, not 1 to 4096. Default false. */
  readonly adminRulePrioritiesTo99: boolean
}

/** The settings' defaults, as the doubts are decided where nobody says otherwise. */
export const DEFAULT_SETTINGS: AzureSettings = {
  userRouteBeatsServiceEndpoint: false,
  strictForwardedTraffic: false,
  strictNetworkAccess: false,
  trustedPassWhenPublicDisabled: true,
  defaultOutboundWhenUndefined: true,
  applianceDefaultInVirtualNetworkTag: true,
  learnedDefaultInVirtualNetworkTag: true,
  otherDefaultInVirtualNetworkTag: false,
  learnedRouteBeatsInvalidSystemRoute: false,
  anyDefaultRouteRemovesReserved: true,
  hostRouteBeatsPrivateEndpoint: true,
  inheritDnatRules: true,
  instanceAddressBeatsNatGateway: false,
  nsgSeesFloatingAddress: false,
  mostSpecificZoneDecides: true,
  firewallLooksUpNames: true,
  adminRulePrioritiesTo99: false,
}

/** A setting's name as people write it in a topology: `strict-forwarded-traffic`. */
export function settingName(key: keyof AzureSettings): string {
  return key.replace(/([a-z])([A-Z0-9])/g, '$1-$2').toLowerCase()
}

/** Every setting by the name people write. */
export const SETTINGS_BY_NAME: Readonly<Record<string, keyof AzureSettings>> = Object.fromEntries(
  (Object.keys(DEFAULT_SETTINGS) as (keyof AzureSettings)[]).map((key) => [settingName(key), key]),
)

/** The sentence for an answer that leans on a setting: its name, its value, and what follows from it here. */
export function leaningOn(settings: AzureSettings, key: keyof AzureSettings, consequence: string): string {
  const value = settings[key]
  const usual = value === DEFAULT_SETTINGS[key] ? ' (the default)' : ''
  return `azure setting ${settingName(key)} is ${value}${usual}: ${consequence}`
}
