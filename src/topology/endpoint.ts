import type { Device, Endpoint, Interface } from '../model/index.ts'
import { nearestNames } from '../text/index.ts'
import { fault, type Located, quoted, suggestion } from './shape.ts'
import type { Report } from './written.ts'

/** Devices by name, and every declared name: of one that is no device something was said already. */
export interface Known {
  readonly devices: ReadonlyMap<string, Device>
  readonly declared: ReadonlySet<string>
}

/** An end of a link, found. */
export interface FoundEndpoint extends Endpoint {
  readonly of: Device
  readonly at: Interface
}

/**
 * The interface that `device:interface` means: the text is split at the first colon behind a device's name; the
 * interface is met by its name or an alias, in another case too, with a note. What is not found is reported.
 */
export function findEndpoint(known: Known, text: Located<string>, report: Report): FoundEndpoint | undefined {
  const split = findDevice(known, text, report)
  if (!split) return undefined
  const { device, rest } = split
  if (rest === undefined) {
    const names = device.interfaces.map((one) => one.name)
    const message = `${quoted(text.value)} names no interface: write ${device.name}:<interface>${listed(names)}`
    fault(report, 'NT1109', message, text.source)
    return undefined
  }
  const at = findInterface(device, rest, text, report)
  return at && { device: device.name, interface: at.name, of: device, at }
}

/** The device a text starts with and what follows its colon; `rest` is absent when the text is the name alone. */
export function findDevice(
  known: Known,
  text: Located<string>,
  report: Report,
): { device: Device; rest: string | undefined } | undefined {
  const { value } = text
  const whole = known.devices.get(value)
  if (whole) return { device: whole, rest: undefined }
  if (known.declared.has(value)) return undefined
  for (let colon = value.indexOf(':'); colon !== -1; colon = value.indexOf(':', colon + 1)) {
    const name = value.slice(0, colon)
    const device = known.devices.get(name)
    if (device) return { device, rest: value.slice(colon + 1) }
    if (known.declared.has(name)) return undefined
  }
  const [name = value] = value.split(':')
  const hint = suggestion(name, known.devices.keys(), ': add it under devices: or hosts:')
  fault(report, 'NT1108', `unknown device ${quoted(name)}${hint}`, text.source)
  return undefined
}

function findInterface(device: Device, wanted: string, text: Located<string>, report: Report): Interface | undefined {
  const exact = device.interfaces.find((one) => one.name === wanted)
  const alias = exact ?? device.interfaces.find((one) => one.aliases.includes(wanted))
  if (alias) return alias
  const cut = device.cutOff?.find((one) => one.name === wanted)
  if (cut) return { name: cut.name, aliases: [], addresses: [], source: cut.source }
  const lower = wanted.toLowerCase()
  const near = device.interfaces.filter((one) =>
    [one.name, ...one.aliases].some((name) => name.toLowerCase() === lower),
  )
  const only = near.length === 1 ? near[0] : undefined
  if (only) {
    const message = `${device.name} has no interface ${quoted(wanted)}, ${quoted(only.name)} is taken: the case differs`
    report({ severity: 'note', code: 'NT1115', message, source: text.source })
    return only
  }
  const names = device.interfaces.flatMap((one) => [one.name, ...one.aliases])
  const hint = nearestNames(wanted, names).length > 0 ? suggestion(wanted, names, '') : listed(names, ': it has ')
  fault(report, 'NT1109', `${device.name} has no interface ${quoted(wanted)}${hint}`, text.source)
  return undefined
}

function listed(names: readonly string[], lead = ', one of '): string {
  if (names.length === 0) return lead === ': it has ' ? ': it has none' : ''
  const shown = names.slice(0, 8).join(', ')
  return `${lead}${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
}
