import type { Device, Endpoint, Route } from '../model/index.ts'
import type { LinkTable } from './link-table.ts'

/** Whether another near end of the same connection is joined, so that this one may stay alone. */
export function standsBy(device: Device, end: Endpoint, links: LinkTable): boolean {
  const group = device.interfaces.find((one) => one.name === end.interface)?.tunnel?.connection
  if (group === undefined) return false
  return device.interfaces.some(
    (one) => one.tunnel?.connection === group && links.at({ device: device.name, interface: one.name }) !== undefined,
  )
}

/**
 * A device whose connection has several near ends, once it is known which of them are joined: routes over those that are
 * not are out of force, as the joined ones carry the connection. `undefined` when nothing changes.
 */
export function withoutUnjoined(device: Device, links: LinkTable): Device | undefined {
  const idle = new Set(
    device.interfaces
      .filter((one) => one.tunnel?.connection !== undefined)
      .map((one) => ({ device: device.name, interface: one.name }))
      .filter((end) => links.at(end) === undefined && standsBy(device, end, links))
      .map((end) => end.interface),
  )
  if (idle.size === 0) return undefined
  const rest = (route: Route): Route => {
    const { nextHop } = route
    if (nextHop.kind !== 'connected' || !idle.has(nextHop.interface) || route.inactive !== undefined) return route
    return { ...route, inactive: `${nextHop.interface} is joined to nothing; another tunnel of the connection is` }
  }
  return { ...device, tables: device.tables.map((table) => ({ ...table, routes: table.routes.map(rest) })) }
}
