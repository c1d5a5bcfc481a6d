import { isJudgedByValue, saysTheUsual } from './usual-values.ts'

/**
 * Why resources of a type can change neither which packets pass nor how names are answered; `undefined` = they could.
 * The type is lower case (Learn: Azure resource providers and types).
 */
export function typeChangesNothing(type: string): string | undefined {
  const [namespace = ''] = type.split('/')
  const inert = NAMESPACES.has(namespace) || TYPES.some((one) => type === one || type.startsWith(`${one}/`))
  return inert ? `${type} carries no packet and answers no name` : undefined
}

const NAMESPACES: ReadonlySet<string> = new Set([
  ...['microsoft.insights', 'microsoft.alertsmanagement', 'microsoft.authorization', 'microsoft.managedidentity'],
  ...['microsoft.operationalinsights', 'microsoft.operationsmanagement', 'microsoft.policyinsights'],
  ...['microsoft.security', 'microsoft.advisor', 'microsoft.costmanagement', 'microsoft.consumption'],
  ...['microsoft.portal', 'microsoft.recoveryservices', 'microsoft.devtestlab', 'microsoft.maintenance'],
])

const TYPES: readonly string[] = [
  ...['microsoft.compute/disks', 'microsoft.compute/images', 'microsoft.compute/snapshots'],
  ...['microsoft.compute/virtualmachines/extensions', 'microsoft.compute/virtualmachinescalesets/extensions'],
  ...[
    'microsoft.compute/availabilitysets',
    'microsoft.compute/proximityplacementgroups',
    'microsoft.compute/galleries',
  ],
  ...['microsoft.compute/sshpublickeys', 'microsoft.compute/diskencryptionsets', 'microsoft.compute/hostgroups'],
  // Learn: Add or remove a subnet delegation.
  ...['microsoft.network/virtualnetworks/subnets/delegations'],
  ...['microsoft.network/networkwatchers', 'microsoft.network/ddosprotectionplans'],
  ...['microsoft.storage/storageaccounts/blobservices', 'microsoft.storage/storageaccounts/fileservices'],
  ...['microsoft.storage/storageaccounts/queueservices', 'microsoft.storage/storageaccounts/tableservices'],
  ...[
    'microsoft.keyvault/vaults/secrets',
    'microsoft.keyvault/vaults/keys',
    'microsoft.keyvault/vaults/accesspolicies',
  ],
  // Learn: Private link resources, the names a private endpoint may give; Use Azure AKS with a private API server.
  ...['microsoft.containerservice/managedclusters/privatelinkresources'],
  ...['microsoft.resources/resourcegroups', 'microsoft.resources/tags', 'microsoft.resources/deploymentscripts'],
  ...['microsoft.machinelearningservices/workspaces/environments', 'microsoft.web/serverfarms'],
]

/**
 * Why a member of a resource can change neither; `undefined` = it could. `type` is lower case, `names` the keys from
 * the resource's own, the member's last (Learn: the template reference of each type).
 */
export function changesNothing(type: string, names: readonly string[], value: unknown): string | undefined {
  const path = names.map((one) => one.toLowerCase()).filter((one) => one !== 'properties')
  const because = `${names.filter((one) => one.toLowerCase() !== 'properties').join('.')} changes neither reachability nor names`
  if (value === null) return `${names.at(-1) ?? ''} is not set`
  if (value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) {
    return `${names.at(-1) ?? ''} is empty`
  }
  if (saysTheUsual(type, path, value)) return `${names.at(-1) ?? ''} is what it is without being said`
  if (isJudgedByValue(type, path)) return undefined
  return path.some((name) => EVERYWHERE.has(name)) || listedIn(OF_TYPE, type, path) ? because : undefined
}

/** Whether a table lists a member, or what it is inside of, for its type or one that the type is below. */
function listedIn(table: Readonly<Record<string, string>>, type: string, path: readonly string[]): boolean {
  const parts = type.split('/')
  const types = parts.map((_, at) => parts.slice(0, at + 1).join('/'))
  const listed = types.flatMap((one) => table[one]?.split(' ') ?? [])
  const within = path.map((_, at) => path.slice(at).join('.'))
  return listed.some((one) => within.some((rest) => rest === one || rest.startsWith(`${one}.`)))
}

// What Azure Resource Manager keeps of every resource (Learn: Resource functions, common properties), and what only
// bills, watches, encrypts or signs in.
const EVERYWHERE: ReadonlySet<string> = new Set([
  ...['tags', 'etag', 'systemdata', 'provisioningstate', 'resourceguid', 'apiversion', 'identity', 'plan', 'zones'],
  ...['managedby', 'extendedlocation', 'createdtime', 'creationtime', 'creationdate', 'lastmodified', 'datecreated'],
  ...['lastmodifiedtime', 'lastmodifiedtimeutc', 'lastmodifiedat', 'createdat', 'changedtime', 'timecreated'],
  ...['createdby', 'updatedby', 'description', 'friendlyname', 'comment', 'displayname', 'ddossettings', 'family'],
  ...['encryption', 'tenantid', 'principalid', 'clientid', 'objectid', 'statusmessage', 'diagnosticprofile', 'ttl'],
  ...[
    'diagnosticsprofile',
    'monitoring',
    'immutableid',
    'uniqueid',
    'kind',
    'metadata',
    'sku',
    'location',
    'createddatetime',
  ],
  ...['privateipallocationmethod', 'privateipaddressversion', 'actionsrequired', 'actionrequired', 'isautoregistered'],
])

// By type: what says again what another line says (of a cluster's load balancer, of the peerings that a hub-and-spoke
// configuration makes, of the managed VNet of a Databricks workspace: the resource itself does), deprecated members, what only Azure's own upkeep, sign-in, storage of data, sizes, prices
// and encryption need, and timers that outlast a question (Learn: the template reference of each type, whose address is
// learn.microsoft.com/azure/templates/ with the type; of VNets also "Manage network policies for Private Link services"
// and "Add or remove a subnet delegation", of gateways "About cryptographic requirements").
const OF_TYPE: Readonly<Record<string, string>> = {
  'microsoft.network/networkinterfaces':
    'dnssettings.applieddnsservers dnssettings.internaldomainnamesuffix dnssettings.internalfqdn ' +
    'macaddress enableacceleratednetworking hostedworkloads tapconfigurations nictype services ' +
    'virtualnetworktapprovisioningstate isinusewithservice auxiliarymode auxiliarysku migrationphase ' +
    'virtualmachine.id vnetencryptionsupported privatelinkconnectionproperties',
  'microsoft.network/virtualnetworks':
    'enableddosprotection ddosprotectionplan enablevmprotection flowtimeoutinminutes flowlogs ' +
    'bgpcommunities privatelinkservicenetworkpolicies delegations ignoremissingvnetserviceendpoint ' +
    'ipconfigurations ipconfigurationprofiles purpose resourcenavigationlinks serviceassociationlinks ' +
    'applicationgatewayipconfigurations privateendpoints.id action actions servicename ' +
    'subnets.delegations',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings':
    'donotverifyremotegateways routeservicevips remotevirtualnetworkaddressspace remotebgpcommunities ' +
    'remotegateways',
  'microsoft.network/networksecuritygroups': 'networkinterfaces.id flowlogs flushconnection resources',
  'microsoft.network/publicipaddresses':
    'publicipaddressversion publicipallocationmethod idletimeoutinminutes iptags ipconfiguration.id ' +
    'dnssettings.domainnamelabel dnssettings.domainnamelabelscope deleteoption migrationphase ' +
    'linkedpublicipaddress servicepublicipaddress natgateway.id publicipprefix.id',
  'microsoft.network/publicipprefixes':
    'prefixlength publicipaddressversion iptags publicipaddresses loadbalancerfrontendipconfiguration',
  'microsoft.network/natgateways': 'idletimeoutinminutes subnets.id',
  'microsoft.network/bastionhosts':
    'dnsname scaleunits disablecopypaste enablefilecopy enablekerberos enablesessionrecording',
  'microsoft.network/azurefirewalls':
    'rules.direction rules.priority autoscaleconfiguration iptags ' +
    'additionalproperties.network.additionallogs.enablefatflowlogging',
  'microsoft.network/firewallpolicies':
    'childpolicies firewalls insights rulecollectiongroups.id rulecollections.rules.httpheaderstoinsert ' +
    'rulecollections.rules.ipv6rule transportsecurity',
  'microsoft.network/ipgroups': 'firewalls firewallpolicies',
  'microsoft.network/loadbalancers':
    'idletimeoutinminutes enabletcpreset loaddistribution intervalinseconds numberofprobes probethreshold ' +
    'outboundrules.id loadbalancingrules.id inboundnatrules.id inboundnatpools.id allocatedoutboundports ' +
    'allowbackendportconflict backendaddresspools.id syncmode drainperiodinseconds ' +
    'networkinterfaceipconfiguration probes.id',
  'microsoft.network/connections':
    'packetcapturediagnosticstate ingressbytestransferred egressbytestransferred dpdtimeoutseconds ' +
    'sharedkey authorizationkey tunnelconnectionstatus.tunnel ' +
    'tunnelconnectionstatus.ingressbytestransferred tunnelconnectionstatus.egressbytestransferred ' +
    'tunnelconnectionstatus.lastconnectionestablishedutctime',
  'microsoft.network/virtualnetworkgateways':
    'packetcapturediagnosticstate vpngatewaygeneration enablebgp vpnclientrevokedcertificates ' +
    'vpnclientrootcertificates radiusservers radiusserveraddress radiusserversecret ' +
    'vpnclientipsecpolicies vpnauthenticationtypes aadtenant aadaudience aadissuer ismigratetocses ' +
    'disableipsecreplayprotection autoscaleconfiguration bgpsettings.asn ' +
    'bgppeeringaddresses.ipconfigurationid bgppeeringaddresses.tunnelipaddresses migrationstatus ' +
    'gatewaydefaultsite.location extendedlocation resiliencymodel vpnclientconnectionhealth ' +
    'virtualnetworkgatewaymigrationstatus',
  'microsoft.network/localnetworkgateways': 'bgpsettings.asn',
  'microsoft.network/dnsresolvers': 'virtualnetwork',
  'microsoft.network/privatednszones':
    'maxnumberofrecordsets maxnumberofvirtualnetworklinks maxnumberofvirtualnetworklinkswithregistration ' +
    'numberofvirtualnetworklinks numberofvirtualnetworklinkswithregistration internalid soarecord',
  'microsoft.network/privateendpoints':
    'customnetworkinterfacename recordsets.recordtype recordsets.ttl recordsets.fqdn requestmessage ' + 'ipversiontype',
  'microsoft.network/serviceendpointpolicies':
    'subnets.id contextualserviceendpointpolicies serviceendpointpolicydefinitions.id',
  'microsoft.network/networkmanagers':
    'networkmanagerscopes networkmanagerscopeaccesses resourcetype deleteexistingpeering ' +
    'networkmanagerscope flag hubs usehubgateway',
  'microsoft.network/networksecurityperimeters': 'perimeterguid emailaddresses phonenumbers hasprovisioningissues',
  'microsoft.network/expressroutecircuits':
    'serviceproviderproperties authorizations allowclassicoperations gatewaymanageretag stag servicekey ' +
    'billing authorizationusestatus authorizationkey azureasn peerasn primarypeeraddressprefix ' +
    'secondarypeeraddressprefix primaryazureport secondaryazureport vlanid sharedkey lastmodifiedby stats ' +
    'microsoftpeeringconfig.customerasn microsoftpeeringconfig.legacymode ' +
    'microsoftpeeringconfig.routingregistryname',
  'microsoft.network/virtualhubs':
    'virtualrouterasn virtualrouterautoscaleconfiguration associatedconnections propagatingconnections ' +
    'routemaps.associatedinboundconnections peerasn allowhubtoremotevnettransit ' +
    'allowremotevnettousehubvnetgateways',
  'microsoft.network/virtualwans': 'disablevpnencryption office365localbreakoutcategory virtualhubs.id vpnsites',
  'microsoft.network/vpngateways':
    'packetcapturediagnosticstate vpngatewayscaleunit bgpsettings.asn ingressbytestransferred ' +
    'egressbytestransferred connectionstatusdetails dpdtimeoutseconds connectionbandwidth ' +
    'enableratelimiting isroutingpreferenceinternet ipconfigurationid ipconfigurations tunnelipaddresses ' +
    'sharedkey',
  'microsoft.network/vpnsites': 'deviceproperties linkproperties o365policy',
  'microsoft.network/p2svpngateways':
    'vpngatewayscaleunit isroutingpreferenceinternet useradiusproxyips radiusproxyips ' +
    'vpnserverconfigurationlocation vpngatewaydetachstatus vpnserverconfiguration',
  'microsoft.network/expressroutegateways': 'autoscaleconfiguration',
  'microsoft.network/dnszones': 'maxnumberofrecordsets maxnumberofrecordsperrecordset numberofrecordsets',
  'microsoft.compute/virtualmachines':
    'vmid availabilityset hardwareprofile storageprofile osprofile licensetype securityprofile priority ' +
    'evictionpolicy billingprofile host hostgroup proximityplacementgroup extensionstimebudget userdata ' +
    'instanceview resources applicationprofile scheduledeventsprofile scheduledeventspolicy ' +
    'capacityreservation platformfaultdomain additionalcapabilities networkprofile.networkinterfaces.id ' +
    'networkprofile.networkinterfaces.deleteoption diagnosticsprofile etag networkinterfaces.deleteoption',
  'microsoft.compute/virtualmachinescalesets':
    'singleplacementgroup upgradepolicy virtualmachineprofile.osprofile ' +
    'virtualmachineprofile.storageprofile virtualmachineprofile.extensionprofile ' +
    'virtualmachineprofile.hardwareprofile virtualmachineprofile.securityprofile ' +
    'virtualmachineprofile.licensetype overprovision platformfaultdomaincount orchestrationmode ' +
    'zonebalance automaticrepairspolicy donotrunextensionsonoverprovisionedvms scaleinpolicy ' +
    'spotrestorepolicy additionalcapabilities networkinterfaceconfigurations.enableacceleratednetworking',
  'microsoft.storage/storageaccounts':
    'defaulttooauthauthentication keycreationtime allowcrosstenantreplication minimumtlsversion ' +
    'allowblobpublicaccess allowsharedkeyaccess largefilesharesstate accesstier primarylocation ' +
    'secondarylocation statusofsecondary ishnsenabled accounttype trusteddirectories keypolicy ' +
    'islocaluserenabled azurefilesidentitybasedauthentication allowedcopyscope ' +
    'privateendpointconnections.groupids groupids iprules.action failoverinprogress lastgeofailovertime ' +
    'georeplicationstats immutablestoragewithversioning saspolicy migrationinprogress ' +
    'resourceaccessrules.tenantid',
  'microsoft.keyvault/vaults':
    'accesspolicies enabledfordeployment enabledfordiskencryption enabledfortemplatedeployment ' +
    'enablesoftdelete softdeleteretentionindays enablerbacauthorization enablepurgeprotection createmode ' +
    'groupids hsmpoolresourceid',
  'microsoft.containerregistry/registries':
    'adminuserenabled policies zoneredundancy groupids iprules.action anonymouspullenabled metadatasearch ' +
    'autogenerateddomainnamelabelscope roleassignmentmode',
  'microsoft.machinelearningservices/workspaces':
    'containerregistry keyvault applicationinsights storageaccount discoveryurl hbiworkspace ' +
    'serviceprovisionedresourcegroup privatelinkcount mlflowtrackinguri notebookinfo ' +
    'primaryuserassignedidentity category storagehnsenabled isattachedcompute computelocation ' +
    'disablelocalauth vmsize applicationsharingpolicy ostype vmpriority scalesettings allocationstate ' +
    'authmode swaggeruri mirrortraffic traffic groupids computeinstanceauthorizationtype computetype ' +
    'allowrolesassignmentonrg systemdatastoresauthmode featurestoresettings softdeleteenabled ' +
    'requestmessage personalcomputeinstancesettings setupscripts schedules lastoperation ' +
    'provisioningerrors imagebuildcompute errors nodestatecounts targetnodecount currentnodecount ' +
    'workspacehubconfig associatedworkspaces enabledataisolation sshsettings.adminpublickey ' +
    'sshsettings.sshport sshsettings.adminusername',
  'microsoft.containerservice/managedclusters':
    'kubernetesversion currentkubernetesversion agentpoolprofiles.count agentpoolprofiles.vmsize ' +
    'agentpoolprofiles.osdisksizegb agentpoolprofiles.osdisktype agentpoolprofiles.kubeletdisktype ' +
    'agentpoolprofiles.workloadruntime agentpoolprofiles.maxpods agentpoolprofiles.type ' +
    'agentpoolprofiles.enableautoscaling agentpoolprofiles.mincount agentpoolprofiles.maxcount ' +
    'agentpoolprofiles.orchestratorversion agentpoolprofiles.currentorchestratorversion ' +
    'agentpoolprofiles.enablecustomcatrust agentpoolprofiles.mode agentpoolprofiles.name ' +
    'agentpoolprofiles.enableencryptionathost agentpoolprofiles.enableultrassd agentpoolprofiles.ostype ' +
    'agentpoolprofiles.ossku agentpoolprofiles.nodeimageversion agentpoolprofiles.upgradesettings ' +
    'agentpoolprofiles.enablefips agentpoolprofiles.securityprofile agentpoolprofiles.scaledownmode ' +
    'linuxprofile windowsprofile serviceprincipalprofile identityprofile addonprofiles enablerbac ' +
    'enablepodsecuritypolicy aadprofile autoupgradeprofile autoscalerprofile disablelocalaccounts ' +
    'securityprofile storageprofile oidcissuerprofile workloadautoscalerprofile azuremonitorprofile ' +
    'supportplan resourceuid maxagentpools upgradesettings metricsprofile noderesourcegroup groupids ' +
    'nodeprovisioningprofile bootstrapprofile dnsprefix eligibleforaiproxies groupid requiredmembers ' +
    'agentpoolprofiles.enablenodepublicip networkprofile.loadbalancersku ' +
    'networkprofile.loadbalancerprofile networkprofile.outboundtype networkprofile.ipfamilies ' +
    'httpproxyconfig.trustedca controlplanepluginprofiles.karpenter',
  'microsoft.databricks/workspaces':
    'requirednsgrules managedresourcegroupid parameters.customprivatesubnetname ' +
    'parameters.custompublicsubnetname parameters.enablefedrampcertification parameters.resourcetags ' +
    'parameters.storageaccountname parameters.storageaccountskuname parameters.prepareencryption ' +
    'parameters.requireinfrastructureencryption parameters.relaynamespacename authorizations ' +
    'createdbyuser workspaceid storageaccountidentity defaultcatalog groupids ucenabled isucenabled ' +
    'disksencryptionsetid parameters.customvirtualnetworkid.type parameters.enablenopublicip.type ' +
    'parameters.natgatewayname.type parameters.publicipname.type parameters.vnetaddressprefix.type ' +
    'parameters.natgatewayname parameters.publicipname parameters.vnetaddressprefix',
  'microsoft.web/sites':
    'webspace selflink repositorysitename owner usagestate adminenabled afdenabled siteproperties.name ' +
    'siteproperties.value siteproperties.appsettings availabilitystate csrs cers sitemode computemode ' +
    'serverfarm serverfarmid reserved isxenon hyperv storagerecoverydefaultstate contentavailabilitystate ' +
    'runtimeavailabilitystate sslcertificates siteconfig.numberofworkers siteconfig.defaultdocuments ' +
    'siteconfig.netframeworkversion siteconfig.phpversion siteconfig.pythonversion siteconfig.nodeversion ' +
    'siteconfig.powershellversion siteconfig.linuxfxversion siteconfig.windowsfxversion ' +
    'siteconfig.appsettings siteconfig.connectionstrings siteconfig.alwayson ' +
    'siteconfig.logsdirectorysizelimit siteconfig.http20enabled siteconfig.mintlsversion ' +
    'siteconfig.ftpsstate siteconfig.use32bitworkerprocess siteconfig.functionappscalelimit ' +
    'siteconfig.minimumelasticinstancecount maxnumberofworkers homestamp hostnamesslstates.sslstate ' +
    'hostnamesslstates.hosttype hostnamesslstates.thumbprint clientaffinityenabled clientcertmode ' +
    'customdomainverificationid containersize dailymemorytimequota suspendedtill slotname ' +
    'trafficmanagerhostnames slotswapstatus httpsonly redundancymode inprogressoperationid ' +
    'geodistributions ftpusername ftpshostname contentfilepath storageaccountrequired resourcegroup ' +
    'eligiblelogcategories hostnamesslstates.name siteconfig.acrusemanagedidentitycreds ' +
    'siteconfig.elasticwebappscalelimit deploymentid endtoendencryptionenabled ' +
    'functionsruntimeadminisolationenabled keyvaultreferenceidentity defaulthostnamescope',
  'microsoft.sql/servers':
    'administratorlogin administratorloginpassword version administrators minimaltlsversion groupids ' +
    'ignoremissingvnetserviceendpoint keyid primaryuserassignedidentityid',
  'microsoft.documentdb/databaseaccounts':
    'enableautomaticfailover enablemultiplewritelocations enablepartitionkeymonitor ' +
    'disablekeybasedmetadatawriteaccess enablefreetier enableanalyticalstorage instanceid ' +
    'databaseaccountoffertype enablecassandraconnector connectoroffer consistencypolicy ' +
    'configurationoverrides failoverpolicies backuppolicy cors capabilities locationname failoverpriority ' +
    'iszoneredundant groupids minimaltlsversion keysmetadata locations.id',
  'microsoft.dbforpostgresql/flexibleservers':
    'replica storage dataencryption authconfig version minorversion administratorlogin availabilityzone ' +
    'backup highavailability maintenancewindow replicationrole replicacapacity',
  'microsoft.cache/redis':
    'redisversion minimumtlsversion redisconfiguration linkedservers accesskeys zones replicaspermaster ' +
    'replicasperprimary shardcount updatechannel instances.ismaster instances.isprimary',
  'microsoft.cognitiveservices/accounts':
    'internalid capabilities islocal callratelimit quotalimit migrationtoken issmigrated ismigrated',
  'microsoft.containerinstance/containergroups':
    'containers.name containers.image containers.command containers.environmentvariables ' +
    'containers.resources containers.volumemounts restartpolicy ostype volumes imageregistrycredentials ' +
    'instanceview containers.livenessprobe containers.readinessprobe',
  'microsoft.devices/iothubs':
    'eventhubendpoints.events.retentiontimeindays eventhubendpoints.events.partitioncount ' +
    'eventhubendpoints.events.partitionids eventhubendpoints.events.path routing.routes ' +
    'routing.fallbackroute routing.enrichments routing.endpoints messagingendpoints storageendpoints ' +
    'cloudtodevice enablefileuploadnotifications features groupids authorizationpolicies locations ' +
    'rootcertificate disablelocalauth',
  'microsoft.devices/provisioningservices': 'allocationpolicy idscope iothubs authorizationpolicies groupids',
  'microsoft.datafactory/factories': 'version repoconfiguration globalparameters purviewconfiguration',
  'microsoft.app/managedenvironments':
    'daprainstrumentationkey dapraiinstrumentationkey dapraiconnectionstring applogsconfiguration ' +
    'opentelemetryconfiguration zoneredundant kedaconfiguration daprconfiguration workloadprofiles ' +
    'firstpartyconfiguration appinsightsconfiguration infrastructureresourcegroup peerauthentication',
  'microsoft.network/privatelinkservices': 'linkidentifier visibility.subscriptions fqdns',
}
