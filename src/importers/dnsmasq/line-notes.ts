import type { ResolverPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { DnsmasqOption } from './option.ts'
import { readingOf } from './option-table.ts'

/** Notes what became of every line of a dnsmasq's files, after they were lowered. Does nothing for files without a ledger. */
export function noteLines(
  files: readonly TextFile[],
  asides: readonly TextFile[],
  options: readonly DnsmasqOption[],
  { resolver }: ResolverPart,
): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  for (const file of files) noteWords(file, asides.includes(file))
  const lacking = new Set(resolver?.notModelled)
  for (const { name, value, source } of options) {
    const ledger = source.kind === 'line' ? ledgers.get(source.file) : undefined
    if (!ledger || source.kind !== 'line') continue
    const words = value === '' ? name : `${name} ${value}`
    const { kind, because } = readingOf(name, value)
    if (kind === 'modelled' && lacking.has(words)) ledger.known(source.line, `"${words}" is not modelled`)
    else if (kind === 'modelled') ledger.modelled(source.line)
    else ledger[kind](source.line, because)
  }
}

/** Comments, inclusions, and the files beside the configuration, which hold addresses. */
function noteWords({ ledger, text }: TextFile, isAside: boolean): void {
  if (!ledger) return
  text.split('\n').forEach((line, index) => {
    const words = line.trim()
    if (/^(?:#|;)/.test(words)) ledger.inert(index + 1, 'a comment')
    else if (isAside && /^(?:nameserver\s+)?[\da-f.:]+(?:%\S+)?(?:\s|$)/i.test(words)) ledger.modelled(index + 1)
    else if (isAside && /^(?:search|domain|options|sortlist)\b/.test(words))
      ledger.inert(index + 1, 'for the resolver library of the host, dnsmasq does not use it')
    else if (/^(?:conf-file|conf-dir|servers-file)\s*=/.test(words)) ledger.modelled(index + 1)
  })
}
