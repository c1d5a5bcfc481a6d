import { type Device, formatSource, type Network, type StubResolver } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import { inert } from '../text/index.ts'
import { type Line, layOut } from './columns.ts'

/** Every device and service of a network, a line each, by name. */
export function devicesText(network: Network): string {
  const lines: Line[] = [...network.devices.values()].map((device) => {
    const addresses = addressesOf(device)
    const shown = addresses.slice(0, 3).join(', ') + (addresses.length > 3 ? ` and ${addresses.length - 3} more` : '')
    return { lead: device.name, text: `${device.kind.padEnd(16)}  ${shown.padEnd(34)}  ${device.label}` }
  })
  const services: Line[] = network.services.map((one) => ({
    lead: one.name,
    text: `${'service'.padEnd(16)}  ${one.label}: ${one.names[0] ?? 'no name'}`,
  }))
  const ordered = [...lines, ...services].sort((a, b) => (a.lead < b.lead ? -1 : a.lead > b.lead ? 1 : 0))
  return `${layOut(ordered).join('\n')}\n${network.devices.size} devices, ${network.services.length} services, ${network.links.length} links\n`
}

/** How many places that are cut off are shown. */
const SHOWN = 16

/** What the model holds of one device. */
export function deviceText(network: Network, device: Device): string {
  const links = new Map(
    network.links.flatMap((link) =>
      link.ends.filter((end) => end.device === device.name).map((end) => [end.interface, link]),
    ),
  )
  const interfaces: Line[] = device.interfaces.map((one) => {
    const link = links.get(one.name)
    const joined = link ? `on ${link.name}` : 'joined to nothing'
    const addresses = one.addresses.map((own) => `${formatIp(own.ip)}/${own.prefix.length}`).join(', ')
    return {
      lead: `  ${one.name}`,
      text: `${addresses || 'no address'}  ${joined}${one.disabled ? '  (disabled)' : ''}`,
      source: one.source,
    }
  })
  const facts: Line[] = []
  if (device.aliases.length > 0) facts.push({ lead: '  also known as', text: device.aliases.join(', ') })
  const except = Object.keys(device.forwards.except ?? {})
  const otherwise = except.length > 0 ? `, the other way round for packets in by ${except.join(', ')}` : ''
  const forwards = `${device.forwards.enabled ? 'yes' : 'no'}${otherwise}`
  facts.push({ lead: '  forwards', text: forwards, source: device.forwards.source })
  facts.push({
    lead: '  routes',
    text: `${device.tables.reduce((sum, table) => sum + table.routes.length, 0)} (nettrace routes ${device.name})`,
  })
  const rules = Object.values(device.ruleSets).reduce((sum, one) => sum + one.rules.length, 0)
  facts.push({
    lead: '  rules',
    text: `${rules} in ${Object.keys(device.ruleSets).length} rule sets (nettrace rules ${device.name})`,
  })
  if (device.resolver)
    facts.push({
      lead: '  answers DNS',
      text: `${device.resolver.label}: ${device.resolver.zones.length} zones, ${device.resolver.forwards.length} forwarders`,
      source: device.resolver.source,
    })
  if (device.stubResolver) facts.push(...asksText(device.stubResolver))
  const cut = device.cutOff ?? []
  for (const one of cut.slice(0, SHOWN)) {
    facts.push({ lead: '  cut off', text: `${one.name}: ${one.because}`, source: one.source })
  }
  if (cut.length > SHOWN) facts.push({ lead: '', text: `and ${cut.length - SHOWN} more places` })
  for (const one of device.notModelled) facts.push({ lead: '  not modelled', text: one })
  const head = [`${inert(device.name)}  ${inert(device.label)}`, `  read from ${inert(formatSource(device.source))}`]
  return `${[...head, ...layOut(interfaces), ...layOut(facts)].join('\n')}\n`
}

/** Whom a device asks for names: a browser's own server, domains with servers of their own, then the rest. */
function asksText({ https, routes = [], servers, label }: StubResolver): Line[] {
  const written = (all: StubResolver['servers']) => all.map((one) => formatIp(one.ip)).join(', ') || 'nobody'
  const lines: Line[] = []
  if (https) {
    const then = https.fallsBack ? 'first, the others where it has no address' : 'and nobody else'
    lines.push({ lead: '  asks DNS', text: `${https.label}, ${then}`, source: https.source })
  }
  for (const route of routes) {
    const names =
      route.suffix === '' ? 'every name' : route.exact ? `${route.suffix} itself` : `${route.suffix} and below`
    lines.push({
      lead: '  asks DNS',
      text: `${names}: ${written(route.servers)} (${route.label})`,
      source: route.source,
    })
  }
  const rest = routes.length > 0 ? 'other names: ' : ''
  if (servers.length > 0 || lines.length === 0) {
    lines.push({ lead: '  asks DNS', text: `${rest}${written(servers)} (${label})` })
  }
  return lines
}

function addressesOf(device: Device): string[] {
  return device.interfaces.flatMap((one) => one.addresses.map((own) => formatIp(own.ip)))
}
