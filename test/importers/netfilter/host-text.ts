import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import type { Device, Diagnostic, Rule } from '../../../src/model/index.ts'

/** The device of some texts, and what reading them had to say. */
export function host(...texts: string[]): { device: Device; diagnostics: readonly Diagnostic[] } {
  const part = importNetfilter(
    'fw',
    texts.map((text, at) => ({ path: `fw-${at}.txt`, text })),
  )
  const [device] = part.devices
  if (!device) throw new Error(part.diagnostics.map((one) => one.message).join('; '))
  return { device, diagnostics: part.diagnostics }
}

/** The rule one line makes in FORWARD of the table filter, or elsewhere. */
export function rule(words: string, table = 'filter', chain = 'FORWARD', more = ''): Rule {
  const { device } = host(`*${table}\n:${chain} ACCEPT [0:0]\n:OTHER - [0:0]\n-A ${chain} ${words}\nCOMMIT\n${more}`)
  const made = device.ruleSets[`${table}/${chain}`]?.rules[0]
  if (!made) throw new Error(`no rule from ${words}`)
  return made
}

/** The codes of diagnostics, without the one about missing routes that every rule set alone has. */
export function codes(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map((one) => one.code).filter((code) => code !== 'NT1522' && code !== 'NT1523')
}
