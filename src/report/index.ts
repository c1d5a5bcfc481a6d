/** Words and shapes: answers as text and as JSON. Nothing here decides anything. */
export { connectionJson, resolutionJson, resolutionsJson } from './connection-json.ts'
export { connectionText } from './connection-text.ts'
export { devicesText, deviceText } from './device-text.ts'
export { diagnosticsText } from './diagnostic-text.ts'
export { figuresLine, promisesText } from './promises-text.ts'
export { resolutionsText, resolutionText } from './resolution-text.ts'
export { routeChoiceText, routesText } from './routes-text.ts'
export { rulesText } from './rules-text.ts'
