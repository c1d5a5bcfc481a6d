import { type Device, type Diagnostic, EMPTY_PART, type Match, type Rule, type Source } from '../model/index.ts'
import { type FileReading, LineLedger, type TextFile } from '../text/index.ts'
import { importAzure } from './azure/index.ts'
import { importBind } from './bind/index.ts'
import { importDnsmasq } from './dnsmasq/index.ts'
import { importEdgeos } from './edgeos/index.ts'
import { FORMAT_WORDS, type Format } from './format-words.ts'
import { importNetfilter } from './netfilter/index.ts'
import { importRouteros } from './routeros/index.ts'
import { importUci } from './uci/index.ts'
import { importUnbound } from './unbound/index.ts'
import { importUnifi } from './unifi/index.ts'

/** Files with an account of every line, and what reading them had to say. */
export interface LinesRead {
  readonly files: readonly FileReading[]
  readonly diagnostics: readonly Diagnostic[]
}

type Noted = TextFile & { readonly ledger: LineLedger }

/**
 * Reads files of one format together, as one device or estate, and accounts for every line of each: what the reader
 * noted, and beyond it what its diagnostics and the tests it could not make say. Never throws.
 */
export function readLines(files: readonly TextFile[], format: Format): LinesRead {
  const noted: Noted[] = files.map((file) => ({ ...file, ledger: new LineLedger() }))
  const { devices, diagnostics } = IMPORTS[format](noted)
  const ledgers = new Map(noted.map(({ path, ledger }) => [path, ledger] as const))
  for (const { severity, source, message, othersMissing, finding } of diagnostics) {
    if (severity === 'note' || othersMissing || finding) continue
    onLine(ledgers, source, (ledger, line) => ledger.unread(line, message))
  }
  for (const device of devices) noteDoubts(device, ledgers)
  const read = noted.map(({ path, text, ledger }) => {
    const lines = ledger.readings(text)
    const words = text.split('\n').slice(0, lines.length)
    const without = words.map((one) => one.replace(/\r$/, ''))
    return { file: path, format, formatWords: FORMAT_WORDS[format], text: without, lines }
  })
  return { files: read, diagnostics }
}

interface Imported {
  readonly devices: readonly Device[]
  readonly diagnostics: readonly Diagnostic[]
}

const NAME = 'device'

const IMPORTS: Readonly<Record<Format, (files: readonly Noted[]) => Imported>> = {
  routeros: (files) => importRouteros(NAME, files),
  uci: (files) => importUci(NAME, files),
  unifi: (files) => importUnifi(NAME, files),
  edgeos: (files) => importEdgeos(NAME, files),
  netfilter: (files) => importNetfilter(NAME, files),
  bind: (files) => ({ ...EMPTY_PART, ...importBind(files) }),
  dnsmasq: (files) => ({ ...EMPTY_PART, ...importDnsmasq(files) }),
  unbound: (files) => ({ ...EMPTY_PART, ...importUnbound(files) }),
  azure: (files) => importAzure(files, { placements: [] }),
  'service-tags': (files) => importAzure([], { placements: [], ...(files[0] && { serviceTags: files[0] }) }),
}

function onLine(
  ledgers: ReadonlyMap<string, LineLedger>,
  source: Source,
  note: (ledger: LineLedger, line: number) => void,
): void {
  const ledger = source.kind === 'implied' ? undefined : ledgers.get(source.file)
  if (ledger && source.kind !== 'implied') note(ledger, source.line)
}

/** A rule with a test or an action that cannot be carried out is understood, and not in the model. */
function noteDoubts(device: Device, ledgers: ReadonlyMap<string, LineLedger>): void {
  for (const { rules } of Object.values(device.ruleSets)) {
    for (const rule of rules) {
      const doubt = doubtOf(rule)
      if (doubt !== undefined) onLine(ledgers, rule.source, (ledger, line) => ledger.known(line, doubt))
    }
  }
}

function doubtOf({ action, match }: Rule): string | undefined {
  return action.kind === 'opaque' ? `cannot be carried out: ${action.text}` : doubtIn(match)
}

function doubtIn(match: Match): string | undefined {
  switch (match.kind) {
    case 'opaque':
      return match.othersMissing ? undefined : `cannot be decided: ${match.text}`
    case 'not':
      return doubtIn(match.of)
    case 'all':
    case 'some':
      return match.of.map(doubtIn).find((one) => one !== undefined)
    default:
      return undefined
  }
}
