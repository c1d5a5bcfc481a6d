import type { CutOff, Interface, Source } from '../../model/index.ts'
import { flagOf, sectionsOf, textOf, type UciPackage, type UciSection, type UciValue, wordsOf } from './section.ts'

/**
 * Gives interfaces the names of the switch ports their VLAN comes out at (`switch0:2`, tagged `switch0:4.10`), and adds the
 * places that do not reach the network of their VLAN, as the `bridge-vlan` (DSA) and `switch_vlan` (swconfig) sections say.
 */
export function withPorts(
  network: UciPackage | undefined,
  interfaces: readonly Interface[],
): { readonly interfaces: readonly Interface[]; readonly cutOff: readonly CutOff[] } {
  const switched = onSwitches(network, interfaces)
  const named = interfaces.map((one): Interface => {
    const more = switched.names.get(one.name) ?? []
    return more.length === 0 ? one : { ...one, aliases: [...new Set([...one.aliases, ...more])] }
  })
  const taken = new Set(named.flatMap((one) => [one.name, ...one.aliases]))
  const cutOff = [...onBridges(network, interfaces), ...switched.cut].filter((one) => {
    const isNew = !taken.has(one.name)
    taken.add(one.name)
    return isNew
  })
  return { interfaces: named, cutOff }
}

function place(name: string, from: Interface | undefined, because: string, source: Source): CutOff {
  return { name, ...(from && { from: from.name }), because, source }
}

function owner(interfaces: readonly Interface[], device: string): Interface | undefined {
  return interfaces.find((one) => one.name === device) ?? interfaces.find((one) => one.aliases.includes(device))
}

/** A port's membership in a VLAN: `lan1:t` is tagged (OpenWrt: DSA Mini-Tutorial). */
function member(word: UciValue): { readonly port: string; readonly isTagged: boolean } {
  const [port = word.text, mode = ''] = word.text.split(':')
  return { port, isTagged: mode.includes('t') }
}

/** Places of bridges with VLANs: a port that is in no section of a VLAN, VLANs that the router itself is not in. */
function onBridges(network: UciPackage | undefined, interfaces: readonly Interface[]): CutOff[] {
  const sections = sectionsOf(network, 'bridge-vlan')
  const bridges = [...new Set(sections.flatMap((one) => textOf(one, 'device') ?? []))]
  return bridges.flatMap((bridge) => {
    const vlans = sections.filter((one) => textOf(one, 'device') === bridge)
    const device = sectionsOf(network, 'device').find(
      (one) => (textOf(one, 'type') ?? 'bridge') === 'bridge' && textOf(one, 'name') === bridge,
    )
    const inVlans = vlans.flatMap((one) => wordsOf(one, 'ports').map((word) => member(word).port))
    const ports = [...new Set([...(device ? wordsOf(device, 'ports').map((word) => word.text) : []), ...inVlans])]
    const names = interfaces.flatMap((one) => [one.name, ...one.aliases])
    const ids = names.filter((one) => one.startsWith(`${bridge}.`)).map((one) => one.slice(bridge.length + 1))
    const used = ids.flatMap((id) => onVlan({ bridge, vlans, device, interfaces }, id, ports))
    return [...used, ...untagged(bridge, ports, vlans, device)]
  })
}

interface Bridge {
  readonly bridge: string
  readonly vlans: readonly UciSection[]
  readonly device: UciSection | undefined
  readonly interfaces: readonly Interface[]
}

/** The ports of a bridge that do not reach its interface of one VLAN. */
function onVlan({ bridge, vlans, device, interfaces }: Bridge, id: string, ports: readonly string[]): CutOff[] {
  const from = owner(interfaces, `${bridge}.${id}`)
  const section = vlans.find((one) => textOf(one, 'vlan') === id)
  const source = section?.source ?? device?.source ?? from?.source
  if (!source) return []
  const members = new Map((section ? wordsOf(section, 'ports') : []).map(member).map((one) => [one.port, one]))
  const isIn = !section || flagOf(section, 'local', true)
  return ports.flatMap((port) => {
    const found = members.get(port)
    if (!section) return [place(`${port}.${id}`, from, `${bridge} has no VLAN ${id} (config bridge-vlan)`, source)]
    if (!found) {
      const because = `${port} is not among the ports of VLAN ${id} on ${bridge} (config bridge-vlan)`
      return [place(`${port}.${id}`, from, because, source)]
    }
    if (isIn) return []
    const because = `VLAN ${id} on ${bridge} leaves the router itself out (config bridge-vlan, local 0)`
    return [place(found.isTagged ? `${port}.${id}` : port, from, because, source)]
  })
}

/** Ports without an untagged VLAN: they take no untagged frame once their bridge has VLANs. */
function untagged(
  bridge: string,
  ports: readonly string[],
  vlans: readonly UciSection[],
  device: UciSection | undefined,
): CutOff[] {
  const words = vlans.flatMap((one) => wordsOf(one, 'ports').map(member))
  const known = new Set(words.filter((one) => !one.isTagged).map((one) => one.port))
  const source = device?.source ?? vlans[0]?.source
  if (!source) return []
  return ports
    .filter((port) => !known.has(port))
    .map((port) => place(port, undefined, `${port} is in no VLAN of ${bridge} untagged (config bridge-vlan)`, source))
}

/** A line of a switch's VLAN table. */
interface SwitchVlan {
  readonly id: string
  readonly tagged: ReadonlySet<string>
  readonly untagged: ReadonlySet<string>
  readonly source: Source
}

function onSwitches(
  network: UciPackage | undefined,
  interfaces: readonly Interface[],
): { readonly names: ReadonlyMap<string, readonly string[]>; readonly cut: readonly CutOff[] } {
  const sections = sectionsOf(network, 'switch_vlan')
  const names = new Map<string, string[]>()
  const cut: CutOff[] = []
  for (const name of new Set(sections.flatMap((one) => textOf(one, 'device') ?? []))) {
    if (!hasVlans(name, network)) continue
    const vlans = sections.filter((one) => textOf(one, 'device') === name).map(switchVlan)
    const cpu = cpuPort(vlans)
    if (cpu === undefined) continue
    const ports = [...new Set(vlans.flatMap((one) => [...one.tagged, ...one.untagged]))].filter((one) => one !== cpu)
    for (const vlan of vlans) {
      const from = interfaces.find((one) => [one.name, ...one.aliases].some((alias) => alias.endsWith(`.${vlan.id}`)))
      if (!from) continue
      for (const port of ports) {
        const at = vlan.untagged.has(port) ? `${name}:${port}` : `${name}:${port}.${vlan.id}`
        const isIn = vlan.untagged.has(port) || vlan.tagged.has(port)
        const reaches = vlan.tagged.has(cpu) || vlan.untagged.has(cpu)
        if (isIn && reaches) names.set(from.name, [...(names.get(from.name) ?? []), at])
        else cut.push(place(at, from, switchWords(name, vlan, port, isIn, cpu), vlan.source))
      }
    }
  }
  return { names, cut }
}

/** Without `enable_vlan` a switch passes everything to every port (OpenWrt: switch documentation). */
function hasVlans(name: string, network: UciPackage | undefined): boolean {
  const own = sectionsOf(network, 'switch').filter((one) => [textOf(one, 'name'), one.name].includes(name))
  return own.every((one) => flagOf(one, 'enable_vlan', true))
}

function switchWords(name: string, vlan: SwitchVlan, port: string, isIn: boolean, cpu: string): string {
  if (!isIn) return `port ${port} of ${name} is not in VLAN ${vlan.id} (config switch_vlan)`
  return `VLAN ${vlan.id} of ${name} leaves out port ${cpu}, which leads to the router itself (config switch_vlan)`
}

function switchVlan(section: UciSection): SwitchVlan {
  const words = wordsOf(section, 'ports').map((word) => word.text)
  const number = (word: string) => /^\d+/.exec(word)?.[0] ?? word
  const isTagged = (word: string) => word.includes('t')
  // The row of the table, which is the VLAN's number too where no other is given.
  const row = textOf(section, 'vlan')
  return {
    id: textOf(section, 'vid') ?? row ?? '1',
    tagged: new Set(words.filter(isTagged).map(number)),
    untagged: new Set(words.filter((word) => !isTagged(word)).map(number)),
    source: section.source,
  }
}

/**
 * The port that leads to the router: no file names it, so it is the one that is tagged in the most VLANs, in two at least;
 * `undefined` where several are.
 */
function cpuPort(vlans: readonly SwitchVlan[]): string | undefined {
  const counts = new Map<string, number>()
  for (const port of vlans.flatMap((one) => [...one.tagged])) counts.set(port, (counts.get(port) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  const found = [...counts].filter(([, count]) => count === most)
  return most >= 2 && found.length === 1 ? found[0]?.[0] : undefined
}
