import { allNames, deviceNamed, nameCauses, UsageError } from '../diagnose/index.ts'
import { type Resolution, resolve } from '../dns/index.ts'
import { parseIp } from '../net/index.ts'
import {
  allNamesJson,
  allNamesText,
  resolutionJson,
  resolutionsJson,
  resolutionsText,
  resolutionText,
} from '../report/index.ts'
import type { Asking } from './commands.ts'
import { EXIT } from './exit-code.ts'
import { load } from './load.ts'

/** `dns NAME from A [and B ...]`: one device's resolution in full, several side by side. The worst decides the exit code. */
export function askName(asking: Asking, name: string, from: readonly string[]): number {
  const { network, prepared } = load(asking.topology, asking.output, needs(asking))
  if (parseIp(name) !== undefined) throw new UsageError(`"${name}" is an address already, not a name`)
  const question = { name: name.toLowerCase().replace(/\.$/, ''), type: 'A' } as const
  const answers = from.map((word) => {
    const resolution = resolve(prepared, { device: deviceNamed(network, word).name, ...question })
    return { resolution, causes: nameCauses(prepared, resolution) }
  })
  const [first] = answers
  if (answers.length > 1) {
    asking.output.out(asking.json ? jsonText(resolutionsJson(answers)) : resolutionsText(answers))
  } else if (first) {
    const { resolution, causes } = first
    asking.output.out(asking.json ? jsonText(resolutionJson(resolution, causes)) : resolutionText(resolution, causes))
  }
  return worstOf(answers.map(({ resolution }) => resolution))
}

/** `dns --all-names SERVICE from A [and B ...]`: every name of a service; the worst decides the exit code. */
export function askAllNames(asking: Asking, service: string, from: readonly string[]): number {
  const { prepared } = load(asking.topology, asking.output, needs(asking))
  const found = allNames(prepared, service, from)
  asking.output.out(asking.json ? jsonText(allNamesJson(found)) : allNamesText(found, asking.named))
  return worstOf(found.rows.flatMap(({ seen }) => seen.map(({ resolution }) => resolution)))
}

/** A name that is certain not to resolve outweighs one of which that cannot be told. */
function worstOf(resolutions: readonly Resolution[]): number {
  const failing = resolutions.filter(({ addresses }) => addresses.length === 0)
  if (failing.length === 0) return EXIT.yes
  return failing.every(({ answer }) => answer.kind === 'unknown') ? EXIT.cannotTell : EXIT.no
}

function needs(asking: Asking) {
  return { expectations: false, listsWarnings: asking.verbose }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
