import type { AllNames, NameLeads, NameSeen } from '../diagnose/index.ts'
import { formatSource } from '../model/index.ts'
import { inert } from '../text/index.ts'
import { addressWords } from './address-words.ts'
import { type Line, layOut } from './columns.ts'
import { nameCommand } from './next-commands.ts'
import { answerWords } from './resolution-text.ts'

/** Every state has its own sign and word. */
const SIGNS: Readonly<Record<NameLeads, string>> = { private: '✓', public: '○', nowhere: '✗', unknown: '?' }
const WORST_FIRST = ['✗', '?', '!', '○', '✓'] as const

/**
 * Every name of a service as each device sees it: how many lead where on line 1, then a block a name, a line a device with
 * where it leads, the zone that decided and its place, and why, where something is missing. The next command last, for the `topology` the command line names.
 */
export function allNamesText(found: AllNames, topology: string | undefined): string {
  const told = new Set<string>()
  const blocks = found.rows.map(({ of, seen }) => [
    `${of.use}: ${inert(of.name)}`,
    ...layOut(seen.flatMap((one) => seenLines(one, told))),
  ])
  const all = [[headLine(found)], ...blocks, nextLine(found, topology)]
  return `${all
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`
}

function headLine({ service, senders, rows }: AllNames): string {
  const seen = rows.flatMap((row) => row.seen)
  const signs = seen.map(signOf)
  const worst = WORST_FIRST.find((one) => signs.includes(one))
  const counts = (['private', 'public', 'nowhere', 'unknown'] as const).flatMap((one) => {
    const count = seen.filter(({ leads }) => leads === one).length
    return count === 0 ? [] : [`${count} ${one === 'nowhere' ? 'not resolved' : one}`]
  })
  const names = `${rows.length} name${rows.length === 1 ? '' : 's'}`
  const who = inert(`${service.label} ${service.name}: ${names} from ${senders.join(' and ')}`)
  return `${worst} ${who}: ${counts.join(', ')}`
}

/** A private address can be the wrong one all the same. */
function signOf({ leads, causes }: NameSeen): string {
  return leads === 'private' && causes.length > 0 ? '!' : SIGNS[leads]
}

/** One device's line. A cause of the same kind and place as one told before is only called by its code. */
function seenLines(seen: NameSeen, told: Set<string>): Line[] {
  const { resolution, causes, leads, zone } = seen
  const { answer, device } = resolution
  const lead = `  ${signOf(seen)} ${device}`
  const [cause] = causes
  // Where there is no address, why is the point; a cause says it better.
  const decided = resolution.addresses.length > 0 || cause ? (zone ?? answer.because) : answer.because
  const text = `${leadWords(resolution, leads).padEnd(24)}  ${decided}`
  const lines: Line[] = [{ lead, text, source: answer.source }]
  if (!cause) return lines
  const key = `${device} ${cause.code} ${formatSource(cause.source)}`
  const because = told.has(key) ? 'for the same reason' : `because ${cause.message}`
  told.add(key)
  return [...lines, { lead: '', text: `${because} [${cause.code}]`, source: cause.source }]
}

function leadWords(resolution: NameSeen['resolution'], leads: NameLeads): string {
  switch (leads) {
    case 'private':
      return `private ${addressWords(resolution)}`
    case 'public':
      return isPublicUnknown(resolution) ? 'public, address not known' : `public ${addressWords(resolution)}`
    case 'nowhere':
      return answerWords(resolution).replace(/^→ /, '')
    case 'unknown':
      return 'cannot be told'
  }
}

function isPublicUnknown({ answer, addresses }: NameSeen['resolution']): boolean {
  return addresses.length === 0 || answer.records.some((one) => one.standsFor)
}

function nextLine({ rows }: AllNames, topology: string | undefined): string[] {
  for (const { of, seen } of rows) {
    const odd = seen.find(({ causes, leads }) => causes.length > 0 || leads === 'nowhere')
    if (odd) return layOut([{ lead: 'next', text: nameCommand(of.name, odd.resolution.device, topology) }])
  }
  return []
}
