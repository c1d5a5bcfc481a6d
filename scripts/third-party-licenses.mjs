// Writes THIRD-PARTY-LICENSES: every package inside the bundles, with its licence text. `--check` fails when the file is stale.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = new URL('..', import.meta.url).pathname
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  write: false,
  metafile: true,
  logLevel: 'error',
})
const names = new Set()
for (const input of Object.keys(metafile.inputs)) {
  const at = input.lastIndexOf('node_modules/')
  if (at === -1) continue
  const parts = input.slice(at + 'node_modules/'.length).split('/')
  const name = parts[0].startsWith('@') ? `${parts[0]}/${parts[1]}` : parts[0]
  names.add(`${input.slice(0, at)}node_modules/${name}`)
}
const blocks = [...names].sort().map((folder) => {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name))
  const text = file
    ? readFileSync(join(root, folder, file), 'utf8').trim()
    : `(no licence file; package.json says ${manifest.license})`
  return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`
})
const all = `The nettrace bundle contains these packages.\n\n${'-'.repeat(72)}\n\n${blocks.join(`\n${'-'.repeat(72)}\n\n`)}`
const path = join(root, 'THIRD-PARTY-LICENSES')
if (process.argv.includes('--check')) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== all) {
    console.error('THIRD-PARTY-LICENSES is stale: run npm run licenses')
    process.exit(1)
  }
} else writeFileSync(path, all)
