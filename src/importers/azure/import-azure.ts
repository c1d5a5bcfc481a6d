import type { Diagnostic, NetworkPart, ServiceTags } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { DeploymentPlace } from '../arm-template/index.ts'
import { type Body, type BodyWatch, gatheringWatch } from './estate/body.ts'
import { markElsewhere } from './estate/elsewhere.ts'
import { readServiceTags } from './estate/service-tags.ts'
import type { AzureSettings } from './estate/settings.ts'
import type { UnreadList } from './estate/unread-list.ts'
import { noteLines } from './line-notes.ts'
import { lowerAzure } from './lower.ts'
import { makeEstate } from './make-estate.ts'
import type { Placement } from './placement.ts'
import { readAzure } from './read.ts'
import { hostsEverywhere, surroundingsOf } from './surroundings.ts'

/** What an import is given beside the bodies. */
export interface AzureOptions {
  /** Microsoft's list of service tags, or a cut of it; without it rules that name a tag cannot be decided. */
  readonly serviceTags?: TextFile
  readonly placements: readonly Placement[]
  /** Defaults: `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<AzureSettings>
  /** Where ARM templates among the files are deployed to; what is absent is a stand-in. */
  readonly deployment?: Partial<DeploymentPlace>
  /** The parameters file of the templates that have none of their own name among the files. */
  readonly parameters?: TextFile
  /** Told how the members of bodies are read, instead of a diagnostic for each that cannot be. */
  readonly watch?: BodyWatch
}

/** What was read. */
export interface AzurePart extends NetworkPart {
  /** Absent when no list was given or it could not be read. */
  readonly serviceTags?: ServiceTags
}

/** Reads the ARM bodies or templates of some files into devices, links and services. Never throws. */
export function importAzure(files: readonly TextFile[], options: AzureOptions): AzurePart {
  const misread: Diagnostic[] = []
  const list = options.serviceTags && readServiceTags(options.serviceTags)
  const { bodies, learnedRows, unread, diagnostics, documents } = readAzure(
    files,
    options.deployment,
    options.parameters,
    options.watch ?? gatheringWatch(misread),
  )
  const estate = makeEstate(bodies, list?.tags, options.settings, learnedRows, unread)
  const part = lowerAzure(estate, options.placements)
  if (documents.some(({ file }) => file.ledger)) {
    lookAtAll(bodies, list?.tags, learnedRows, unread)
    noteLines(documents)
  }
  const said = [...(list?.diagnostics ?? []), ...diagnostics, ...estate.diagnostics, ...part.diagnostics]
  return {
    ...part,
    diagnostics: markElsewhere([...said, ...misread], list?.tags !== undefined),
    ...(list?.tags && { serviceTags: list.tags }),
  }
}

/** Lowers everything once more in surroundings that use all of it, for an account of what lowering looks at. */
function lookAtAll(
  bodies: readonly Body[],
  tags: ServiceTags | undefined,
  learnedRows: readonly Body[],
  unread: readonly UnreadList[],
): void {
  const estate = makeEstate([...bodies, ...surroundingsOf(bodies)], tags, {}, learnedRows, unread)
  lowerAzure(estate, hostsEverywhere(estate))
}
