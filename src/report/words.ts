import type { Outcome, Symptom, Works } from '../diagnose/index.ts'
import { inert } from '../text/index.ts'

/** The sign and word that open an answer. Every state has its own sign and word, never a colour alone. */
export function headWords(works: Works, outcome: Outcome): { readonly sign: string; readonly word: string } {
  switch (works) {
    case 'yes':
      return { sign: '✓', word: 'works' }
    case 'one-way':
      return { sign: '≠', word: 'one way' }
    case 'unknown':
      return { sign: '?', word: 'cannot tell' }
    case 'no':
      return { sign: '✗', word: outcome === 'name-not-resolved' ? 'no address' : 'blocked' }
  }
}

/** What the person will see, as the line that follows the verdict; none when there is nothing to claim. */
export function symptomLines(symptom: Symptom | undefined): string[] {
  return symptom ? [`  You will see: ${inert(symptom.words)}`] : []
}

/** What kind of end it is, in the words people search for. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome) {
    case 'accepted':
      return 'accepted'
    case 'exits-network':
      return 'leaves for the internet'
    case 'denied':
      return 'dropped'
    case 'rejected':
      return 'rejected'
    case 'no-route':
      return 'no route'
    case 'null-routed':
      return 'dropped by a route'
    case 'neighbor-unreachable':
      return 'next hop unreachable'
    case 'refused-by-service':
      return 'refused by the service (the packet arrives)'
    case 'wrong-address':
      return 'wrong address (the name gives a public address, and that way is closed)'
    case 'name-not-resolved':
      return 'the name does not resolve'
    case 'loop':
      return 'routing loop'
    case 'too-big':
      return 'too big (path MTU black hole)'
    case 'unsupported':
      return 'not supported by the platform'
    case 'unknown':
      return 'a fact is missing'
  }
}
