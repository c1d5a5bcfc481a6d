/**
 * The values of members that choose between a few words, by the member's lower-case name, as the API's schema lists them
 * (Learn: Azure resource reference). A name that several resources use has the words of all of them.
 */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  access: ['Allow', 'Deny', 'AlwaysAllow'],
  accessmode: ['Enforced', 'Learning'],
  autolearnprivateranges: ['Enabled', 'Disabled'],
  code: ['PowerState/running', 'PowerState/deallocated'],
  connectionstatus: ['Connected', 'NotConnected'],
  connectiontype: ['IPsec', 'Vnet2Vnet', 'ExpressRoute'],
  connectivitytopology: ['Mesh', 'HubAndSpoke'],
  defaultaction: ['Allow', 'Deny'],
  direction: ['Inbound', 'Outbound'],
  forwardingrulestate: ['Enabled', 'Disabled'],
  gatewaytype: ['Vpn', 'ExpressRoute'],
  groupconnectivity: ['None', 'DirectlyConnected'],
  isolationmode: ['Disabled', 'AllowInternetOutbound', 'AllowOnlyApprovedOutbound'],
  'network.dns.enableproxy': ['true', 'false'],
  'network.dns.requireproxyfornetworkrules': ['true', 'false'],
  networkaclbypass: ['None', 'AzureServices'],
  networkrulebypassoptions: ['None', 'AzureServices'],
  nexthoptype: ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'],
  peeringstate: ['Connected', 'Disconnected'],
  privateendpointnetworkpolicies: ['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled'],
  protocol: ['Tcp', 'Udp', '*', 'All'],
  publicnetworkaccess: ['Enabled', 'Disabled', 'SecuredByPerimeter'],
  resolutionpolicy: ['Default', 'NxDomainRedirect'],
  status: ['Approved', 'Pending', 'Rejected', 'Active', 'Inactive', 'Connected', 'Disconnected'],
  threatintelmode: ['Off', 'Alert', 'Deny'],
  virtualnetworklinkstate: ['Completed', 'InProgress'],
  vpntype: ['RouteBased', 'PolicyBased'],
}

/** The words a member may be; `undefined` for a member that is no choice between words. */
export function choicesOf(key: string): readonly string[] | undefined {
  const lower = key.toLowerCase()
  return Object.hasOwn(CHOICES, lower) ? CHOICES[lower] : undefined
}

/** A text that is an expression of a template which was not evaluated: in brackets, and no bracket that is doubled to stand for itself. */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[')
}
