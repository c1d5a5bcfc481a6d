import { type AzurePart, importAzure, type Placement } from '../../../src/importers/azure/index.ts'

import { formatIp, isPublic } from '../../../src/net/index.ts'
import { consulted, type Member, valueAt, withMember } from './consulted-members.ts'
import { type Asked, answersOf, questionsOf, type Verdict } from './estate-questions.ts'
import { type Pool, plausible, unreadable } from './plausible-values.ts'

/** Bodies and what is imported beside them. */
export interface Subject {
  readonly name: string
  readonly bodies: readonly unknown[]
  readonly options?: Partial<Parameters<typeof importAzure>[1]> & { placements?: readonly Placement[] }
  readonly asked?: readonly Asked[]
}

/** A definite answer where an unreadable member leaves it open, or an unknown one that does not say which member. */
export interface Violation {
  readonly kind: 'guessed' | 'unnamed' | 'unreported'
  readonly subject: string
  readonly pointer: string
  readonly path: string
  readonly value: string
  readonly question: string
  readonly plausible: readonly string[]
  readonly said: string
}

/** How an estate held: the members tried, those that decide something, and where the law is broken. */
export interface Outcome {
  readonly tried: number
  readonly decide: number
  readonly violations: readonly Violation[]
}

/** What the importer makes of a subject's bodies. */
export function partOf(subject: Subject, bodies = subject.bodies): AzurePart {
  return importAzure([{ path: 'azure.json', text: JSON.stringify(bodies) }], { placements: [], ...subject.options })
}

/** The members of a subject that its lowering asks for. */
export function membersOf(subject: Subject): readonly Member[] {
  return consulted(subject.bodies, () => partOf(subject))
}

/**
 * Makes each member unreadable in turn: where its plausible values decide between answers the answer is unknown and names
 * the member; where they do not, it stays, or is unknown.
 */
export function tryMembers(subject: Subject, members: readonly Member[], pool: Pool): Outcome {
  const asked = questionsOf(partOf(subject), subject.asked)
  const violations: Violation[] = []
  let decide = 0
  for (const member of members) {
    const value = valueAt(subject.bodies, member.pointer)
    const could = plausible(member, value, pool).map((one) =>
      answersOf(partOf(subject, withMember(subject.bodies, member.pointer, one)), asked),
    )
    let decides = false
    for (const wrong of unreadable(member, value)) {
      const part = partOf(subject, withMember(subject.bodies, member.pointer, wrong))
      const said = answersOf(part, asked)
      const left = JSON.stringify(withMember(subject.bodies, member.pointer, wrong))
      const named = part.diagnostics.some(
        ({ source }) => source.kind === 'pointer' && `${member.pointer}/`.startsWith(`${source.pointer}/`),
      )
      for (const [index, verdict] of said.entries()) {
        const others = could.map((one) => one[index] ?? { says: '' })
        decides ||= new Set(others.map(({ says }) => says)).size > 1
        const kind = broken(verdict, others, named, member)
        if (kind && !isNobodys(asked[index], left))
          violations.push(violation(kind, subject, member, wrong, asked[index], others, verdict))
      }
    }
    if (decides) decide++
  }
  return { tried: members.length, decide, violations }
}

/** A public address that the export no longer holds is nobody's of whom it tells: what is sent there has left, and that is said. */
function isNobodys(asked: Asked | undefined, bodies: string): boolean {
  if (asked?.kind !== 'flow' || !isPublic(asked.flow.destination)) return false
  return !bodies.includes(`"${formatIp(asked.flow.destination)}"`)
}

function broken(
  said: Verdict,
  others: readonly Verdict[],
  named: boolean,
  member: Member,
): Violation['kind'] | undefined {
  const each = new Set(others.map(({ says }) => says))
  if (said.unknown) {
    if (each.size === 1 || others.some(({ unknown }) => unknown)) return undefined
    const key =
      member.pointer
        .split('/')
        .filter((one) => !/^\d+$/.test(one))
        .at(-1) ?? ''
    return named || said.unknown.some((one) => one.toLowerCase().includes(key.toLowerCase())) ? undefined : 'unnamed'
  }
  // Which of several obstacles stops a packet first is not what is asked.
  if (said.fails && others.every(({ fails }) => fails)) return undefined
  if (said.says === 'no such device' && named) return undefined
  if (each.size === 1) return each.has(said.says) ? undefined : 'guessed'
  return 'guessed'
}

function violation(
  kind: Violation['kind'],
  subject: Subject,
  { pointer, path }: Member,
  value: unknown,
  question: Asked | undefined,
  others: readonly Verdict[],
  said: Verdict,
): Violation {
  return {
    kind,
    ...{ subject: subject.name, pointer, path },
    value: JSON.stringify(value).slice(0, 60),
    question: JSON.stringify(question),
    plausible: [...new Set(others.map(({ says }) => says))],
    said: said.says,
  }
}
