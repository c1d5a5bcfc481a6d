/** Azure: raw ARM resource bodies, as Resource Graph or `az resource show` print them, to a part of a network. */
export type { AzureSettings } from './estate.ts'
export type { AzureOptions, AzurePart } from './import-azure.ts'
export { importAzure } from './import-azure.ts'
export type { Placement } from './placement.ts'
