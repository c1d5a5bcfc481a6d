import type { Resolution } from '../dns/index.ts'
import type { Device, Rule } from '../model/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import type { Cause, Outcome } from './connection.ts'
import { serviceOf } from './party.ts'

/**
 * A service refuses at its public front door, and a private endpoint for it exists that refuses everything: until that
 * is approved, the name leads to the front door.
 */
export function endpointCause(
  prepared: PreparedNetwork,
  found: { readonly outcome: Outcome; readonly resolution: Resolution | undefined },
): Cause | undefined {
  const { outcome, resolution } = found
  if (!resolution || (outcome !== 'refused-by-service' && outcome !== 'wrong-address')) return undefined
  const name = resolution.question.name
  const service = serviceOf(prepared.network, name)
  if (!service) return undefined
  const closed = [...prepared.network.devices.values()].flatMap((device) => {
    const rule = refusesAll(device)
    return rule && device.label.includes(`${service.label} ${service.name}`) ? [{ device, rule }] : []
  })
  const meant = closed.find(({ device }) => sharesLabel(name, device)) ?? (closed.length === 1 ? closed[0] : undefined)
  if (!meant) return undefined
  const { device, rule } = meant
  const message = `private endpoint ${device.name}: ${rule.name}, so ${name} leads to the public address, which refuses`
  const look = { kind: 'rules', device: device.name } as const
  return { code: 'private-endpoint-not-approved', message, source: rule.source, look }
}

function refusesAll(device: Device): Rule | undefined {
  if (device.kind !== 'private-endpoint') return undefined
  const gate = device.pipeline.input.find((stage) => stage.kind === 'gate')
  const [first] = (gate?.kind === 'gate' ? device.ruleSets[gate.ruleSet]?.rules : undefined) ?? []
  return first?.match.kind === 'any' && first.action.kind === 'drop' ? first : undefined
}

/** Whether a part of the service that the endpoint's label names (`blob`) is a label of the name. */
function sharesLabel(name: string, device: Device): boolean {
  const parts = /\(([^)]*)\)$/.exec(device.label)?.[1]?.split(', ') ?? []
  return parts.some((part) => name.split('.').includes(part.toLowerCase()))
}
