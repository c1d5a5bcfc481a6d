import type { Action, Match, Rewrite } from '../model/index.ts'
import { formatAddressSet, formatIp, formatPorts, formatProtocol } from '../net/index.ts'

/** A match in words; nothing of it is left out. */
export function matchWords(match: Match): string {
  switch (match.kind) {
    case 'any':
      return 'any packet'
    case 'all':
      return match.of.map(inList).join(' ')
    case 'some':
      if (match.of.length === 0) return 'never'
      return match.of.length === 1 ? match.of.map(inList).join('') : `(${match.of.map(matchWords).join(' or ')})`
    case 'not':
      return `not ${inList(match.of)}`
    case 'opaque':
      return `{${match.text}: cannot be evaluated}`
    default:
      return testWords(match)
  }
}

function inList(match: Match): string {
  return match.kind === 'all' ? `(${matchWords(match)})` : matchWords(match)
}

type Test = Exclude<Match, { kind: 'any' | 'all' | 'some' | 'not' | 'opaque' }>

function testWords(match: Test): string {
  switch (match.kind) {
    case 'protocol':
      return match.in.map(formatProtocol).join(',')
    case 'source':
      return `from ${formatAddressSet(match.in)}`
    case 'destination':
      return `to ${formatAddressSet(match.in)}`
    case 'original-source':
      return `originally from ${formatAddressSet(match.in)}`
    case 'original-destination':
      return `originally to ${formatAddressSet(match.in)}`
    case 'source-bits':
      return `from ${formatIp(match.value)}/${formatIp(match.mask)}`
    case 'destination-bits':
      return `to ${formatIp(match.value)}/${formatIp(match.mask)}`
    case 'source-port':
      return `source port ${formatPorts(match.in)}`
    case 'destination-port':
      return `port ${formatPorts(match.in)}`
    case 'original-source-port':
      return `original source port ${formatPorts(match.in)}`
    case 'original-destination-port':
      return `original port ${formatPorts(match.in)}`
    case 'in-interface':
      return `in by ${match.in.join(',')}`
    case 'out-interface':
      return `out by ${match.in.join(',')}`
    case 'server-name':
      return `for ${match.in.slice(0, 4).join(', ')}${match.in.length > 4 ? ` and ${match.in.length - 4} more names` : ''}`
    default:
      return stateWords(match)
  }
}

type StateTest = Extract<
  Match,
  {
    kind:
      | 'session'
      | 'translated'
      | 'direction'
      | 'mark'
      | 'session-mark'
      | 'tunnel'
      | 'source-type'
      | 'destination-type'
      | 'tcp-flags'
      | 'icmp-type'
      | 'stamp'
      | 'reverse-path'
      | 'source-mac'
      | 'frame-type'
  }
>

function stateWords(match: StateTest): string {
  switch (match.kind) {
    case 'session':
      return match.in.join(',')
    case 'translated':
      return `${match.which} translated`
    case 'direction':
      return `${match.is} direction`
    case 'mark':
    case 'session-mark':
      return `${match.kind === 'mark' ? 'mark' : 'connection mark'} ${match.value}/0x${(match.mask >>> 0).toString(16)}`
    case 'tunnel':
      return `${match.present ? '' : 'not '}IPsec ${match.direction}`
    case 'source-type':
      return `source is ${match.in.join(',')}`
    case 'destination-type':
      return `destination is ${match.in.join(',')}`
    case 'tcp-flags':
      return `TCP flags ${match.set || 'none'} of ${match.mask}`
    case 'icmp-type':
      return `type ${match.in.map((one) => (one.code === undefined ? `${one.type}` : `${one.type}/${one.code}`)).join(',')}`
    case 'stamp':
      return `as ${match.in.join(', ')}`
    case 'source-mac':
      return `source MAC ${match.in.join(',')}`
    case 'frame-type':
      return `${match.in.join(',')} frame`
    case 'reverse-path':
      return `reverse path ${match.mode} ${match.passes ? 'holds' : 'fails'}`
  }
}

/** An action in words. */
export function actionWords(action: Action): string {
  switch (action.kind) {
    case 'jump':
    case 'goto':
      return `${action.kind} ${action.to}`
    case 'reject':
      return `reject (${action.with})`
    case 'mark':
    case 'session-mark':
      return `set ${action.kind === 'mark' ? 'mark' : 'connection mark'} ${action.value}/0x${(action.mask >>> 0).toString(16)}`
    case 'use-table':
      return `route by table ${action.table}`
    case 'clamp-mss':
      return `clamp MSS to ${action.to === 'path' ? 'the path MTU' : action.to}`
    case 'rewrite-source':
    case 'rewrite-destination': {
      const ports = action.ports ? `:${formatPorts([action.ports])}` : ''
      return `rewrite ${action.kind === 'rewrite-source' ? 'source' : 'destination'} to ${rewriteWords(action.to)}${ports}`
    }
    case 'unsupported':
      return `unsupported: ${action.because}`
    case 'opaque':
      return `{${action.text}: cannot be read}`
    default:
      return action.kind
  }
}

function rewriteWords(to: Rewrite): string {
  switch (to.kind) {
    case 'address':
      return to.first === to.last ? formatIp(to.first) : `${formatIp(to.first)}-${formatIp(to.last)}`
    case 'own-address':
      return 'its own address'
    case 'prefix':
      return `${formatIp(to.prefix.ip)}/${to.prefix.length}`
    case 'same':
      return 'the same address'
  }
}
