import { type Device, formatSource, type Hook, type RuleSet, type Stage } from '../model/index.ts'
import { inert } from '../text/index.ts'
import { type Line, layOut } from './columns.ts'
import { actionWords, matchWords } from './match-words.ts'

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']

/** A device's rule sets by hook, in evaluation order, then those they jump to; every rule with its place. */
export function rulesText(device: Device): string {
  const shown = new Set<string>()
  const blocks = HOOKS.flatMap((hook) => hookBlocks(device, hook, shown))
  for (const name of shown) for (const next of jumpsOf(device.ruleSets[name])) shown.add(next)
  const inPipeline = new Set(
    HOOKS.flatMap((hook) => device.pipeline[hook]).map((stage) => (stage.kind === 'track' ? '' : stage.ruleSet)),
  )
  for (const name of shown) {
    const ruleSet = device.ruleSets[name]
    if (ruleSet && !inPipeline.has(name))
      blocks.push([`only when jumped to: ${inert(ruleSet.label)}`, ...ruleSetLines(ruleSet)])
  }
  const head = `${inert(device.name)}  ${inert(device.label)}`
  if (blocks.length === 0) return `${head}\n\nno rules: everything passes\n`
  return `${[[head], ...blocks].map((block) => block.join('\n')).join('\n\n')}\n`
}

function hookBlocks(device: Device, hook: Hook, shown: Set<string>): string[][] {
  return device.pipeline[hook].map((stage) => {
    if (stage.kind === 'track') return [`${hook}: connection tracking`]
    const ruleSet = device.ruleSets[stage.ruleSet]
    if (!ruleSet) return [`${hook}: ${stage.kind} ${inert(stage.ruleSet)}, which is not in the export`]
    const again = shown.has(stage.ruleSet)
    shown.add(stage.ruleSet)
    return [
      `${hook}: ${stageWords(stage)} ${inert(ruleSet.label)}`,
      ...(again ? ['  as above'] : ruleSetLines(ruleSet)),
    ]
  })
}

function stageWords(stage: Exclude<Stage, { kind: 'track' }>): string {
  return stage.interfaces ? `${stage.kind} (${stage.interfaces.map(inert).join(', ')})` : stage.kind
}

function jumpsOf(ruleSet: RuleSet | undefined): string[] {
  return (ruleSet?.rules ?? []).flatMap((rule) =>
    rule.action.kind === 'jump' || rule.action.kind === 'goto' ? [rule.action.to] : [],
  )
}

function ruleSetLines(ruleSet: RuleSet): string[] {
  const lines: Line[] = ruleSet.rules.map((rule) => ({
    lead: `  ${rule.name}`,
    text: `${matchWords(rule.match)} → ${actionWords(rule.action)}${rule.comment === undefined ? '' : `   # ${rule.comment}`}`,
    source: rule.source,
  }))
  if (ruleSet.policy.kind !== 'return') {
    const why = ruleSet.policySource.kind === 'implied' ? `   # ${formatSource(ruleSet.policySource)}` : ''
    lines.push({ lead: '  otherwise', text: `${actionWords(ruleSet.policy)}${why}`, source: ruleSet.policySource })
  }
  return layOut(lines)
}
