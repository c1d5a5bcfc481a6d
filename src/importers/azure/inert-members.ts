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
  ...['microsoft.network/networkwatchers', 'microsoft.network/ddosprotectionplans'],
  ...['microsoft.storage/storageaccounts/blobservices', 'microsoft.storage/storageaccounts/fileservices'],
  ...['microsoft.storage/storageaccounts/queueservices', 'microsoft.storage/storageaccounts/tableservices'],
  ...[
    'microsoft.keyvault/vaults/secrets',
    'microsoft.keyvault/vaults/keys',
    'microsoft.keyvault/vaults/accesspolicies',
  ],
  ...['microsoft.resources/resourcegroups', 'microsoft.resources/tags', 'microsoft.resources/deploymentscripts'],
  ...['microsoft.machinelearningservices/workspaces/environments', 'microsoft.web/serverfarms'],
]

/**
 * Why a member of a resource can change neither; `undefined` = it could. `type` is lower case, `names` the keys from
 * the resource's own, the member's last (Learn: the template reference of each type).
 */
export function changesNothing(type: string, names: readonly string[]): string | undefined {
  const path = names.map((one) => one.toLowerCase()).filter((one) => one !== 'properties')
  const because = `${names.filter((one) => one.toLowerCase() !== 'properties').join('.')} changes neither reachability nor names`
  const listed = (OF_TYPE[type] ?? []).concat(ofParent(type))
  if (path.some((name) => EVERYWHERE.has(name))) return because
  const within = path.map((_, at) => path.slice(at).join('.'))
  return listed.some((one) => within.some((rest) => rest === one || rest.startsWith(`${one}.`))) ? because : undefined
}

/** Children hold what their parents list of them. */
function ofParent(type: string): readonly string[] {
  return OF_TYPE[type.split('/').slice(0, -1).join('/')] ?? []
}

// What Azure Resource Manager keeps of every resource (Learn: Resource functions, common properties), and what only
// bills, watches, encrypts or signs in.
const EVERYWHERE: ReadonlySet<string> = new Set([
  ...['tags', 'etag', 'systemdata', 'provisioningstate', 'resourceguid', 'apiversion', 'identity', 'plan', 'zones'],
  ...['managedby', 'extendedlocation', 'createdtime', 'creationtime', 'creationdate', 'lastmodified'],
  ...['lastmodifiedtime', 'lastmodifiedat', 'createdat', 'changedtime', 'timecreated', 'createdby', 'updatedby'],
  ...['description', 'friendlyname', 'comment', 'displayname', 'ddossettings', 'tier', 'capacity', 'family', 'size'],
  ...['encryption', 'tenantid', 'principalid', 'clientid', 'objectid', 'enabletelemetry', 'statusmessage'],
  ...['diagnosticprofile', 'diagnosticsprofile', 'monitoring', 'immutableid', 'uniqueid', 'kind', 'metadata'],
])

const OF_TYPE: Readonly<Record<string, readonly string[]>> = {}
