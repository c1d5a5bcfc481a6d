import type { Diagnostic } from '../../model/index.ts'
import { implied } from '../../model/index.ts'
import { type TextFile, TextPlaces } from '../../text/index.ts'
import { type Dialect, FW3, FW4 } from './dialect.ts'
import { optionOf, sectionsOf, type UciPackage, type UciSection } from './section.ts'

/** Which firewall program reads the device's rules, and how we know. */
export interface Release {
  readonly dialect: Dialect
  /** `LEDE 17.01.4 (fw3)`. */
  readonly label: string
  readonly diagnostic: Diagnostic
}

/**
 * Decides which firewall the device runs: by DISTRIB_RELEASE of an openwrt_release file (fw4 since 22.03), else by the
 * age of the network file's syntax: interfaces with `device`, bridges with `ports` and `bridge-vlan` sections came with
 * 21.02 and mean fw4, anything older fw3. The two differ little; the diagnostic says what was decided and why.
 */
export function releaseOf(files: readonly TextFile[], network: UciPackage | undefined): Release {
  const stated = files.map(statedRelease).find((release) => release !== undefined)
  if (stated) return stated
  const modern = sectionsOf(network, 'bridge-vlan', 'device', 'interface').find(isModern)
  const dialect = modern ? FW4 : FW3
  const source = modern?.source ?? network?.sections[0]?.source ?? implied('No network file was given.')
  const because = modern
    ? 'the network file is in the syntax OpenWrt has since 21.02'
    : 'nothing in the network file is in the syntax OpenWrt has since 21.02'
  return { dialect, label: `OpenWrt (${dialect.name})`, diagnostic: decided(dialect, because, source) }
}

/** `config device` alone is older: it set MAC addresses before. */
function isModern(section: UciSection): boolean {
  if (section.type === 'bridge-vlan') return true
  return section.options.has(section.type === 'device' ? 'ports' : 'device')
}

function statedRelease(file: TextFile): Release | undefined {
  const value = (key: string) => new RegExp(`^\\s*${key}=['"]?([^'"\\n\\r]*)`, 'm').exec(file.text)
  const release = value('DISTRIB_RELEASE')
  const version = /^(\d+)\.(\d+)/.exec(release?.[1] ?? '')
  if (!release || !version) return undefined
  const dialect = Number(version[1]) * 100 + Number(version[2]) >= 2203 ? FW4 : FW3
  const places = new TextPlaces(file.text)
  const place = places.at(release.index + release[0].search(/\S/))
  const text = places.line(place.line).trim().slice(0, 200)
  const source = { kind: 'line', file: file.path, ...place, text } as const
  const label = `${value('DISTRIB_ID')?.[1] || 'OpenWrt'} ${release[1]} (${dialect.name})`
  return { dialect, label, diagnostic: decided(dialect, `the release is ${release[1]}`, source) }
}

function decided(dialect: Dialect, because: string, source: Diagnostic['source']): Diagnostic {
  const message = `The firewall is read as ${dialect.name} makes its rules, because ${because}.`
  return { severity: 'note', code: 'NT1303', message, source }
}

/** The host name the system file gives the device. */
export function hostNameOf(system: UciPackage | undefined): string | undefined {
  for (const section of sectionsOf(system, 'system')) {
    const name = optionOf(section, 'hostname')?.text.trim()
    if (name) return name
  }
  return undefined
}
