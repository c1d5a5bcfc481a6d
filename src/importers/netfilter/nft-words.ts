import type { Expression, SetElement, Verdict } from './nft-tree.ts'

/** An expression as nft would print it, for messages and as a key: equal text means an equal test. */
export function nftWords(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
    case 'other':
      return expression.text
    case 'payload':
      return `${expression.protocol} ${expression.field}`
    case 'meta':
      return `meta ${expression.key}`
    case 'ct':
      return ['ct', expression.direction, expression.family, expression.key].filter(Boolean).join(' ')
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`
    case 'rt':
      return `rt ${expression.key}`
    case 'tcp-option':
      return `tcp option ${expression.name} ${expression.field}`
    case 'concat':
      return expression.of.map(nftWords).join(' . ')
    case 'list':
      return expression.of.map(nftWords).join(',')
    case 'bits':
      return `${nftWords(expression.left)} ${expression.operator} ${nftWords(expression.right)}`
    case 'prefix':
      return `${expression.address}/${expression.length}`
    case 'range':
      return `${expression.first}-${expression.last}`
    case 'named':
      return `@${expression.name}`
    case 'map':
      return `${nftWords(expression.key)} map ${nftWords(expression.in)}`
    case 'set': {
      const shown = expression.elements.slice(0, 4).map(elementWords)
      return `{ ${[...shown, ...(expression.elements.length > 4 ? ['...'] : [])].join(', ')} }`
    }
  }
}

function elementWords(element: SetElement): string {
  if (element.verdict) return `${nftWords(element.key)} : ${verdictWords(element.verdict)}`
  return element.data ? `${nftWords(element.key)} : ${nftWords(element.data)}` : nftWords(element.key)
}

/** A verdict as nft prints it. */
export function verdictWords(verdict: Verdict): string {
  return 'to' in verdict ? `${verdict.kind} ${verdict.to}` : verdict.kind
}
