import type { Works } from '../../src/diagnose/index.ts'

/** One flow of the case study: whether it works, the object that decides, and every device on the way there. */
export interface FlowRow {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly works: Works
  readonly decides: string
  readonly devices: string
}

const SHORT: Readonly<Record<string, string>> = {
  WORKSPACE: '11111111-2222-3333-4444-555555555555.workspace.westeurope.api.azureml.ms',
  NOTEBOOKS: 'ml-mlw-vision-westeurope-11111111-2222-3333-4444-555555555555.westeurope.notebooks.azure.net',
  TUNNEL: 'ros-core vgw-hub vnet-hub/GatewaySubnet',
  FIREWALL: 'afw-hub vnet-hub/AzureFirewallSubnet internet',
}

/**
 * The expected flows of the vision plant, phase by phase from gathering to monitoring, written from the estate's plan. A
 * letter behind an id is another name, port or sender of the same flow.
 */
const TABLE = `
F01 | iot-edge | global.azure-devices-provisioning.net:443 | yes | R8 | iot-edge usg ros-core internet
F02 | iot-edge | iot-vision.azure-devices.net:5671 | yes | NSG nsg-ingest-pe inbound rule 110 AllowAmqpMqtt | iot-edge usg TUNNEL pe-iothub
F03 | iot-edge | iot-vision.azure-devices.net:8883 | yes | NSG nsg-ingest-pe inbound rule 110 AllowAmqpMqtt | iot-edge usg TUNNEL pe-iothub
F04 | iot-edge | iot-vision.azure-devices.net:443 | yes | NSG nsg-ingest-pe inbound rule 100 AllowHttps | iot-edge usg TUNNEL pe-iothub
F05 | iot-edge | mcr.microsoft.com:443 | yes | R8 | iot-edge usg ros-core internet
F06 | jetson | crmlvision.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | jetson lede-lab TUNNEL pe-acr
F06b | jetson | crmlvision.westeurope.data.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | jetson lede-lab TUNNEL pe-acr
F07 | shir | adf-vision.westeurope.datafactory.azure.net:443 | yes | NSG nsg-ingest-pe inbound rule 100 AllowHttps | shir TUNNEL pe-adf
F08 | shir | strawvision.dfs.core.windows.net:443 | yes | NSG nsg-ingest-pe inbound rule 100 AllowHttps | shir TUNNEL pe-raw-dfs
F09 | eng-ws | stmlvision.file.core.windows.net:445 | yes | NSG nsg-pe inbound rule 110 AllowSmb | eng-ws usg TUNNEL pe-st-file
F10 | guest | stmlvision.blob.core.windows.net:443 | no | GUEST_IN rule 2001 Guest drop RFC1918 | guest usg
F11 | camera | WORKSPACE:443 | no | LAN_IN rule 2004 IoT drop RFC1918 | camera usg
F12 | docker-dev | stmlvision.file.core.windows.net:445 | no | NSG nsg-pe inbound rule 4000 DenyAllInbound | docker-dev lede-lab TUNNEL pe-st-file
F13 | docker-dev | smb.example.net:445 | no | R11 | docker-dev lede-lab ros-core
F13b | iot-edge | smb.example.net:445 | no | R11 | iot-edge usg ros-core
F13c | guest | smb.example.net:445 | no | R11 | guest usg ros-core
F13d | eng-ws | smb.example.net:445 | no | R11 | eng-ws usg ros-core
F13e | shir | smb.example.net:445 | no | R11 | shir ros-core
F14 | iot-vision | strawvision.blob.core.windows.net:443 | yes | storage account strawvision: trusted Azure services (bypass) | iot-vision internet
F15 | proc | iothub-ns-iot-vision-58211467-1c9f3a7b2e.servicebus.windows.net:5671 | yes | NSG nsg-ingest-pe inbound rule 110 AllowAmqpMqtt | proc vnet-ingest/snet-proc pe-iothub
F16 | proc | strawvision.dfs.core.windows.net:443 | yes | NSG nsg-ingest-pe inbound rule 100 AllowHttps | proc vnet-ingest/snet-proc pe-raw-dfs
F17 | proc | WORKSPACE:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | proc vnet-ingest/snet-proc afw-hub vnet-hub/AzureFirewallSubnet pe-mlw
F18 | dbx-worker | adb-1234567890123456.7.azuredatabricks.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | dbx-worker vnet-ml/snet-dbx-container pe-dbx-ui
F18b | dbx-host | adb-1234567890123456.7.azuredatabricks.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | dbx-host vnet-ml/snet-dbx-host pe-dbx-ui
F19 | dbx-worker | consolidated-westeurope-prod-metastore.mysql.database.azure.com:3306 | yes | network rule NR6-metastore | dbx-worker vnet-ml/snet-dbx-container FIREWALL
F20 | dbx-worker | prod-westeurope-observabilityeventhubs.servicebus.windows.net:9093 | yes | network rule NR6-event-hub | dbx-worker vnet-ml/snet-dbx-container FIREWALL
F21 | dbx-worker | dbartifactsprodwesteu.blob.core.windows.net:443 | yes | application rule AR4-databricks | dbx-worker vnet-ml/snet-dbx-container FIREWALL
F22 | dbx-worker | strawvision.dfs.core.windows.net:443 | yes | NSG nsg-ingest-pe inbound rule 100 AllowHttps | dbx-worker vnet-ml/snet-dbx-container afw-hub vnet-hub/AzureFirewallSubnet pe-raw-dfs
F23 | dbx-worker | stmlvision.blob.core.windows.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | dbx-worker vnet-ml/snet-dbx-container pe-st-blob
F24 | dbx-worker | dbx-host:7077 | yes | NSG nsg-dbx inbound rule 100 databricks-worker-to-worker-inbound | dbx-worker vnet-ml/snet-dbx-container dbx-host
F24b | dbx-host | dbx-worker:4789/udp | yes | NSG nsg-dbx inbound rule 100 databricks-worker-to-worker-inbound | dbx-host vnet-ml/snet-dbx-host dbx-worker
F24c | dbx-worker | dbx-host | yes | NSG nsg-dbx inbound rule 100 databricks-worker-to-worker-inbound | dbx-worker vnet-ml/snet-dbx-container dbx-host
F25 | eng-ws | adb-1234567890123456.7.azuredatabricks.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-dbx-ui
F25b | eng-ws | westeurope.pl-auth.azuredatabricks.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-dbx-auth
F26 | dbx-worker | conda.anaconda.org:443 | no | Azure Firewall afw-hub (policy afwp-hub) default deny | dbx-worker vnet-ml/snet-dbx-container afw-hub
F27 | eng-ws | ml.azure.com:443 | yes | R7 | eng-ws usg ros-core internet
F27b | eng-ws | login.microsoftonline.com:443 | yes | R7 | eng-ws usg ros-core internet
F28 | eng-ws | WORKSPACE:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-mlw
F29 | eng-ws | NOTEBOOKS:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-mlw
F30 | eng-ws | ci-ds1.westeurope.instances.azureml.ms:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-mlw
F30b | eng-ws | ci-ds1.westeurope.instances.azureml.ms:8787 | yes | NSG nsg-pe inbound rule 120 AllowComputeInstance | eng-ws usg TUNNEL pe-mlw
F30c | eng-ws | ci-ds1.westeurope.instances.azureml.ms:18881 | yes | NSG nsg-pe inbound rule 120 AllowComputeInstance | eng-ws usg TUNNEL pe-mlw
F30d | eng-ws | ci-ds1.westeurope.instances.azureml.ms:8704 | yes | NSG nsg-pe inbound rule 120 AllowComputeInstance | eng-ws usg TUNNEL pe-mlw
F31 | eng-ws | stmlvision.blob.core.windows.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | eng-ws usg TUNNEL pe-st-blob
F32 | train | AzureMachineLearning:443 | yes | network rule NR1-machine-learning | train vnet-ml/snet-train FIREWALL
F32b | train | westeurope.api.azureml.ms:443 | yes | network rule NR1-machine-learning | train vnet-ml/snet-train FIREWALL
F33 | train | westeurope.tundra.azureml.ms:5831/udp | yes | network rule NR2-machine-learning-node-tunnel | train vnet-ml/snet-train FIREWALL
F34 | train | amlpool.westeurope.batch.azure.com:443 | yes | network rule NR3-batch | train vnet-ml/snet-train FIREWALL
F34b | train | amlpool.westeurope.service.batch.azure.com:443 | yes | network rule NR3-batch | train vnet-ml/snet-train FIREWALL
F35 | train | amlbatchwe01.blob.core.windows.net:443 | yes | service endpoint policy sep-train alias | train vnet-ml/snet-train internet
F36 | train | stmlvision.blob.core.windows.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | train vnet-ml/snet-train pe-st-blob
F37 | train | stmlvision.file.core.windows.net:445 | yes | NSG nsg-pe inbound rule 110 AllowSmb | train vnet-ml/snet-train pe-st-file
F38 | train | kv-mlvision.vault.azure.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | train vnet-ml/snet-train pe-kv
F39 | train | crmlvision.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | train vnet-ml/snet-train pe-acr
F39b | train | crmlvision.westeurope.data.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | train vnet-ml/snet-train pe-acr
F40 | train | mcr.microsoft.com:443 | yes | network rule NR4-platform | train vnet-ml/snet-train FIREWALL
F40b | train | westeurope.data.mcr.microsoft.com:443 | yes | network rule NR4-platform | train vnet-ml/snet-train FIREWALL
F41 | train | login.microsoftonline.com:443 | yes | network rule NR4-entra | train vnet-ml/snet-train FIREWALL
F41b | train | management.azure.com:443 | yes | network rule NR4-platform | train vnet-ml/snet-train FIREWALL
F42 | train | train-2:29500 | yes | NSG nsg-train inbound rule 100 AllowOwnSubnetInbound | train vnet-ml/snet-train train-2
F42b | train-2 | train:4791/udp | yes | NSG nsg-train inbound rule 100 AllowOwnSubnetInbound | train-2 vnet-ml/snet-train train
F42c | train | train-2 | yes | NSG nsg-train inbound rule 100 AllowOwnSubnetInbound | train vnet-ml/snet-train train-2
F43 | train | conda.anaconda.org:443 | no | NSG nsg-train outbound rule 4000 DenyAllOutbound | train
F44 | build | conda.anaconda.org:443 | yes | application rule AR2-packages | build vnet-ml/snet-build FIREWALL
F44b | build | api.anaconda.org:443 | yes | application rule AR2-packages | build vnet-ml/snet-build FIREWALL
F45 | build | crmlvision.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | build vnet-ml/snet-build pe-acr
F45b | build | crmlvision.westeurope.data.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | build vnet-ml/snet-build pe-acr
F46 | dsvm | WORKSPACE:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | dsvm vnet-ml/snet-dsvm pe-mlw
F46b | dsvm | github.com:443 | yes | application rule AR1-github | dsvm vnet-ml/snet-dsvm FIREWALL
F47 | bastion | dsvm:22 | yes | NSG nsg-dsvm inbound rule 100 AllowBastion | bastion vnet-hub/AzureBastionSubnet dsvm
F48 | AzureMachineLearning | train:44224 | no | internet: route 10.0.0.0/8 (not routed on the internet) discards it | internet
F49 | mlw-vision | stmlvision.blob.core.windows.net:443 | yes | storage account stmlvision: resource instance rule mlw-vision | mlw-vision internet
F50 | aks-node | aks-vision-7c1d2e3f.privatelink.westeurope.azmk8s.io:443 | yes | private endpoint pe-aks-api: no rule matches, the default | aks-node vnet-ml/snet-aks pe-aks-api
F51 | aks-node | mcr.microsoft.com:443 | yes | application rule AR6-mcr-aks | aks-node vnet-ml/snet-aks FIREWALL
F51b | aks-node | packages.aks.azure.com:443 | yes | application rule AR3-images-packages | aks-node vnet-ml/snet-aks FIREWALL
F51c | aks-node | login.microsoftonline.com:443 | yes | application rule AR3-entra-arm | aks-node vnet-ml/snet-aks FIREWALL
F52 | aks-node | crmlvision.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | aks-node vnet-ml/snet-aks pe-acr
F52b | aks-node | stmlvision.blob.core.windows.net:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | aks-node vnet-ml/snet-aks pe-st-blob
F52c | aks-node | WORKSPACE:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | aks-node vnet-ml/snet-aks pe-mlw
F53 | aks-node | westeurope.experiments.azureml.net:443 | yes | application rule AR3-machine-learning | aks-node vnet-ml/snet-aks FIREWALL
F53b | aks-node | ingest-viennawesteurope.kusto.windows.net:443 | yes | application rule AR3-machine-learning | aks-node vnet-ml/snet-aks FIREWALL
F54 | plant-app | 10.110.8.10:443 | yes | R2 | plant-app TUNNEL kubernetes-internal aks-node
F55 | internet | 10.110.8.10:443 | no | internet: route 10.0.0.0/8 (not routed on the internet) discards it | internet
F56 | plant-app | moe-defect.westeurope.inference.ml.azure.com:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | plant-app TUNNEL pe-mlw
F57 | aci-score | WORKSPACE:443 | no | Azure Container Instances | aci-score
F58 | aks-node | AzureMonitor:443 | yes | network rule NR7-monitor | aks-node vnet-ml/snet-aks FIREWALL
F58b | aks-node | dc.services.visualstudio.com:443 | yes | network rule NR7-monitor | aks-node vnet-ml/snet-aks FIREWALL
F58c | train | AzureMonitor:443 | yes | network rule NR4-platform | train vnet-ml/snet-train FIREWALL
F58d | train | dc.services.visualstudio.com:443 | yes | network rule NR4-platform | train vnet-ml/snet-train FIREWALL
F59 | home-laptop | WORKSPACE:443 | no | machine learning workspace mlw-vision refuses: publicNetworkAccess is Disabled (HTTP 403: access denied by the workspace's private link configuration) | home-laptop internet
F60 | eng-ws | 10.20.10.10:53/udp | yes | DNS to the plant server | eng-ws usg ros-core dns-plant
F60b | dns-plant | 10.100.1.4:53/udp | yes | NSG nsg-dns-in inbound rule 100 AllowDnsUdp | dns-plant TUNNEL in-hub
F60c | dns-plant | 10.100.1.4:53/tcp | yes | NSG nsg-dns-in inbound rule 101 AllowDnsTcp | dns-plant TUNNEL in-hub
F61 | train | 10.100.0.68:53/udp | yes | Azure Firewall afw-hub (policy afwp-hub) DNS proxy | train vnet-ml/snet-train afw-hub
F62 | docker-dev | conda.anaconda.org:443 | yes | R9 | docker-dev lede-lab ros-core internet
F62b | docker-dev | crmlvision.azurecr.io:443 | yes | NSG nsg-pe inbound rule 100 AllowHttps | docker-dev lede-lab TUNNEL pe-acr
`

/** The table, a row a flow. */
export const FLOWS: readonly FlowRow[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const long = line.replace(/\b(WORKSPACE|NOTEBOOKS|TUNNEL|FIREWALL)\b/g, (word) => SHORT[word] ?? word)
    const [id = '', from = '', to = '', works = '', decides = '', devices = ''] = long.split(' | ')
    return { id, from, to, works: works as Works, decides, devices }
  })
