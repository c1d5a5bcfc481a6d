/** UniFi gateways: what the API of their controller returns. */

import { EMPTY_PART, type NetworkPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { readCollections } from './collections.ts'
import { lowerGateway } from './gateway.ts'
import { noteLines } from './line-notes.ts'

/**
 * The gateway `name` of a site, from one file that holds all collections or from a file per collection. Reading never
 * throws; without the collection networkconf there is no device, and an error says so. Access points and switches are
 * no devices: SSIDs and ports are other names of the networks they are on.
 */
export function importUnifi(name: string, files: readonly TextFile[]): NetworkPart {
  const collections = readCollections(files)
  const { device, diagnostics } = lowerGateway(name, collections)
  noteLines(collections, diagnostics)
  return { ...EMPTY_PART, devices: device ? [device] : [], diagnostics }
}
