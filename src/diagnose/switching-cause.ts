import type { CutOff, Device } from '../model/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import type { Cause } from './connection.ts'

/**
 * A port, trunk or bridge between a device and its network does not carry the VLAN: told of the one that asks, then of
 * the one that is asked. `undefined` when both reach their networks.
 */
export function switchingCause(
  prepared: PreparedNetwork,
  ...names: readonly (string | undefined)[]
): Cause | undefined {
  for (const name of names) {
    const device = name === undefined ? undefined : prepared.network.devices.get(name)
    const found = device && cutOffFrom(prepared, device)
    if (!device || !found) continue
    const { from, because, source } = found.cutOff
    const network = from === undefined ? '' : ` from ${from} of ${found.device}`
    const message = `${because}: ${device.name} at ${found.device}:${found.cutOff.name} is cut off${network}`
    return { code: 'vlan-not-carried', message, source, look: { kind: 'show', device: found.device } }
  }
  return undefined
}

interface Found {
  readonly device: string
  readonly cutOff: CutOff
}

/** The place on a device's own segments that does not reach its network. */
function cutOffFrom(prepared: PreparedNetwork, device: Device): Found | undefined {
  for (const one of device.interfaces) {
    for (const end of prepared.linkOf(device.name, one.name)?.link.ends ?? []) {
      const far = prepared.network.devices.get(end.device)
      const cutOff = far?.cutOff?.find((each) => each.name === end.interface)
      if (far && cutOff) return { device: far.name, cutOff }
    }
  }
  return undefined
}
