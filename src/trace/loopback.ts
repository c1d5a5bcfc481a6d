import { implied } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import { names } from './matcher.ts'
import type { PreparedDevice } from './prepared.ts'
import type { Run, Stop } from './run.ts'

/** Whether an address means this device: one of its own, or the loopback. */
export function isOwn(self: PreparedDevice, address: Ip): boolean {
  return self.owns.has(address) || isLoopback(address)
}

/** Whether an address is in 127.0.0.0/8 or is ::1. */
export function isLoopback(address: Ip): boolean {
  return isLoopback4(address) || address === 1n
}

/** Ends a packet from elsewhere that translation sent to the loopback, or that says it comes from there (Linux: ip_route_input_slow). */
export function loopbackArrival(run: Run): Stop | undefined {
  const { source, destination } = run.packet.flow
  return loopbackStop(run, run.packet.inInterface, isLoopback4(destination) ? destination : source, 'comes in')
}

/** Ends a packet of the device's own that leaves from the loopback (Linux: __mkroute_output). */
export function loopbackDeparture(run: Run): Stop | undefined {
  return loopbackStop(run, run.packet.outInterface, run.packet.flow.source, 'goes out')
}

function loopbackStop(run: Run, interfaceName: string | undefined, address: Ip, moves: string): Stop | undefined {
  const { device } = run.self
  if (!isLoopback4(address) || interfaceName === 'lo' || names(device.loopbackOver ?? [], interfaceName))
    return undefined
  const where = interfaceName === undefined ? '' : ` by ${interfaceName}`
  const text = `${device.name} drops it: a packet with ${formatIp(address)} ${moves}${where} (route_localnet = 0)`
  const source = implied(
    'Addresses of 127.0.0.0/8 stay inside a box unless route_localnet is 1 (ip-sysctl; RFC 1122 section 3.2.1.3)',
  )
  return { disposition: 'denied', decision: { text, source }, causeCode: 'loopback-address' }
}

function isLoopback4(address: Ip): boolean {
  return typeof address === 'number' && address >>> 24 === 127
}
