/**
 * Whether a member says what holds without it: `path` is lower case, from the resource's own member, and `type` lower case.
 * A member that is listed decides something with every other value (Learn: the template reference and the REST reference of
 * each type).
 */
export function saysTheUsual(type: string, path: readonly string[], value: unknown): boolean {
  return usualOf(type, path)?.split(' ').includes(String(value).toLowerCase()) === true
}

/** Whether a member is listed here at all: then its value tells whether it matters. */
export function isJudgedByValue(type: string, path: readonly string[]): boolean {
  return usualOf(type, path) !== undefined
}

function usualOf(type: string, path: readonly string[]): string | undefined {
  const parts = type.split('/')
  const types = parts.map((_, at) => parts.slice(0, at + 1).join('/')).reverse()
  const ends = path.map((_, at) => path.slice(at).join('.'))
  for (const end of ends) {
    for (const one of types) if (OF_TYPE[one]?.[end] !== undefined) return OF_TYPE[one]?.[end]
    if (ANYWHERE[end] !== undefined) return ANYWHERE[end]
  }
  return undefined
}

/**
 * Why a member can change nothing beside what stands around it; `undefined` = it could. `around` is what it is in, the
 * innermost last.
 */
export function outweighed(path: readonly string[], around: readonly object[]): string | undefined {
  const beside = lowerMembers(around.at(-1))
  const key = path.slice(-2).join('.')
  if (key === 'protocols.protocoltype' && PORTS[String(beside.protocoltype)] === beside.port) {
    return 'the port beside it says the same'
  }
  // Learn: Azure Firewall Premium features, IDPS modes: Alert only reports; a signature may be told otherwise.
  const detection = around.map(lowerMembers).find((one) => 'mode' in one && 'configuration' in one)
  const isWatching = /^(alert|off)$/.test(String(detection?.mode))
  if (!path.includes('intrusiondetection') || !isWatching || beside.mode === 'deny') return undefined
  return `intrusion detection in mode ${String(detection?.mode)} stops nothing`
}

const PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', mssql: '1433' }

function lowerMembers(value: object | undefined): Readonly<Record<string, unknown>> {
  const word = (one: unknown) => (typeof one === 'object' && one !== null ? one : String(one).toLowerCase())
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, one]) => [key.toLowerCase(), word(one)]))
}

type Usual = Readonly<Record<string, string>>

// Of all types. `state` is what a service says of itself: stopped, disabled or failed, it answers nobody.
const ANYWHERE: Usual = {
  state: 'running succeeded enabled active ready online available connected completed ok none',
  allowremotevnettraffic: 'false',
  allowvirtualwantraffic: 'false',
  enablebgproutetranslationfornat: 'false',
  enableprivateipaddress: 'false',
  enableprivatelinkfastpath: 'false',
  expressroutegatewaybypass: 'false',
  isglobal: 'false',
  peercompletevnets: 'true',
  peerweight: '0',
  routingweight: '0',
  threatintelmode: 'alert off',
  uselocalazureipaddress: 'false',
  usepolicybasedtrafficselectors: 'false',
}

const IKE: Usual = { connectionprotocol: 'ikev2', connectionmode: 'default' }

const OF_TYPE: Readonly<Record<string, Usual>> = {
  'microsoft.network/networkinterfaces': {
    primary: 'true',
    disabletcpstatetracking: 'false',
  },
  'microsoft.network/virtualnetworks': {
    'encryption.enabled': 'true false',
    'encryption.enforcement': 'allowunencrypted',
    privateendpointvnetpolicies: 'disabled',
  },
  'microsoft.network/virtualnetworks/virtualnetworkpeerings': {
    peeringsynclevel: 'fullyinsync',
    'remotevirtualnetworkencryption.enabled': 'true false',
    'remotevirtualnetworkencryption.enforcement': 'allowunencrypted',
  },
  'microsoft.network/routetables': { hasbgpoverride: 'false' },
  'microsoft.network/bastionhosts': {
    enabletunneling: 'false',
    enableipconnect: 'false',
    enableshareablelink: 'false',
    enableprivateonlybastion: 'false',
  },
  'microsoft.network/firewallpolicies': {
    'rulecollections.rules.terminatetls': 'false',
    // A rule of a DNAT collection is one (Learn: Azure Firewall policy rule sets).
    'rulecollections.rules.ruletype': 'natrule',
  },
  'microsoft.network/loadbalancers': { enabledestinationserviceendpoint: 'false', enableconnectiontracking: 'false' },
  'microsoft.network/connections': { ...IKE, 'tunnelconnectionstatus.connectionstatus': 'connected' },
  'microsoft.network/virtualnetworkgateways': { vpntype: 'routebased' },
  'microsoft.network/vpngateways': {
    vpnconnectionprotocoltype: 'ikev2',
    vpnlinkconnectionmode: 'default',
  },
  'microsoft.network/vpnsites': { issecuritysite: 'false' },
  'microsoft.network/expressroutegateways': { allownonvirtualwantraffic: 'false' },
  'microsoft.network/expressroutecircuits': {
    circuitprovisioningstate: 'enabled',
    serviceproviderprovisioningstate: 'provisioned',
    globalreachenabled: 'false',
    allowglobalreach: 'false',
  },
  'microsoft.network/virtualwans': {
    type: 'standard',
    allowvnettovnettraffic: 'true',
    allowbranchtobranchtraffic: 'true',
  },
  'microsoft.network/virtualhubs': { routingstate: 'provisioned', connectionstate: 'connected' },
  'microsoft.network/virtualhubs/hubroutetables': { destinationtype: 'cidr', nexthoptype: 'resourceid' },
  'microsoft.network/dnsresolvers': { dnsresolverstate: 'connected' },
  'microsoft.network/privatednszones': { virtualnetworklinkstate: 'completed' },
  'microsoft.network/serviceendpointpolicies': { service: 'microsoft.storage' },
  'microsoft.network/networkmanagers': {
    applyonnetworkintentpolicybasedservices: 'none',
    membertype: 'virtualnetwork',
  },
  'microsoft.compute/virtualmachines': {
    'networkinterfaces.primary': 'true',
    'powerstate.code': 'powerstate/running',
    'instanceview.statuses.code': 'powerstate/running provisioningstate/succeeded',
  },
  'microsoft.containerservice/managedclusters': { 'powerstate.code': 'running' },
  'microsoft.storage/storageaccounts': {
    supportshttpstrafficonly: 'true',
    isnfsv3enabled: 'false',
    issftpenabled: 'false',
    statusofprimary: 'available',
    dnsendpointtype: 'standard',
  },
  'microsoft.machinelearningservices/workspaces': {
    v1legacymode: 'false',
    'managednetwork.status.status': 'active',
    'managednetwork.status.sparkready': 'true false',
    sshpublicaccess: 'disabled',
  },
  'microsoft.cache/redis': { enablenonsslport: 'false', sslport: '6380', port: '6379' },
  'microsoft.web/sites': {
    enabled: 'true',
    clientcertenabled: 'false',
    hostnamesdisabled: 'false',
    ipbasedsslstate: 'notconfigured',
    ipmode: 'ipv4',
    scmsitealsostopped: 'false',
    sitedisabledreason: '0',
    vnetbackuprestoreenabled: 'false',
    vnetcontentshareenabled: 'false',
    vnetimagepullenabled: 'false',
    vnetrouteallenabled: 'false',
  },
}
