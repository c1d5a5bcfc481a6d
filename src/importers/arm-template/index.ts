/** ARM templates, authored or exported, to the ARM resource bodies they stand for. */
export type { DeploymentPlace } from './deployment-place.ts'
export type { ExpandedTemplate } from './expand-template.ts'
export { expandTemplate } from './expand-template.ts'
export { completeTemplate } from './line-notes.ts'
export { linkedPaths } from './linked-file.ts'
export { isParametersFile, isTemplate, pairedParameters, readTemplateJson } from './template-file.ts'
