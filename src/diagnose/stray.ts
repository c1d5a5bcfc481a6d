import type { Device, Network } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import type { Decision } from '../trace/index.ts'
import type { Path } from './connection.ts'
import { serviceOf } from './party.ts'

/**
 * Why it cannot be told whether a service answers: the packet for its private endpoint arrives at another device, which
 * has the same address because two networks overlap. `undefined` when every path is free of that.
 */
export function strayed(network: Network, paths: readonly Path[], name: string | undefined): Decision | undefined {
  if (name === undefined || !serviceOf(network, name)) return undefined
  for (const { forward } of paths) {
    const address = forward.flow.destination
    const here = network.devices.get(forward.arrival?.device ?? '')
    const source = here?.interfaces.flatMap((one) => one.addresses).find((own) => own.ip === address)?.source
    if (!here || here.kind === 'private-endpoint' || !source) continue
    const endpoint = [...network.devices.values()].find((one) => one.kind === 'private-endpoint' && owns(one, address))
    if (!endpoint) continue
    const text = `${formatIp(address)} belongs to ${endpoint.name}, and ${here.name} has it, too: the packet arrives there, and whether that answers for ${name} is not known`
    return { text, source }
  }
  return undefined
}

function owns(device: Device, address: Ip): boolean {
  return device.interfaces.some((one) => one.addresses.some((own) => own.ip === address))
}
