/** Azure: raw ARM resource bodies, as Resource Graph or `az resource show` print them, to a part of a network. */
export type { DeploymentPlace } from '../arm-template/index.ts'
export { readServiceTags } from './estate/service-tags.ts'
export type { AzureSettings } from './estate/settings.ts'
export { SETTINGS_BY_NAME } from './estate/settings.ts'
export type { AzureOptions, AzurePart } from './import-azure.ts'
export { importAzure } from './import-azure.ts'
export type { Placement } from './placement.ts'
