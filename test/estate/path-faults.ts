import { firewallBeforeEndpoints, ROUTER, removeRule, renumberedLab, UNIFI } from './fault-patches.ts'
import { azure, jsonFile, propertiesOf, remove, replaced, the } from './faulty-estate.ts'
import { type Broken, type SingleFault, TO_INGEST, TO_ML } from './single-fault.ts'

interface UnifiSite {
  firewallgroup: { data: { name: string; group_members: string[] }[] }
}

const OVERLAP: Broken = {
  flows: 'F06 F06b F62b',
  works: 'no',
  outcome: 'neighbor-unreachable',
  cause: 'overlapping-network',
  names: ['belongs to pe-acr', '10.110.0.0/24'],
}

/** Single changes after which the name is right and the packet, or its answer, does not get through. */
export const PATH_FAULTS: readonly SingleFault[] = [
  {
    id: 'X05',
    change: 'nsg-train lacks its rule for Azure Batch',
    patches: [azure((all) => removeRule(all, 'nsg-train', 130))],
    breaks: [
      {
        flows: 'F34 F34b',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['NSG nsg-train outbound rule 4000', 'tcp 443', 'batchnodemanagement.westeurope'],
      },
    ],
  },
  {
    id: 'X06',
    change: 'the firewall lacks its rule for the node tunnel (UDP 5831)',
    patches: [
      azure((all) => {
        const group = propertiesOf(all, 'ruleCollectionGroups', 'DefaultNetworkRuleCollectionGroup')
        remove(group.ruleCollections?.[0]?.rules, (one) => one.name.startsWith('NR2-'))
      }),
    ],
    breaks: [
      {
        flows: 'F33',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['afw-hub', 'udp 5831', 'azuremachinelearning'],
      },
    ],
  },
  {
    id: 'X07',
    change: "the endpoints' NSG lacks its rule for SMB",
    patches: [azure((all) => removeRule(all, 'nsg-pe', 110))],
    breaks: [
      {
        flows: 'F09 F37',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['NSG nsg-pe inbound rule 4000', 'rule 100 AllowHttps', 'but for the port (445)'],
      },
    ],
  },
  {
    id: 'X09',
    change: 'vnet-ml does not use the gateway of the hub',
    patches: [
      azure((all) => {
        const peering = the(propertiesOf(all, 'virtualNetworks', 'vnet-ml').virtualNetworkPeerings?.[0])
        peering.properties.useRemoteGateways = false
      }),
    ],
    breaks: [
      {
        flows: `${TO_ML} F54`,
        works: 'no',
        outcome: 'denied',
        cause: 'no-gateway-transit',
        names: ['peering ml-to-hub', 'vgw-hub'],
      },
    ],
  },
  {
    id: 'X10',
    change: 'the gateway subnet routes the endpoints to the firewall, whose network rule does not translate',
    patches: [azure(firewallBeforeEndpoints)],
    breaks: [
      {
        flows: 'F06 F06b F09 F25 F25b F28 F29 F30 F31 F56 F62b',
        works: 'one-way',
        outcome: 'denied',
        cause: 'asymmetric-routing',
        names: ['afw-hub', 'endpoints-to-firewall', 'vnet-hub/GatewaySubnet'],
      },
      // The rule is for 443 and 445.
      {
        flows: 'F30b F30c F30d',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['afw-hub', 'NR8-plant-to-endpoints', 'but for the port'],
      },
    ],
  },
  {
    id: 'X12',
    change: 'the core router does not clamp the MSS',
    patches: [replaced(ROUTER, /^add action=change-mss[\s\S]*?tcp-mss=!0-1350$/gm, '')],
    breaks: [
      {
        flows: `${TO_INGEST} ${TO_ML} F54`,
        works: 'no',
        outcome: 'too-big',
        cause: 'mtu-black-hole',
        names: ['1500 bytes', 'ros-core - vgw-hub', 'MSS of 1360'],
      },
    ],
  },
  {
    // The core router's R9 lets 10.20.50.0/24 to the internet and nobody else, so the lab loses that, too.
    id: 'X13',
    change: 'the lab is renumbered into the range of the endpoints',
    patches: renumberedLab('10.110.0.1'),
    breaks: [
      OVERLAP,
      {
        flows: 'F62',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['R12', '10.110.0.110 to 192.0.2.20'],
      },
    ],
  },
  {
    id: 'X13 followed',
    change: 'the same, and the core router follows with its route and its rules',
    patches: [...renumberedLab('10.110.0.1'), replaced(ROUTER, '10.20.50.0/24', '10.110.0.0/24')],
    breaks: [OVERLAP],
  },
  {
    id: 'X13 doubled',
    change: 'the same, and a host of the lab has the address of an endpoint',
    patches: [...renumberedLab('10.110.0.'), replaced(ROUTER, '10.20.50.0/24', '10.110.0.0/24')],
    breaks: [
      { ...OVERLAP, flows: 'F06b' },
      {
        flows: 'F06 F62b',
        works: 'unknown',
        outcome: 'unknown',
        cause: 'cannot-tell',
        names: ['10.110.0.31 belongs to pe-acr', 'fpga'],
      },
    ],
  },
  {
    id: 'X15',
    change: 'the firewall lacks the collection for the names of Databricks',
    patches: [
      azure((all) => {
        const group = propertiesOf(all, 'ruleCollectionGroups', 'DefaultApplicationRuleCollectionGroup')
        remove(group.ruleCollections, (one) => one.rules.some((rule) => rule.name.startsWith('AR4-')))
      }),
    ],
    breaks: [
      {
        flows: 'F21',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['afw-hub', 'but for the server name (dbartifactsprodwesteu.blob.core.windows.net)'],
      },
    ],
  },
  {
    id: 'X16',
    change: 'the UniFi gateway lets IoT to the hub by 443 alone',
    patches: [
      jsonFile<UnifiSite>(UNIFI, (site) => {
        the(site.firewallgroup.data.find((one) => one.name === 'IoT Hub ports')).group_members = ['443']
      }),
    ],
    breaks: [
      {
        flows: 'F02 F03',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['LAN_IN rule 2004', 'rule 2002 IoT to Azure ingest', 'but for the port'],
      },
    ],
  },
  {
    id: 'X17',
    change: 'the storage account lets no service in from outside',
    patches: [
      azure((all) => {
        const rules = propertiesOf(all, 'storageAccounts', 'stmlvision').networkAcls as Record<string, unknown>
        rules.resourceAccessRules = []
        rules.bypass = 'None'
      }),
    ],
    breaks: [
      {
        flows: 'F49',
        works: 'no',
        outcome: 'refused-by-service',
        cause: 'refused-by-service',
        names: ['storage account stmlvision', '403'],
      },
    ],
  },
  {
    id: 'F54 back',
    change: 'the subnets of AKS do not learn routes from the gateway',
    patches: [
      azure((all) => {
        propertiesOf(all, 'routeTables', 'rt-aks').disableBgpRoutePropagation = true
      }),
    ],
    breaks: [
      {
        flows: 'F54',
        works: 'one-way',
        outcome: 'denied',
        cause: 'asymmetric-routing',
        names: ['default-to-firewall of rt-aks on vnet-ml/snet-aks', 'the answer through afw-hub'],
      },
    ],
  },
]
