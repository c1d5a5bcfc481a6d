import type { Outcome, Works } from '../diagnose/index.ts'

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

/** What kind of end it is, in the words people search for. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome) {
    case 'accepted':
      return 'accepted'
    case 'exits-network':
      return 'leaves for the internet'
    case 'denied':
      return 'dropped (the client sees a timeout)'
    case 'rejected':
      return 'rejected (the client is refused at once)'
    case 'no-route':
      return 'no route'
    case 'null-routed':
      return 'dropped by a route (the client sees a timeout)'
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
      return 'too big (connects, then hangs: path MTU black hole)'
    case 'unsupported':
      return 'not supported by the platform'
    case 'unknown':
      return 'a fact is missing'
  }
}
