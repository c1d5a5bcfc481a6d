import type { Diagnostic, DnsForward, DnsZone, ForwardTarget, Source } from '../../model/index.ts'
import { parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import {
  argumentOf,
  type BindStatement,
  baseName,
  domainOf,
  keywordOf,
  lookAt,
  stands,
  statementOf,
} from './statement.ts'
import { readZoneFile } from './zone-file.ts'

/** What the `zone` statements of a configuration make. */
export interface ZoneReading {
  readonly zones: readonly DnsZone[]
  readonly forwards: readonly DnsForward[]
  /** Static-stub zones; forwarders that cover them go first. */
  readonly stubs: readonly DnsForward[]
  readonly diagnostics: readonly Diagnostic[]
  readonly notModelled: readonly string[]
}

interface OpenReading {
  readonly zones: DnsZone[]
  readonly forwards: DnsForward[]
  readonly stubs: DnsForward[]
  readonly diagnostics: Diagnostic[]
  readonly notModelled: string[]
  readonly files: readonly TextFile[]
}

/** Reads the `zone` statements (BIND 9 ARM: zone statement, zone types). */
export function readZones(statements: readonly BindStatement[], files: readonly TextFile[]): ZoneReading {
  const reading: OpenReading = { zones: [], forwards: [], stubs: [], diagnostics: [], notModelled: [], files }
  for (const statement of statements) {
    const name = statement.words[1]?.text
    const block = statement.blocks[0]
    if (keywordOf(statement) !== 'zone' || name === undefined || !block) continue
    lookAt(statement)
    readZone(reading, domainOf(name === '.' ? '' : name), statement, block)
  }
  return reading
}

function readZone(reading: OpenReading, name: string, statement: BindStatement, block: readonly BindStatement[]): void {
  const type = argumentOf(block, 'type')?.toLowerCase() ?? (argumentOf(block, 'in-view') === undefined ? '' : 'in-view')
  if (stands(block, 'allow-query')) reading.notModelled.push(`allow-query of zone ${name}`)
  switch (type) {
    case 'master':
    case 'primary':
    case 'slave':
    case 'secondary':
    case 'mirror':
      addZone(reading, name, type, statement, block)
      // They count for what the zone gives away (measured on BIND 9.18).
      if (statementOf(block, 'forwarders')) {
        reading.forwards.push({ ...forwardOf(reading, name, statement, block), label: `forwarders of zone ${name}` })
      }
      break
    case 'forward':
      reading.forwards.push(forwardOf(reading, name, statement, block))
      break
    case 'static-stub':
      if (statementOf(block, 'forwarders')) {
        const forward = forwardOf(reading, name, statement, block)
        // Without forwarders of its own the zone goes back to its servers.
        reading.forwards.push(forward.to[0]?.kind === 'public' ? staticStub(name, statement, block) : forward)
      } else reading.stubs.push(staticStub(name, statement, block))
      break
    case 'stub':
      reading.zones.push({
        name,
        label: `stub zone ${name}`,
        records: [],
        onMissing: 'unknown',
        source: statement.source,
      })
      break
    case 'hint':
    case 'delegation-only':
      break
    default:
      reading.notModelled.push(`zone ${name} of type ${type || 'none'}`)
      reading.diagnostics.push(notRead(name, type, statement.source))
  }
}

/** A zone answered from its file; without the file we know that it is answered here, not what. */
function addZone(
  reading: OpenReading,
  name: string,
  type: string,
  statement: BindStatement,
  block: readonly BindStatement[],
): void {
  const path = argumentOf(block, 'file')
  const file = path === undefined ? undefined : reading.files.find((one) => baseName(one.path) === baseName(path))
  const label = `${type} zone ${name || '.'}`
  if (!file) {
    reading.zones.push({ name, label, records: [], onMissing: 'unknown', source: statement.source })
    reading.diagnostics.push(fileNotGiven(name, path, statement.source))
    return
  }
  const read = readZoneFile(file, name, reading.files)
  for (const one of read.diagnostics) reading.diagnostics.push(one)
  const onMissing = read.lacking ? 'unknown' : 'nxdomain'
  reading.zones.push({ name, label, records: read.records, onMissing, source: statement.source })
}

/**
 * A forward zone. `first` is the default mode; without forwarders, or with an empty list, forwarding is switched off for
 * the names below, which are then resolved from the root (BIND 9 ARM: forward zones).
 */
function forwardOf(
  reading: OpenReading,
  name: string,
  statement: BindStatement,
  block: readonly BindStatement[],
): DnsForward {
  const servers = forwarders(statementOf(block, 'forwarders'), reading.notModelled)
  const label = `forward zone ${name || '.'}`
  const source = statement.source
  if (servers.length === 0) return { suffix: name, to: [{ kind: 'public' }], mode: 'only', order: 'any', label, source }
  const mode = argumentOf(block, 'forward')?.toLowerCase() === 'only' ? 'only' : 'first'
  return { suffix: name, to: servers, mode, order: 'any', label, source }
}

function staticStub(name: string, statement: BindStatement, block: readonly BindStatement[]): DnsForward {
  const addresses = statementOf(block, 'server-addresses')?.blocks[0] ?? []
  const to = addresses
    .map((element) => parseIp(element.words[0]?.text ?? ''))
    .filter((ip) => ip !== undefined)
    .map((ip): ForwardTarget => ({ kind: 'server', ip, port: 53 }))
  const label = `static-stub zone ${name}`
  return {
    suffix: name,
    to: to.length > 0 ? to : [{ kind: 'public' }],
    mode: 'only',
    order: 'any',
    label,
    source: statement.source,
  }
}

/** The servers of a `forwarders` statement: `10.0.0.53;`, `10.0.0.53 port 5353;`. */
export function forwarders(statement: BindStatement | undefined, notModelled: string[]): ForwardTarget[] {
  const standard = portOf(statement, 1) ?? 53
  return (statement?.blocks[0] ?? []).flatMap((element): ForwardTarget[] => {
    const ip = parseIp(element.words[0]?.text ?? '')
    if (ip !== undefined) return [{ kind: 'server', ip, port: portOf(element, 1) ?? standard }]
    notModelled.push(`the forwarder ${element.words.map((word) => word.text).join(' ')}`)
    return []
  })
}

function portOf(statement: BindStatement | undefined, at: number): number | undefined {
  const [keyword, port] = statement?.words.slice(at) ?? []
  const number = Number(port?.text)
  return keyword?.text === 'port' && Number.isInteger(number) && number > 0 && number < 65536 ? number : undefined
}

function fileNotGiven(name: string, path: string | undefined, source: Source): Diagnostic {
  const message =
    path === undefined
      ? `The records of zone ${name} come from another server and are not known.`
      : `The file ${path} of zone ${name} was not given: its records are not known. Add it to the export.`
  return { severity: 'warning', code: 'NT1804', message, source, othersMissing: true }
}

function notRead(name: string, type: string, source: Source): Diagnostic {
  const message = `Zone ${name} of type "${type.slice(0, 30)}" was not read.`
  return { severity: 'warning', code: 'NT1805', message, source }
}
