import type { Diagnostic, NetworkPart, ServiceTags } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { DeploymentPlace } from '../arm-template/index.ts'
import { type Reading, settled } from './doubt/settled.ts'
import { type Body, type BodyWatch, gatheringWatch, type MisreadMember } from './estate/body.ts'
import { markElsewhere } from './estate/elsewhere.ts'
import { readServiceTags } from './estate/service-tags.ts'
import type { AzureSettings } from './estate/settings.ts'
import type { UnreadList } from './estate/unread-list.ts'
import { noteLines } from './line-notes.ts'
import { lowerAzure } from './lower.ts'
import { makeEstate } from './make-estate.ts'
import type { Placement } from './placement.ts'
import { readAzure } from './read.ts'
import { hostsEverywhere, runningFirewalls, surroundingsOf } from './surroundings.ts'

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
  const watch = rereadingWatch(options.watch ?? gatheringWatch(misread))
  const { bodies, printedRows, unread, diagnostics, documents } = readAzure(
    files,
    options.deployment,
    options.parameters,
    watch,
  )
  const estate = makeEstate(bodies, list?.tags, options.settings, printedRows, unread)
  const sure = lowerAzure(estate, options.placements)
  const part = settled(sure, watch.misreadMembers, bodies, (reading) => {
    const kept = bodies.filter((one) => !reading.without.has(one))
    const again = () =>
      lowerAzure(makeEstate(kept, list?.tags, options.settings, printedRows, unread), options.placements)
    return watch.during(reading, again)
  })
  if (documents.some(({ file }) => file.ledger)) {
    lookAtAll([...bodies, ...runningFirewalls(documents)], list?.tags, printedRows, unread)
    noteLines(documents)
  }
  const said = [...(list?.diagnostics ?? []), ...diagnostics, ...estate.diagnostics, ...part.diagnostics]
  return {
    ...part,
    diagnostics: markElsewhere([...said, ...misread], list?.tags !== undefined),
    ...(list?.tags && { serviceTags: list.tags }),
  }
}

interface RereadingWatch extends BodyWatch {
  /** What could not be read so far, each member once. */
  readonly misreadMembers: readonly MisreadMember[]
  /** Does something while bodies are read otherwise; what is misread only then is remembered too. */
  during<T>(reading: Reading, work: () => T): T
}

/** A watch that remembers which members cannot be read, and can have them read as something else. */
function rereadingWatch(outer: BodyWatch): RereadingWatch {
  const misreadMembers: MisreadMember[] = []
  const seen = new Map<object, Set<string>>()
  let current: Reading | undefined
  const remember = (member: MisreadMember) => {
    const container = member.part.value
    const keys = seen.get(container) ?? new Set()
    seen.set(container, keys)
    if (!keys.has(member.key)) misreadMembers.push(member)
    keys.add(member.key)
  }
  return {
    misreadMembers,
    read: (part, key) => outer.read?.(part, key),
    misread(diagnostic, container, key, member) {
      if (current?.instead.get(container)?.has(key.toLowerCase())) return
      outer.misread(diagnostic, container, key, member)
      remember(member)
    },
    unevaluated(member) {
      if (!current?.instead.get(member.part.value)?.has(member.key.toLowerCase())) remember(member)
    },
    instead(container, key) {
      const members = current?.instead.get(container)
      const lower = key.toLowerCase()
      return members?.has(lower) ? { value: members.get(lower) } : undefined
    },
    during(reading, work) {
      current = reading
      try {
        return work()
      } finally {
        current = undefined
      }
    },
  }
}

/** Lowers everything once more in surroundings that use all of it, for an account of what lowering looks at. */
function lookAtAll(
  bodies: readonly Body[],
  tags: ServiceTags | undefined,
  printedRows: readonly Body[],
  unread: readonly UnreadList[],
): void {
  const estate = makeEstate([...bodies, ...surroundingsOf(bodies)], tags, {}, printedRows, unread)
  lowerAzure(estate, hostsEverywhere(estate))
}
