/** Every importer: vendor text to a part of a network. */
export type { AzureOptions, AzurePart, AzureSettings } from './azure/index.ts'
export { importAzure } from './azure/index.ts'
export { importBind } from './bind/index.ts'
export { importDnsmasq } from './dnsmasq/index.ts'
export { importNetfilter } from './netfilter/index.ts'
export { importRouteros } from './routeros/index.ts'
export { importUci } from './uci/index.ts'
export { importUnifi } from './unifi/index.ts'
