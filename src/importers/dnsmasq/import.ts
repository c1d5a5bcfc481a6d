import { type Diagnostic, implied, type ResolverPart, type Source } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { dhcpRanges } from './dhcp.ts'
import { type HostEntry, readHosts, readNameServers } from './hosts.ts'
import { noteLines } from './line-notes.ts'
import { lowerDnsmasq } from './lower.ts'
import type { DnsmasqOption } from './option.ts'
import { baseName, lineSource, readDnsmasq } from './read.ts'
import type { DnsmasqSurroundings } from './surroundings.ts'

/**
 * The name server a dnsmasq.conf describes. Beside it `files` may hold what it names: included files, hosts files,
 * the resolv-file, told apart by their base names. Files that are nothing of that are read as configuration.
 */
export function importDnsmasq(files: readonly TextFile[]): ResolverPart {
  const unreadable = files.filter((file) => file.text.includes('\0'))
  const readable = files.filter((file) => !unreadable.includes(file))
  const asides = readable.filter((file) =>
    /(^|\.)(hosts|resolv)(\.|$)|^hosts|^resolv|^ethers$/.test(baseName(file.path)),
  )
  const roots = readable.filter((file) => !asides.includes(file))
  const reading = readDnsmasq(rootsFirst(roots), readable)
  const diagnostics: Diagnostic[] = [...unreadable.map(notText), ...reading.diagnostics]
  const first = roots[0]
  if (!first) return { diagnostics }
  const around = surroundings(
    reading.options,
    readable,
    lineSource(first, 1, 1, first.text.split('\n')[0] ?? ''),
    diagnostics,
  )
  const lowered = lowerDnsmasq(reading.options, around)
  noteLines(readable, asides, reading.options, lowered)
  const ranges = dhcpRanges(reading.options)
  return { ...lowered, ...(ranges.length > 0 && { ranges }), diagnostics: [...diagnostics, ...lowered.diagnostics] }
}

/** `dnsmasq.conf` is read before its snippets, so that what it includes is read at its place. */
function rootsFirst(roots: readonly TextFile[]): TextFile[] {
  const isMain = (file: TextFile) => baseName(file.path).endsWith('dnsmasq.conf')
  return [...roots.filter(isMain), ...roots.filter((file) => !isMain(file))]
}

function surroundings(
  options: readonly DnsmasqOption[],
  files: readonly TextFile[],
  source: Source,
  diagnostics: Diagnostic[],
): DnsmasqSurroundings {
  const named = (path: string) => files.find((file) => baseName(file.path) === baseName(path))
  const hosts: HostEntry[] = []
  const lacking: string[] = []
  const standardHosts = options.some((option) => option.name === 'no-hosts') ? undefined : named('/etc/hosts')
  if (standardHosts) hosts.push(...readHosts(standardHosts))
  for (const option of options) {
    if (option.name !== 'addn-hosts' && option.name !== 'hostsdir') continue
    const file = named(option.value)
    if (file) hosts.push(...readHosts(file))
    else {
      diagnostics.push(hostsNotGiven(option))
      lacking.push(`names of ${option.value}, which was not given`)
    }
  }
  const resolvOptions = options.filter((option) => option.name === 'resolv-file')
  const paths = resolvOptions.length > 0 ? resolvOptions.map((option) => option.value) : ['/etc/resolv.conf']
  const resolvFiles = paths.map(named)
  const missing = paths.filter((_, index) => resolvFiles[index] === undefined)
  return {
    label: 'dnsmasq',
    source: options[0]?.source ?? source ?? implied('The file holds no option.'),
    hosts,
    lacking,
    nameServers: resolvFiles.flatMap((file) => (file ? readNameServers(file) : [])),
    ...(missing.length > 0 && { nameServersLacking: `servers of ${missing.join(', ')}, which was not given` }),
  }
}

function hostsNotGiven(option: DnsmasqOption): Diagnostic {
  const message = `${option.name} names ${option.value}, which was not given: names there are not known. Add the file to the export.`
  return { severity: 'warning', code: 'NT1365', message, source: option.source, othersMissing: true }
}

function notText(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return { severity: 'error', code: 'NT1366', message: 'The file is not text; give a dnsmasq.conf.', source }
}
