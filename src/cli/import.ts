import { type Command, Option } from 'commander'
import { UsageError } from '../diagnose/index.ts'
import { type AzureRequest, importAzure } from './import-azure.ts'
import { importServiceTags } from './import-service-tags.ts'
import type { World } from './world.ts'

/** What a command hands back: its exit code, or a promise of it where it has to wait. */
export type Done = (code: number | Promise<number>) => void

const WAYS_IN = `Ways in:
  files you have     name them in a topology: RouterOS, OpenWrt, UniFi, EdgeOS, Linux, BIND, dnsmasq, unbound,
                     Azure as resource bodies, ARM templates or what "terraform show -json" prints
  a subscription     nettrace import azure --subscription ID        reads it once, later answers are offline
  without our login  nettrace import azure --subscription ID --print-commands > import.sh
  service tags       nettrace import service-tags ServiceTags_Public_20261116.json
`

const AZURE_NOTES = `
Reads only: nothing in Azure is changed. Signs in as whoever this machine is signed in as (az login, Azure PowerShell,
AZURE_CLIENT_ID and its like, a managed identity). The role Reader is enough; --learned-routes and --effective-routes
run operations that it does not allow (getLearnedRoutes, effectiveRouteTable), which change nothing either.
Secrets are written as ***, counters and etags are left out. DIR gets one .json file for each type of resource and
nettrace-import.json, which says what could not be read; a topology names the folder: azure: { resources: [DIR] }.
An earlier import in DIR is replaced when all is read, and not before.

Environment: AZURE_AUTHORITY_HOST and AZURE_RESOURCE_MANAGER_ENDPOINT for a cloud of your own (https, or http on this
machine alone), NETTRACE_AZURE_TOKEN for a token you have (az account get-access-token), HTTPS_PROXY.

Exit codes: 0 all was read, 2 something could not be read and is listed, 64 bad usage or a folder that cannot be
written, 69 Azure or the sign-in is unavailable and nothing was written, 130 interrupted and nothing was written.`

interface AzureOptions {
  readonly subscription: readonly string[]
  readonly resourceGroup: readonly string[]
  readonly out: string
  readonly tenant?: string
  readonly cloud: AzureRequest['cloud']
  readonly learnedRoutes?: boolean
  readonly effectiveRoutes?: boolean
  readonly printCommands?: boolean
}

/** Adds `import` and what is below it. */
export function addImports(program: Command, world: World, done: Done): void {
  const command = program
    .command('import')
    .description('bring in what a topology names: a live subscription, service tags')
    .usage('azure|service-tags [options]')
    .addHelpText('after', `\n${WAYS_IN}`)
    .action(() => {
      world.output.out(WAYS_IN)
      done(0)
    })
  addAzure(command, world, done)
  command
    .command('service-tags')
    .description("take Microsoft's list of service tags")
    .argument('<FILE>', 'ServiceTags_Public_<date>.json as Microsoft publishes it weekly; - for standard input')
    .option('--out <file>', 'where it is written', 'service-tags.json')
    .showHelpAfterError('nettrace import service-tags --help shows how it is written')
    .action((file: string, options: { readonly out: string }) => done(importServiceTags(file, options.out, world)))
}

function addAzure(command: Command, world: World, done: Done): void {
  const collect = (word: string, words: readonly string[]) => [...words, word]
  command
    .command('azure')
    .description('read subscriptions into a folder of resource bodies')
    .usage('--subscription ID [--subscription ID ...] [options]')
    .option('-s, --subscription <id>', 'a subscription, by its id; may be given several times', collect, [])
    .option('-g, --resource-group <name>', 'only this resource group; may be given several times', collect, [])
    .option('--out <dir>', 'the folder that is written', 'azure')
    .option('--tenant <id>', 'the tenant to sign in to')
    .addOption(new Option('--cloud <name>', 'which cloud').choices(['public', 'government', 'china']).default('public'))
    .option('--learned-routes', 'also ask gateways, route servers and circuits what they learned by BGP')
    .option('--effective-routes', 'also ask what routes are in force on interfaces of running machines')
    .option('--print-commands', 'print the same reads as az commands, and open no connection')
    .addHelpText('after', AZURE_NOTES)
    .showHelpAfterError('nettrace import azure --help shows how it is written')
    .action((options: AzureOptions) => done(importAzure(requestOf(options), world)))
}

function requestOf(options: AzureOptions): AzureRequest {
  const { subscription, resourceGroup, tenant, cloud, out } = options
  if (subscription.length === 0)
    throw new UsageError('which subscription? Add --subscription ID (az account list shows the ids)')
  for (const id of subscription) {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
      throw new UsageError(`"${id}" is no subscription id: az account list shows the ids`)
  }
  return {
    subscriptions: subscription,
    resourceGroups: resourceGroup,
    out,
    cloud,
    routes: [
      ...(options.learnedRoutes === true ? (['learned-routes'] as const) : []),
      ...(options.effectiveRoutes === true ? (['effective-routes'] as const) : []),
    ],
    printsCommands: options.printCommands === true,
    ...(tenant !== undefined && { tenant }),
  }
}
