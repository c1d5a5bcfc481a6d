import type { Source } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import type { OpenSection, UciCollector } from './collector.ts'
import { redacted } from './secret.ts'
import { nextStatement } from './words.ts'

/**
 * Reads the output of `uci show`: `package.section=type`, `package.section.option='value'`, where a section is a name,
 * `@type[n]` or a generated `cfg...` name; several quoted values on a line are a list.
 */
export function readShow(file: TextFile, into: UciCollector): void {
  const open = new Map<string, OpenSection>()
  let failed = false
  file.text.split('\n').forEach((line, index) => {
    const match = /^\s*([\w-]+)\.([\w@[\]-]+)(?:\.([\w-]+))?=(.*)$/.exec(line.replace(/\r$/, ''))
    if (!match) {
      if (line.trim() !== '' && !failed) into.diagnostics.push(notShown(sourceOf(file, index, line, undefined)))
      failed ||= line.trim() !== ''
      return
    }
    const [, packageName = '', address = '', key, value = ''] = match
    const source = sourceOf(file, index, line, key)
    const at = `${packageName}.${address}`
    const words = nextStatement(value, 0)?.words ?? []
    if (key === undefined) {
      const named = address.startsWith('@') || /^cfg[0-9a-f]{6}$/.test(address) ? undefined : address
      open.set(at, into.begin(packageName, words[0]?.text ?? '', named, source))
    } else if (words.length > 1) for (const one of words) open.get(at)?.list(key, { text: one.text, source })
    else open.get(at)?.option(key, { text: words[0]?.text ?? '', source })
  })
}

function sourceOf(file: TextFile, index: number, line: string, key: string | undefined): Source {
  const text = redacted(key, line.trim()).slice(0, 200)
  return { kind: 'line', file: file.path, line: index + 1, column: line.search(/\S/) + 1, text }
}

function notShown(source: Source) {
  const message = 'This line is not of the form package.section.option=value; it and others like it were not read.'
  return { severity: 'warning', code: 'NT1302', message, source } as const
}
