import type { NetworkPart, ServiceTags } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { DeploymentPlace } from '../arm-template/index.ts'
import type { AzureSettings } from './estate.ts'
import { lowerAzure } from './lower.ts'
import { makeEstate } from './make-estate.ts'
import type { Placement } from './placement.ts'
import { readAzure } from './read.ts'
import { readServiceTags } from './service-tags.ts'

/** What an import is given beside the bodies. */
export interface AzureOptions {
  /** Microsoft's list of service tags, or a cut of it; without it rules that name a tag cannot be decided. */
  readonly serviceTags?: TextFile
  readonly placements: readonly Placement[]
  /** Defaults: `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<AzureSettings>
  /** Where ARM templates among the files are deployed to; what is absent is a stand-in. */
  readonly deployment?: Partial<DeploymentPlace>
}

/** What was read. */
export interface AzurePart extends NetworkPart {
  /** Absent when no list was given or it could not be read. */
  readonly serviceTags?: ServiceTags
}

/** Reads the ARM bodies or templates of some files into devices, links and services. Never throws. */
export function importAzure(files: readonly TextFile[], options: AzureOptions): AzurePart {
  const list = options.serviceTags && readServiceTags(options.serviceTags)
  const { bodies, diagnostics } = readAzure(files, options.deployment)
  const estate = makeEstate(bodies, list?.tags, options.settings)
  const part = lowerAzure(estate, options.placements)
  return {
    ...part,
    diagnostics: [...(list?.diagnostics ?? []), ...diagnostics, ...estate.diagnostics, ...part.diagnostics],
    ...(list?.tags && { serviceTags: list.tags }),
  }
}
