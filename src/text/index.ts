/** Text and where it stands: places, JSON that remembers its places, near names, and text made safe to print. */

export { inert } from './inert.ts'
export type { JsonDocument } from './json-text.ts'
export { readJson } from './json-text.ts'
export { nearestNames } from './nearest-names.ts'
export type { Place } from './place.ts'
export { TextPlaces } from './place.ts'
export type { TextFile } from './text-file.ts'
