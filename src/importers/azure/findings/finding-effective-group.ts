import type { Diagnostic } from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { EffectiveAnswer } from '../estate/effective-answer.ts'
import type { Estate } from '../estate/estate.ts'
import { ruleDifferences } from '../security/effective-rule.ts'
import type { Direction } from '../security/network-security-group.ts'

/** Where the NSGs and rules that Azure printed as in force at a network interface are not those of the export. */
export function reportEffectiveGroups(estate: Estate, { nic, subnet, groups }: EffectiveAnswer): void {
  const attached = [subnet.body.reference('networkSecurityGroup'), nic.reference('networkSecurityGroup')]
  const printed = new Map(groups.map((group) => [group.reference('networkSecurityGroup') ?? '', group]))
  for (const [id, group] of printed) {
    const body = estate.byId(id)
    if (!attached.includes(id)) {
      const where = group.child('association')?.has('subnet')
        ? `subnet ${subnet.fabric}`
        : `network interface ${nic.name}`
      const why = body ? `the export does not attach it there` : 'it is not in the export'
      const message = `EffectiveRulesDiffer: Azure applies NSG ${lastPart(id)} to ${where}, and ${why}`
      report(estate, group.diagnostic('warning', 'NT1788', message, 'networkSecurityGroup'))
    }
    if (body) for (const direction of ['inbound', 'outbound'] as const) reportRules(estate, body, group, direction)
  }
  for (const id of attached) {
    if (id === undefined || printed.has(id)) continue
    const source = (id === attached[0] ? subnet.body : nic).source('networkSecurityGroup')
    const [first] = groups
    const message = `EffectiveRulesDiffer: the export applies NSG ${lastPart(id)} to ${nic.name}, and Azure's effective rules do not list it`
    const other = first && { message: "Azure's effective rules", source: first.source() }
    report(estate, { severity: 'warning', code: 'NT1788', message, source, ...(other && { other }) })
  }
}

function reportRules(estate: Estate, nsg: Body, group: Body, direction: Direction): void {
  for (const { words, mine, theirs } of ruleDifferences(estate, nsg, group, direction)) {
    const message = `EffectiveRulesDiffer: ${words}`
    const listed = { message: "Azure's effective rules", source: group.source() }
    const other = theirs ? mine && { message: 'the rule of the export', source: mine.source('name') } : listed
    const diagnostic = (theirs ?? mine)?.diagnostic('warning', 'NT1788', message, 'name')
    if (diagnostic) report(estate, { ...diagnostic, ...(other && { other }) })
  }
}

function report(estate: Estate, diagnostic: Diagnostic): void {
  estate.report({ ...diagnostic, finding: true })
}
