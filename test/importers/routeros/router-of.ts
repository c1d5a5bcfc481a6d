import { importRouteros } from '../../../src/importers/routeros/index.ts'
import type { Device, Diagnostic, Interface, Route, Rule } from '../../../src/model/index.ts'

/** The router an export makes, called `r`. */
export function routerOf(text: string): Device {
  const [device] = importRouteros('r', [{ path: 'r.rsc', text }]).devices
  if (!device) throw new Error('no device')
  return device
}

/** What reading an export has to say. */
export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return importRouteros('r', [{ path: 'r.rsc', text }]).diagnostics
}

/** Code and line of every diagnostic. */
export function codesOf(text: string): string[] {
  return diagnosticsOf(text).map((one) => `${one.code}:${one.source.kind === 'line' ? one.source.line : 0}`)
}

/** An interface by name. */
export function interfaceOf(device: Device, name: string): Interface {
  const found = device.interfaces.find((one) => one.name === name)
  if (!found) throw new Error(`no interface ${name}: ${device.interfaces.map((one) => one.name).join(', ')}`)
  return found
}

/** The rules of a rule set. */
export function rulesOf(device: Device, ruleSet: string): readonly Rule[] {
  const found = device.ruleSets[ruleSet]
  if (!found) throw new Error(`no rule set ${ruleSet}: ${Object.keys(device.ruleSets).join(', ')}`)
  return found.rules
}

/** The only rule of `filter/forward` made of one line's matchers, in an export that names what it needs. */
export function forwardRule(words: string, before = ''): Rule {
  const [rule] = rulesOf(routerOf(`${before}\n/ip firewall filter\nadd chain=forward ${words}\n`), 'filter/forward')
  if (!rule) throw new Error('no rule')
  return rule
}

/** The routes of a table. */
export function routesOf(device: Device, table = 'main'): readonly Route[] {
  return device.tables.find((one) => one.name === table)?.routes ?? []
}
