import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importRouteros } from '../../../src/importers/routeros/index.ts'

const DATA = process.env.NETTRACE_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const FOLDERS = ['configs/routeros', 'configs/routeros-not-exports'].map((folder) => `${DATA}/${folder}`)

/** Enabled firewall rules, counted by a reading of the text that shares nothing with the importer. */
function enabledRules(text: string): number {
  const joined = text
    .replace(/\r/g, '')
    .replace(/\\\n\s*/g, '')
    .replace(/(["\w])(\/ip firewall \w+)\n/g, '$1\n$2\n')
  let menu = ''
  let count = 0
  for (const line of joined.split('\n')) {
    const alone = /^(\/[a-z][a-z0-9 /-]*?)\s*$/.exec(line)
    if (alone?.[1] !== undefined) menu = alone[1]
    const inline = /^(\/.*?)[ /]add /.exec(line)?.[1]
    if (!/^(\/.*?[ /])?\s*add /.test(line) || !/^\/ip(v6)? firewall (filter|nat|mangle|raw)$/.test(inline ?? menu))
      continue
    if (!/ disabled=yes/.test(line)) count++
  }
  return count
}

describe('real exports', () => {
  for (const folder of FOLDERS) {
    const there = existsSync(folder)
    if (!there) console.warn(`skipped: ${folder} is not there; set NETTRACE_DATA`)
    const files = there ? readdirSync(folder).filter((name) => name.endsWith('.rsc')) : ['(none)']
    const where = folder.slice(DATA.length + 1)
    test.skipIf(!there).for(files)(`%s of ${where} is a router that keeps every rule (needs NETTRACE_DATA)`, (name) => {
      const text = readFileSync(`${folder}/${name}`, 'latin1')
      const { devices, diagnostics } = importRouteros('r', [{ path: name, text }])
      const [device] = devices
      expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
      const chains = Object.values(device?.ruleSets ?? {}).filter((set) => !set.name.includes('#'))
      const written = chains.flatMap((set) => set.rules).filter((rule) => rule.name.startsWith('#'))
      expect(written.length).toBe(enabledRules(text))
      const all = JSON.stringify([devices, diagnostics], (_key, value: unknown) =>
        typeof value === 'bigint' ? 0 : value,
      )
      expect(all.replaceAll('public-key=\\"REDACTED', '')).not.toContain('REDACTED')
    })
  }
})
