import { importResolvConf } from '../../src/importers/index.ts'
import {
  type Device,
  type Diagnostic,
  EMPTY_PART,
  formatSource,
  type Interface,
  type NetworkPart,
  NO_STAGES,
  type Resolver,
  type Source,
  type TunnelEnd,
} from '../../src/model/index.ts'
import { type Ip, ip, parseIp, prefix } from '../../src/net/index.ts'
import type { TextFile } from '../../src/text/index.ts'
import { buildTopology } from '../../src/topology/build-topology.ts'
import type { Importers } from '../../src/topology/importers.ts'
import type { FileReader, ReadOutcome, Topology } from '../../src/topology/index.ts'

/** Files in memory; a folder is any path that files lie below. */
export function memory(files: Readonly<Record<string, string>>): FileReader {
  return {
    read(path): ReadOutcome {
      const text = files[path]
      return text === undefined ? { problem: 'there is no such file' } : { text }
    },
    list(folder) {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
      return below.length === 0 ? undefined : below.map((path) => path.slice(folder.length + 1))
    },
  }
}

/** The topology in `lab/lab.yaml` of some files, read with importers that understand a line language of their own. */
export function estate(files: Readonly<Record<string, string>>): Topology {
  return buildTopology('lab/lab.yaml', memory(files), IMPORTERS)
}

/** Diagnostics as lines: `error NT1002 lab/lab.yaml:3:19 message (the other place)`. */
export function lines(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, code, source, message, other }) => {
    const second = other ? ` (${other.message}: ${formatSource(other.source)})` : ''
    return `${severity} ${code} ${formatSource(source)} ${message}${second}`
  })
}

/**
 * Devices are read from lines: `if eth1 10.0.1.1/24 alias=lan dhcp=10.0.1.9 gateway=10.0.1.2`,
 * `tunnel t0 remote=192.0.2.1 local=...`, `forwards`, `resolver`, `nothing`.
 */
export const IMPORTERS: Importers = {
  devices: { routeros: readDevice, uci: readDevice, unifi: readDevice, edgeos: readDevice, netfilter: readDevice },
  azure: (files, { placements }) => {
    const parts = files.map((file) => readDevice(file.path.replace(/^.*\/|\.json$/g, ''), [file], 'gateway'))
    const placed = placements.map((one) =>
      device(one.name, [port('vnet', one.source, [`${one.address}`])], one.source, 'host'),
    )
    return { ...EMPTY_PART, devices: [...parts.flatMap((part) => part.devices), ...placed] }
  },
  resolvConf: importResolvConf,
  nameServers: {
    bind: (files) => ({ resolver: resolver('BIND', at(files[0], 1)), diagnostics: [] }),
    dnsmasq: (files) => ({ resolver: resolver('dnsmasq', at(files[0], 1)), diagnostics: [] }),
    unbound: (files) => ({ resolver: resolver('unbound', at(files[0], 1)), diagnostics: [] }),
  },
}

function readDevice(name: string, files: readonly TextFile[], kind: Device['kind'] = 'router'): NetworkPart {
  const interfaces: Interface[] = []
  let made: Device | undefined
  for (const file of files) {
    for (const [index, line] of file.text.split('\n').entries()) {
      const [word = '', ...rest] = line.trim().split(/\s+/)
      const source = at(file, index + 1)
      if (word === 'nothing') return EMPTY_PART
      if (word === 'if') interfaces.push(port(rest[0] ?? '', source, rest.slice(1)))
      if (word === 'tunnel') interfaces.push({ ...port(rest[0] ?? '', source, []), tunnel: tunnel(rest) })
      if (word === 'resolver') made = { ...device(name, [], source, kind), resolver: resolver(name, source) }
    }
  }
  const first = at(files[0], 1)
  return { ...EMPTY_PART, devices: [{ ...(made ?? device(name, [], first, kind)), interfaces }] }
}

function at(file: TextFile | undefined, line: number): Source {
  return { kind: 'line', file: file?.path ?? '', line, column: 1, text: file?.text.split('\n')[line - 1] ?? '' }
}

function port(name: string, source: Source, words: readonly string[]): Interface {
  const value = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
  const texts = words.filter((word) => parseIp(word.split('/')[0] ?? '') !== undefined)
  const [dhcp, gateway, alias] = [value('dhcp'), value('gateway'), value('alias')]
  return {
    name,
    aliases: alias === undefined ? [] : [alias],
    addresses: texts.map((text) => ({ ip: ip(text.split('/')[0] ?? ''), prefix: prefix(text), source })),
    ...(dhcp !== undefined && {
      dhcp: {
        nameServers: dhcp.split(',').map(ip),
        search: ['lab.example'],
        source,
        ...(gateway !== undefined && { gateway: ip(gateway) }),
      },
    }),
    source,
  }
}

function tunnel(words: readonly string[]): TunnelEnd {
  const value = (key: string): Ip | undefined => {
    const word = words.find((one) => one.startsWith(`${key}=`))
    return word === undefined ? undefined : ip(word.slice(key.length + 1))
  }
  const [local, remote] = [value('local'), value('remote')]
  const kind = words.includes('expressroute') ? 'expressroute' : 'ipsec'
  return { kind, ...(local !== undefined && { local }), ...(remote !== undefined && { remote }) }
}

function device(name: string, interfaces: readonly Interface[], source: Source, kind: Device['kind']): Device {
  return {
    name,
    kind,
    label: kind,
    aliases: [],
    interfaces,
    tables: [],
    tableRules: [],
    forwards: { enabled: true, source },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
}

function resolver(label: string, source: Source): Resolver {
  const nothing = { zones: [], forwards: [], rechasesCname: true, notModelled: [] }
  return { label, ...nothing, otherwise: 'unknown', source }
}
