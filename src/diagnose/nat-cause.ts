import type { Device, Rule } from '../model/index.ts'
import { addressSetContains, type Flow, formatIp } from '../net/index.ts'
import type { PreparedNetwork, Step, Trace } from '../trace/index.ts'
import type { Cause } from './connection.ts'

/**
 * Source translation changes a packet before a tunnel looks at it: the IPsec policy no longer matches and the packet goes
 * out in the clear, or it is outside what the tunnel carries (MikroTik: Packet Flow in RouterOS; Linux: the policy is
 * looked up again behind POSTROUTING). `undefined` where no translation is to blame.
 */
export function translationCause(prepared: PreparedNetwork, lost: Trace): Cause | undefined {
  for (const hop of lost.hops) {
    const device = prepared.network.devices.get(hop.device)
    const step = hop.steps.find(rewritesSource)
    const rule = step?.by?.rule
    if (!device || !step || !rule) continue
    const tunnel = missedPolicy(device, step, hop.steps) ?? missedSelectors(prepared, device, step, lost)
    if (tunnel) return causeOf(device, step, rule, tunnel)
  }
  return undefined
}

type Translation = Extract<Step, { kind: 'translate' }>

/** What would have taken the packet as it was, in words. */
interface Missed {
  readonly code: string
  readonly what: string
  readonly so: string
}

function rewritesSource(step: Step): step is Translation {
  return step.kind === 'translate' && step.hook === 'postrouting' && step.before.source !== step.after.source
}

/** The IPsec policy that holds the packet as it was before, where none took it as it is. */
function missedPolicy(device: Device, step: Translation, steps: readonly Step[]): Missed | undefined {
  if (steps.some((one) => one.kind === 'encapsulate')) return undefined
  const { source, destination, protocol } = step.before
  const policy = device.encapsulations.find(
    (one) =>
      addressSetContains(one.local, source) &&
      addressSetContains(one.remote, destination) &&
      (one.protocol === undefined || one.protocol === protocol),
  )
  if (policy?.action !== 'encrypt') return undefined
  return { code: 'nat-before-ipsec', what: policy.name, so: 'it leaves in the clear' }
}

/** A tunnel that carries the packet as it was before and refuses it as it is, here or at its far end. */
function missedSelectors(
  prepared: PreparedNetwork,
  device: Device,
  step: Translation,
  lost: Trace,
): Missed | undefined {
  if (lost.causeCode !== 'traffic-selector') return undefined
  const last = lost.hops.at(-1)?.device
  const near =
    last === device.name
      ? device.interfaces.find((one) => one.tunnel && carries(one.tunnel.selectors, step.before, 'from'))
      : undefined
  if (near) return { code: 'nat-before-tunnel', what: `the tunnel ${near.name}`, so: 'the tunnel does not carry it' }
  const end = prepared.network.devices.get(last ?? '')
  const far = end?.interfaces.find((one) => one.tunnel && carries(one.tunnel.selectors, step.before, 'to'))
  return (
    far && { code: 'nat-before-tunnel', what: `${end?.name} ${far.name}`, so: 'the far end of the tunnel drops it' }
  )
}

type Selectors = NonNullable<Device['interfaces'][number]['tunnel']>['selectors']

function carries(selectors: Selectors, { source, destination }: Flow, direction: 'from' | 'to'): boolean {
  const [local, remote] = direction === 'from' ? [source, destination] : [destination, source]
  return (selectors ?? []).some(
    (pair) => addressSetContains(pair.local, local) && addressSetContains(pair.remote, remote),
  )
}

function causeOf(device: Device, step: Translation, rule: Rule, missed: Missed): Cause {
  const { before, after, by } = step
  const changed = `${formatIp(before.source)} to ${formatIp(after.source)}`
  const name = `${by?.ruleSet.label ?? ''} ${rule.name}${rule.comment ? ` "${rule.comment}"` : ''}`
  const hint = `accept packets to ${formatIp(before.destination)} before that rule, or keep the rule off the tunnel's packets${keptOff(device)}`
  const message = `${name} on ${device.name} rewrites the source ${changed} before ${missed.what} sees it, so ${missed.so}; ${hint}`
  return { code: missed.code, message, source: rule.source, look: { kind: 'rules', device: device.name } }
}

function keptOff({ sparesTunnel }: Device): string {
  return sparesTunnel === undefined ? '' : ` (${sparesTunnel})`
}
