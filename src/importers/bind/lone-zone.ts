import type { Resolver, ResolverPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { type MasterEntry, masterEntries } from './master-entry.ts'
import { baseName, domainOf } from './statement.ts'
import { readZoneFile } from './zone-file.ts'

/**
 * A server with one zone, of a zone file that came without its configuration: what else the server does is not known.
 * The zone's name is its `$ORIGIN` or the full owner of its SOA record, else what the file is called after.
 */
export function lowerZoneFile(file: TextFile, files: readonly TextFile[]): ResolverPart {
  const entries = [...masterEntries(file)]
  const name = zoneName(file, entries)
  const read = readZoneFile(file, name, files)
  const source = entries[0]?.source ?? { kind: 'line', file: file.path, line: 1, column: 1, text: '' }
  const onMissing = read.lacking ? 'unknown' : 'nxdomain'
  const resolver: Resolver = {
    label: 'BIND',
    zones: [{ name, label: `zone ${name || '.'}`, records: read.records, onMissing, source }],
    forwards: [],
    rechasesCname: true,
    otherwise: 'unknown',
    notModelled: ['the configuration of the server, which was not given'],
    source,
  }
  return { resolver, diagnostics: read.diagnostics }
}

function zoneName(file: TextFile, entries: readonly MasterEntry[]): string {
  for (const { words, startsBlank } of entries) {
    const [first = '', second = ''] = words
    if (first.toUpperCase() === '$ORIGIN' && second.endsWith('.')) return domainOf(second)
    if (!words.some((word) => word.toUpperCase() === 'SOA')) continue
    if (!startsBlank && first.endsWith('.')) return domainOf(first)
    const named = baseName(file.path)
      .replace(/^(?:db|zone)\./, '')
      .replace(/\.(?:zone|db|hosts|txt)$/, '')
    if (named.includes('.')) return domainOf(named)
    const [server = ''] = words.slice(words.findIndex((word) => word.toUpperCase() === 'SOA') + 1)
    return domainOf(server.slice(server.indexOf('.') + 1))
  }
  return ''
}
