import { ANY, type Device, type Diagnostic, implied, type Rule, type RuleSet, type Stage } from '../../model/index.ts'
import { layOver } from '../edgeos/index.ts'
import { type Entry, sourceOf } from './entry.ts'

/**
 * A gateway with its config.gateway.json laid over what the controller makes. What of it is not evaluated and could
 * decide becomes a rule in front of all others whose outcome is unknown.
 */
export function withOverlays(gateway: Device, overlays: readonly Entry[], diagnostics: Diagnostic[]): Device {
  let device = gateway
  for (const overlay of overlays) {
    if (Object.keys(overlay.value).every((node) => node === 'system') && !hasHosts(overlay)) {
      const message = 'This config.gateway.json changes nothing that routes or filters; it was left out.'
      diagnostics.push({ severity: 'note', code: 'NT1421', message, source: sourceOf(overlay, 'system') })
      continue
    }
    const laid = layOver(device, overlay)
    diagnostics.push(...laid.diagnostics)
    device = laid.device
    const names = laid.notEvaluated.map((node) => node.name)
    if (names.length > 0) device = inDoubt(device, overlay, names, diagnostics)
  }
  return device
}

function hasHosts(overlay: Entry): boolean {
  const { system } = overlay.value
  return typeof system === 'object' && system !== null && Object.hasOwn(system, 'static-host-mapping')
}

const OVERLAY = 'overlay'

function inDoubt(device: Device, overlay: Entry, names: readonly string[], diagnostics: Diagnostic[]): Device {
  const source = sourceOf(overlay, Object.keys(overlay.value)[0] ?? '')
  const listed = names.join(', ')
  const message = `This config.gateway.json also changes ${listed}, which is not evaluated; what passes is unknown.`
  diagnostics.push({ severity: 'warning', code: 'NT1421', message, source })
  const text = `config.gateway.json: ${listed}`
  const rule: Rule = { name: 'config.gateway.json', match: ANY, action: { kind: 'opaque', text }, source }
  const policySource = implied('what follows decides the rest')
  const set: RuleSet = {
    name: OVERLAY,
    label: 'not evaluated',
    rules: [rule],
    policy: { kind: 'accept' },
    policySource,
  }
  const stage: Stage = { kind: 'filter', ruleSet: OVERLAY }
  const { input, forward } = device.pipeline
  return {
    ...device,
    ruleSets: { ...device.ruleSets, [OVERLAY]: set },
    pipeline: { ...device.pipeline, input: [stage, ...input], forward: [stage, ...forward] },
  }
}
