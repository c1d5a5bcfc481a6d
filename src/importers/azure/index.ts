/** Azure: raw ARM resource bodies, as Resource Graph or `az resource show` print them, to a part of a network. */
export type { DeploymentPlace } from '../arm-template/index.ts'
export type { AzureOptions, AzurePart } from './import-azure.ts'
export { importAzure } from './import-azure.ts'
export type { Placement } from './placement.ts'
export { readServiceTags } from './service-tags.ts'
export type { AzureSettings } from './settings.ts'
export { SETTINGS_BY_NAME } from './settings.ts'
