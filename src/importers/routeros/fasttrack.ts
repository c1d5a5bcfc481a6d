import type { Diagnostic } from '../../model/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, sourceOf, textOf } from './entry.ts'

/**
 * Warnings about FastTrack: later packets of a fast-tracked connection skip mangle, IPsec and the firewall (MikroTik:
 * Packet Flow in RouterOS, FastTrack), which a trace of the first packets does not show (NT1217).
 */
export function fasttrackWarnings(configuration: Configuration): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  for (const rules of rulesByChain(configuration)) {
    const index = rules.findIndex((entry) => textOf(entry, 'action') === 'fasttrack-connection')
    const rule = rules[index]
    if (!rule) continue
    for (const message of doubtsAbout(configuration, rule, rules.slice(0, index), rules.slice(index + 1))) {
      found.push({ severity: 'warning', code: 'NT1217', message, source: sourceOf(rule) })
    }
  }
  return found
}

function rulesByChain(configuration: Configuration): Iterable<readonly Entry[]> {
  const chains = new Map<string, Entry[]>()
  for (const entry of configuration.entries('ip firewall filter')) {
    const chain = textOf(entry, 'chain')
    if (chain === undefined || isDisabled(entry)) continue
    const rules = chains.get(chain)
    if (rules) rules.push(entry)
    else chains.set(chain, [entry])
  }
  return chains.values()
}

const EXCLUDING = ['connection-mark', 'ipsec-policy', 'routing-mark', 'dst-address-list', 'src-address-list']

function* doubtsAbout(
  configuration: Configuration,
  rule: Entry,
  before: readonly Entry[],
  behind: readonly Entry[],
): Generator<string> {
  if (!behind.some((one) => isTwin(one, rule))) {
    yield 'No accept for the same packets stands behind this fasttrack rule; packets on the slow path are judged by the rules below.'
  }
  if (EXCLUDING.some((key) => textOf(rule, key) !== undefined)) return
  if (hasIpsec(configuration) && !acceptsIpsec(before)) {
    yield 'Connections into an IPsec tunnel are fast-tracked too; their later packets may leave unencrypted.'
  }
  if (marksRouting(configuration)) {
    yield 'Fast-tracked packets skip mangle: some packets of a connection may not follow mark-routing.'
  }
}

function isTwin(entry: Entry, rule: Entry): boolean {
  if ((textOf(entry, 'action') ?? 'accept') !== 'accept') return false
  const states = (textOf(entry, 'connection-state') ?? '').split(',')
  return (textOf(rule, 'connection-state') ?? '').split(',').every((state) => states.includes(state))
}

function acceptsIpsec(before: readonly Entry[]): boolean {
  const accepted = new Set(
    before
      .filter((entry) => (textOf(entry, 'action') ?? 'accept') === 'accept')
      .map((entry) => textOf(entry, 'ipsec-policy')),
  )
  return accepted.has('in,ipsec') && accepted.has('out,ipsec')
}

function hasIpsec(configuration: Configuration): boolean {
  return configuration
    .entries('ip ipsec policy')
    .some((entry) => !isDisabled(entry) && textOf(entry, 'template') === undefined)
}

function marksRouting(configuration: Configuration): boolean {
  return configuration
    .entries('ip firewall mangle')
    .some((entry) => !isDisabled(entry) && textOf(entry, 'action') === 'mark-routing')
}
